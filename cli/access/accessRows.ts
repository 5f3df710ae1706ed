import { principalName } from "../../access/explanation";
import type { InventoryPrincipal } from "../../access/inventory";
import type { AccessMatrix, Pair } from "../../access/matrix";
import { accountOfArn } from "../../agentcore/arn";
import type { Waiting } from "./accessPending";
import {
    byName,
    type ReportCell,
    type ReportContext,
    type ReportGateway,
    type ReportPrincipal,
} from "./accessReport";
import { conditionsWords, refusalWords } from "./accessWords";

/** Each principal with a cell for each column, sorted by name; also those that are not there yet. */
export function rowsOf(
    matrix: AccessMatrix,
    gateways: readonly ReportGateway[],
    waiting: Waiting,
    { placesOf }: ReportContext,
): ReportPrincipal[] {
    const columns = new Map(gateways.map(({ name }, at) => [name, at]));
    const cellsOf = new Map<InventoryPrincipal, ReportCell[]>();
    for (const pair of matrix.pairs) {
        const at = columns.get(pair.gateway.name);
        const cells = cellsOf.get(pair.principal) ?? [];
        cellsOf.set(pair.principal, cells);
        if (at === undefined) continue;
        const awaited = waiting.get(pair.principal.name)?.gateways.get(pair.gateway.name);
        cells[at] = cellOf(pair, awaited, placesOf);
    }
    const names = new Set(matrix.inventory.principals.map(({ name }) => name));
    const known = matrix.inventory.principals.map((principal) =>
        rowOf(
            principal,
            withPending(principal.name, cellsOf.get(principal) ?? [], gateways, waiting),
        ),
    );
    const awaited = [...waiting]
        .filter(([name]) => !names.has(name))
        .map(([name, { stack, role }]) => ({
            ...awaitedRow(name, stack, role),
            cells: withPending(name, [], gateways, waiting),
        }));
    return byName([...known, ...awaited]);
}

function rowOf(
    { name, kind, stack, role, principal }: InventoryPrincipal,
    cells: readonly ReportCell[],
): ReportPrincipal {
    return {
        ...{ name, kind, cells },
        ...(stack !== undefined && { stack }),
        ...(role !== undefined && { role }),
        ...(principal.type !== "service" && { accountId: principal.accountId }),
        arn: principalName(principal),
    };
}

/** A role of a stack; or, granted by its ARN, whom no stack has. */
function awaitedRow(
    name: string,
    stack: string,
    role: string,
): Pick<ReportPrincipal, "name" | "kind" | "stack" | "role" | "accountId" | "arn"> {
    if (!name.startsWith("arn:")) return { name, kind: "caller", stack, role };
    const accountId = accountOfArn(name);
    return { name, kind: "other", arn: name, ...(accountId !== undefined && { accountId }) };
}

function cellOf(
    pair: Pair,
    awaited: string | undefined,
    placesOf: ReportContext["placesOf"],
): ReportCell {
    const { principal, gateway, on, decision, grantedBy } = pair;
    // Of a large organization there are tens of thousands: each is one literal.
    if (pair.access !== "refused") {
        return {
            principal: principal.name,
            gateway: gateway.name,
            access: pair.access,
            on,
            conditions: pair.access === "allowed" ? none : conditionsWords(on, decision),
            grantedBy,
            places: placesOf?.(pair) ?? none,
            isHalfGranted: false,
        };
    }
    const isHalf = isHalfGranted(pair);
    return {
        principal: principal.name,
        gateway: gateway.name,
        access: awaited === undefined ? "refused" : "pending",
        on: none,
        conditions: none,
        reason: awaited ?? refusalWords(decision),
        grantedBy: none,
        // Config says nothing of most refusals.
        places: (isHalf || awaited !== undefined ? placesOf?.(pair) : undefined) ?? none,
        isHalfGranted: isHalf,
    };
}

const none: readonly never[] = [];

/** Denied by name, or let in by one side: not merely never spoken of. */
function isHalfGranted({ decision: { decision, layers } }: Pair): boolean {
    return (
        decision === "explicitDeny" ||
        layers.some(
            ({ layer, decision: word }) =>
                word === "allow" && (layer === "identity" || layer === "resource"),
        )
    );
}

/** A cell for each column, also where principal or gateway are not there. */
function withPending(
    principal: string,
    cells: readonly (ReportCell | undefined)[],
    gateways: readonly ReportGateway[],
    waiting: Waiting,
): ReportCell[] {
    return gateways.map(({ name }, at) => {
        const reason = waiting.get(principal)?.gateways.get(name);
        return (
            cells[at] ?? {
                ...{ principal, gateway: name, on: [], conditions: [], grantedBy: [], places: [] },
                access: reason === undefined ? "refused" : "pending",
                reason: reason ?? "it is not there yet, and config has no grant for it",
                isHalfGranted: false,
            }
        );
    });
}
