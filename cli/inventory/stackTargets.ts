import type { NamedDocument } from "../../access";
import type { InventoryGateway, InventoryTarget, TargetCall } from "../../access/inventory";
import { accountOfArn } from "../../agentcore/arn";
import { signedHostOf } from "../../agentcore/mcpServerTargets";
import { runtimeEndpointArn } from "../../agentcore/runtime";
import { at, listOf, type Props } from "../../policy/resource";
import type { Target } from "../../policy/targets";
import type { McpServerTargetSettings, TargetSettings } from "../../settings";
import { membersOf, type Reading } from "./stackState";

/** A gateway as far as its targets are about it. */
export interface TargetOwner {
    arn: string;
    accountId: string;
    /** Its targets' settings, by name. */
    settings: Readonly<Record<string, TargetSettings>>;
}

/** What all stacks have of what targets call. */
export interface Callees {
    /** The ARNs of runtimes: of these it is known whether they have a policy. */
    runtimes: ReadonlySet<unknown>;
    /** By the ARN of the runtime, endpoint or gateway. */
    policies: ReadonlyMap<string, ResourcePolicyRead>;
    /** The gateways' ARNs, by URL. */
    gateways: ReadonlyMap<unknown, string>;
}

/** A resource policy, or that it could not be read. */
export type ResourcePolicyRead = NamedDocument | "unread";

/** A gateway's resource policy, as inventories have it. */
export function policyOf(
    gatewayArn: string,
    policy: ResourcePolicyRead | undefined,
): Pick<InventoryGateway, "resourcePolicy" | "unknownPolicies"> {
    if (policy === undefined) return {};
    return policy === "unread"
        ? { unknownPolicies: [`resource policy of ${gatewayArn}`] }
        : { resourcePolicy: policy };
}

/** A target of a gateway, and what a call of it is authorized on. */
export function inventoryTarget(
    target: Target,
    gateway: TargetOwner,
    callees: Callees,
    reading: Pick<Reading, "toolsOf">,
): InventoryTarget {
    const { name: named } = target.resource.props;
    const name = typeof named === "string" ? named : target.resource.name;
    const settings = Object.hasOwn(gateway.settings, name) ? gateway.settings[name] : undefined;
    const kind =
        target.lambdaArn !== undefined
            ? "lambda"
            : target.endpoint !== undefined
              ? "mcpServer"
              : "other";
    const tools = toolsOf(target, settings, () => reading.toolsOf(gateway.arn, name));
    return {
        ...{ name, kind },
        ...(tools !== undefined && { tools }),
        ...callsOf(target, kind, { settings, gateway, callees }),
    };
}

/** As the target's schema has them; a server's as its workload declares them, or as the gateway got them. */
function toolsOf(
    { resource }: Target,
    settings: TargetSettings | undefined,
    ofGateway: () => readonly string[] | undefined,
): readonly string[] | undefined {
    const schema = at(resource.props, "targetConfiguration.mcp.lambda.toolSchema.inlinePayload");
    const inline = Array.isArray(schema) ? namesOf(schema) : undefined;
    if (inline !== undefined) return inline;
    const declared = settings?.tools.map(({ name }) => name) ?? [];
    return declared.length > 0 ? declared : ofGateway();
}

/** `undefined` where one of them is not known. */
function namesOf(tools: readonly unknown[]): string[] | undefined {
    const names = tools.map((tool) => membersOf(tool)["name"]);
    return names.every((name) => typeof name === "string") ? names : undefined;
}

type Calls = Pick<InventoryTarget, "calls" | "unknownPolicies">;

function callsOf(
    { resource, lambdaArn, endpoint, runtime }: Target,
    kind: InventoryTarget["kind"],
    about: { settings: TargetSettings | undefined; gateway: TargetOwner; callees: Callees },
): Calls {
    const credentials = credentialsOf(resource.props);
    if (credentials === "caller")
        return unknownCall("what the target's service lets the caller do");
    // With a token or a key, no IAM is asked (gateway-outbound-auth page).
    if (credentials === "other") return { calls: [], unknownPolicies: [] };
    const { gateway, callees } = about;
    if (kind === "other") return unknownCall("what this kind of target asks IAM for");
    if (kind === "lambda") {
        return typeof lambdaArn === "string"
            ? functionCalls(lambdaArn, gateway, [{ action: "lambda:InvokeFunction" }])
            : unknownCall("the function that it calls");
    }
    if (runtime !== undefined) return runtimeCalls(runtime, gateway, callees);
    if (typeof endpoint !== "string") return unknownCall("the server that it calls");
    return urlCalls(endpoint, about);
}

function unknownCall(what: string): Calls {
    return { calls: [], unknownPolicies: [what] };
}

