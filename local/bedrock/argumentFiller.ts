import { hintOf, isFreeText } from "./argumentHints";
import type { Schema } from "./converse";
import { isSign, isWord } from "./promptTokens";
import { resolved, typeOf, typeText } from "./schemas";
import type { StepValues } from "./stepValues";
import { numberOf, textOf } from "./toolResults";
import { isContent, stemOf, wordsOf } from "./words";

/** A required argument that the step does not say. */
export interface MissingArgument {
    path: string;
    type: string;
    description: string;
}

/** A tool's input, as far as the step says it. */
export interface Filled {
    input: Record<string, unknown>;
    missing: MissingArgument[];
}

/** A result that a step may go on with. */
export interface Previous {
    value: unknown;
}

interface Property {
    name: string;
    schema: Schema;
    type: string;
    isRequired: boolean;
}

/**
 * Fills a tool's input from a step, by its JSON Schema: what is named first, then what can be nothing else, and texts
 * last. What is not said is not guessed, but for an operand that the result before can be.
 */
export class ArgumentFiller {
    constructor(
        private readonly root: Schema,
        private readonly values: StepValues,
        private readonly previous: Previous | undefined,
    ) {}

    fill(): Filled {
        return this.#object(resolved(this.root, this.root), "");
    }

    #object(schema: Schema, path: string): Filled {
        const properties = this.#propertiesOf(schema);
        const input: Record<string, unknown> = {};
        const pass = (fill: (property: Property) => unknown, only?: readonly Property[]) => {
            for (const property of only ?? properties) {
                if (input[property.name] !== undefined) continue;
                const value = fill(property);
                if (value !== undefined) input[property.name] = value;
            }
        };
        const required = properties.filter(({ isRequired }) => isRequired);
        pass((property) => this.#labelled(property));
        pass((property) => this.#closed(property));
        this.#numbers(properties, input);
        pass((property) => this.#formed(property));
        pass((property) => this.#quoted(property), [...required, ...properties]);
        pass((property) => this.#array(property, path), required);
        pass((property) => this.#hinted(property, true), required);
        pass((property) => this.#hinted(property, false), required);
        pass((property) => this.#named(property), required);
        pass((property) => this.#free(property), required);
        const missing: MissingArgument[] = [];
        pass((property) => this.#nested(property, path, missing));
        pass(({ schema: own }) => own.const ?? own.default, required);
        for (const { name, schema: own } of required) {
            const isTold = missing.some(({ path: other }) => other.startsWith(`${path}${name}.`));
            if (input[name] !== undefined || isTold) continue;
            missing.push({
                path: `${path}${name}`,
                type: typeText(own, this.root),
                description: own.description ?? "",
            });
        }
        return { input, missing };
    }

    #propertiesOf({ properties = {}, required = [] }: Schema): Property[] {
        return Object.entries(properties).map(([name, given]) => {
            const schema = resolved(given, this.root);
            return { name, schema, type: typeOf(schema), isRequired: required.includes(name) };
        });
    }

    /** `name: Ann`, `a = 3`, `10 days`. */
    #labelled({ name, schema, type }: Property): unknown {
        const label = this.values.label(name);
        if (label === undefined || type === "object" || type === "array") return undefined;
        const after = label.at + label.length;
        const separator = this.values.separatorLength(after);
        const isWordy = name.length > 1 && wordsOf(name).some(isContent);
        if (!isWordy && !isSign(this.values.tokens[after], "=", ":") && separator === 0)
            return undefined;
        const value =
            this.#valueAt(after + separator, schema, type, separator > 0) ??
            (type === "number" || type === "integer"
                ? this.#valueAt(label.at - 1, schema, type, true)
                : undefined);
        if (value !== undefined) this.values.use(label.at, label.length + separator);
        return value;
    }

    #valueAt(at: number, schema: Schema, type: string, isTold: boolean): unknown {
        const token = this.values.tokens[at];
        if (token === undefined || !this.values.isFree(at) || token.kind === "sign")
            return undefined;
        if (schema.enum !== undefined) return undefined;
        if (type === "number" || type === "integer") {
            if (token.value === undefined || !isInteger(token.value, type)) return undefined;
            this.values.use(at);
            return token.value;
        }
        if (type === "boolean") {
            if (!isWord(token, ...truths, ...untruths)) return undefined;
            this.values.use(at);
            return isWord(token, ...truths);
        }
        if (type !== "string") return undefined;
        const name = this.values.nameAt(at);
        const isWhole = token.kind === "quoted" || (isTold && isContent(token.text.toLowerCase()));
        return this.values.take(name ?? (isWhole ? this.values.run(at, at + 1) : undefined));
    }

    /** Members of enumerations, and booleans that the step names: these can be nothing else. */
    #closed({ name, schema, type, isRequired }: Property): unknown {
        if (schema.enum !== undefined && type !== "array") return this.values.member(schema);
        if (type !== "boolean") return undefined;
        const words = wordsOf(name).filter(isContent);
        const at = this.values.find(
            ({ kind, text }) =>
                kind === "word" && words.map(stemOf).includes(stemOf(text.toLowerCase())),
        );
        if (at >= 0 && words.length > 0) {
            this.values.use(at);
            return !isWord(this.values.tokens[at - 1], "not", "no", "without", "never");
        }
        const truth = isRequired
            ? this.values.find((token) => isWord(token, ...truths, ...untruths))
            : -1;
        return truth < 0 ? undefined : this.#valueAt(truth, schema, type, true);
    }

    /** Numbers in their order; the first operand is the result before where the step leaves it out. */
    #numbers(properties: readonly Property[], input: Record<string, unknown>): void {
        const open = properties.filter(
            ({ name, type, schema }) =>
                (type === "number" || type === "integer") &&
                schema.enum === undefined &&
                input[name] === undefined,
        );
        const required = open.filter(({ isRequired }) => isRequired);
        const before = this.previous === undefined ? undefined : numberOf(this.previous.value);
        const wanted = [...required, ...open.filter(({ isRequired }) => !isRequired)];
        if (wanted.length === 0) return;
        const found = this.values.numbers(before !== undefined);
        const operands = found.map(({ value }) => (value === "previous" ? before : value));
        const isElided =
            found.length < required.length && !found.some((f) => f.value === "previous");
        if (isElided && before !== undefined) {
            operands.unshift(before);
            found.unshift({ at: 0, length: 0, value: "previous" });
        }
        for (const { name, type } of wanted) {
            const at = operands.findIndex((value) => value !== undefined && isInteger(value, type));
            if (at < 0) continue;
            input[name] = operands[at];
            operands[at] = undefined;
            this.values.use(found[at]?.at ?? 0, found[at]?.length ?? 0);
        }
    }

    #formed({ name, schema, type }: Property): string | undefined {
        const form = type === "string" ? hintOf(name, schema.format)?.pattern : undefined;
        return form && this.#fitting(schema, this.values.matching(form));
    }

    #quoted({ schema, type }: Property): string | undefined {
        return type === "string" ? this.#fitting(schema, this.values.quoted()) : undefined;
    }

    /** After the words that go before such a value; a name there is surer than another word. */
    #hinted({ name, schema, type }: Property, isNameOnly: boolean): string | undefined {
        const hint = type === "string" ? hintOf(name, schema.format) : undefined;
        if (hint === undefined || hint.after.length === 0) return undefined;
        const { values } = this;
        const found = isNameOnly ? undefined : values.name();
        return this.#fitting(schema, found ?? values.after(hint.after, isNameOnly));
    }

    #named({ name, schema, type }: Property): string | undefined {
        if (type !== "string" || isFreeText(name)) return undefined;
        return this.#fitting(schema, this.values.name());
    }

