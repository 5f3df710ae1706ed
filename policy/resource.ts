/** Stands for a value that only the update will know, such as the ARN of a role that is not there yet. */
export const unknown: unique symbol = Symbol("known on update");

/** A resource's properties; {@link unknown} stands for what is not known yet. */
export type Props = Readonly<Record<string, unknown>>;

/** One resource of a stack: from a preview, an update, a state or an export. */
export interface StackResource {
    urn: string;
    /** Pulumi's name of its type. */
    type: string;
    /** The last part of its URN. */
    name: string;
    props: Props;
    /** The provider that makes it, where it is known. */
    provider?: { type: string; props: Props };
    /** For each property, the URNs of the resources that it was made from, where that is known. */
    madeFrom?: Readonly<Record<string, readonly string[]>>;
}

/** The name in a URN. */
export function nameOfUrn(urn: string): string {
    return urn.slice(urn.lastIndexOf("::") + 2);
}

/**
 * The value at a dotted path.
 *
 * @returns `unknown` where the value, or one on the way to it, is not known yet.
 */
export function at(value: unknown, path: string): unknown {
    let here = value;
    for (const key of path === "" ? [] : path.split(".")) {
        if (here === unknown) return unknown;
        if (typeof here !== "object" || here === null) return undefined;
        here = (here as Props)[key];
    }
    return here;
}

/** The value as a list: none for what is not there, one of what is no list. */
export function listOf(value: unknown): readonly unknown[] {
    if (value === undefined || value === null) return [];
    return Array.isArray(value) ? value : [value];
}

/** Every text in a value, with its path. */
export function textsIn(value: unknown, path = ""): { path: string; text: string }[] {
    if (typeof value === "string") return [{ path, text: value }];
    if (typeof value !== "object" || value === null) return [];
    return Object.entries(value).flatMap(([key, member]) =>
        textsIn(
            member,
            Array.isArray(value) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`,
        ),
    );
}

/** Whether anything in a value is not known yet. */
export function hasUnknown(value: unknown): boolean {
    if (value === unknown) return true;
    return typeof value === "object" && value !== null && Object.values(value).some(hasUnknown);
}

/** Where a value has parts that are not known yet. */
export function unknownsIn(value: unknown, path = ""): string[] {
    if (value === unknown) return [path];
    if (typeof value !== "object" || value === null) return [];
    return Object.entries(value).flatMap(([key, member]) =>
        unknownsIn(
            member,
            Array.isArray(value) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`,
        ),
    );
}
