/** A value among a resource's inputs, and where it is. */
export interface Place {
    path: string;
    value: unknown;
}

/**
 * The values at a constraint's path: one for each item of a list (`[]`) and each entry of a map (`{}`). A
 * path stops where a value on the way is absent, unknown, or of another type, which is a problem of its own.
 */
export function placesOf(
    inputs: Readonly<Record<string, unknown>>,
    path: string,
    isUnknown: (value: unknown) => boolean,
): Place[] {
    const steps = path.match(/\[\]|\{\}|[^.[{]+/g) ?? [];
    return steps
        .reduce<Place[]>(
            (places, step) => places.flatMap((place) => next(place, step)),
            [{ path: "", value: inputs }],
        )
        .filter(({ value }) => !isUnknown(value));
}

/** Whether the value is an object with members. */
export function isRecord(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

function next({ path, value }: Place, step: string): Place[] {
    if (step === "[]") {
        if (!Array.isArray(value)) return [];
        return value.map((item: unknown, index) => ({ path: `${path}[${index}]`, value: item }));
    }
    if (!isRecord(value)) return [];
    const names = step === "{}" ? Object.keys(value) : [step];
    return names.map((name) => ({ path: memberPath(path, name), value: value[name] }));
}

/** The path of an object's member; a name that is no identifier stands in brackets. */
export function memberPath(path: string, name: string): string {
    if (!/^[\w$-]+$/.test(name)) return `${path}[${JSON.stringify(name)}]`;
    return path === "" ? name : `${path}.${name}`;
}
