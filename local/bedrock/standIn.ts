import { createHash } from "node:crypto";
import { ArgumentFiller, type MissingArgument, type Previous } from "./argumentFiller";
import type { ConverseInput, OutputBlock, ToolSpec } from "./converse";
import { stepsOf, type Step } from "./steps";
import { StepValues } from "./stepValues";
import { isToolSearch, ToolPicker } from "./toolPicker";
import { textOf, valueOf } from "./toolResults";
import { turnOf, type Call, type Turn } from "./turn";
import { stemOf, wordsOf } from "./words";

/**
 * A stand-in for a model: it answers a conversation by the words of its prompt, the same each time. It is no language
 * model, and its answers do not pretend that it is.
 */
export function standInAnswer(input: ConverseInput): OutputBlock {
    const turn = turnOf(input);
    const { kind } = input.toolChoice;
    const offered =
        input.toolChoice.kind === "tool"
            ? input.tools.filter(({ name }) => name === (input.toolChoice as { name: string }).name)
            : input.tools;
    if (offered.length === 0) return { text: noTools };
    const plan = new Plan(turn, offered, kind);
    const answer = plan.next();
    if ("text" in answer) return answer;
    const { name, args } = answer;
    return { toolUse: { toolUseId: useId(input, name), name, input: args } };
}

const whatIAm =
    "I am the local cloud's stand-in for a model: I pick tools by the words of a prompt, and know nothing else.";

const noTools = `I have no tools, and without them I cannot answer. ${whatIAm}`;

type Next = { text: string } | { name: string; args: Record<string, unknown> };

/** What is done for a step, or why nothing is. */
type Done =
    | { step: Step; kind: "called"; call: Call }
    | { step: Step; kind: "unfit"; wasSearched: boolean }
    | { step: Step; kind: "missing"; tool: ToolSpec; missing: readonly MissingArgument[] };

/** Follows a prompt's steps through the calls that were made, to the one that is next. */
class Plan {
    readonly #picker: ToolPicker;
    readonly #search: ToolSpec | undefined;
    readonly #calls: Call[];
    readonly #searched: readonly string[];

    constructor(
        private readonly turn: Turn,
        private readonly tools: readonly ToolSpec[],
        private readonly choice: "auto" | "any" | "tool",
    ) {
        const isForced = choice === "tool";
        this.#search = isForced ? undefined : tools.find(isToolSearch);
        const own = tools.filter((tool) => tool !== this.#search);
        this.#picker = new ToolPicker(own);
        const isSearch = ({ use }: Call) => use.name === this.#search?.name;
        this.#calls = turn.calls.filter((call) => !isSearch(call));
        this.#searched = turn.calls.filter(isSearch).map(({ use }) => textOf(use.input));
    }

    next(): Next {
        const { prompt } = this.turn;
        const isLead = (word: string) => this.#picker.isLead(word);
        const steps =
            this.choice === "tool"
                ? stepsOf(prompt, () => false).slice(0, 1)
                : stepsOf(prompt, isLead);
        const done: Done[] = [];
        let previous = this.turn.previous;
        for (const step of steps) {
            const wanted = this.#wanted(step, previous);
            if ("query" in wanted) return { name: this.#search?.name ?? "", args: wanted.query };
            const call = wanted.kind === "call" ? this.#calls.shift() : undefined;
            if (wanted.kind === "call" && call === undefined) {
                return { name: wanted.tool.name, args: wanted.args };
            }
            if (call !== undefined) {
                done.push({ step, kind: "called", call });
                if (call.result.status === "error") break;
                previous = { value: valueOf(call.result) };
            } else if (wanted.kind === "missing") {
                done.push({ step, ...wanted });
                // What follows may need what this step would have given.
                break;
            } else done.push({ step, kind: "unfit", wasSearched: this.#searched.length > 0 });
        }
        return { text: answerText(done, this.tools) };
    }

    #wanted(step: Step, previous: Previous | undefined) {
        const tool =
            this.#picker.pick(saidOf(step)) ??
            (this.choice === "auto" ? undefined : this.#picker.tools[0]);
        if (tool === undefined) {
            const query = this.#queryFor(step);
            return query === undefined ? { kind: "unfit" as const } : { query };
        }
        const { input, missing } = argumentsFor(tool, step, this.turn.prompt, previous);
        return missing.length > 0
            ? { kind: "missing" as const, tool, missing }
            : { kind: "call" as const, tool, args: input };
    }

    /** A step's words for the tool that finds tools, unless it was asked for them already. */
    #queryFor({ text }: Step): Record<string, unknown> | undefined {
        if (this.#search === undefined || this.#searched.includes(text)) return undefined;
        const { required, properties = {} } = this.#search.schema;
        const [name = "query"] = required ?? Object.keys(properties);
        return { [name]: text };
    }
}

function argumentsFor(tool: ToolSpec, step: Step, prompt: string, previous: Previous | undefined) {
    const properties = Object.keys(tool.schema.properties ?? {});
    const [described] = wordsOf(tool.description);
    const own = new Set(
        [...wordsOf(tool.name), ...properties.flatMap(wordsOf), described ?? ""].map(stemOf),
    );
    const values = new StepValues(step.tokens, prompt, (word) => own.has(stemOf(word)));
    return new ArgumentFiller(tool.schema, values, previous).fill();
}

/** A step without what is in quotation marks: that is for the tool, and not about it. */
function saidOf({ tokens }: Step): string {
    return tokens.flatMap(({ kind, text }) => (kind === "quoted" ? [] : [text])).join(" ");
}

/** An id that is the same for the same conversation, as everything here is. */
function useId({ messages }: ConverseInput, name: string): string {
    const digest = createHash("sha256")
        .update(JSON.stringify([messages, name]))
        .digest("base64url");
    return `tooluse_${digest.slice(0, 22)}`;
}

function answerText(done: readonly Done[], tools: readonly ToolSpec[]): string {
    if (done.length === 0) return `The prompt asks for nothing that I could do. ${whatIAm}`;
    const lines = done.map((one) => lineOf(one));
    if (done.some(({ kind }) => kind === "unfit")) {
        const names = tools.slice(0, 10).map(({ name }) => name);
        const more = tools.length > names.length ? ` and ${tools.length - names.length} more` : "";
        lines.push(`My tools: ${names.join(", ")}${more}. ${whatIAm}`);
    }
    return lines.join("\n");
}

function lineOf(done: Done): string {
    switch (done.kind) {
        case "called": {
            const { use, result } = done.call;
            const text = textOf(valueOf(result));
            return result.status === "error"
                ? `${use.name} failed: ${text}`
                : `${use.name} answered: ${text}`;
        }
        case "unfit":
            return `None of my tools fits "${done.step.text}"${done.wasSearched ? ", and a search for tools found none" : ""}.`;
        case "missing":
            return `${done.tool.name} needs ${done.missing.map(missingText).join(", and ")}; "${done.step.text}" does not say it.`;
    }
}

function missingText({ path, type, description }: MissingArgument): string {
    return `${path} (${type}${description === "" ? "" : `: ${description.replace(/\.$/, "")}`})`;
}
