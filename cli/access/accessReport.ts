import type { InventoryGateway, PrincipalKind } from "../../access/inventory";
import type { LayerResult } from "../../access/layers";
import type { Pair } from "../../access/matrix";
import type { OpenCondition } from "../../access/openConditions";
import type { TargetReach } from "../../access/targetReach";
import type { BeyondConfig } from "./accessBeyond";

/** Whether a principal may call: `pending` where config asks for it, and something is not there yet. */
export type CellAccess = "allowed" | "conditional" | "refused" | "pending";

/** All that the formats of `hub access` show, sorted by name. */
export interface AccessReport {
    /** The answer as one line. */
    answer: string;
    /** Where it was read. */
    source: string;
    gateways: readonly ReportGateway[];
    principals: readonly ReportPrincipal[];
    /** Principals that may call nothing, and are not shown. */
    hidden: number;
    /** What could not be read; the answer is without it. */
    unread: readonly string[];
    /** Whose roles are here: those of stacks, or all of their accounts'. */
    scope: ReportScope;
    /** What there is and the project's config does not have. */
    notInConfig: readonly BeyondConfig[];
}

/** A program or an export knows its own roles; AWS those of whole accounts. */
export type ReportScope = "stacks" | "accounts";

/** A gateway with its targets: a column. */
export interface ReportGateway {
    name: string;
    /** Not of one that is still pending. */
    gateway?: InventoryGateway;
    targets: readonly ReportTarget[];
    /** The names of the tools that it gets to, always or under conditions. */
    tools: readonly string[];
    remarks: readonly string[];
}

/** A target of a gateway, for whoever may call the gateway. */
export interface ReportTarget {
    name: string;
    kind: TargetReach["target"]["kind"];
    access: TargetReach["access"];
    on: readonly OpenCondition[];
    conditions: readonly string[];
    /** Where the gateway does not get to it. */
    reason?: string;
    /** `<target>___<tool>` */
    tools: readonly string[];
}

/** A principal with what it may do at each gateway, in the order of the columns: a row. */
export interface ReportPrincipal {
    name: string;
    kind: PrincipalKind;
    stack?: string;
    role?: string;
    accountId?: string;
    /** Not of one that is still pending. */
    arn?: string;
    cells: readonly ReportCell[];
}

/** A principal at a gateway. */
export interface ReportCell {
    principal: string;
    gateway: string;
    access: CellAccess;
    on: readonly OpenCondition[];
    conditions: readonly string[];
    /** Why it is refused or pending. */
    reason?: string;
    grantedBy: readonly LayerResult[];
    /** The places in config that ask for it and grant it, such as `Pulumi.provider.yaml:14`. */
    places: readonly string[];
    /** Refused although one side allows it: who looks for a mistake looks here. */
    isHalfGranted: boolean;
}

/** Whether anything is let through, of what the gateways get to. */
export function mayCall({ cells }: ReportPrincipal, gateways: readonly ReportGateway[]): boolean {
    return cells.some((cell, at) => isOpen(cell) && (gateways[at]?.tools.length ?? 0) > 0);
}

/** Whether a cell or target lets through, if under conditions. */
export function isOpen({ access }: { access: CellAccess }): boolean {
    return access === "allowed" || access === "conditional";
}

/** `1 tool`, `2 tools` */
export function counted(number: number, thing: string): string {
    return `${number} ${thing}${number === 1 ? "" : "s"}`;
}

/** Callers and agents: whom the question is about. */
export function isOfSpoke({ kind }: { kind: PrincipalKind }): boolean {
    return kind === "caller" || kind === "agent";
}

/** What the matrix does not say. */
export interface ReportContext {
    source: string;
    /** @default "stacks" */
    scope?: ReportScope;
    notInConfig?: readonly BeyondConfig[];
    placesOf?: (pair: Pair) => readonly string[];
    /** Also principals that may call nothing, and that no spoke's stack has. */
    all?: boolean;
    /** Only these. */
    principals?: ReadonlySet<string>;
    gateways?: ReadonlySet<string>;
}

/** Whether config asks for more than is there. */
export function isPending({ cells }: ReportPrincipal): boolean {
    return cells.some(({ access }) => access === "pending");
}

/** By code unit, so that the order is one for all machines. */
export function byName<T extends { name: string }>(things: readonly T[]): T[] {
    return [...things].sort((one, other) =>
        one.name < other.name ? -1 : one.name > other.name ? 1 : 0,
    );
}
