import { runtimeOfUrl } from "../agentcore/runtime";
import { inputOf } from "./row";

/** A resource as far as its deployer's permissions depend on it. */
export interface DeployedResource {
    type: string;
    /** As Pulumi has it; none before the resource is there. */
    id?: string;
    inputs: Readonly<Record<string, unknown>>;
}

/** The account and region that a provider works in. */
export interface Place {
    partition: string;
    account: string;
    region: string;
}

/** What stands for `{name}` in the resources of the table's rows; what a resource does not have is missing. */
export function namesOf(resource: DeployedResource, place: Place): Record<string, string> {
    const { type, id, inputs } = resource;
    const texts = Object.entries(inputs).filter(
        (entry): entry is [string, string] => typeof entry[1] === "string",
    );
    return {
        path: "/",
        ...Object.fromEntries(texts),
        ...derivedNames[type]?.(inputs, id),
        ...place,
    };
}

/** Characters of the suffix that AgentCore makes an id with (agentcore/arn.ts, agentcore/runtime.ts). */
export const idSuffixCharacters = 10;

/** An id that AgentCore makes of a name; before it is known, one that every policy for such an id allows. */
function madeId(id: string | undefined, name: string): string {
    return id ?? `${name}-${"*".repeat(idSuffixCharacters)}`;
}

const derivedNames: Readonly<
    Record<string, (inputs: DeployedResource["inputs"], id?: string) => Record<string, string>>
> = {
    "aws-native:bedrockagentcore:Runtime": (inputs, id) => {
        const s3 = inputOf(inputs, "agentRuntimeArtifact.codeConfiguration.code.s3");
        const { bucket, prefix } = (s3 ?? {}) as { bucket?: string; prefix?: string };
        return {
            runtimeId: madeId(id, text(inputs, "agentRuntimeName")),
            ...(bucket !== undefined && prefix !== undefined && { archive: `${bucket}/${prefix}` }),
        };
    },
    "aws-native:bedrockagentcore:Gateway": (inputs, id) => {
        const gatewayName = text(inputs, "name").toLowerCase();
        return { gatewayName, gatewayId: madeId(id, gatewayName) };
    },
    "aws-native:bedrockagentcore:GatewayTarget": (inputs) => {
        const endpoint = inputOf(inputs, "targetConfiguration.mcp.mcpServer.endpoint");
        const runtime = typeof endpoint === "string" ? runtimeOfUrl(endpoint) : undefined;
        return {
            gatewayId: text(inputs, "gatewayIdentifier"),
            ...(runtime !== undefined && { targetRuntimeArn: runtime.runtimeArn }),
        };
    },
    // Its provider is of no region: the registry is.
    "docker-build:index:Image": ({ tags }) => {
        const [tag = ""] = (tags ?? []) as string[];
        const [, registryAccount, registryRegion, repository] =
            /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.[^/]+\/([^:]+)/.exec(tag) ?? [];
        return repository === undefined
            ? {}
            : {
                  registryAccount: registryAccount ?? "",
                  registryRegion: registryRegion ?? "",
                  repository,
              };
    },
    "command:local:Command": (inputs) => {
        const environment = (inputs["environment"] ?? {}) as Record<string, string>;
        const { HUB_RUNTIME_ID: runtime, HUB_GATEWAY_ID: gateway } = environment;
        return {
            ...(runtime !== undefined && { awaitedRuntimeId: runtime }),
            ...(gateway !== undefined && { synchronizedGatewayId: gateway }),
        };
    },
};

function text(inputs: DeployedResource["inputs"], name: string): string {
    const value = inputs[name];
    return typeof value === "string" ? value : "";
}
