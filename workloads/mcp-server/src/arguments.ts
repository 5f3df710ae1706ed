/** Every problem of a call's arguments, each beginning with the name of the argument; none if they fit. */
export type ArgumentCheck = (args: unknown) => string[];

/** What a tool's input schema may say here: a flat object of integers and strings. */
export interface InputSchema {
    properties?: Readonly<Record<string, { type: string }>>;
    required?: readonly string[];
}

/**
 * The check of one tool's arguments, compiled once: the SDK makes a server for each request, and a general
 * validator would cost more than the tools do.
 *
 * @throws Error for a schema with a type that this check does not know.
 */
export function compileArguments(schema: InputSchema): ArgumentCheck {
    const required = new Set(schema.required);
    const rules = Object.entries(schema.properties ?? {}).map(([name, { type }]) => {
        const rule = typeRules[type];
        if (rule === undefined) throw new Error(`Argument ${name}: no check for type ${type}`);
        return { name, isRequired: required.has(name), ...rule };
    });
    return (args) => {
        if (typeof args !== "object" || args === null || Array.isArray(args)) {
            return ["arguments: must be an object"];
        }
        const problems: string[] = [];
        for (const { name, isRequired, holds, text } of rules) {
            if (!Object.hasOwn(args, name)) {
                if (isRequired) problems.push(`${name}: is missing; must be ${text}`);
            } else {
                const value = (args as Record<string, unknown>)[name];
                if (!holds(value)) problems.push(`${name}: got ${kind(value)}; must be ${text}`);
            }
        }
        return problems;
    };
}

const typeRules: Readonly<
    Record<string, { holds: (value: unknown) => boolean; text: string } | undefined>
> = {
    // JSON.parse has rounded a larger one already.
    integer: {
        holds: Number.isSafeInteger,
        text: `an integer between ${Number.MIN_SAFE_INTEGER} and ${Number.MAX_SAFE_INTEGER}`,
    },
    string: { holds: (value) => typeof value === "string", text: "a string" },
};

/** A number is shown, all else only by its type: a model that sent it sees what to mend, and no text comes back. */
function kind(value: unknown): string {
    if (value === null) return "null";
    if (typeof value === "number") return String(value);
    return Array.isArray(value) ? "an array" : `a value of type ${typeof value}`;
}
