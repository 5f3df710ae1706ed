import { validation, type AwsError } from "../awsError";

/** A JSON object. */
export type Json = Readonly<Record<string, unknown>>;

/** @throws AwsError unless a text matches. */
export function named(value: unknown, path: string, pattern: RegExp): string {
    if (typeof value === "string" && pattern.test(value)) return value;
    if (value === undefined || value === null)
        throw violation(value, path, "Member must not be null");
    throw violation(
        value,
        path,
        `Member must satisfy regular expression pattern: ${pattern.source}`,
    );
}

/** A union has exactly one member. */
export function memberOf(value: unknown, path: string): [kind: string, member: unknown] {
    const set = Object.entries(objectOf(value, path)).filter(([, member]) => member !== null);
    const [first] = set;
    if (first === undefined || set.length > 1) {
        throw violation(
            set.map(([kind]) => kind),
            path,
            "Member must have exactly one member set",
        );
    }
    return first;
}

/** @throws AwsError unless it is an object. */
export function objectOf(value: unknown, path: string): Json {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Json;
    throw violation(
        value,
        path,
        value === undefined || value === null
            ? "Member must not be null"
            : "Member must be an object",
    );
}

/** @throws AwsError unless it is a number in the range, or not there. */
export function numberOf(
    value: unknown,
    path: string,
    min: number,
    max: number,
): number | undefined {
    if (value === undefined || value === null) return undefined;
    if (typeof value !== "number") throw violation(value, path, "Member must be a number");
    if (value < min) {
        throw violation(value, path, `Member must have value greater than or equal to ${min}`);
    }
    if (value > max) {
        throw violation(value, path, `Member must have value less than or equal to ${max}`);
    }
    return value;
}

/** @throws AwsError unless it is a list. */
export function listOf(value: unknown, path: string): readonly unknown[] {
    if (Array.isArray(value)) return value as unknown[];
    throw violation(
        value,
        path,
        value === undefined || value === null ? "Member must not be null" : "Member must be a list",
    );
}

/** A constraint of the model that does not hold, as AWS's services word it. */
export function violation(value: unknown, path: string, constraint: string): AwsError {
    const shown =
        value === undefined || value === null ? "null" : JSON.stringify(value).slice(0, 200);
    const text = typeof value === "string" ? value.slice(0, 200) : shown;
    return validation(
        `1 validation error detected: Value '${text}' at '${path}' failed to satisfy constraint: ${constraint}`,
    );
}
