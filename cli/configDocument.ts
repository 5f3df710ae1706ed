import {
    isAlias,
    isCollection,
    isMap,
    isNode,
    isScalar,
    isSeq,
    LineCounter,
    parseDocument,
    visit,
    type Document,
    type Node,
    type Scalar,
} from "yaml";
import { configNamespace } from "../settings";

/** Where config stands: keys and indexes below `config`, without the program's namespace. */
export type ConfigPath = readonly (string | number)[];

/** A key with its value, or an item of a list. */
export interface ConfigEntry {
    key: unknown;
    value: unknown;
}

/** A stack's file with its lines and comments. */
export class ConfigDocument {
    readonly #lines = new LineCounter();
    readonly #document: Document;

    constructor(text: string) {
        this.#document = parseDocument(text, { lineCounter: this.#lines });
    }

    find(path: ConfigPath): ConfigEntry | undefined {
        let here: ConfigEntry = { key: undefined, value: this.#document.contents };
        for (const name of keysOf(path)) {
            const container = this.resolved(here.value);
            const entry = entryOf(container, name);
            if (entry === undefined) return undefined;
            here = entry;
        }
        return here;
    }

    /** Every value in a node; keys are none. */
    scalars(node: unknown): Scalar[] {
        const found = this.resolved(node);
        if (isScalar(found)) return [found];
        if (isMap(found)) return found.items.flatMap(({ value }) => this.scalars(value));
        return isSeq(found) ? found.items.flatMap((item) => this.scalars(item)) : [];
    }

    /** The line of a node; the first one of what is none. */
    line(node: unknown): number {
        const [start = 0] = (isNode(node) ? node.range : undefined) ?? [];
        return this.#lines.linePos(start).line;
    }

    /** The line of what is there, or of the nearest that it would be in. */
    lineOf(path: ConfigPath): number {
        const entry = this.find(path);
        if (entry !== undefined) return this.line(entry.key ?? entry.value);
        return path.length === 0 ? 1 : this.lineOf(path.slice(0, -1));
    }

    resolved(node: unknown): unknown {
        return isAlias(node) ? node.resolve(this.#document) : node;
    }

    plain(node: unknown): unknown {
        const found = this.resolved(node);
        return isNode(found) ? found.toJS(this.#document) : found;
    }

    /** Puts a value in a place, or at the end of the list there; what other places share with it, they keep as it was. */
    add(path: ConfigPath, value: unknown, how: "append" | "set"): void {
        const keys = keysOf(path);
        this.#readTexts(path);
        this.#unshare(keys);
        const node = this.#document.createNode(value);
        const there = this.#document.getIn(keys, true);
        // One line beside others of one line, as who wrote them had it.
        const beside = isSeq(there) ? there.items[0] : undefined;
        const isFlow = (isMap(beside) || isSeq(beside)) && beside.flow === true;
        if (isMap(node) || isSeq(node)) node.flow = isFlow || how === "append";
        if (how === "append" && isSeq(there)) there.add(node);
        else this.#document.setIn(keys, how === "append" ? [node] : node);
    }

    toString(): string {
        return this.#document.toString({ lineWidth: 0, flowCollectionPadding: true });
    }

    /** Config may be JSON in a text, as `pulumi config set` writes it. */
    #readTexts([first]: ConfigPath): void {
        if (first === undefined) return;
        const keys = keysOf([first]);
        const node = this.#document.getIn(keys, true);
        if (!isScalar(node) || typeof node.value !== "string") return;
        this.#document.setIn(keys, this.#document.createNode(JSON.parse(node.value)));
    }

    /** Replaces aliases on the way, and those elsewhere to what is on the way, by copies. */
    #unshare(keys: ConfigPath): void {
        for (let length = 1; length <= keys.length; length++) {
            const node = this.#document.getIn(keys.slice(0, length), true);
            if (isAlias(node)) this.#document.setIn(keys.slice(0, length), this.#copy(node));
            else if ((isCollection(node) || isScalar(node)) && node.anchor !== undefined) {
                const { anchor } = node;
                visit(this.#document, {
                    Alias: (_key, alias) =>
                        alias.source === anchor ? this.#copy(alias) : undefined,
                });
            }
        }
    }

    #copy(alias: Node): Node {
        return this.#document.createNode(this.plain(alias));
    }
}

function keysOf([first, ...rest]: ConfigPath): ConfigPath {
    return first === undefined ? ["config"] : ["config", `${configNamespace}:${first}`, ...rest];
}

function entryOf(container: unknown, name: string | number): ConfigEntry | undefined {
    if (isSeq(container) && typeof name === "number") {
        const value = container.items[name];
        return value === undefined ? undefined : { key: undefined, value };
    }
    return isMap(container)
        ? container.items.find(({ key }) => isScalar(key) && String(key.value) === String(name))
        : undefined;
}
