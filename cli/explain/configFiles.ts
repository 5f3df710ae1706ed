import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Project, Stack } from "../../engine/stacks";
import { ConfigDocument, type ConfigPath } from "../configDocument";

/** A place in a stack's file. */
export interface ConfigPlace {
    file: string;
    line: number;
    /** Below `config`, without the program's namespace: `gateways.tools.grants`. */
    key: string;
}

/** Where the stacks' files are. */
export type Files = Pick<Project, "folder" | "stacks">;

/** The place of what is there, or of the nearest that it would be in. */
export function placeOf({ file }: Stack, document: ConfigDocument, path: ConfigPath): ConfigPlace {
    // An item of a list has no name of its own.
    const named = path.filter((part) => typeof part === "string");
    return { file, line: document.lineOf(path), key: named.join(".") };
}

/** A stack's file as it was when it was first asked for; a stack that is read anew is another one. */
const documents = new WeakMap<Stack, ConfigDocument>();

/** A stack's file, parsed once: `hub access` asks for each pair. */
export function documentOf({ folder }: Files, stack: Stack): ConfigDocument {
    const known = documents.get(stack);
    if (known !== undefined) return known;
    const document = new ConfigDocument(readFileSync(join(folder, stack.file), "utf8"));
    documents.set(stack, document);
    return document;
}
