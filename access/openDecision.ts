import { openKeysOf, openVariablesOf, takenForMet } from "./assumption";
import type { CompiledStatement } from "./compiledStatement";
import { parsePolicyDocument } from "./document";
import { accessLayers, evaluate, type Decision } from "./evaluate";
import { callOf, matchStatement, type Call, type Layer, type StatementName } from "./layers";
import type { AccessPolicies, AccessRequest, NamedDocument } from "./request";

/** What access rests on that only a request decides, or that was not read. */
export type OpenCondition =
    | {
          kind: ConditionKind;
          key: string;
          /** None where the key is a variable's. */
          operator?: string;
          values: readonly string[];
          effect: "Allow" | "Deny";
          layer: Layer;
          statement: StatementName;
      }
    | { kind: "unreadPolicy"; policy: string }
    | { kind: "policyEngine"; arn: string };

/** What a condition is about, for people. */
export type ConditionKind =
    "sourceAddress" | "endpoint" | "time" | "mfa" | "session" | "organization" | "other";

/** What is so for every request of a principal, or depends on the request. */
export interface OpenDecision {
    access: "allowed" | "refused" | "conditional";
    /** Where it is conditional. */
    on: readonly OpenCondition[];
    /** With what is open taken for met by an Allow and not by a Deny. */
    decision: Decision;
}

/**
 * Decides for every request at once: allowed where each is, refused where none is, else conditional. It errs to
 * conditional: of two conditions that no request meets together it does not know.
 *
 * @param unread names of policies of the principal that may say anything.
 * @throws MalformedPolicy
 */
export function decideOpen(
    request: AccessRequest,
    policies: AccessPolicies,
    unread: readonly string[] = [],
): OpenDecision {
    const most = evaluate(request, withUnread(policies, unread), "mostAccess");
    if (most.decision !== "allow") return { access: "refused", on: [], decision: most };
    const unreadConditions = unread.map((policy) => ({ kind: "unreadPolicy", policy }) as const);
    const least = evaluate(request, policies, "leastAccess");
    if (least.decision === "allow" && unread.length === 0) {
        return { access: "allowed", on: [], decision: most };
    }
    const on = [...openConditionsOf(request, policies, most, least), ...unreadConditions];
    return { access: "conditional", on, decision: most };
}

/** A policy that was not read may allow everything. */
function withUnread(policies: AccessPolicies, unread: readonly string[]): AccessPolicies {
    const documents: NamedDocument[] = unread.map((name) => ({ name, document: allowsAll }));
    return unread.length === 0
        ? policies
        : { ...policies, identity: [...policies.identity, ...documents] };
}

const allowsAll = JSON.stringify({
    Version: "2012-10-17",
    Statement: { Effect: "Allow", Action: "*", Resource: "*" },
});

/** What is open in the layers that decide differently by what is assumed. */
function openConditionsOf(
    request: AccessRequest,
    policies: AccessPolicies,
    most: Decision,
    least: Decision,
): OpenCondition[] {
    return accessLayers(request, policies).flatMap(({ layer, kind, levels }, index) => {
        const [ofMost, ofLeast] = [most.layers[index], least.layers[index]];
        if (
            ofMost?.decision === ofLeast?.decision &&
            ofMost?.principalMatch === ofLeast?.principalMatch
        ) {
            return [];
        }
        return levels.flat().flatMap(({ name, document, principalIds }) =>
            parsePolicyDocument(document, kind).statements.flatMap((statement) => {
                const assume = statement.effect === "Allow" ? "mostAccess" : "leastAccess";
                const call = callOf(request, policies, assume);
                if (matchStatement(statement, call, principalIds) === undefined) return [];
                const { index: at, sid, effect } = statement;
                return openPartsOf(statement, call).map((part) => ({
                    ...part,
                    effect,
                    layer,
                    statement: { document: name, index: at, ...(sid !== undefined && { sid }) },
                }));
            }),
        );
    });
}

function openPartsOf(
    { resource, conditions, principal, effect }: CompiledStatement,
    { caller, context, assume }: Call,
): { kind: ConditionKind; key: string; operator?: string; values: readonly string[] }[] {
    const has = (key: string) => context.get(key) !== undefined;
    const ofConditions = conditions.flatMap((condition) =>
        openKeysOf(condition, caller, has).map((key) => {
            const { operator, values } = condition;
            return { kind: kindOf(key), key, operator, values };
        }),
    );
    const variables = resource === undefined ? [] : openVariablesOf(resource, caller, has);
    const ofResource = variables.map((key) => ({
        ...{ kind: kindOf(key), key },
        values: resource?.written ?? [],
    }));
    const sessions = [...(principal?.element.sessions ?? [])];
    const isOfSession = assume !== undefined && takenForMet(effect, assume) && sessions.length > 0;
    const ofPrincipal = isOfSession
        ? [{ kind: "session" as const, key: "sts:RoleSessionName", values: sessions }]
        : [];
    return [...ofConditions, ...ofResource, ...ofPrincipal];
}

const kinds: readonly (readonly [RegExp, ConditionKind])[] = [
    [/^aws:(?:vpc)?sourceip$/i, "sourceAddress"],
    [/^aws:(?:sourcevpc|sourcevpce|sourcevpcarn|vpce\w+)$/i, "endpoint"],
    [/^aws:(?:currenttime|epochtime|tokenissuetime)$/i, "time"],
    [/^aws:multifactorauth/i, "mfa"],
    [/^aws:(?:userid|sourceidentity)$|^sts:/i, "session"],
    [/^aws:(?:principal|resource|source)org/i, "organization"],
];

function kindOf(key: string): ConditionKind {
    return kinds.find(([pattern]) => pattern.test(key))?.[1] ?? "other";
}
