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

function keysOf({
    principal,
    context = {},
}: {
    principal: RequestPrincipal;
    context?: ContextKeys;
}): Map<string, readonly string[]> {
    const keys = new Map<string, readonly string[]>();
    for (const [key, value] of [
        ...Object.entries(principalKeys(principal)),
        ...Object.entries(context),
    ]) {
        keys.set(key.toLowerCase(), typeof value === "string" ? [value] : value);
    }
    return keys;
}

function principalKeys(principal: RequestPrincipal): Record<string, string> {
    if (principal.type === "service") {
        return {
            "aws:PrincipalIsAWSService": "true",
            "aws:PrincipalServiceName": principal.service,
        };
    }
    const { accountId } = principal;
    const keys = { "aws:PrincipalIsAWSService": "false", "aws:PrincipalAccount": accountId };
    switch (principal.type) {
        case "role-session":
            return {
                ...keys,
                "aws:PrincipalArn": principal.roleArn,
                "aws:PrincipalType": "AssumedRole",
                "aws:userid": `${principal.roleId}:${principal.sessionName}`,
            };
        case "user":
            return {
                ...keys,
                "aws:PrincipalArn": principal.userArn,
                "aws:PrincipalType": "User",
                "aws:userid": principal.userId,
                "aws:username": principal.userArn.split("/").at(-1) ?? "",
            };
        case "root":
            return {
                ...keys,
                "aws:PrincipalArn": `arn:${principal.partition ?? "aws"}:iam::${accountId}:root`,
                "aws:PrincipalType": "Account",
                "aws:userid": accountId,
            };
    }
}
