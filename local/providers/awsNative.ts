import type { GatewayTargetInput } from "../services/agentcoreChecks";
import type { Gateway, GatewayInput, GatewayTarget } from "../services/agentcoreControl";
import { regionOfArn } from "../../agentcore/arn";
import { policyStore, type PolicyStore } from "../services/policyStore";
import { inputsAsNow } from "./asNow";
import { isHere, requireHere } from "./here";
import {
    textOf,
    type Properties,
    type ResourceContext,
    type ResourceHandlers,
    type ResourceState,
} from "./resourceHandler";
import { runtimeHandler } from "./runtime";

/** The resource types of the `aws-native` package that the program uses. */
export const awsNativeResources: ResourceHandlers = {
    "aws-native:bedrockagentcore:Runtime": runtimeHandler,
    "aws-native:bedrockagentcore:Gateway": {
        autoName: { property: "name", maxCharacters: 48 },
        updatedOutputs: ["updatedAt"],
        create: ({ account, region }, inputs) =>
            gatewayState(account.agentcore.createGateway(gatewayInput(inputs), region), inputs),
        read: (context, id, inputs) => {
            const gateway = context.account.agentcore.findGateway(id);
            if (gateway === undefined || !isHere(context, gateway)) return undefined;
            const now = inputsAsNow(inputs, liveGateway(gateway));
            return { ...gatewayState(gateway, now), inputs: now };
        },
        update: (context, id, inputs) => {
            const { agentcore } = gatewayHere(context, id);
            return gatewayState(agentcore.updateGateway(id, gatewayInput(inputs)), inputs);
        },
        delete: (context, id) => {
            gatewayHere(context, id).agentcore.deleteGateway(id);
        },
    },
    "aws-native:bedrockagentcore:GatewayTarget": {
        autoName: { property: "name", maxCharacters: 100 },
        updatedOutputs: ["updatedAt", "lastSynchronizedAt", "statusReasons"],
        create: async (context, inputs) => {
            const gatewayId = textOf(inputs, "gatewayIdentifier");
            const { agentcore } = gatewayHere(context, gatewayId);
            const target = await agentcore.createTarget(gatewayId, targetInput(inputs));
            return targetState(agentcore.gateway(gatewayId), target, inputs);
        },
        read: (context, id, inputs) => {
            const [gatewayId = "", targetId = ""] = id.split("|");
            const gateway = context.account.agentcore.findGateway(gatewayId);
            const target = gateway?.targets.get(targetId);
            if (gateway === undefined || target === undefined || !isHere(context, gateway)) {
                return undefined;
            }
            const now = inputsAsNow(inputs, {
                gatewayIdentifier: gatewayId,
                name: target.name,
                description: target.description,
                targetConfiguration: target.targetConfiguration,
                credentialProviderConfigurations: target.credentialProviderConfigurations,
            });
            return { ...targetState(gateway, target, now), inputs: now };
        },
        update: async (context, id, inputs) => {
            const [gatewayId = "", targetId = ""] = id.split("|");
            const { agentcore } = gatewayHere(context, gatewayId);
            const target = await agentcore.updateTarget(gatewayId, targetId, targetInput(inputs));
            return targetState(agentcore.gateway(gatewayId), target, inputs);
        },
        delete: (context, id) => {
            const [gatewayId = "", targetId = ""] = id.split("|");
            gatewayHere(context, gatewayId).agentcore.deleteTarget(gatewayId, targetId);
        },
    },
    "aws-native:bedrockagentcore:ResourcePolicy": {
        create: (context, inputs) => {
            const resourceArn = textOf(inputs, "resourceArn");
            policyHere(context, resourceArn).put(textOf(inputs, "policy"));
            return { id: resourceArn, outputs: { ...inputs } };
        },
        read: (context, id, inputs) => {
            const policy = isHere(context, { region: regionOfArn(id) ?? "" })
                ? policyStore(context.account, id).find()
                : undefined;
            if (policy === undefined) return undefined;
            const now = inputsAsNow(inputs, { resourceArn: id, policy });
            return { id, inputs: now, outputs: { ...now } };
        },
        update: (context, id, inputs) => {
            policyHere(context, id).put(textOf(inputs, "policy"));
            return { id, outputs: { ...inputs } };
        },
        delete: (context, id) => {
            policyHere(context, id).delete();
        },
    },
};

/** AgentCore, once it has the gateway in the provider's region. */
function gatewayHere(context: ResourceContext, gatewayId: string) {
    const { agentcore } = context.account;
    requireHere(context, agentcore.gateway(gatewayId), gatewayId);
    return { agentcore };
}

function policyHere(context: ResourceContext, resourceArn: string): PolicyStore {
    requireHere(context, { region: regionOfArn(resourceArn) ?? context.region }, resourceArn);
    return policyStore(context.account, resourceArn);
}

/** What GetGateway tells, in the names of the inputs. */
function liveGateway(gateway: Gateway): Properties {
    const { name, description, roleArn, authorizerType, protocolType } = gateway;
    const { protocolConfiguration, exceptionLevel, tags } = gateway;
    return {
        ...{ name, description, roleArn, authorizerType, protocolType },
        ...{ protocolConfiguration, exceptionLevel, tags },
    };
}

/** The inputs as the service takes them: Check has refused what they may not be. */
function gatewayInput(inputs: Properties): GatewayInput {
    return inputs as unknown as GatewayInput;
}

function targetInput(inputs: Properties): GatewayTargetInput {
    const { gatewayIdentifier: _gateway, ...input } = inputs;
    return input as unknown as GatewayTargetInput;
}

function gatewayState(gateway: Gateway, inputs: Properties): ResourceState {
    const { gatewayId, gatewayArn, gatewayUrl, status, createdAt, updatedAt } = gateway;
    return {
        id: gatewayId,
        outputs: {
            ...inputs,
            gatewayIdentifier: gatewayId,
            gatewayArn,
            gatewayUrl,
            status,
            statusReasons: [],
            createdAt: createdAt.toISOString(),
            updatedAt: updatedAt.toISOString(),
        },
    };
}

function targetState(gateway: Gateway, target: GatewayTarget, inputs: Properties): ResourceState {
    return {
        id: `${gateway.gatewayId}|${target.targetId}`,
        outputs: {
            ...inputs,
            targetId: target.targetId,
            gatewayArn: gateway.gatewayArn,
            status: target.status,
            statusReasons: target.statusReasons,
            ...("lastSynchronizedAt" in target && {
                lastSynchronizedAt: target.lastSynchronizedAt.toISOString(),
            }),
            createdAt: target.createdAt.toISOString(),
            updatedAt: target.updatedAt.toISOString(),
        },
    };
}
