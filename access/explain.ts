import type { AccessRequest, Decision, Layer } from "./evaluate";
import type { RequestPrincipal } from "./principal";

const policyNames: Readonly<Record<Layer, string>> = {
    identity: "identity-based policy",
    resource: "resource-based policy",
    boundary: "permissions boundary",
    session: "session policy",
    trust: "role trust policy",
};

/**
 * A refusal in AWS's own words
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html).
 */
export function explain(decision: Decision, request: AccessRequest): string {
    const { action, resource, principal } = request;
    const start = `User: ${nameOf(principal)} is not authorized to perform: ${action} on resource: ${resource}`;
    const [layer = "identity"] = decision.lacking;
    const policy = policyNames[layer];
    return decision.decision === "explicitDeny"
        ? `${start} with an explicit deny in ${articleOf(layer)} ${policy}`
        : `${start} because no ${policy} allows the ${action} action`;
}

/** The shortest true sentence for people: which account's side lacked what. */
export function explainShort(decision: Decision, request: AccessRequest): string {
    const { action, resource, resourceAccountId, principal } = request;
    const who = roleOf(principal);
    const own = principal.type === "service" ? "" : ` (account ${principal.accountId})`;
    if (decision.decision === "explicitDeny") {
        const deny = decision.layers.find((layer) => layer.decision === "explicitDeny");
        const { document = "", index = 0, sid } = deny?.statement ?? {};
        return `An explicit deny decides: ${document}, statement ${sid ?? index}, denies ${action} to ${who}.`;
    }
    return decision.lacking
        .map((layer) => {
            switch (layer) {
                case "resource":
                    return `The resource's side lacks an allow: the resource policy of ${resource} (account ${resourceAccountId}) ${missing(decision, layer, action, who)}.`;
                case "trust":
                    return `The role's side lacks an allow: the trust policy of ${resource} (account ${resourceAccountId}) ${missing(decision, layer, action, who)}.`;
                case "identity":
                    return `The caller's side lacks an allow: no policy of ${who}${own} allows ${action} on ${resource}.`;
                case "boundary":
                    return `The permissions boundary of ${who}${own} does not allow ${action} on ${resource}.`;
                case "session":
                    return `The session policy of ${who}${own} does not allow ${action} on ${resource}.`;
            }
        })
        .join(" ");
}

function articleOf(layer: Layer): string {
    if (layer === "trust") return "the";
    return layer === "identity" ? "an" : "a";
}

/** What a resource's or role's policy does not do for the principal. */
function missing(decision: Decision, layer: Layer, action: string, who: string): string {
    switch (decision.layers.find((one) => one.layer === layer)?.unmet) {
        case "otherElements":
            return `names ${who}, but does not allow it ${action} in this request`;
        case "formerPrincipal":
            return `names ${who} as it was before it was made anew, and must be put again`;
        default:
            return `does not name ${who}`;
    }
}

function nameOf(principal: RequestPrincipal): string {
    switch (principal.type) {
        case "role-session":
            return principal.sessionArn;
        case "user":
            return principal.userArn;
        case "root":
            return `arn:${principal.partition ?? "aws"}:iam::${principal.accountId}:root`;
        case "service":
            return principal.service;
    }
}

function roleOf(principal: RequestPrincipal): string {
    return principal.type === "role-session" ? principal.roleArn : nameOf(principal);
}
