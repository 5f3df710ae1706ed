import { toolNameSeparator } from "../../agentcore/toolSchema";
import { grantWords, together } from "./accessWords";
import {
    counted,
    isOfSpoke,
    type AccessReport,
    type ReportCell,
    type ReportGateway,
    type ReportPrincipal,
    type ReportTarget,
} from "./accessReport";

/** A principal at one gateway, for people. */
export interface CellText {
    name: string;
    access: ReportCell["access"];
    /** On what, by whom, or why not; one line each. */
    details: readonly string[];
}

/** A cell in one line: `allowed`, `from 10.0.0.0/8`, `pending: …`. */
export function cellLine({ access, conditions, reason }: ReportCell): string {
    if (access === "conditional") return together(conditions);
    return access === "pending" && reason !== undefined ? `pending: ${reason}` : access;
}

/** What is to say of a cell beside its access. */
export function cellDetails(cell: ReportCell): string[] {
    const { grantedBy, places } = cell;
    return [
        ...whyOf(cell),
        ...grantedBy.map((grant) => `by ${grantWords(grant)}`),
        ...(places.length === 0 ? [] : [places.join(", ")]),
    ];
}

/** On what, or why not. */
export function whyOf({ conditions, reason }: ReportCell): string[] {
    return [...conditions, ...(reason === undefined ? [] : [reason])];
}

/** Of few refusals each is shown; of many those that somebody has begun to allow. */
const refusalsShown = 10;

/** The rows of a gateway's own table, and how many refused ones it leaves out. */
export function cellsAt(
    { principals }: AccessReport,
    column: number,
    all: boolean,
): { cells: CellText[]; left: number } {
    const rows = principals.flatMap((row) => {
        const cell = row.cells[column];
        return cell === undefined ? [] : [{ row, cell }];
    });
    const refused = rows.filter(({ cell }) => cell.access === "refused");
    const isShown = ({ row, cell }: { row: ReportPrincipal; cell: ReportCell }) =>
        all ||
        cell.access !== "refused" ||
        (isOfSpoke(row) && (refused.length <= refusalsShown || cell.isHalfGranted));
    const shown = rows.filter(isShown);
    return {
        cells: shown.map(({ row: { name }, cell }) => ({
            ...{ name, access: cell.access },
            details: cellDetails(cell),
        })),
        left: rows.length - shown.length,
    };
}

/** Where a gateway is: `stack provider, account 111122223333, us-east-1`. */
export function gatewayPlace({ gateway, remarks }: ReportGateway): string {
    if (gateway === undefined) return remarks.join(", ");
    const { stack, accountId, region } = gateway;
    return [
        ...(stack === undefined ? [] : [`stack ${stack}`]),
        ...[`account ${accountId}`, region, ...remarks],
    ].join(", ");
}

/** A target in one line: its tools, or why the gateway does not get to it. */
export function targetLine({ access, conditions, reason, tools }: ReportTarget): string {
    const names = tools.join(", ");
    if (access === "refused") return `refused to everyone: ${reason ?? ""} (${names})`;
    return access === "conditional" ? `${names}, ${together(conditions)}` : names;
}

/** What else is to know, below the answer: what is not shown, and what was not read. */
export function remarksOf(report: AccessReport): string[] {
    const { hidden, unread, notInConfig } = report;
    const strange = notInConfig.slice(0, strangeShown);
    const others = notInConfig.length - strange.length;
    return [
        ...strange.map(({ text }) => text),
        ...(others === 0 ? [] : [`not in config: ${counted(others, "thing")} more (--json)`]),
        ...(hidden === 0
            ? []
            : [
                  `${counted(hidden, "other role")} may call nothing (--all shows ${hidden === 1 ? "it" : "them"})`,
              ]),
        ...unread.map((what) => `not read: ${what}`),
        ...scopeRemarks(report),
        ...(hasUnknownTools(report)
            ? [`${toolNameSeparator}* stands for tools that only the target knows`]
            : []),
    ];
}

/** With more, a person reads a file. */
const strangeShown = 20;

/** What those who ask for an account's roles should know of a report that is about stacks. */
export function scopeRemarks({ scope }: AccessReport): string[] {
    return scope === "accounts"
        ? []
        : ["only roles of the stacks are here; --local and --aws read those of whole accounts"];
}

function hasUnknownTools({ gateways }: AccessReport): boolean {
    return gateways.some(({ targets }) =>
        targets.some(({ tools }) => tools.some((tool) => tool.endsWith(`${toolNameSeparator}*`))),
    );
}

/** `4 others are refused` */
export function leftLine(left: number): string | undefined {
    return left === 0
        ? undefined
        : `${left} ${left === 1 ? "other is" : "others are"} refused (--all lists ${left === 1 ? "it" : "them"})`;
}
