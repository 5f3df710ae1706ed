import type { GatewayTargetInput } from "../services/agentcoreChecks";
import type { Gateway, GatewayInput, GatewayTarget } from "../services/agentcoreControl";
import { policyStore } from "../services/policyStore";
import {
    textOf,
    type Properties,
    type ResourceHandlers,
    type ResourceState,
} from "./resourceHandler";
import { runtimeHandler } from "./runtime";

/** The resource types of the `aws-native` package that the program uses. */
export const awsNativeResources: ResourceHandlers = {
    "aws-native:bedrockagentcore:Runtime": runtimeHandler,
    "aws-native:bedrockagentcore:Gateway": {
        autoName: { property: "name", maxCharacters: 48 },
        create: ({ account, region }, inputs) =>
            gatewayState(account.agentcore.createGateway(gatewayInput(inputs), region), inputs),
        read: ({ account }, id, inputs) => {
            const gateway = account.agentcore.findGateway(id);
            return gateway && gatewayState(gateway, inputs);
        },
        update: ({ account }, id, inputs) =>
            gatewayState(account.agentcore.updateGateway(id, gatewayInput(inputs)), inputs),
        delete: ({ account }, id) => {
            account.agentcore.deleteGateway(id);
        },
    },
    "aws-native:bedrockagentcore:GatewayTarget": {
        autoName: { property: "name", maxCharacters: 100 },
        create: async ({ account }, inputs) => {
            const gatewayId = textOf(inputs, "gatewayIdentifier");
            const target = await account.agentcore.createTarget(gatewayId, targetInput(inputs));
            return targetState(account.agentcore.gateway(gatewayId), target, inputs);
        },
        read: ({ account }, id, inputs) => {
            const [gatewayId = "", targetId = ""] = id.split("|");
            const gateway = account.agentcore.findGateway(gatewayId);
            const target = gateway?.targets.get(targetId);
            return gateway && target && targetState(gateway, target, inputs);
        },
        update: async ({ account }, id, inputs) => {
            const [gatewayId = "", targetId = ""] = id.split("|");
            const input = targetInput(inputs);
            const target = await account.agentcore.updateTarget(gatewayId, targetId, input);
            return targetState(account.agentcore.gateway(gatewayId), target, inputs);
        },
        delete: ({ account }, id) => {
            const [gatewayId = "", targetId = ""] = id.split("|");
            account.agentcore.deleteTarget(gatewayId, targetId);
        },
    },
    "aws-native:bedrockagentcore:ResourcePolicy": {
        create: ({ account }, inputs) => {
            const resourceArn = textOf(inputs, "resourceArn");
            policyStore(account, resourceArn).put(textOf(inputs, "policy"));
            return { id: resourceArn, outputs: { ...inputs } };
        },
        read: ({ account }, id, inputs) => {
            const policy = policyStore(account, id).find();
            return policy === undefined ? undefined : { id, outputs: { ...inputs, policy } };
        },
        update: ({ account }, id, inputs) => {
            policyStore(account, id).put(textOf(inputs, "policy"));
            return { id, outputs: { ...inputs } };
        },
        delete: ({ account }, id) => {
            policyStore(account, id).delete();
        },
    },
};

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
