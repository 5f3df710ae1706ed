import type { AccessMatrix } from "../../access/matrix";
import { gatewaysOf } from "./accessColumns";
import { pendingOf } from "./accessPending";
import {
    counted,
    isOfSpoke,
    isOpen,
    isPending,
    mayCall,
    type AccessReport,
    type ReportContext,
    type ReportGateway,
    type ReportPrincipal,
} from "./accessReport";
import { rowsOf } from "./accessRows";
import { sorted } from "./accessWords";

/** Makes of a matrix what the formats show. */
export function accessReport(matrix: AccessMatrix, context: ReportContext): AccessReport {
    const { source, scope = "stacks", notInConfig = [], all = false } = context;
    const waiting = pendingOf(matrix);
    const gateways = gatewaysOf(matrix, waiting).filter(
        ({ name }) => context.gateways?.has(name) !== false,
    );
    const asked = rowsOf(matrix, gateways, waiting, context).filter(
        ({ name }) => context.principals?.has(name) !== false,
    );
    const isShown = (row: ReportPrincipal) =>
        all ||
        context.principals !== undefined ||
        isOfSpoke(row) ||
        mayCall(row, gateways) ||
        isPending(row);
    const principals = asked.filter(isShown);
    const unread = sorted(matrix.inventory.unread);
    return {
        answer: answerOf(principals, gateways, unread, context.principals !== undefined),
        ...{ source, scope, gateways, principals, unread },
        notInConfig: notInConfig.filter(
            ({ gateway, principal }) =>
                context.gateways?.has(gateway) !== false &&
                (principal === undefined || context.principals?.has(principal) !== false),
        ),
        hidden: asked.length - principals.length,
    };
}

function answerOf(
    principals: readonly ReportPrincipal[],
    gateways: readonly ReportGateway[],
    unread: readonly string[],
    isAskedByName: boolean,
): string {
    const missing =
        unread.length === 0
            ? ""
            : ` (incomplete: ${counted(unread.length, "thing")} could not be read)`;
    if (gateways.length === 0) return `there is no gateway to call${missing}`;
    const open = principals.filter((row) => mayCall(row, gateways));
    const conditional = open.filter(
        ({ cells }) => !cells.some(({ access }) => access === "allowed"),
    );
    const pending = principals.filter((row) => !open.includes(row) && isPending(row));
    const closed = principals.filter((row) => !open.includes(row) && !pending.includes(row));
    // Roles of services may call nothing as a rule: nobody refuses them.
    const refused = (principals.some(isOfSpoke) ? closed.filter(isOfSpoke) : closed).length;
    const called = gateways.filter((_, at) =>
        open.some(({ cells }) => cells[at] && isOpen(cells[at])),
    );
    const tools = called.reduce((sum, gateway) => sum + gateway.tools.length, 0);
    const [first, ...more] = called.length === 0 ? gateways : called;
    const where =
        more.length === 0 ? `gateway ${first?.name ?? ""}` : `${more.length + 1} gateways`;
    const [only, ...others] = principals;
    if (isAskedByName && only !== undefined && others.length === 0) {
        const what = open.length === 0 ? "no tool" : counted(tools, "tool");
        const under =
            conditional.length > 0 ? "; under conditions" : pending.length > 0 ? "; pending" : "";
        return `${only.name} may call ${what} of ${where}${under}${missing}`;
    }
    const who = open.length === 0 ? "nobody" : counted(open.length, "principal");
    const what = open.length === 0 ? "a tool" : counted(tools, "tool");
    const parts = [
        `${who} may call ${what} of ${where}`,
        ...(conditional.length > 0 ? [`${conditional.length} of them under conditions`] : []),
        ...(pending.length > 0 ? [`${isOrAre(pending.length)} pending`] : []),
        ...(refused > 0 ? [`${isOrAre(refused)} refused`] : []),
    ];
    return `${parts.join("; ")}${missing}`;
}

function isOrAre(number: number): string {
    return `${number} ${number === 1 ? "is" : "are"}`;
}
