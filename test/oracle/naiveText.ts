/** The request's keys by their names in lower case, each with all its values. */
export type Keys = ReadonlyMap<string, readonly string[]>;

/** One character of a pattern: to be met as it stands, or standing for others. */
interface Glyph {
    sign: string;
    wild: boolean;
    /** It stands for no colon. */
    bounded?: boolean;
}

/**
 * A pattern written out with its variables replaced, or undefined when one of them has no value.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function spellOut(pattern: string, keys: Keys | undefined): Glyph[] | undefined {
    if (pattern === "") {
        return [];
    }
    const variable = keys === undefined ? null : /^\$\{([^}]*)\}/.exec(pattern);
    if (variable === null || keys === undefined) {
        const rest = spellOut(pattern.slice(1), keys);
        return rest && [{ sign: pattern.charAt(0), wild: /^[*?]/.test(pattern) }, ...rest];
    }
    const value = variableValue(variable[1] ?? "", keys);
    const rest = spellOut(pattern.slice(variable[0].length), keys);
    return value === undefined || rest === undefined ? undefined : [...plain(value), ...rest];
}

/** Characters that stand for themselves alone. */
export function plain(text: string): Glyph[] {
    return text.split("").map((sign) => ({ sign, wild: false }));
}

function variableValue(inside: string, keys: Keys): string | undefined {
    if (["*", "?", "$"].includes(inside)) {
        return inside;
    }
    const [, name = "", fallback] = /^\s*([^,]*?)\s*(?:,\s*'([^']*)'\s*)?$/.exec(inside) ?? [];
    const values = keys.get(name.toLowerCase()) ?? [];
    if (values.length > 1) {
        return undefined;
    }
    return values[0] ?? fallback;
}

/** Whether the whole text is what the pattern says. */
export function fits(pattern: readonly Glyph[] | undefined, text: string, flags = ""): boolean {
    return pattern !== undefined && asRegExp(pattern, flags).test(text);
}

function asRegExp(pattern: readonly Glyph[], flags: string): RegExp {
    const source = pattern.map(({ sign, wild, bounded }) => {
        if (wild) {
            return (bounded === true ? "[^:]" : "[^]") + (sign === "*" ? "*" : "");
        }
        return `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;
    });
    return new RegExp(`^${source.join("")}$`, flags);
}

/**
 * Whether an ARN is what a written-out pattern says, segment by segment.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
 */
export function fitsBySegment(pattern: readonly Glyph[] | undefined, arn: string): boolean {
    const wanted = pattern && segments([...pattern], 6);
    const found = segments(plain(arn), 6);
    if (wanted?.length !== 6 || found.length !== 6) {
        return false;
    }
    return wanted.every((segment, index) =>
        fits(segment, (found[index] ?? []).map(({ sign }) => sign).join("")),
    );
}

function segments(glyphs: Glyph[], most: number): Glyph[][] {
    const colon = glyphs.findIndex(({ sign }) => sign === ":");
    if (most === 1 || colon < 0) {
        return [glyphs];
    }
    return [glyphs.slice(0, colon), ...segments(glyphs.slice(colon + 1), most - 1)];
}
