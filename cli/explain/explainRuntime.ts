import { parsePolicyDocument, type Statement } from "../../access";
import { remedyOf, type Change, type Remedy } from "../../access/remedy";
import { principalName } from "../../access/explanation";
import { policyDocument, runtimeResourcePolicy } from "../../access/statements";
import { runtimeEndpointArn, runtimeOfArn } from "../../agentcore/runtime";
import type { Files } from "./configFiles";
import { runtimeOwner, type RuntimeOwner } from "./configRuntimes";
import type { AskedStep } from "./explainQuestion";

/** A runtime of the program's that does not let a principal in, and what is needed where config names the principal. */
export interface ClosedRuntime {
    owner: RuntimeOwner;
    /** What the policy has then for the principal. */
    statement: Statement;
    /** What else is needed, and what else denies. */
    rest: Remedy;
}

const policyOf = (resourceArn: string, operators: readonly string[]): Statement[] =>
    runtimeResourcePolicy({ resourceArn, gatewayRoles: [], operators });

/** The Sid of the program's own deny, which its config lifts for whom it names. */
const [{ Sid: ownDeny } = {}] = policyOf("", []);

/** Whether a deny is the program's own, of a runtime that is the program's. */
export function isOwnDeny({ layer, sid }: { layer: string; sid?: string }): boolean {
    return layer === "resource" && sid === ownDeny;
}

/** What the program's own deny is for. */
export function purposeOf({ key, gateways }: RuntimeOwner): string {
    return gateways.length === 0
        ? `the program lets in only who ${key} names`
        : `the program lets in only the roles of the gateways that show it (${gateways.map(({ name }) => name).join(", ")}) and who ${key} names`;
}

/**
 * Whether config decides that a principal is not let in to a runtime: then with its name there, less is lacking.
 *
 * @throws MalformedPolicy
 */
export function closedRuntime(step: AskedStep, files: Files): ClosedRuntime | undefined {
    const { principal, resource } = step.request;
    const owner = runtimeOwner(files, resource);
    if (owner === undefined) return undefined;
    // Config takes exact roles and users.
    if (principal.type !== "role-session" && principal.type !== "user") return undefined;
    const operators = [...owner.admitted, principalName(principal)];
    const restOn = (arn: string) => remedyWith(step, arn, policyOf(arn, operators));
    if (lackOf(restOn(resource)) >= lackOf(remedyOf(step.request, step.policies))) return undefined;
    const [statement] = policyOf(resource, operators);
    if (statement === undefined) return undefined;
    const rests = withEndpoint(resource).map(restOn);
    return { owner, statement, rest: joined(rests) };
}

/**
 * What the policy of a runtime has as the program writes it, where it denies a gateway's own role: somebody changed the
 * one or the other since.
 */
export function driftedRuntime(
    { request, policies }: AskedStep,
    denies: Remedy["denies"],
    files: Files,
): Statement | undefined {
    const { principal, resource: resourceArn } = request;
    const owner = runtimeOwner(files, resourceArn);
    if (owner === undefined || !denies.some(isOwnDeny)) return undefined;
    const gatewayRoles = [...admittedBy(policies.resource), principalName(principal)];
    return runtimeResourcePolicy({ resourceArn, gatewayRoles, operators: owner.admitted }).find(
        ({ Sid }) => Sid === ownDeny,
    );
}

/** Whom the program's own deny lets pass, as it is deployed. */
function admittedBy(policy: AskedStep["policies"]["resource"]): string[] {
    if (policy === undefined) return [];
    return parsePolicyDocument(policy.document, "resource")
        .statements.filter(({ sid }) => sid === ownDeny)
        .flatMap(({ conditions }) => conditions.flatMap(({ values }) => values));
}

/** A runtime's endpoint is asked about after the runtime, which refused. */
function withEndpoint(arn: string): string[] {
    const isRuntime = runtimeOfArn(arn)?.qualifier === undefined;
    return isRuntime ? [arn, runtimeEndpointArn(arn)] : [arn];
}

function remedyWith(
    { request, policies }: AskedStep,
    resource: string,
    statements: readonly Statement[],
): Remedy {
    const { name = `resource policy of ${resource}` } = policies.resource ?? {};
    return remedyOf(
        { ...request, resource },
        { ...policies, resource: { name, document: policyDocument(statements) } },
    );
}

function lackOf({ changes, denies, beyond }: Remedy): number {
    return changes.length + denies.length + beyond.length;
}

/** What several resources lack, as one change of each document. */
function joined(remedies: readonly Remedy[]): Remedy {
    const changes = new Map<string, Change>();
    for (const change of remedies.flatMap((one) => one.changes)) {
        const { layer, level } = change;
        const key = `${layer} ${level ?? ""}`;
        const known = changes.get(key);
        changes.set(key, known === undefined ? change : withResource(known, change));
    }
    const [{ denies, beyond } = { denies: [], beyond: [] }] = remedies;
    return { changes: [...changes.values()], denies, beyond };
}

function withResource(known: Change, { statement: { Resource: more = [] } }: Change): Change {
    const { statement } = known;
    const Resource = [...new Set([statement.Resource ?? [], more].flat())];
    return { ...known, statement: { ...statement, Resource } };
}