    /** The text that is left, and where none is, the result before, if the step speaks of it. */
    #free({ name, schema, type }: Property): string | undefined {
        if (type !== "string" || hintOf(name, schema.format)?.pattern !== undefined)
            return undefined;
        const rest = this.values.rest();
        if (rest !== undefined) return this.#fitting(schema, rest);
        if (this.previous === undefined || !this.values.hasReference()) return undefined;
        return textOf(this.previous.value);
    }

    #array({ name, schema, type }: Property, path: string): unknown[] | undefined {
        if (type !== "array" || isTooDeep(path)) return undefined;
        const items = resolved(schema.items ?? {}, this.root);
        const list = this.#items(items, typeOf(items), `${path}${name}.`);
        return list.length < Math.max(1, schema.minItems ?? 0) ? undefined : list;
    }

    #items(items: Schema, type: string, path: string): unknown[] {
        const { values } = this;
        if (type === "object") {
            const { input, missing } = this.#object(items, path);
            return missing.length > 0 || Object.keys(input).length === 0 ? [] : [input];
        }
        if (items.enum !== undefined) {
            return items.enum.filter((each) => values.member({ enum: [each] }) !== undefined);
        }
        if (type === "number" || type === "integer") {
            const before = this.previous === undefined ? undefined : numberOf(this.previous.value);
            const numbers = values.numbers(before !== undefined);
            for (const { at, length } of numbers) values.use(at, length);
            return numbers
                .map(({ value }) => (value === "previous" ? before : value))
                .filter((value) => value !== undefined && isInteger(value, type));
        }
        if (type !== "string") return [];
        const quoted = values.allQuoted();
        if (quoted.length > 0) return quoted;
        const rest = values.take(values.rest());
        return rest?.split(/\s*,\s*(?:and\s+)?|\s+and\s+/).filter((item) => item !== "") ?? [];
    }

    #nested(
        { name, schema, type, isRequired }: Property,
        path: string,
        missing: MissingArgument[],
    ): unknown {
        if (type !== "object" || isTooDeep(path)) return undefined;
        const own = this.#object(schema, `${path}${name}.`);
        if (own.missing.length > 0) {
            if (isRequired) missing.push(...own.missing);
            return undefined;
        }
        return Object.keys(own.input).length > 0 || isRequired ? own.input : undefined;
    }

    /** A text that the schema's pattern takes. */
    #fitting({ pattern }: Schema, found: { at: number; length: number; text: string } | undefined) {
        if (found === undefined) return undefined;
        try {
            if (pattern !== undefined && !new RegExp(pattern, "u").test(found.text))
                return undefined;
        } catch {
            // A pattern of another dialect is the tool's own to check.
        }
        return this.values.take(found);
    }
}

const truths = ["true", "yes", "on"];
const untruths = ["false", "no", "off"];

function isInteger(value: number, type: string): boolean {
    return type !== "integer" || Number.isInteger(value);
}

/** A schema may refer to itself, and a prompt says nothing of what lies that deep. */
function isTooDeep(path: string): boolean {
    return path.split(".").length > 4;
}
