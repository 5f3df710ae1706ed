import { deployerActions, functionActions } from "./actions";
import { namesOf, type DeployedResource, type Place } from "./names";
import { inputOf, type ActionRow, type Operation } from "./row";

/** One action that a deployer has to be allowed, as a service asks for it. */
export interface DeployerRequest {
    action: string;
    resource: string;
    context: Readonly<Record<string, string>>;
}

/**
 * What the deployer is asked for by an operation on a resource, in the table's order.
 *
 * @param changed the inputs that an update changes.
 */
export function requestsOf(
    resource: DeployedResource,
    place: Place,
    operation: Operation,
    changed: readonly string[] = [],
): DeployerRequest[] {
    const rows = rowsOf(resource).filter(
        (row) =>
            row.operations.includes(operation) &&
            (operation !== "update" ||
                row.changed?.some((name) => changed.includes(name)) !== false),
    );
    return requestsOfRows(rows, resource, place);
}

/** Everything that the deployer may ever be asked for by a resource, as long as it has these inputs. */
export function allRequestsOf(resource: DeployedResource, place: Place): DeployerRequest[] {
    const rows = rowsOf(resource).filter(
        ({ changed, operations }) =>
            operations.some((operation) => operation !== "update") ||
            changed?.some((name) => isGiven(resource, name)) !== false,
    );
    const functions = Object.values(functionActions).flatMap(({ rows: called, calledFor }) =>
        calledFor === resource.type ? called : [],
    );
    return requestsOfRows([...rows, ...functions], resource, place);
}

/** What the deployer is asked for by a function of a provider. */
export function requestsOfFunction(token: string, place: Place): DeployerRequest[] {
    const rows = functionActions[token]?.rows ?? [];
    return requestsOfRows(rows, { type: token, inputs: {} }, place);
}

/** The rows for a resource with these inputs. */
function rowsOf(resource: DeployedResource): ActionRow[] {
    const rows = (deployerActions as Readonly<Record<string, readonly ActionRow[]>>)[resource.type];
    return (rows ?? []).filter(({ input }) => input === undefined || isGiven(resource, input));
}

function isGiven({ inputs }: DeployedResource, path: string): boolean {
    const value = inputOf(inputs, path);
    if (typeof value === "object" && value !== null) return Object.keys(value).length > 0;
    return value !== undefined && value !== null && value !== "" && value !== 0;
}

function requestsOfRows(
    rows: readonly ActionRow[],
    resource: DeployedResource,
    place: Place,
): DeployerRequest[] {
    const names = namesOf(resource, place);
    return rows.flatMap(({ actions, resources, context = {} }) => {
        const arns = resources.map((template) => filled(template, names));
        if (!arns.every((arn) => arn !== undefined)) return [];
        return actions.flatMap((action) =>
            arns.map((arn) => ({ action, resource: arn, context: { ...context } })),
        );
    });
}

/** A template with the names in it; `undefined` where one is missing. */
function filled(template: string, names: Readonly<Record<string, string>>): string | undefined {
    const parts = [...template.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
    if (parts.some((name) => names[name] === undefined)) return undefined;
    return template.replace(/\{(\w+)\}/g, (_part, name: string) => names[name] ?? "");
}
