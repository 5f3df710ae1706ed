/** Changes that no rule finds, by their ids, and why they do no harm. */
export const harmless: readonly { matches: RegExp; reason: string }[] = [
    {
        matches:
            /^\S+-(?:images|images-lifecycle|image|write-logs|write-telemetry|invoke-gateways|invoke-model|await-runtime|synchronize|manage|read): removed$/,
        reason: "What is not there opens nothing; what others need of it is missed where they name it.",
    },
    {
        matches:
            /^(?:\S+-(?:write-logs|write-telemetry|invoke-gateways|invoke-model|role|manage|read)|tools-grants) \S+Statement\[\d+\](?:: removed|: other effect|\.Action\[\d+\]: removed)$/,
        reason: "Less is allowed. A role that lacks what it needs to start is found; here a caller is refused, which `hub verify` says.",
    },
    {
        matches: /^(?:tools-grants|\S+-role) \S+Principal\.AWS\[\d\]: removed$/,
        reason: "One principal fewer is let in.",
    },
    {
        matches: /\.Sid: /,
        reason: "A Sid is a comment; the hub's makes a grant be put again when a role is made anew.",
    },
    {
        matches:
            /: → arn:aws:iam::(?:111122223333|444455556666):role\/(?:agent|developer|AdminRole)x$/,
        reason: "Another exact role of an account that is allowed: which one is meant is config's to say, and the reviewer sees it by name.",
    },
    {
        matches:
            /^\S+-(?:images|invoke-\w+|logs|read-code|write-\w+|function|calculator|tools|manage|read) name: /,
        reason: "Another name. Where a role, a group or a repository is named by it, the rules there look.",
    },
    {
        matches: /^\S+-invoke-gateways role: → (?:developer|auditor|agent)$/,
        reason: "The role has the same policy from its own resource: no more than before, and the other has less.",
    },
    {
        matches:
            /Condition\.StringEquals: renamed StringLike$|ArnLike: renamed ArnEquals$|ArnNotEquals: renamed ArnNotLike$/,
        reason: "The same meaning: the values have no wildcards, or the two operators behave alike.",
    },
    {
        matches: /ArnNotEquals: renamed (?:ArnNotEqualsIfExists|ForAllValues:ArnNotEquals)$/,
        reason: "A negated operator holds without the key in each of these forms, so the denial is the same.",
    },
    {
        matches: /aws:SourceArn: → \S+-\*\*$/,
        reason: "Two stars match what one does.",
    },
    {
        matches: /^\S+-access policy\S+: everyone$/,
        reason: 'The denial is of {"AWS": "*"} already, which is the same.',
    },
    {
        matches:
            /bedrock:InferenceProfileArn: → \S+x$|^agent-invoke-model policy\S+Resource(?:\[0\])?: → \S+x$/,
        reason: "Another exact model or profile; one that does not exist allows nothing.",
    },
    {
        matches: /Resource: with → arn:aws:bedrock:\*::foundation-model/,
        reason: "The same model twice.",
    },
    {
        matches:
            /-(?:manage|read) policy\S+(?:Resource(?:\[\d\])?|gateway:arn): → \S+(?:\*\*|\*x|workload-identity\?\?|credentialprovider\?\?)$/,
        reason: "The same, or fewer, of the role's own account and region.",
    },
    {
        matches: /-manage policy\S+(?:Resource|GrantOperations)\[\d\]: removed$/,
        reason: "Less is allowed.",
    },
    {
        matches: /-manage policy\.Statement\[5\](?:: every (?:action|resource)|\.Action: → \S+\*)$/,
        reason: "More is denied.",
    },
    {
        matches:
            /-manage policy\S+Resource(?:\[0\]: → arn:aws:(?:kms|s3):\S+x$|: with → arn:aws:s3:\S+json$)/,
        reason: "Another exact key or object, or the same twice: which is meant is config's to say.",
    },
    { matches: / description: /, reason: "Words for people." },
    {
        matches: /toolSchema\.inlinePayload/,
        reason: "What a tool is called and what it takes: the build checks it against AgentCore's keywords.",
    },
    {
        matches:
            /^docker-build host: |^\S+-image (?:context|buildOnPreview|network|push|tags: (?:removed|emptied)|tags\[0\]: → \S+-images-\w+(?::\w+)?$|registries(?:: |\[0\]: |\[0\]\.(?:password|username): ))/,
        reason: "How an image is built and pushed. What runs is named by its digest.",
    },
    {
        matches: /^aws(?:-native)? skip/,
        reason: "The provider looks up less before it starts; the account stays pinned.",
    },
    {
        matches: /-(?:await-runtime|synchronize) /,
        reason: "A command of the deployment: it checks the account by GetCallerIdentity, and fails.",
    },
    {
        matches: /supportedVersions\[\d\]: removed$|protocolType: removed$/,
        reason: "The gateway speaks fewer revisions, and MCP is its only protocol.",
    },
    {
        matches: /^\S+-images forceDelete: |^\S+-images-lifecycle /,
        reason: "What becomes of old images; those that run are named by their digest.",
    },
    {
        matches: /^\S+-function (?:architectures|code|handler|memorySize|timeout)\b/,
        reason: "How the function runs, within AWS's limits.",
    },
    {
        matches:
            /^\S+-runtime (?:lifecycleConfiguration|protocolConfiguration|environmentVariables)/,
        reason: "How the program runs, within AWS's limits: with other settings it is refused, or does not start.",
    },
    { matches: /listingMode: removed$/, reason: "DEFAULT is AWS's default." },
    { matches: /maxSessionDuration: removed$/, reason: "An hour is AWS's default." },
];
