import type { PolicyDocument, Statement } from "../access/documentSchema";
import { policyDocument } from "../access/statements";
import type { Place } from "./names";
import { allRequestsOf } from "./requests";
import { Wildcards, type NamedResource } from "./wildcards";

/**
 * Characters of a managed policy, white space not counted, and how many of them a role may have unless its account's
 * quota was raised (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
 */
export const managedPolicy = { characters: 6144, perRole: 10 } as const;

/** A statement that is by itself larger than a managed policy. */
export class StatementTooLarge extends Error {
    constructor(actions: readonly string[], resource: string, size: number) {
        super(
            `a statement with ${actions.join(", ")} on ${resource}: got ${size} characters; must be at most ${managedPolicy.characters}, as a managed policy: shorten the names in it`,
        );
        this.name = "StatementTooLarge";
    }
}

/**
 * What the deployer of these resources must be allowed to make, change, read and delete them, and nothing else: as
 * managed policies, which all belong to the same role.
 *
 * @throws StatementTooLarge
 */
export function deployerPolicies(
    resources: readonly NamedResource[],
    place: Place,
): PolicyDocument[] {
    const wildcards = new Wildcards(resources);
    const grants = resources.flatMap((resource) =>
        allRequestsOf(resource, place).map((request) => ({
            ...request,
            resource: wildcards.apply(request.resource),
        })),
    );
    return documentsOf(statementsOf(grants));
}

/** An action on a resource, with the condition keys that it is allowed for. */
interface Grant {
    action: string;
    resource: string;
    context: Readonly<Record<string, string>>;
}

/** One statement for all resources that have the same actions on the same conditions, in a stable order. */
function statementsOf(grants: readonly Grant[]): Statement[] {
    const byResource = groupedBy(grants, ({ resource, context }) =>
        JSON.stringify([resource, context]),
    );
    const resources = [...byResource.values()].map((group) => ({
        resource: group[0]?.resource ?? "",
        context: group[0]?.context ?? {},
        actions: sorted(group.map(({ action }) => action)),
    }));
    const byActions = groupedBy(resources, ({ actions, context }) =>
        JSON.stringify([actions, context]),
    );
    return [...byActions.values()]
        .map((group) =>
            statement(
                group[0]?.actions ?? [],
                sorted(group.map(({ resource }) => resource)),
                group[0]?.context ?? {},
            ),
        )
        .sort((one, other) => (orderOf(one) < orderOf(other) ? -1 : 1));
}

function statement(
    actions: readonly string[],
    resources: readonly string[],
    context: Readonly<Record<string, string>>,
): Statement {
    return {
        Effect: "Allow",
        Action: [...actions],
        Resource: [...resources],
        ...(Object.keys(context).length > 0 && { Condition: { StringEquals: { ...context } } }),
    };
}

function orderOf({ Action, Resource }: Statement): string {
    return JSON.stringify([Action, Resource]);
}

/** Documents that each keep the size of a managed policy, filled in the statements' order. */
function documentsOf(statements: readonly Statement[]): PolicyDocument[] {
    const documents: Statement[][] = [];
    for (const part of statements.flatMap(parts)) {
        const last = documents.at(-1);
        if (last !== undefined && sizeOf([...last, part]) <= managedPolicy.characters) {
            last.push(part);
        } else {
            documents.push([part]);
        }
    }
    return documents.map(policyDocument);
}

/** A statement that is too large, as several with some of its resources each. */
function parts(whole: Statement): Statement[] {
    const size = sizeOf([whole]);
    if (size <= managedPolicy.characters) return [whole];
    const resources = [whole.Resource ?? []].flat();
    if (resources.length < 2) {
        throw new StatementTooLarge([whole.Action ?? []].flat(), resources[0] ?? "", size);
    }
    const half = Math.ceil(resources.length / 2);
    return [resources.slice(0, half), resources.slice(half)].flatMap((some) =>
        parts({ ...whole, Resource: some }),
    );
}

/** None of what the program writes has white space in it. */
function sizeOf(statements: readonly Statement[]): number {
    return JSON.stringify(policyDocument(statements)).length;
}

function groupedBy<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, T[]> {
    const groups = new Map<string, T[]>();
    for (const value of values) {
        const key = keyOf(value);
        const group = groups.get(key);
        if (group === undefined) groups.set(key, [value]);
        else group.push(value);
    }
    return groups;
}

function sorted(values: readonly string[]): string[] {
    return [...new Set(values)].sort();
}
