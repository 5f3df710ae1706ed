import type { CompiledStatement, ListElement } from "./compiledStatement";
import type { Condition } from "./conditions";
import { parsePolicyDocument } from "./document";
import {
    accessLayers,
    accessOfTrust,
    evaluate,
    evaluateTrust,
    trustLayers,
    type Decision,
    type TrustRequest,
} from "./evaluate";
import {
    callOf,
    matchWritten,
    type Call,
    type LayerDocuments,
    type LayerResult,
    type StatementName,
} from "./layers";
import { namesFormer, type PrincipalIds, type PrincipalMatch } from "./principal";
import type { AccessPolicies, AccessRequest } from "./request";

/** An element of a statement that the request does not meet. */
export type UnmetElement =
    | {
          element: ListElement["name"];
          /** The request's action or resource. */
          got: string;
          written: readonly string[];
      }
    | {
          element: "Principal" | "NotPrincipal";
          got: string;
          written: readonly string[];
          /** `formerPrincipal`: the ARN is there, for a role or user that was deleted since. */
          reason: "notNamed" | "formerPrincipal" | "exempt";
      }
    | {
          element: "Condition";
          operator: string;
          key: string;
          /** The key's values in the request; none where it has no such key. */
          got: readonly string[];
          written: readonly string[];
      };

/** What one statement has to do with the request: `unmet` is empty where it matched. */
export interface ExplainedStatement extends StatementName {
    effect: "Allow" | "Deny";
    outcome: "matched" | "notMatched";
    principalMatch?: PrincipalMatch;
    unmet: readonly UnmetElement[];
}

/** One layer with each of its statements. */
export interface ExplainedLayer extends LayerResult {
    statements: readonly ExplainedStatement[];
}

/** A decision with what each statement of each layer had to do with it. */
export interface Explanation extends Omit<Decision, "layers"> {
    request: AccessRequest;
    layers: readonly ExplainedLayer[];
}

/**
 * Explains what {@link evaluate} decides.
 *
 * @throws MalformedPolicy
 */
export function explainAccess(request: AccessRequest, policies: AccessPolicies): Explanation {
    return explained(
        request,
        evaluate(request, policies),
        policies,
        accessLayers(request, policies),
    );
}

/**
 * Explains what {@link evaluateTrust} decides.
 *
 * @throws MalformedPolicy
 */
export function explainTrust(request: TrustRequest): Explanation {
    return explained(
        accessOfTrust(request),
        evaluateTrust(request),
        request.policies,
        trustLayers(request),
    );
}

function explained(
    request: AccessRequest,
    decision: Decision,
    policies: Pick<AccessPolicies, "boundary">,
    documents: readonly LayerDocuments[],
): Explanation {
    const call = callOf(request, policies);
    return {
        request,
        ...decision,
        layers: decision.layers.map((result) => ({
            ...result,
            statements: documents
                .filter(({ layer }) => layer === result.layer)
                .flatMap((layer) => statementsOf(layer, call)),
        })),
    };
}

function statementsOf({ kind, levels }: LayerDocuments, call: Call): ExplainedStatement[] {
    return levels.flat().flatMap(({ name, document, principalIds }) =>
        parsePolicyDocument(document, kind).statements.map((statement) => {
            const { index, sid, effect, principal } = statement;
            const match = principal && matchWritten(principal, call, principalIds);
            const unmet = unmetElements(statement, call, principalIds);
            return {
                document: name,
                index,
                ...(sid !== undefined && { sid }),
                effect,
                outcome: unmet.length === 0 ? ("matched" as const) : ("notMatched" as const),
                ...(match !== undefined && { principalMatch: match }),
                unmet,
            };
        }),
    );
}

function unmetElements(
    statement: CompiledStatement,
    call: Call,
    ids: PrincipalIds | undefined,
): readonly UnmetElement[] {
    const { principal, action, resource, conditions } = statement;
    const { context } = call;
    return [
        ...(principal === undefined ? [] : unmetPrincipal(principal, call, ids)),
        ...(action.matches(call.lowerCaseAction) ? [] : [unmet(action, call.action)]),
        ...(resource?.matches(call.resource, context) === false
            ? [unmet(resource, call.resource)]
            : []),
        ...conditions
            .filter(({ holds }) => !holds(context))
            .map((condition) => unmetCondition(condition, call)),
    ];
}

function unmetPrincipal(
    principal: NonNullable<CompiledStatement["principal"]>,
    call: Call,
    ids: PrincipalIds | undefined,
): UnmetElement[] {
    if (matchWritten(principal, call, ids) !== undefined) return [];
    const { element, negated } = principal;
    const former = namesFormer(element, call.caller, ids);
    return [
        {
            element: negated ? "NotPrincipal" : "Principal",
            got: principalName(call.caller.principal),
            written: element.written,
            reason: negated ? "exempt" : former ? "formerPrincipal" : "notNamed",
        },
    ];
}

function unmet({ name, written }: ListElement, got: string): UnmetElement {
    return { element: name, got, written };
}

function unmetCondition({ operator, key, values }: Condition, { context }: Call): UnmetElement {
    return {
        element: "Condition",
        operator,
        key,
        got: context.get(key.toLowerCase()) ?? [],
        written: values,
    };
}

/** What a policy names a principal by: a session's role, a user, an account, a service. */
export function principalName(principal: AccessRequest["principal"]): string {
    switch (principal.type) {
        case "role-session":
            return principal.roleArn;
        case "user":
            return principal.userArn;
        case "root":
            return `arn:${principal.partition ?? "aws"}:iam::${principal.accountId}:root`;
        case "service":
            return principal.service;
    }
}
