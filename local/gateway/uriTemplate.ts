/**
 * Whether a URI may come of a template (RFC 6570). By its literals and by what its expressions cannot expand to, and
 * so in one pass: a template is its server's own, and must not take long on a client's URI.
 */
export function matchesTemplate(template: string, uri: string): boolean {
    let places = new Set([0]);
    for (const part of partsOf(template)) {
        places = part.isLiteral ? afterLiteral(part.text, uri, places) : after(part, uri, places);
        if (places.size === 0) return false;
    }
    return places.has(uri.length);
}

type Part = { isLiteral: true; text: string } | Expression;

interface Expression {
    isLiteral: false;
    /** What it begins with, if it expands to anything. */
    prefix: string;
    /** Characters that it cannot expand to. */
    never: RegExp;
    mayBeEmpty: boolean;
}

function* partsOf(template: string): Generator<Part> {
    // Every second part is an expression.
    for (const [at, text] of template.split(/\{([^{}]*)\}/).entries()) {
        yield at % 2 === 0 ? { isLiteral: true, text } : expressionOf(text);
    }
}

/** By its operator (RFC 6570, 3.2): only `+` and `#` let reserved characters through as they are. */
function expressionOf(expression: string): Expression {
    const operator = /^[+#./;?&]/.exec(expression)?.[0] ?? "";
    const never = nevers[operator] ?? /[/?#]/;
    return {
        isLiteral: false,
        prefix: operator === "+" ? "" : operator,
        never,
        mayBeEmpty: operator !== "" && operator !== "+",
    };
}

const nevers: Readonly<Record<string, RegExp>> = {
    "+": /[^\s\S]/,
    "#": /[^\s\S]/,
    "/": /[?#]/,
    ";": /[/?#]/,
    "?": /#/,
    "&": /#/,
};

function afterLiteral(text: string, uri: string, places: ReadonlySet<number>): Set<number> {
    const starts = [...places].filter((place) => uri.startsWith(text, place));
    return new Set(starts.map((place) => place + text.length));
}

function after(
    { prefix, never, mayBeEmpty }: Expression,
    uri: string,
    places: ReadonlySet<number>,
): Set<number> {
    const ends = new Set(mayBeEmpty ? places : []);
    // Each end is reached once: from a later place it goes no further than from an earlier one.
    let reached = 0;
    for (const place of [...places].sort((one, other) => one - other)) {
        if (!uri.startsWith(prefix, place)) continue;
        const first = place + Math.max(prefix.length, 1);
        for (let end = Math.max(first, reached + 1); end <= uri.length; end++) {
            if (never.test(uri[end - 1] ?? "")) break;
            ends.add(end);
            reached = end;
        }
    }
    return ends;
}
