import { compileCondition, type Condition } from "./conditions";
import type { DocumentKind, StatementInput } from "./documentSchema";
import { MalformedPolicy } from "./malformedPolicy";
import { actionPattern, resourcePattern } from "./match";
import { compilePrincipal, type PrincipalElement } from "./principal";
import { compileResource, type Context, type VariableUse } from "./variables";

/** An Action, NotAction, Resource or NotResource element. */
export interface ListElement {
    name: "Action" | "NotAction" | "Resource" | "NotResource";
    written: readonly string[];
}

/** A statement, compiled: each element answers for itself. */
export interface CompiledStatement {
    index: number;
    sid?: string;
    effect: "Allow" | "Deny";
    principal?: { negated: boolean; element: PrincipalElement };
    action: ListElement & { matches: (lowerCaseAction: string) => boolean };
    /** Trust policies have none: their resource is the role itself. */
    resource?: ListElement & { matches: (resource: string, context: Context) => boolean };
    conditions: readonly Condition[];
}

/** @throws MalformedPolicy */
export function compileStatement(
    statement: StatementInput,
    index: number,
    kind: DocumentKind,
    use: VariableUse,
): CompiledStatement {
    const place = `Statement[${index}]`;
    absent(statement, forbidden[kind], place);
    const principal =
        kind === "identity" || kind === "scp" ? undefined : principalOf(statement, kind, place);
    const resource = kind === "trust" ? undefined : resourceOf(statement, kind, use, place);
    return {
        index,
        ...(statement.Sid !== undefined && { sid: statement.Sid }),
        effect: statement.Effect,
        ...(principal !== undefined && { principal }),
        action: actionOf(statement, place),
        ...(resource !== undefined && { resource }),
        conditions: Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
            Object.entries(keys).map(([key, values]) =>
                compileCondition(operator, key, values, use, `${place}.Condition.${operator}`),
            ),
        ),
    };
}

/**
 * Elements that a kind of policy does not have
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html,
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html).
 */
const forbidden: Readonly<Record<DocumentKind, readonly (keyof StatementInput)[]>> = {
    identity: ["Principal", "NotPrincipal"],
    scp: ["Principal", "NotPrincipal"],
    resource: [],
    trust: ["Resource", "NotResource", "NotPrincipal"],
    rcp: ["NotPrincipal", "NotAction"],
};

function actionOf(statement: StatementInput, place: string): CompiledStatement["action"] {
    const { name, written, negated } = one(statement, "Action", "NotAction", place);
    const matchers = written.map((pattern) => {
        if (pattern !== "*" && !/^[\w-]+:[\w*?-]+$/.test(pattern)) {
            throw new MalformedPolicy(
                `${place}.${name}`,
                `got ${pattern}; must be <service>:<action> or *`,
            );
        }
        return actionPattern(pattern);
    });
    const matches = anyOf(matchers);
    return { name, written, matches: negated ? (action) => !matches(action) : matches };
}

function resourceOf(
    statement: StatementInput,
    kind: DocumentKind,
    use: VariableUse,
    place: string,
): NonNullable<CompiledStatement["resource"]> {
    const { name, written, negated } = one(statement, "Resource", "NotResource", place);
    const compiled = written.map((pattern) => {
        // Services with resource policies have forms of their own; IAM's policies take ARNs and `*`.
        if (kind !== "resource" && pattern !== "*") checkArn(pattern, `${place}.${name}`);
        return compileResource(pattern, use, resourcePattern);
    });
    const matches = anyOf(
        compiled.map((matcherFor) => (resource: string, context: Context) => {
            return matcherFor(context)?.(resource) === true;
        }),
    );
    return {
        name,
        written,
        matches: negated ? (resource, context) => !matches(resource, context) : matches,
    };
}

/** What IAM takes for an ARN; it takes one that ends early, as `arn:aws:lambda:*`, but not after five segments. */
function checkArn(pattern: string, place: string): void {
    const [scheme, , service] = pattern.split(":", 3);
    if (scheme !== "arn" || !pattern.includes(":")) {
        throw new MalformedPolicy(place, `got ${pattern}; must be an ARN or *`);
    }
    if (service === undefined || /[*?]/.test(service)) {
        throw new MalformedPolicy(
            place,
            `got ${pattern}; its service must be written out, without wildcards`,
        );
    }
    if (service === "" || pattern.split(":", 7).length === 5) {
        throw new MalformedPolicy(
            place,
            `got ${pattern}; must be arn:<partition>:<service>:<region>:<account>:<resource>`,
        );
    }
}

function anyOf<A extends unknown[]>(
    matchers: readonly ((...args: A) => boolean)[],
): (...args: A) => boolean {
    const [only, ...more] = matchers;
    if (only !== undefined && more.length === 0) return only;
    return (...args) => matchers.some((matches) => matches(...args));
}

function principalOf(
    statement: StatementInput,
    kind: DocumentKind,
    place: string,
): NonNullable<CompiledStatement["principal"]> {
    const { Principal, NotPrincipal } = statement;
    const written = Principal ?? NotPrincipal;
    if (written === undefined || (Principal !== undefined && NotPrincipal !== undefined)) {
        throw new MalformedPolicy(place, "must have exactly one of Principal and NotPrincipal");
    }
    const negated = Principal === undefined;
    if (negated && statement.Effect === "Allow") {
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
        throw new MalformedPolicy(`${place}.NotPrincipal`, "must be used with Effect Deny");
    }
    if (kind === "rcp" && Principal !== "*") {
        throw new MalformedPolicy(`${place}.Principal`, "must be * in a resource control policy");
    }
    const name = negated ? "NotPrincipal" : "Principal";
    return { negated, element: compilePrincipal(written, `${place}.${name}`) };
}

function one<P extends "Action" | "Resource", N extends "NotAction" | "NotResource">(
    statement: StatementInput,
    positive: P,
    negative: N,
    place: string,
): { name: P | N; written: string[]; negated: boolean } {
    const negated = statement[positive] === undefined;
    const name = negated ? negative : positive;
    const written = statement[name];
    if (written === undefined || (!negated && statement[negative] !== undefined)) {
        throw new MalformedPolicy(place, `must have exactly one of ${positive} and ${negative}`);
    }
    return { name, written: [written].flat(), negated };
}

function absent(
    statement: StatementInput,
    elements: readonly (keyof StatementInput)[],
    place: string,
): void {
    for (const element of elements) {
        if (statement[element] !== undefined) {
            throw new MalformedPolicy(
                `${place}.${element}`,
                "must be absent in a policy of this kind",
            );
        }
    }
}
