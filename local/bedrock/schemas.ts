import type { Schema } from "./converse";

/** What a schema asks for, with `$ref`, `allOf` and the first of alternatives resolved. */
export function resolved(schema: Schema, root: Schema, depth = 0): Schema {
    // A schema may refer to itself.
    if (depth > 8) return {};
    const again = (other: Schema) => resolved(other, root, depth + 1);
    const { $ref, allOf, anyOf, oneOf, ...own } = schema;
    if ($ref !== undefined) {
        const [, where, name = ""] = /^#\/(\$defs|definitions)\/([^/]+)$/.exec($ref) ?? [];
        const table = where === "$defs" ? root.$defs : root.definitions;
        return { ...again(table?.[decodeURIComponent(name)] ?? {}), ...own };
    }
    const alternative = (anyOf ?? oneOf)?.find((other) => again(other).type !== "null");
    const parts = [...(allOf ?? []), ...(alternative === undefined ? [] : [alternative])].map(
        again,
    );
    if (parts.length === 0) return own;
    const properties = Object.fromEntries(
        [...parts, own].flatMap((part) => Object.entries(part.properties ?? {})),
    );
    const required = [...parts, own].flatMap((part) => part.required ?? []);
    const merged = Object.assign({}, ...parts, own) as Schema;
    return { ...merged, properties, required };
}

/** The one type that a schema asks for, or what its other words say of it. */
export function typeOf({ type, properties, items, enum: values }: Schema): string {
    const first = typeof type === "string" ? type : type?.find((each) => each !== "null");
    if (first !== undefined) return first;
    if (properties !== undefined) return "object";
    if (items !== undefined) return "array";
    return typeof values?.[0] === "number" ? "number" : "string";
}

/** A type as people read it. */
export function typeText(schema: Schema, root: Schema): string {
    const type = typeOf(schema);
    if (schema.enum !== undefined) return `one of ${schema.enum.map(String).join(", ")}`;
    if (type !== "array") return type;
    return `array of ${typeText(resolved(schema.items ?? {}, root), root)}`;
}
