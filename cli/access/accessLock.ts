import { readFileSync } from "node:fs";
import { findNodeAtLocation, getNodeValue, parseTree, printParseErrorCode } from "jsonc-parser";
import type { Node, ParseError } from "jsonc-parser";
import { z } from "zod";
import { writeOptionFile } from "../optionFiles";
import {
    isOfSpoke,
    isOpen,
    type AccessReport,
    type ReportCell,
    type ReportGateway,
} from "./accessReport";
import { sorted } from "./accessWords";

/** The file in a project's folder that says who may call what. */
export const lockFile = "access.lock.json";
/** The version that this program writes and reads. */
export const lockVersion = 1;

/** What a principal may do at a gateway. */
export interface LockedAccess {
    /** `<target>___<tool>`, those that it may always call. */
    tools: readonly string[];
    /** Those that it may call under conditions, all of them to be met. */
    conditional?: Readonly<Record<string, readonly string[]>> | undefined;
    /** Config asks for it, and something is not there yet. */
    pending?: true | undefined;
}

/** Who may call what, by names that a deployment does not change: principal, gateway. */
export interface AccessLock {
    version: typeof lockVersion;
    access: Readonly<Record<string, Readonly<Record<string, LockedAccess>>>>;
}

/** A lock that cannot be read. */
export class InvalidAccessLock extends Error {
    constructor(problems: readonly string[]) {
        super(problems.join("\n"));
        this.name = "InvalidAccessLock";
    }
}

/** The lock of a report, which must show all principals. Spokes' roles are in it even if they may call nothing. */
export function lockOf({ gateways, principals }: AccessReport): AccessLock {
    const access = principals.flatMap((row) => {
        const entries = row.cells.flatMap((cell, at) => {
            const gateway = gateways[at];
            const locked = gateway && lockedAccess(cell, gateway);
            if (gateway === undefined || locked === undefined) return [];
            return [[lockName(gateway), locked] as const];
        });
        const isLocked = isOfSpoke(row) || entries.length > 0;
        return isLocked ? [[row.name, fromSorted(entries)] as const] : [];
    });
    return { version: lockVersion, access: fromSorted(access) };
}

/** The lock as its file has it: the same text for the same access. */
export function lockText(lock: AccessLock): string {
    return `${JSON.stringify(lock, undefined, 2)}\n`;
}

/**
 * Reads a lock's file.
 *
 * @throws InvalidAccessLock with every problem there is, its file and line.
 */
export function readLock(file: string): AccessLock {
    let text: string;
    try {
        text = readFileSync(file, "utf8");
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
            throw new InvalidAccessLock([`${file}: must be a file to read: ${String(error)}`]);
        }
        throw new InvalidAccessLock([
            `${file}: there is none; write it with \`npm run hub -- access --write-lock\`, and commit it`,
        ]);
    }
    return parseLock(file, text);
}

/**
 * Reads the text of a lock.
 *
 * @throws InvalidAccessLock with every problem there is, its file and line.
 */
export function parseLock(file: string, text: string): AccessLock {
    const at = (offset: number) => `${file}:${text.slice(0, offset).split("\n").length}`;
    const errors: ParseError[] = [];
    const tree = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
    const [error] = errors;
    if (tree === undefined || error !== undefined) {
        const why = error === undefined ? "it is empty" : printParseErrorCode(error.error);
        throw new InvalidAccessLock([
            `${at(error?.offset ?? 0)}: got no valid JSON (${why}); ${again(file)}`,
        ]);
    }
    const given = getNodeValue(tree) as { version?: unknown } | undefined;
    const version = given?.version;
    if (typeof version === "number" && version > lockVersion) {
        throw new InvalidAccessLock([
            `${at(findNodeAtLocation(tree, ["version"])?.offset ?? 0)}: got version ${version}; must be ${lockVersion}: a newer hub wrote it, so use that one`,
        ]);
    }
    const repeated = repeatedKeys(tree).map(
        ({ offset, value }) => `${at(offset)}: got ${JSON.stringify(value)} twice; ${again(file)}`,
    );
    const parsed = lockSchema.safeParse(given);
    if (parsed.success && repeated.length === 0) return parsed.data;
    const problems = (parsed.error?.issues ?? []).map(({ path, message }) => {
        const where = path.length === 0 ? "" : ` ${path.join(".")}:`;
        return `${at(nearestNode(tree, path).offset)}:${where} ${message}; ${again(file)}`;
    });
    throw new InvalidAccessLock([...repeated, ...problems]);
}

/** Writes a lock's file. */
export function writeLock(file: string, lock: AccessLock): void {
    writeOptionFile("--write-lock", file, lockText(lock));
}

/** `<stack>/<gateway>`; of a gateway that no stack has, its id, and of one that is not there, as config names it. */
export function lockName({ name, gateway }: ReportGateway): string {
    const { stack, configName } = gateway ?? {};
    return stack === undefined || configName === undefined ? name : `${stack}/${configName}`;
}

function lockedAccess(cell: ReportCell, { targets }: ReportGateway): LockedAccess | undefined {
    if (cell.access === "pending") return { tools: [], pending: true };
    if (!isOpen(cell)) return undefined;
    const open = targets.filter(isOpen).flatMap((target) => {
        const conditions = sorted([...cell.conditions, ...target.conditions]);
        return target.tools.map((tool) => ({ tool, conditions }));
    });
    const conditional = open.filter(({ conditions }) => conditions.length > 0);
    if (open.length === 0) return undefined;
    return {
        tools: sorted(open.filter((one) => !conditional.includes(one)).map(({ tool }) => tool)),
        ...(conditional.length > 0 && {
            conditional: fromSorted(conditional.map(({ tool, conditions }) => [tool, conditions])),
        }),
    };
}

/** An object with its keys in the order of code units, none of which means anything to JavaScript. */
function fromSorted<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
    return Object.fromEntries([...entries].sort(([one], [other]) => (one < other ? -1 : 1)));
}

const names = z.array(z.string());
const lockSchema: z.ZodType<AccessLock> = z.strictObject({
    version: z.literal(lockVersion),
    access: z.record(
        z.string(),
        z.record(
            z.string(),
            z.strictObject({
                tools: names,
                conditional: z.record(z.string(), names.min(1)).optional(),
                pending: z.literal(true).optional(),
            }),
        ),
    ),
});

function again(file: string): string {
    return `write ${file} again with \`npm run hub -- access --write-lock\``;
}

/** Of two equal keys, as a merge leaves them, JSON keeps the last. */
function repeatedKeys({ type, children = [] }: Node): Node[] {
    const seen = new Set<unknown>();
    const own =
        type !== "object"
            ? []
            : children.flatMap(({ children: [key] = [] }) => {
                  const isRepeated = seen.has(key?.value);
                  seen.add(key?.value);
                  return isRepeated && key !== undefined ? [key] : [];
              });
    return [...own, ...children.flatMap(repeatedKeys)];
}

function nearestNode(tree: Node, path: readonly PropertyKey[]): Node {
    for (let length = path.length; length > 0; length--) {
        const node = findNodeAtLocation(tree, path.slice(0, length) as (string | number)[]);
        if (node !== undefined) return node;
    }
    return tree;
}
