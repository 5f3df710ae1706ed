import { isDeepStrictEqual } from "node:util";
import type { Properties } from "./resourceHandler";

/**
 * The inputs that a resource would have to have to be as AWS has it now. What the program said stays in its own form
 * where it still holds, and stays as it is where AWS does not tell; a default that it did not say stays unsaid.
 *
 * @param live what AWS tells, `undefined` for what is not there.
 */
export function inputsAsNow(
    said: Properties,
    live: Properties,
    defaults: Properties = {},
): Properties {
    const now = { ...said };
    for (const [name, value] of Object.entries(live)) {
        const member = memberAsNow(said[name], value, defaults[name]);
        if (member === undefined) Reflect.deleteProperty(now, name);
        else now[name] = member;
    }
    return now;
}

function memberAsNow(said: unknown, live: unknown, unsaid: unknown): unknown {
    if (isSame(said, live)) return said;
    if (said === undefined) return isSame(live, unsaid) ? undefined : live;
    if (!isObject(said) || !isObject(live)) return live;
    const isGone = (name: string): boolean => !(name in live);
    const gone = Object.keys(said).filter(isGone);
    const full = { ...Object.fromEntries(gone.map((name) => [name, undefined])), ...live };
    return inputsAsNow(said, full, isObject(unsaid) ? unsaid : {});
}

/** Policy documents are the same when they say the same, and archives when they hold the same. */
function isSame(one: unknown, other: unknown): boolean {
    return isDeepStrictEqual(comparable(one), comparable(other));
}

function comparable(value: unknown): unknown {
    if (typeof value === "string" && /^\s*[[{]/.test(value)) {
        try {
            return JSON.parse(value);
        } catch {
            return value;
        }
    }
    if (Array.isArray(value)) return value.map(comparable);
    if (!isObject(value)) return value;
    if ("hash" in value) return value["hash"];
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return members.length === 0 ? undefined : Object.fromEntries(members.sort(byName));
}

function byName([one]: [string, unknown], [other]: [string, unknown]): number {
    return one < other ? -1 : 1;
}

function isObject(value: unknown): value is Properties {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
