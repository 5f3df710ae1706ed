import type { Decision } from "./evaluate";
import {
    principalName,
    type ExplainedStatement,
    type Explanation,
    type UnmetElement,
} from "./explanation";
import type { Layer } from "./layers";
import type { AccessRequest } from "./request";

const policyNames: Readonly<Record<Layer, string>> = {
    identity: "identity-based policy",
    resource: "resource-based policy",
    boundary: "permissions boundary",
    session: "session policy",
    scp: "service control policy",
    rcp: "resource control policy",
    trust: "role trust policy",
};

/**
 * A refusal in AWS's own words
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html).
 */
export function explain(decision: Decision | Explanation, request: AccessRequest): string {
    const { action, resource, principal } = request;
    const name =
        principal.type === "role-session" ? principal.sessionArn : principalName(principal);
    const start = `User: ${name} is not authorized to perform: ${action} on resource: ${resource}`;
    const [layer = "identity"] = decision.lacking;
    const policy = policyNames[layer];
    return decision.decision === "explicitDeny"
        ? `${start} with an explicit deny in ${articleOf(layer)} ${policy}`
        : `${start} because no ${policy} allows the ${action} action`;
}

/** The shortest true sentence for people: which account's side lacked what, and where. */
export function explainShort(explanation: Explanation): string {
    const { request, decision, layers, lacking } = explanation;
    const who = principalName(request.principal);
    if (decision === "allow") return `${who} may ${request.action} on ${request.resource}.`;
    if (decision === "explicitDeny") {
        const deny = layers.find((layer) => layer.decision === "explicitDeny")?.statement;
        return `An explicit deny decides: ${deny?.document ?? ""}, statement ${deny?.sid ?? deny?.index ?? ""}, denies ${request.action} to ${who}.`;
    }
    return lacking.map((layer) => lackOf(explanation, layer)).join(" ");
}

function lackOf(explanation: Explanation, layer: Layer): string {
    const { action, resource, resourceAccountId, principal } = explanation.request;
    const who = principalName(principal);
    const own = principal.type === "service" ? "" : ` (account ${principal.accountId})`;
    const near = nearestSentence(explanation, layer);
    switch (layer) {
        case "resource":
            return `The resource's side lacks an allow: the resource policy of ${resource} (account ${resourceAccountId}) ${missing(explanation, layer)}.`;
        case "trust":
            return `The role's side lacks an allow: the trust policy of ${resource} (account ${resourceAccountId}) ${missing(explanation, layer)}.`;
        case "identity":
            return `The caller's side lacks an allow: no policy of ${who}${own} allows ${action} on ${resource}.${near}`;
        case "boundary":
            return `The permissions boundary of ${who}${own} does not allow ${action} on ${resource}.${near}`;
        case "session":
            return `The session policy of ${who}${own} does not allow ${action} on ${resource}.${near}`;
        case "scp":
            return `The service control policies of the caller's account${own} do not allow ${action} on ${resource}.${near}`;
        case "rcp":
            return `The resource control policies of account ${resourceAccountId} do not allow ${who} ${action} on ${resource}.${near}`;
    }
}

function articleOf(layer: Layer): string {
    if (layer === "trust") return "the";
    return layer === "identity" ? "an" : "a";
}

/** What a resource's or role's policy does not do for the principal. */
function missing(explanation: Explanation, layer: Layer): string {
    const who = principalName(explanation.request.principal);
    const unmatched = unmatchedAllows(explanation, layer);
    const named = unmatched.find(({ principalMatch }) => principalMatch !== undefined);
    if (named !== undefined) return `names ${who}, but ${statementText(named)}`;
    const isFormer = unmatched.some(({ unmet }) =>
        unmet.some((one) => "reason" in one && one.reason === "formerPrincipal"),
    );
    return isFormer
        ? `names ${who} as it was before it was made anew, and must be put again`
        : `does not name ${who}`;
}

/** The statement of the same action that lacks one element only. */
function nearestSentence(explanation: Explanation, layer: Layer): string {
    const nearest = unmatchedAllows(explanation, layer).find(
        ({ unmet: [first, ...more] }) => more.length === 0 && first?.element !== "Action",
    );
    return nearest === undefined ? "" : ` Nearest: ${nearest.document}, ${statementText(nearest)}.`;
}

/** The Allow statements of a layer that did not match, the nearest to the request first. */
function unmatchedAllows({ layers }: Explanation, layer: Layer): ExplainedStatement[] {
    return layers
        .filter((one) => one.layer === layer)
        .flatMap(({ statements }) => statements)
        .filter(({ effect, outcome }) => effect === "Allow" && outcome === "notMatched")
        .sort((one, other) => one.unmet.length - other.unmet.length);
}

function statementText({ sid, index, unmet }: ExplainedStatement): string {
    return `statement ${sid ?? index} ${unmet.map(unmetText).join(", and ")}`;
}

function unmetText(unmet: UnmetElement): string {
    if (unmet.element !== "Condition") {
        return `has ${unmet.element} ${listText(unmet.written)}, and the request has ${unmet.got}`;
    }
    const { operator, key, got, written } = unmet;
    const given = got.length === 0 ? "does not have it" : `has ${listText(got)}`;
    return `asks ${operator} ${key} ${listText(written)}, and the request ${given}`;
}

function listText(values: readonly string[]): string {
    const shown = values.slice(0, 3).join(", ");
    return values.length > 3 ? `${shown} and ${values.length - 3} more` : shown;
}
