import type { Decision } from "../../access/evaluate";
import type { Layer, LayerResult, StatementName } from "../../access/layers";
import type { OpenCondition } from "../../access/openConditions";
import type { TargetReach } from "../../access/targetReach";
import { demandWords } from "./accessConditions";

/** One condition in words, such as `from 10.0.0.0/8` or `before 2027-01-01T00:00:00Z`. */
export function conditionWords(condition: OpenCondition): string {
    switch (condition.kind) {
        case "unreadPolicy":
            return `if allowed by ${condition.policy} (not read)`;
        case "policyEngine":
            return `if allowed by policy engine ${condition.arn.split("/").at(-1) ?? condition.arn}`;
        case "authorizer":
            return `with a token for its ${condition.authorizerType} authorizer`;
        default:
            return demandWords(condition);
    }
}

/**
 * What access rests on, in words: all of them must be met, and each may name alternatives. One statement's conditions
 * go together; of several Allows one is enough, of several Denies each bears.
 */
export function conditionsWords(
    on: readonly OpenCondition[],
    { crossAccount = true }: { crossAccount?: boolean } = {},
): string[] {
    const allows = new Map<string, Map<string, Set<string>>>();
    const denies = new Map<string, Set<string>>();
    const others = new Set<string>();
    for (const condition of on) {
        const words = conditionWords(condition);
        if (!("effect" in condition)) {
            others.add(words);
            continue;
        }
        const { layer, statement, effect } = condition;
        const ofStatement = `${layer} ${statement.document} ${statement.index}`;
        if (effect === "Deny") {
            put(denies, ofStatement, words);
            continue;
        }
        const side = sideOf(layer, statement.document, crossAccount);
        const alternatives = allows.get(side) ?? new Map<string, Set<string>>();
        allows.set(side, alternatives);
        put(alternatives, ofStatement, words);
    }
    return sorted([
        ...[...allows.values()].map((alternatives) =>
            sorted([...alternatives.values()].map((words) => sorted(words).join(" and "))).join(
                " or ",
            ),
        ),
        ...[...denies.values()].map((words) => sorted(words).join(" or ")),
        ...others,
    ]);
}

/** Several conditions as one text. */
export function together(conditions: readonly string[]): string {
    return conditions.join("; ");
}

/** Why a principal may not call a gateway, from the gateway's side of view. */
export function refusalWords({ decision, layers, lacking }: Decision): string {
    if (decision === "explicitDeny") {
        const deny = layers.find((layer) => layer.decision === "explicitDeny");
        return `denied by ${deny === undefined ? "a policy" : statementWords(deny)}`;
    }
    if (lacking.includes("identity") && lacking.includes("resource")) {
        return "neither its own policies nor the gateway's allow it";
    }
    return lacking.map((layer) => lackWords[layer]).join(", and ");
}

/** Why a gateway does not get to a target. */
export function reachWords({ steps }: Pick<TargetReach, "steps">): string {
    const refused = steps.find(({ access }) => access === "refused");
    if (refused === undefined) return "";
    if (refused.step === "assumeRole") return "AgentCore may not take on the gateway's role";
    const { action, resource } = refused.call;
    const why =
        refused.decision.decision === "explicitDeny" ? `: ${refusalWords(refused.decision)}` : "";
    return `the gateway's role may not ${action} on ${resource}${why}`;
}

/** The statement that decided, such as `tools-grants: AllowSpokes`. */
export function statementWords({ layer, statement }: LayerResult): string {
    return statement === undefined ? layer : `${statement.document}: ${nameOf(statement)}`;
}

/** The statement that grants; whose resource policy it is goes without saying beside its gateway. */
export function grantWords(result: LayerResult): string {
    const { layer, statement } = result;
    return layer === "resource" && statement !== undefined
        ? `the gateway's policy: ${nameOf(statement)}`
        : statementWords(result);
}

function nameOf({ sid, index }: StatementName): string {
    return sid ?? `statement ${index}`;
}

const lackWords: Readonly<Record<Layer, string>> = {
    identity: "its own policies do not allow it",
    resource: "the gateway's policy does not let it in",
    boundary: "its permissions boundary does not allow it",
    session: "its session policy does not allow it",
    scp: "the service control policies of its account do not allow it",
    rcp: "the resource control policies of the gateway's account do not allow it",
    trust: "the role's trust policy does not let it in",
};

/** Within one account either side's allow is enough; each document of an organization's limits asks for its own. */
function sideOf(layer: Layer, document: string, crossAccount: boolean): string {
    if (layer === "scp" || layer === "rcp") return `${layer} ${document}`;
    return !crossAccount && (layer === "identity" || layer === "resource") ? "grant" : layer;
}

function put(groups: Map<string, Set<string>>, group: string, words: string): void {
    const known = groups.get(group) ?? new Set<string>();
    groups.set(group, known.add(words));
}

/** By code unit, so that the order is one for all machines. */
export function sorted(words: Iterable<string>): string[] {
    return [...new Set(words)].sort();
}
