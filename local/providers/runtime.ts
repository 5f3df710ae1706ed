import { runtimeConfiguration } from "../services/agentRuntimeChecks";
import type { AgentRuntime, AgentRuntimeInput } from "../services/agentRuntimes";
import { inputsAsNow } from "./asNow";
import { isHere, requireHere } from "./here";
import {
    optional,
    textOf,
    type Properties,
    type ResourceHandler,
    type ResourceState,
} from "./resourceHandler";

/** `aws-native:bedrockagentcore:Runtime`. */
export const runtimeHandler: ResourceHandler = {
    updatedOutputs: ["agentRuntimeVersion", "lastUpdatedAt"],
    create: ({ account, region }, inputs) =>
        runtimeState(
            account.agentRuntimes.createAgentRuntime(runtimeInput(inputs), region),
            inputs,
        ),
    read: (context, id, inputs) => {
        const runtime = context.account.agentRuntimes.findRuntime(id);
        if (runtime === undefined || !isHere(context, runtime)) return undefined;
        const now = inputsAsNow(inputs, liveInputs(runtime), {
            protocolConfiguration: "HTTP",
            lifecycleConfiguration: defaults,
        });
        return { ...runtimeState(runtime, now), inputs: now };
    },
    update: (context, id, inputs) => {
        const { agentRuntimes } = context.account;
        requireHere(context, agentRuntimes.runtime(id), id);
        return runtimeState(agentRuntimes.updateAgentRuntime(id, runtimeInput(inputs)), inputs);
    },
    delete: (context, id) => {
        const { agentRuntimes } = context.account;
        requireHere(context, agentRuntimes.runtime(id), id);
        agentRuntimes.deleteAgentRuntime(id);
    },
};

interface Artifact {
    containerConfiguration?: { containerUri: string };
    codeConfiguration?: {
        code: { s3: { bucket: string; prefix: string } };
        runtime: "NODE_22";
        entryPoint: string[];
    };
}

/** What AWS takes for a lifecycle that is left out (https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-lifecycle-settings.html). */
const defaults = { idleRuntimeSessionTimeout: 900, maxLifetime: 28_800 };

function runtimeInput(inputs: Properties): AgentRuntimeInput {
    const description = optional<string>(inputs, "description");
    const lifecycle = optional<Partial<typeof defaults>>(inputs, "lifecycleConfiguration");
    const network = optional<{ networkMode: "PUBLIC" | "VPC" }>(inputs, "networkConfiguration");
    const headers = optional<{ requestHeaderAllowlist?: string[] }>(
        inputs,
        "requestHeaderConfiguration",
    );
    return {
        agentRuntimeName: textOf(inputs, "agentRuntimeName"),
        ...(description !== undefined && { description }),
        roleArn: textOf(inputs, "roleArn"),
        artifact: artifactOf(optional<Artifact>(inputs, "agentRuntimeArtifact") ?? {}),
        // Left out, it is HTTP (AgentCore devguide, runtime-service-contract).
        protocol: optional<"MCP" | "HTTP">(inputs, "protocolConfiguration") ?? "HTTP",
        networkMode: network?.networkMode ?? "PUBLIC",
        environmentVariables:
            optional<Record<string, string>>(inputs, "environmentVariables") ?? {},
        ...defaults,
        ...lifecycle,
        requestHeaderAllowlist: headers?.requestHeaderAllowlist ?? [],
    };
}

/** What GetAgentRuntime tells, in the names of the inputs. */
function liveInputs(runtime: AgentRuntime): Properties {
    return {
        requestHeaderConfiguration: undefined,
        ...runtimeConfiguration(runtime),
        agentRuntimeName: runtime.agentRuntimeName,
        protocolConfiguration: runtime.protocol,
    };
}

function artifactOf({
    containerConfiguration,
    codeConfiguration,
}: Artifact): AgentRuntimeInput["artifact"] {
    if (containerConfiguration !== undefined) {
        return { kind: "container", containerUri: containerConfiguration.containerUri };
    }
    if (codeConfiguration === undefined) {
        throw new TypeError("agentRuntimeArtifact: got no containerConfiguration and no code");
    }
    const { code, runtime, entryPoint } = codeConfiguration;
    return { kind: "code", bucket: code.s3.bucket, prefix: code.s3.prefix, runtime, entryPoint };
}

function runtimeState(runtime: AgentRuntime, inputs: Properties): ResourceState {
    const { agentRuntimeId, agentRuntimeArn, agentRuntimeVersion, status } = runtime;
    return {
        id: agentRuntimeId,
        outputs: {
            ...inputs,
            agentRuntimeId,
            agentRuntimeArn,
            agentRuntimeVersion,
            status,
            createdAt: runtime.createdAt.toISOString(),
            lastUpdatedAt: runtime.updatedAt.toISOString(),
        },
    };
}
