import type { AccessLock, LockedAccess } from "./accessLock";
import { sorted, together } from "./accessWords";

/** One difference between what the lock says and what is. */
export interface AccessDifference {
    principal: string;
    /** As the lock names it; none where it is about the principal alone. */
    gateway?: string;
    change: "gains" | "loses" | "conditions" | "pending" | "notPending" | "new" | "gone";
    tools: readonly string[];
    /** What is now, and what was, in words; empty: without conditions. */
    conditions: readonly string[];
    formerly: readonly string[];
    /** The difference as a sentence. */
    text: string;
}

/** What differs between two locks, by principal and gateway. */
export function accessDifferences(locked: AccessLock, now: AccessLock): AccessDifference[] {
    const names = namesOf([locked, now]);
    const principals = sorted([...Object.keys(locked.access), ...Object.keys(now.access)]);
    return principals.flatMap((principal) => {
        const before = own(locked.access, principal);
        const after = own(now.access, principal);
        const status = before === undefined ? "new" : after === undefined ? "gone" : "known";
        const gateways = sorted([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
        const found = gateways.flatMap((gateway) =>
            differencesAt(
                { principal, gateway, status, names },
                own(before ?? {}, gateway),
                own(after ?? {}, gateway),
            ),
        );
        if (found.length > 0 || status === "known") return found;
        const text =
            status === "new"
                ? `${principal} is new, and may call nothing`
                : `${principal} is gone; it could call nothing`;
        return [{ principal, change: status, tools: [], conditions: [], formerly: [], text }];
    });
}

interface Place {
    principal: string;
    gateway: string;
    status: "new" | "gone" | "known";
    names: Names;
}

/** A principal's tools at a gateway, with the conditions of each. */
type Tools = ReadonlyMap<string, readonly string[]>;

function differencesAt(
    place: Place,
    before: LockedAccess | undefined,
    after: LockedAccess | undefined,
): AccessDifference[] {
    const [old, now] = [toolsOf(before), toolsOf(after)];
    const gained = group([...now].filter(([tool]) => !old.has(tool)));
    const lost = [...old.keys()].filter((tool) => !now.has(tool));
    const changed = [...now].filter(
        ([tool, conditions]) => old.has(tool) && !isSame(old.get(tool) ?? [], conditions),
    );
    const isLocked = before?.pending === true;
    const isPending = after?.pending === true;
    return [
        ...gained.map(({ tools, conditions }) => gains(place, tools, conditions, old, now)),
        ...(lost.length > 0 ? [loses(place, lost, old, now)] : []),
        ...group(changed, (tool) => old.get(tool) ?? []).map((one) => changes(place, one, now)),
        ...(isPending && !isLocked ? [waits(place, "pending")] : []),
        ...(isLocked && !isPending && gained.length === 0 ? [waits(place, "notPending")] : []),
    ];
}

function gains(
    place: Place,
    tools: readonly string[],
    conditions: readonly string[],
    old: Tools,
    now: Tools,
): AccessDifference {
    const what = toolsWords(place, tools, old.size === 0 && tools.length === now.size);
    const under = conditions.length === 0 ? "" : ` (${together(conditions)})`;
    const { principal, gateway } = place;
    const text = `${whoWords(place)} gains ${what}${under}`;
    return { principal, gateway, change: "gains", tools, conditions, formerly: [], text };
}

function loses(place: Place, tools: readonly string[], old: Tools, now: Tools): AccessDifference {
    const isAll = now.size === 0 && tools.length === old.size;
    const { principal, gateway } = place;
    const text = `${whoWords(place)} loses ${toolsWords(place, tools, isAll)}`;
    return { principal, gateway, change: "loses", tools, conditions: [], formerly: [], text };
}

function changes(
    place: Place,
    { tools, conditions, formerly }: Group,
    now: Tools,
): AccessDifference {
    const { principal, gateway } = place;
    const what = tools.length === now.size ? gatewayWords(place) : toolsWords(place, tools, false);
    const may = conditions.length === 0 ? freelyWords(formerly) : together(conditions);
    const was = formerly.length === 0 ? "without conditions" : together(formerly);
    const only = formerly.length === 0 ? " only" : "";
    const text = `${principal} may now call ${what}${only} ${may}; was: ${was}`;
    return { principal, gateway, change: "conditions", tools, conditions, formerly, text };
}

function waits(place: Place, change: "pending" | "notPending"): AccessDifference {
    const { principal, gateway } = place;
    const waiting = change === "pending" ? "now waits" : "does not wait any more";
    const text = `${whoWords(place)} ${waiting} for ${gatewayWords(place)}`;
    return { principal, gateway, change, tools: [], conditions: [], formerly: [], text };
}

function whoWords({ principal, status }: Place): string {
    if (status === "known") return principal;
    return `${principal}, which is ${status},`;
}

function toolsWords(place: Place, tools: readonly string[], isAll: boolean): string {
    const [only = ""] = tools;
    const gateway = gatewayWords(place);
    if (isAll && tools.length > 1) return `all ${tools.length} tools of ${gateway}`;
    const listed =
        tools.length === 1 ? only : `${tools.slice(0, -1).join(", ")} and ${tools.at(-1) ?? ""}`;
    const isClear = tools.every((tool) => place.names.gatewaysOf.get(tool)?.size === 1);
    return isClear ? listed : `${listed} of ${gateway}`;
}

/** Without its stack, where one gateway only is called so. */
function gatewayWords({ gateway, names }: Place): string {
    const short = shortName(gateway);
    return `gateway ${names.stacksOf.get(short)?.size === 1 ? short : gateway}`;
}

/** What the lack of conditions means, by those that were. */
function freelyWords(formerly: readonly string[]): string {
    const are = (pattern: RegExp) => formerly.every((words) => pattern.test(words));
    if (are(/^(?:not )?from [0-9a-f.:/, or]+$/i)) return "from any address";
    if (are(/^(?:before|until|after|from .* on$|at |not at )/)) return "at any time";
    if (are(/^(?:not )?through /)) return "through any network";
    return "without conditions";
}

interface Group {
    tools: string[];
    conditions: readonly string[];
    formerly: readonly string[];
}

/** Tools that have the same conditions, now and formerly. */
function group(
    tools: readonly (readonly [string, readonly string[]])[],
    formerlyOf: (tool: string) => readonly string[] = () => [],
): Group[] {
    const groups = new Map<string, Group>();
    for (const [tool, conditions] of tools) {
        const formerly = formerlyOf(tool);
        const key = JSON.stringify([conditions, formerly]);
        const known = groups.get(key) ?? { tools: [], conditions, formerly };
        known.tools.push(tool);
        groups.set(key, known);
    }
    return [...groups.values()];
}

function toolsOf(access: LockedAccess | undefined): Tools {
    const always = (access?.tools ?? []).map((tool) => [tool, []] as const);
    return new Map([...always, ...Object.entries(access?.conditional ?? {})].sort(byTool));
}

function byTool([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
    return one < other ? -1 : 1;
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
    return JSON.stringify(one) === JSON.stringify(other);
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
    return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** What names there are, to say no more than is needed. */
interface Names {
    /** Gateways by their names without a stack. */
    stacksOf: ReadonlyMap<string, ReadonlySet<string>>;
    /** Gateways by tool. */
    gatewaysOf: ReadonlyMap<string, ReadonlySet<string>>;
}

function namesOf(locks: readonly AccessLock[]): Names {
    const stacksOf = new Map<string, Set<string>>();
    const gatewaysOf = new Map<string, Set<string>>();
    const put = (map: Map<string, Set<string>>, key: string, value: string) => {
        map.set(key, (map.get(key) ?? new Set<string>()).add(value));
    };
    for (const gateways of locks.flatMap(({ access }) => Object.values(access))) {
        for (const [gateway, locked] of Object.entries(gateways)) {
            put(stacksOf, shortName(gateway), gateway);
            for (const tool of toolsOf(locked).keys()) put(gatewaysOf, tool, gateway);
        }
    }
    return { stacksOf, gatewaysOf };
}

function shortName(gateway: string): string {
    return gateway.slice(gateway.lastIndexOf("/") + 1);
}
