/** Matches one text against a pattern that was compiled once. */
export type Matcher = (text: string) => boolean;

/** A pattern with `*` (any characters) and `?` (exactly one), over the whole text. */
export function wildcard(pattern: string, flags = "s"): Matcher {
    if (!/[*?]/.test(pattern)) {
        if (!flags.includes("i")) return (text) => text === pattern;
        const folded = pattern.toLowerCase();
        return (text) => text.toLowerCase() === folded;
    }
    const source = pattern
        .replace(/[.+^${}()|[\]\\]/g, "\\$&")
        .replace(/\*+/g, ".*")
        .replace(/\?/g, ".");
    const expression = new RegExp(`^${source}$`, flags);
    return (text) => expression.test(text);
}

/**
 * An action pattern, `service:Name`; IAM compares actions without regard to case
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html).
 */
export function actionPattern(pattern: string): Matcher {
    return wildcard(pattern, "is");
}

/**
 * A resource pattern. In an ARN each of the first five segments is matched by itself, so that a wildcard
 * there does not reach over a colon; the last one may
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html).
 */
export function arnPattern(pattern: string): Matcher {
    if (!pattern.startsWith("arn:")) return wildcard(pattern);
    const parts = segments(pattern);
    if (parts === undefined) return () => false;
    const matchers = parts.map((part) => wildcard(part));
    return (text) => {
        const given = segments(text);
        return given !== undefined && matchers.every((matches, at) => matches(given[at] ?? ""));
    };
}

/** The six segments of an ARN; the last one keeps its colons. */
function segments(text: string): string[] | undefined {
    const parts = text.split(":");
    if (parts.length < 6 || parts[0] !== "arn") return undefined;
    return [...parts.slice(0, 5), parts.slice(5).join(":")];
}
