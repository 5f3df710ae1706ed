import type { RequestPrincipal } from "./principal";
import type { Context } from "./variables";

/** Condition keys and their values; names count without regard to case. */
export type ContextKeys = Readonly<Record<string, string | readonly string[]>>;

/**
 * The request's context with the keys that every principal has, put together when it is first asked
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html).
 */
export function contextOf(request: {
    principal: RequestPrincipal;
    context?: ContextKeys;
}): Context {
    let keys: Map<string, readonly string[]> | undefined;
    return {
        get: (lowerCaseKey) => (keys ??= keysOf(request)).get(lowerCaseKey),
    };
}

type Keys = Map<string, readonly string[]>;

function keysOf(request: { principal: RequestPrincipal; context?: ContextKeys }): Keys {
    const keys = principalKeys(request.principal);
    const { context = {} } = request;
    for (const key of Object.keys(context)) {
        const value = context[key] ?? [];
        keys.set(key.toLowerCase(), typeof value === "string" ? [value] : value);
    }
    return keys;
}

function principalKeys(principal: RequestPrincipal): Keys {
    const keys: Keys = new Map();
    if (principal.type === "service") {
        keys.set("aws:principalisawsservice", ["true"]);
        return keys.set("aws:principalservicename", [principal.service]);
    }
    const { accountId } = principal;
    keys.set("aws:principalisawsservice", ["false"]);
    keys.set("aws:principalaccount", [accountId]);
    switch (principal.type) {
        case "role-session":
            return keys
                .set("aws:principalarn", [principal.roleArn])
                .set("aws:principaltype", ["AssumedRole"])
                .set("aws:userid", [`${principal.roleId}:${principal.sessionName}`]);
        case "user":
            return keys
                .set("aws:principalarn", [principal.userArn])
                .set("aws:principaltype", ["User"])
                .set("aws:userid", [principal.userId])
                .set("aws:username", [principal.userArn.split("/").at(-1) ?? ""]);
        case "root":
            return keys
                .set("aws:principalarn", [
                    `arn:${principal.partition ?? "aws"}:iam::${accountId}:root`,
                ])
                .set("aws:principaltype", ["Account"])
                .set("aws:userid", [accountId]);
    }
}
