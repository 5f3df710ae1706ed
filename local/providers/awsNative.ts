import type { ToolDefinition } from "../../agentcore/toolSchema";
import type { GatewayTargetInput } from "../services/agentcoreChecks";
import type { Gateway, GatewayInput, GatewayTarget } from "../services/agentcoreControl";
import {
    textOf,
    type Properties,
    type ResourceHandler,
    type ResourceState,
} from "./resourceHandler";

/** The resource types of the `aws-native` package that the program uses. */
export const awsNativeResources: Readonly<Record<string, ResourceHandler>> = {
    "aws-native:bedrockagentcore:Gateway": {
        autoName: { property: "name", maxCharacters: 48 },
        // UpdateGateway takes the name, but the id and ARN keep the old one: grants rest on the ARN.
        replaceOnChange: ["name"],
        required: ["authorizerType", "roleArn"],
        create: ({ account, region }, inputs) =>
            gatewayState(account.agentcore.createGateway(gatewayInput(inputs), region), inputs),
        read: ({ account }, id, inputs) => {
            const gateway = account.agentcore.gateways().find((found) => found.gatewayId === id);
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
        replaceOnChange: ["gatewayIdentifier"],
        required: ["targetConfiguration", "gatewayIdentifier"],
        create: ({ account }, inputs) => {
            const gatewayId = textOf(inputs, "gatewayIdentifier");
            const target = account.agentcore.createTarget(gatewayId, targetInput(inputs));
            return targetState(account.agentcore.gateway(gatewayId), target, inputs);
        },
        read: ({ account }, id, inputs) => {
            const [gatewayId = "", targetId = ""] = id.split("|");
            const gateway = account.agentcore
                .gateways()
                .find((found) => found.gatewayId === gatewayId);
            const target = gateway?.targets.get(targetId);
            return gateway && target && targetState(gateway, target, inputs);
        },
        update: ({ account }, id, inputs) => {
            const [gatewayId = "", targetId = ""] = id.split("|");
            const target = account.agentcore.updateTarget(gatewayId, targetId, targetInput(inputs));
            return targetState(account.agentcore.gateway(gatewayId), target, inputs);
        },
        delete: ({ account }, id) => {
            const [gatewayId = "", targetId = ""] = id.split("|");
            account.agentcore.deleteTarget(gatewayId, targetId);
        },
    },
    "aws-native:bedrockagentcore:ResourcePolicy": {
        replaceOnChange: ["resourceArn"],
        required: ["resourceArn", "policy"],
        create: ({ account }, inputs) => {
            const resourceArn = textOf(inputs, "resourceArn");
            account.agentcore.putResourcePolicy(resourceArn, textOf(inputs, "policy"));
            return { id: resourceArn, outputs: { ...inputs } };
        },
        read: ({ account }, id, inputs) => {
            const gateway = account.agentcore.gateways().find((found) => found.gatewayArn === id);
            const policy = gateway?.resourcePolicy?.text;
            return policy === undefined ? undefined : { id, outputs: { ...inputs, policy } };
        },
        update: ({ account }, id, inputs) => {
            account.agentcore.putResourcePolicy(id, textOf(inputs, "policy"));
            return { id, outputs: { ...inputs } };
        },
        delete: ({ account }, id) => {
            account.agentcore.deleteResourcePolicy(id);
        },
    },
};

function gatewayInput(inputs: Properties): GatewayInput {
    const known = [
        "name",
        "description",
        "roleArn",
        "authorizerType",
        "protocolType",
        "protocolConfiguration",
        "exceptionLevel",
    ];
    return modelled(inputs, known, "Gateway") as unknown as GatewayInput;
}

function targetInput(inputs: Properties): GatewayTargetInput {
    const known = [
        "name",
        "description",
        "gatewayIdentifier",
        "targetConfiguration",
        "credentialProviderConfigurations",
    ];
    const { gatewayIdentifier: _gateway, ...input } = modelled(inputs, known, "GatewayTarget");
    return input as unknown as GatewayTargetInput & { tools: ToolDefinition[] };
}

/** A property that the local cloud would ignore is refused, not dropped. */
function modelled(inputs: Properties, known: readonly string[], type: string): Properties {
    const unknown = Object.keys(inputs).filter((name) => !known.includes(name));
    if (unknown.length > 0) {
        throw new TypeError(`NotEmulated: bedrockagentcore ${type} ${unknown.join(", ")}`);
    }
    return inputs;
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
            statusReasons: [],
            createdAt: target.createdAt.toISOString(),
            updatedAt: target.updatedAt.toISOString(),
        },
    };
}
