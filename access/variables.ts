import type { Matcher, Piece } from "./match";

/** A request's context: condition keys, in lower case, and their values. */
export interface Context {
    get(lowerCaseKey: string): readonly string[] | undefined;
}

/** Which values of a document have policy variables: Version 2008-10-17 has none. */
export type VariableUse = "variables" | "plain";

interface Variable {
    key: string;
    otherwise?: string;
}

/**
 * Compiles a value that may hold policy variables: `${key}`, `${key, 'default'}`, and `${*}`, `${?}`, `${$}`
 * for the characters themselves. What a variable stands for is text and has no wildcards. The result is
 * `undefined` for a request in which a variable has no value: nothing is equal or like it
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html).
 */
export function compileValue(
    value: string,
    use: VariableUse,
    matcherOf: (pieces: readonly Piece[]) => Matcher,
): (context: Context) => Matcher | undefined {
    const parts = use === "variables" ? partsOf(value) : [{ text: value, verbatim: false }];
    const fixed = parts.filter((part) => "text" in part);
    if (fixed.length === parts.length) {
        const matcher = matcherOf(fixed);
        return () => matcher;
    }
    return (context) => {
        const pieces: Piece[] = [];
        for (const part of parts) {
            const text = "text" in part ? part.text : valueOf(part, context);
            if (text === undefined) return undefined;
            pieces.push("text" in part ? part : { text, verbatim: true });
        }
        return matcherOf(pieces);
    };
}

/**
 * Compiles a value of Resource or NotResource, where variables count only after an ARN's fifth colon
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html).
 */
export function compileResource(
    value: string,
    use: VariableUse,
    matcherOf: (pieces: readonly Piece[]) => Matcher,
): (context: Context) => Matcher | undefined {
    const head = /^arn:(?:[^:]*:){4}/.exec(value)?.[0];
    if (head === undefined) return compileValue(value, "plain", matcherOf);
    return compileValue(value.slice(head.length), use, (pieces) =>
        matcherOf([{ text: head, verbatim: false }, ...pieces]),
    );
}

function partsOf(value: string): (Piece | Variable)[] {
    const parts: (Piece | Variable)[] = [];
    let start = 0;
    for (const { index, 0: whole, 1: inside = "" } of value.matchAll(/\$\{([^}]*)\}/g)) {
        parts.push({ text: value.slice(start, index), verbatim: false }, variableOf(inside));
        start = index + whole.length;
    }
    return [...parts, { text: value.slice(start), verbatim: false }];
}

function variableOf(inside: string): Piece | Variable {
    if (inside === "*" || inside === "?" || inside === "$") return { text: inside, verbatim: true };
    const [, key = inside, otherwise] = /^([^,]*),\s*'(.*)'\s*$/s.exec(inside) ?? [];
    return {
        key: key.trim().toLowerCase(),
        ...(otherwise !== undefined && { otherwise: otherwise.replaceAll("''", "'") }),
    };
}

/** A key with several values cannot stand for one. */
function valueOf({ key, otherwise }: Variable, context: Context): string | undefined {
    const values = context.get(key);
    if (values === undefined || values.length === 0) return otherwise;
    return values.length === 1 ? values[0] : undefined;
}