/** Whose credentials a target is called with; where it does not say, the role's, as a Lambda is. */
function credentialsOf(props: Props): "role" | "caller" | "other" {
    const native = listOf(props["credentialProviderConfigurations"]).map(
        (one) => membersOf(one)["credentialProviderType"],
    );
    const classic = listOf(props["credentialProviderConfiguration"]).flatMap((one) =>
        Object.entries(membersOf(one)).flatMap(([key, value]) =>
            value === undefined || value === null ? [] : key,
        ),
    );
    const types = [...native, ...classic];
    const isOf = (...names: string[]) => types.some((type) => names.includes(String(type)));
    if (isOf("CALLER_IAM_CREDENTIALS", "callerIamCredentials")) return "caller";
    return isOf("OAUTH", "API_KEY", "JWT_PASSTHROUGH", "oauth", "apiKey", "jwtPassthrough")
        ? "other"
        : "role";
}

/** A function's policy can but allow, so that in the role's own account the role's policies are enough. */
function functionCalls(
    functionArn: string,
    gateway: TargetOwner,
    asked: readonly Pick<TargetCall, "action" | "context">[],
): Calls {
    const resourceAccountId = accountOfArn(functionArn) ?? gateway.accountId;
    if (resourceAccountId !== gateway.accountId) {
        return unknownCall(`resource policy of ${functionArn}`);
    }
    return {
        calls: asked.map((one) => ({ ...one, resource: functionArn, resourceAccountId })),
        unknownPolicies: [],
    };
}

/** On the runtime and on its endpoint, each with its own policy (devguide, resource-based-policies). */
function runtimeCalls(
    { runtimeArn, qualifier }: NonNullable<Target["runtime"]>,
    gateway: TargetOwner,
    { runtimes, policies }: Callees,
): Calls {
    const isKnown = runtimes.has(runtimeArn);
    const calls = [runtimeArn, runtimeEndpointArn(runtimeArn, qualifier)].map((resource) =>
        callOn("bedrock-agentcore:InvokeAgentRuntime", resource, gateway, {
            policy: policies.get(resource) ?? (isKnown ? undefined : "unread"),
        }),
    );
    return together(calls);
}

/** A call on what may have a policy; where that is not read, another account's cannot be asked for. */
function callOn(
    action: string,
    resource: string,
    gateway: TargetOwner,
    { policy }: { policy: ResourcePolicyRead | undefined },
): Calls {
    const resourceAccountId = accountOfArn(resource) ?? gateway.accountId;
    const isRead = policy !== "unread";
    return {
        calls:
            isRead || resourceAccountId === gateway.accountId
                ? [
                      {
                          ...{ action, resource, resourceAccountId },
                          ...(isRead && policy !== undefined && { resourcePolicy: policy }),
                      },
                  ]
                : [],
        unknownPolicies: isRead ? [] : [`resource policy of ${resource}`],
    };
}

function together(calls: readonly Calls[]): Calls {
    return {
        calls: calls.flatMap((one) => one.calls),
        unknownPolicies: calls.flatMap((one) => one.unknownPolicies),
    };
}

/** What stands behind another service's URL only config says. */
function urlCalls(
    endpoint: string,
    {
        settings,
        gateway,
        callees,
    }: { settings: TargetSettings | undefined; gateway: TargetOwner; callees: Callees },
): Calls {
    const arn = callees.gateways.get(endpoint);
    if (arn !== undefined) {
        return callOn("bedrock-agentcore:InvokeGateway", arn, gateway, {
            policy: callees.policies.get(arn),
        });
    }
    const host = URL.canParse(endpoint) ? signedHostOf(endpoint) : undefined;
    const server = settings?.kind === "mcpServer" ? settings.server : undefined;
    const behind = resourceBehind(endpoint, server);
    if (host === "lambda" && behind !== undefined) {
        return functionCalls(behind, gateway, functionUrlActions);
    }
    if (host === "execute-api" && behind !== undefined) {
        return callOn("execute-api:Invoke", behind, gateway, { policy: "unread" });
    }
    return unknownCall(`what ${endpoint} asks IAM for`);
}

function resourceBehind(
    endpoint: string,
    server: McpServerTargetSettings["server"] | undefined,
): string | undefined {
    return server?.kind === "url" && server.url === endpoint ? server.resourceArn : undefined;
}

/** Both, since October 2025 (https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html). */
const functionUrlActions: readonly Pick<TargetCall, "action" | "context">[] = [
    {
        action: "lambda:InvokeFunctionUrl",
        context: { "lambda:FunctionUrlAuthType": "AWS_IAM" },
    },
    {
        action: "lambda:InvokeFunction",
        context: { "lambda:InvokedViaFunctionUrl": "true" },
    },
];
