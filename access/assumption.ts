import type { CompiledStatement, ListElement } from "./compiledStatement";
import type { Condition } from "./conditions";
import { resourcePattern } from "./match";
import { isAnySession, type Caller, type PrincipalElement } from "./principal";

/**
 * Of conditions whose keys only a request decides: `mostAccess` takes those of an Allow for met and those of a Deny for
 * not met, `leastAccess` the other way round. What both decide is so for every request.
 */
export type Assumption = "mostAccess" | "leastAccess";

/** Whether an assumption takes what is open in a statement for met. */
export function takenForMet(effect: "Allow" | "Deny", assume: Assumption): boolean {
    return (effect === "Allow") === (assume === "mostAccess");
}

/**
 * Keys that requests of principals never have, but for those that the context has
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html).
 */
const absentKeys: ReadonlySet<string> = new Set([
    // Of a role there is none.
    "aws:username",
    // Of requests that a service makes.
    "aws:principalservicename",
    "aws:sourcearn",
    "aws:sourceaccount",
]);

/** Of an account's root, which stands for any principal of the account. */
const ofPrincipal = /^aws:(?:principal|user(?:id|name)$)/;
/** The account of who stands for anyone. */
export const anyAccount = "*";

/** A key that the context has is settled, but for what the name of a session is part of. */
function isOpenKey(key: string, { principal }: Caller, has: (key: string) => boolean): boolean {
    const lower = key.toLowerCase();
    if (principal.type === "root" && ofPrincipal.test(lower)) {
        return lower !== "aws:principalaccount" || principal.accountId === anyAccount;
    }
    if (lower === "aws:userid") return isAnySession(principal);
    return !absentKeys.has(lower) && !has(lower);
}

/** The keys of a condition, its own and those of variables in its values, that only a request decides. */
export function openKeysOf(
    { key, values }: Condition,
    caller: Caller,
    has: (key: string) => boolean,
): string[] {
    return [key, ...variablesOf(values)].filter((one) => isOpenKey(one, caller, has));
}

/** The keys of a Resource element's variables that only a request decides. */
export function openVariablesOf(
    { written }: ListElement,
    caller: Caller,
    has: (key: string) => boolean,
): readonly string[] {
    const variables = variablesOf(written);
    return variables.length === 0
        ? variables
        : variables.filter((one) => isOpenKey(one, caller, has));
}

/** Whether a Resource or NotResource element may be about a resource, whatever its variables stand for. */
export function mayMatchResource(
    { name, written }: NonNullable<CompiledStatement["resource"]>,
    resource: string,
): boolean {
    if (name === "NotResource") return true;
    return written.some((one) => resourcePattern(one.replace(variable, "*"))(resource));
}

/** The caller by every name that an element has for a session of its role. */
export function asNamedSession(caller: Caller, { sessions }: PrincipalElement): Caller {
    const { principal } = caller;
    if (!isAnySession(principal) || sessions.size === 0) return caller;
    const { sessionArn, roleId } = principal;
    const starts = [sessionArn.slice(0, sessionArn.lastIndexOf("/") + 1), `${roleId}:`];
    const named = [...sessions].filter((one) => starts.some((start) => one.startsWith(start)));
    return { ...caller, sessionNames: [...caller.sessionNames, ...named] };
}

const variable = /\$\{([^}]*)\}/g;

/** By the lists of compiled statements: each is asked for many principals. */
const knownVariables = new WeakMap<readonly string[], readonly string[]>();

function variablesOf(written: readonly string[]): readonly string[] {
    const known = knownVariables.get(written) ?? written.flatMap(variablesIn);
    knownVariables.set(written, known);
    return known;
}

function variablesIn(text: string): string[] {
    return [...text.matchAll(variable)]
        .map(([, inside = ""]) => (inside.split(",")[0] ?? "").trim())
        .filter((key) => !["*", "?", "$"].includes(key));
}
