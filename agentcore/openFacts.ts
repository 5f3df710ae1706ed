import { entriesPerPage, gatewayErrors, toolsPerPage } from "./mcp";
import { maxEntriesPerList } from "./mcpServerTargets";

/** A fact about AWS that no source settles: what this project takes for true, and what it may be instead. */
export interface OpenFact {
    question: string;
    /** What the code does; another of the alternatives is another behaviour, by this one word. */
    setting: string;
    alternatives: readonly string[];
    /** What speaks for the setting. */
    source: string;
    /** Where the answer is kept when it is not a word of this table. */
    keptIn?: string;
}

/**
 * Every open fact that changes what the local cloud does. All are *inferred*: one live check corrects one
 * line, and the code that asks the table follows.
 */
export const openFacts = {
    resourcePolicyPrincipals: {
        question: "Does PutResourcePolicy refuse a role or user that does not exist?",
        setting: "mustExist",
        alternatives: ["unchecked"],
        source: "IAM's general rule for principals: the unique id is stored, so there must be one",
    },
    gatewayRoleTrust: {
        question: "When is it checked that the service may assume the gateway's role?",
        setting: "onTarget",
        alternatives: ["onGateway", "onCall"],
        source: "aws-cdk#36826: CreateGatewayTarget runs the function dry, with the role; CreateGateway is seen to assume it for a policy engine only (nx-plugin-for-aws#996)",
    },
    gatewayRoleExists: {
        question: "Does CreateGateway refuse a role that does not exist?",
        setting: "refused",
        alternatives: ["accepted"],
        source: "iam:PassRole, which the caller needs, is about an existing role",
    },
    targetCheckOnUpdate: {
        question: "Does UpdateGatewayTarget run the function dry, as CreateGatewayTarget does?",
        setting: "checked",
        alternatives: ["unchecked"],
        source: "the same input; no source says otherwise",
    },
    targetCheckOnGatewayUpdate: {
        question: "Does UpdateGateway with another role run the targets' functions dry with it?",
        setting: "unchecked",
        alternatives: ["checked"],
        source: "no source says so; the dry run is known of CreateGatewayTarget only",
    },
    searchTypeOnUpdate: {
        question: "Does UpdateGateway refuse another searchType?",
        setting: "refused",
        alternatives: ["accepted"],
        source: "the devguide has semantic search enabled at creation; UpdateGateway's model takes the field, and its answer is not captured",
    },
    missingFunction: {
        question: "Does CreateGatewayTarget refuse a function that does not exist?",
        setting: "refused",
        alternatives: ["accepted"],
        source: "aws-cdk#36826: the dry run; its answer for no function is not captured",
    },
    functionInOtherRegion: {
        question: "Does CreateGatewayTarget refuse a function of another region?",
        setting: "refused",
        alternatives: ["accepted"],
        source: "agentcore-samples#140: calls of such a target fail; Lambda reaches no other region",
    },
    deleteGatewayWithTargets: {
        question: "Does DeleteGateway refuse a gateway that still has targets?",
        setting: "refused",
        alternatives: ["accepted"],
        source: "AWS's own clean-up scripts delete the targets first",
    },
    namesIgnoreCase: {
        question: "Do two gateways, or two targets, collide whose names differ in case only?",
        setting: "collide",
        alternatives: ["differ"],
        source: "the id of a gateway is its name in small letters; for targets a guess",
    },
    inferenceProfileRegions: {
        question: "Is a call authorized on its model in all regions behind a profile?",
        setting: "all",
        alternatives: ["the region that answers"],
        source: "Bedrock user guide, geographic-cross-region-inference: a policy names the model in each; which are checked is not said",
        keptIn: "agentcore/bedrock.ts",
    },
    toolArguments: {
        question: "Does the gateway check a call's arguments against the tool's schema?",
        setting: "unchecked",
        alternatives: ["checked"],
        source: "a third-party emulator's notes; the gateway-using-mcp-call page lists a 400",
        keptIn: "local/gateway/mcpRouter.ts",
    },
    deniedAnswer: {
        question: "What does an AWS_IAM gateway answer to a caller that is not allowed?",
        setting: String(gatewayErrors.authorization.code),
        alternatives: [],
        source: gatewayErrors.authorization.source,
        keptIn: "agentcore/mcp.ts, gatewayErrors.authorization",
    },
    unsignedAnswer: {
        question: "What does an AWS_IAM gateway answer to a request without a valid signature?",
        setting: String(gatewayErrors.authentication.code),
        alternatives: [],
        source: gatewayErrors.authentication.source,
        keptIn: "agentcore/mcp.ts, gatewayErrors.authentication",
    },
    unknownToolAnswer: {
        question: "What is the error code for a tool that no target has?",
        setting: String(gatewayErrors.unknownTool.code),
        alternatives: ["-32002"],
        source: gatewayErrors.unknownTool.source,
        keptIn: "agentcore/mcp.ts, gatewayErrors.unknownTool",
    },
    toolsListPage: {
        question: "How many tools does a page of tools/list have?",
        setting: String(toolsPerPage),
        alternatives: [],
        source: "AWS pages, but does not say by how many",
        keptIn: "agentcore/mcp.ts, toolsPerPage",
    },
    unknownPromptAnswer: {
        question: "What is the error code for a prompt that no target has?",
        setting: String(gatewayErrors.unknownPrompt.code),
        alternatives: ["-32002"],
        source: gatewayErrors.unknownPrompt.source,
        keptIn: "agentcore/mcp.ts, gatewayErrors.unknownPrompt",
    },
    unknownResourceAnswer: {
        question: "What is the error code for a resource that no target has?",
        setting: String(gatewayErrors.unknownResource.code),
        alternatives: ["-32602"],
        source: gatewayErrors.unknownResource.source,
        keptIn: "agentcore/mcp.ts, gatewayErrors.unknownResource",
    },
    serverErrorAnswer: {
        question: "What do prompts/get and resources/read answer where the server refuses?",
        setting: "itsRequestErrors",
        alternatives: ["everyError", "internalError"],
        source: "the pages have errors of the arguments and of the URI beside an internal one; which of the server's are those, a guess",
        keptIn: "agentcore/mcpServerTargets.ts, passedErrorCodes",
    },
    declaredCapabilities: {
        question: "When does a gateway declare that it has prompts and resources?",
        setting: "withAnMcpServer",
        alternatives: ["always", "asItsServersDo"],
        source: "the example of the gateway-using page has tools only, and no MCP server",
        keptIn: "local/gateway/mcpRouter.ts",
    },
    entriesPage: {
        question: "How many prompts or resources does a page of their lists have?",
        setting: String(entriesPerPage),
        alternatives: [],
        source: "AWS's samples follow cursors; as for tools",
        keptIn: "agentcore/mcp.ts, entriesPerPage",
    },
    entriesPerServer: {
        question: "How many prompts, resources or templates may a server have, of each?",
        setting: String(maxEntriesPerList),
        alternatives: [],
        source: "the limits page says it of tools only",
        keptIn: "agentcore/mcpServerTargets.ts, maxEntriesPerList",
    },
    equalResourcePriority: {
        question: "Whose is a resource that two targets of the same resourcePriority have?",
        setting: "theOldestTarget",
        alternatives: [],
        source: "the model has the lowest value first, and says nothing of equal ones",
        keptIn: "local/gateway/catalogue.ts",
    },
    equalTemplates: {
        question: "Is a template that two targets have listed once, as a resource is?",
        setting: "once",
        alternatives: ["twice"],
        source: "the resources-list page says it of resources",
        keptIn: "local/gateway/catalogue.ts",
    },
    resourceRouting: {
        question: "Which target is asked for a URI that no list of resources has?",
        setting: "byTemplate",
        alternatives: [],
        source: "the templates-list page: an expanded template is read with resources/read; how its target is found, a guess",
        keptIn: "local/gateway/catalogue.ts",
    },
    missingListHandler: {
        question: "Does a target fail whose server declares a list and does not know its method?",
        setting: "emptyList",
        alternatives: ["failed"],
        source: "the target page: prompts and resources are optional; SDKs declare resources without templates",
        keptIn: "local/gateway/mcpServerTarget.ts",
    },
    resourceControlPolicies: {
        question: "Do resource control policies bear on AgentCore?",
        setting: "evaluated",
        alternatives: ["ignored"],
        source: "no list of supported services was found that has it; one that is given is evaluated",
        keptIn: "access/layers.ts",
    },
    targetHandshake: {
        question: "How does a gateway shake hands with an MCP server that it lists by DEFAULT?",
        setting: "initialize",
        alternatives: ["discover"],
        source: "marcinbelczewski/agentcore-gw-mcp2: initialize of 2025-11-25, even where the gateway has only 2026-07-28",
        keptIn: "local/services/gatewayTargets.ts",
    },
    failedSynchronization: {
        question: "Does a gateway go on with a target's old tools when a synchronization fails?",
        setting: "oldTools",
        alternatives: [],
        source: "the status SYNCHRONIZE_UNSUCCESSFUL beside FAILED; no source says it",
        keptIn: "local/services/gatewayTargets.ts",
    },
    failedLiveListing: {
        question: "What does a list answer when the server of a DYNAMIC target does not?",
        setting: "error",
        alternatives: ["theOtherTools"],
        source: "no source says it; a list with less in it would look right",
        keptIn: "local/gateway/mcpRouter.ts",
    },
    runtimeArchiveReader: {
        question: "Whose s3:GetObject does CreateAgentRuntime check on a runtime's archive?",
        setting: "role",
        alternatives: ["caller"],
        source: "the devguide has it in the execution role; two public repositories say the caller's was what counted",
    },
    runtimeJsonRpcText: {
        question: "What is the message of a JSON-RPC error of an MCP runtime?",
        setting: "exception",
        alternatives: ["documented"],
        source: "captured answers: -32010 with RuntimeClientError's own text; the contract page has one text per code",
    },
} as const satisfies Record<string, OpenFact>;

/** The name of an open fact. */
export type OpenFactName = keyof typeof openFacts;

/** A choice for each open fact. */
export type Assumptions = {
    readonly [Name in OpenFactName]:
        (typeof openFacts)[Name]["setting"] | (typeof openFacts)[Name]["alternatives"][number];
};

/** The table's settings, with those that a test of an alternative changes. */
export function assumptions(changes: Partial<Assumptions> = {}): Assumptions {
    const settings = Object.fromEntries(
        Object.entries(openFacts).map(([name, { setting }]) => [name, setting]),
    ) as unknown as Assumptions;
    return { ...settings, ...changes };
}
