import type { ProviderClient } from "../../../engine/providerClient";
import { Providers, type Inputs } from "../local/providersFixture";

/** Makes a resource of each type that takes tags with some, and changes them: the program gives none. */
export async function deployTagged(): Promise<void> {
    const providers = await new Providers().start();
    const tagged = async (type: string, inputs: Inputs) => {
        const client: ProviderClient = await providers.client(type);
        const urn = `urn:pulumi:test::test::${type}::tagged`;
        const news = { ...inputs, tags: { team: "tools" } };
        const made = await client.create(urn, news);
        const old = { id: made.id, inputs: news, outputs: made.outputs };
        await client.update(urn, old, { ...inputs, tags: { team: "agents" } });
        return made.outputs;
    };
    try {
        const trust = (Service: string) => ({
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" }],
        });
        const { arn } = await tagged("aws:iam/role:Role", {
            name: "tagged",
            assumeRolePolicy: JSON.stringify(trust("bedrock-agentcore.amazonaws.com")),
        });
        await tagged("aws:ecr/repository:Repository", { name: "tagged" });
        await tagged("aws:s3/bucket:Bucket", { bucket: "tagged-archive" });
        await tagged("aws-native:bedrockagentcore:Gateway", {
            ...{ name: "tagged", roleArn: arn, authorizerType: "AWS_IAM", protocolType: "MCP" },
        });
    } finally {
        await providers.stop();
    }
}
