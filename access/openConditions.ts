import { openKeysOf, openVariablesOf, takenForMet, type Assumption } from "./assumption";
import type { CompiledStatement } from "./compiledStatement";
import { parsePolicyDocument } from "./document";
import type { DocumentKind } from "./documentSchema";
import { accessLayers, type Decision } from "./evaluate";
import { isAnySession } from "./principal";
import { callOf, matchStatement, type Call, type Layer, type StatementName } from "./layers";
import type { AccessPolicies, AccessRequest, NamedDocument } from "./request";

/** What access rests on that only a request decides, or that was not read. */
export type OpenCondition =
    | {
          kind: ConditionKind;
          /** The condition's; without one, that of a variable in the statement's resource. */
          key: string;
          operator?: string;
          values: readonly string[];
          effect: "Allow" | "Deny";
          layer: Layer;
          statement: StatementName;
      }
    | { kind: "unreadPolicy"; policy: string }
    | { kind: "policyEngine"; arn: string }
    /** A token decides, and no policy. */
    | { kind: "authorizer"; authorizerType: string };

/** What a condition is about, for people. */
export type ConditionKind =
    "sourceAddress" | "endpoint" | "time" | "mfa" | "session" | "organization" | "other";

/**
 * What access rests on, in the layers that decide otherwise by what is assumed.
 *
 * @param most the decision by `mostAccess`.
 * @param least the decision by `leastAccess`.
 */
export function openConditionsOf(
    request: AccessRequest,
    policies: AccessPolicies,
    most: Decision,
    least: Decision,
): OpenCondition[] {
    const calls = {
        mostAccess: callOf(request, policies, "mostAccess"),
        leastAccess: callOf(request, policies, "leastAccess"),
    };
    return accessLayers(request, policies).flatMap(({ layer, kind, levels }, index) => {
        const [ofMost, ofLeast] = [most.layers[index], least.layers[index]];
        const granted = ofMost?.principalMatch;
        if (ofMost?.decision === ofLeast?.decision && granted === ofLeast?.principalMatch) {
            return [];
        }
        return levels.flatMap((documents) => {
            const statements = documents.flatMap((one) => openStatements(one, kind, calls));
            // Beside an Allow that holds for every request, what others ask for does not matter.
            const isFirm = statements.some(({ firmMatch }) => firmMatch === (granted ?? "own"));
            return statements
                .filter(({ effect }) => effect === "Deny" || !isFirm)
                .flatMap(({ parts, effect, statement }) =>
                    parts.map((part) => ({ ...part, effect, layer, statement })),
                );
        });
    });
}

/** The statements of a document that match where what is open in them is met. */
function openStatements(
    { name, document, principalIds }: NamedDocument,
    kind: DocumentKind,
    calls: Readonly<Record<Assumption, Call>>,
) {
    return parsePolicyDocument(document, kind).statements.flatMap((compiled) => {
        const { index, sid, effect } = compiled;
        const [met, notMet] =
            effect === "Allow"
                ? [calls.mostAccess, calls.leastAccess]
                : [calls.leastAccess, calls.mostAccess];
        if (matchStatement(compiled, met, principalIds) === undefined) return [];
        const statement: StatementName = {
            ...{ document: name, index },
            ...(sid !== undefined && { sid }),
        };
        return {
            ...{ effect, statement, parts: openPartsOf(compiled, met) },
            /** How an Allow names the principal that holds for every request. */
            firmMatch:
                effect === "Allow" ? matchStatement(compiled, notMet, principalIds) : undefined,
        };
    });
}

function openPartsOf(
    { resource, conditions, principal, effect }: CompiledStatement,
    { caller, context, assume }: Call,
): { kind: ConditionKind; key: string; operator?: string; values: readonly string[] }[] {
    const has = (key: string) => context.get(key) !== undefined;
    const ofConditions = conditions.flatMap((condition) => {
        const [open] = openKeysOf(condition, caller, has);
        const { key, operator, values } = condition;
        return open === undefined ? [] : { kind: kindOf(open), key, operator, values };
    });
    const variables = resource === undefined ? [] : openVariablesOf(resource, caller, has);
    const ofResource = variables.map((key) => ({
        ...{ kind: kindOf(key), key },
        values: resource?.written ?? [],
    }));
    const sessions = [...(principal?.element.sessions ?? [])];
    const isOfSession =
        isAnySession(caller.principal) &&
        assume !== undefined &&
        takenForMet(effect, assume) &&
        sessions.length > 0;
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
