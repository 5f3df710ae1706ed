import { copyFileSync, mkdirSync, readlinkSync, rmSync, statSync, symlinkSync } from "node:fs";
import { dirname, isAbsolute, join, posix } from "node:path";
import { notEmulated } from "../awsError";
import type { BuildContext, ContextEntry } from "./buildContext";
import { BuildFailed, type CopyStep } from "./dockerfile";

/**
 * Does one COPY into the folder that stands for the image's root
 * (https://docs.docker.com/reference/dockerfile/#copy): of a folder its content, of a file the file.
 *
 * @throws BuildFailed for a source that is not there.
 */
export function copyInto(
    root: string,
    context: BuildContext,
    { line, sources, destination }: CopyStep,
): void {
    const found = sources.flatMap((source) => entriesFor(context, source, line));
    const place = join(root, destination);
    const isFolder = destination.endsWith("/") || found.length > 1 || isDirectory(place);
    for (const source of found) {
        if (source.kind === "folder") {
            mkdirSync(place, { recursive: true });
            copyBelow(context, source.path, place, line);
        } else {
            copyEntry(
                context,
                source,
                isFolder ? join(place, posix.basename(source.path)) : place,
                line,
            );
        }
    }
}

/** The entries that a source names; paths above the context end at its root, as in BuildKit. */
function entriesFor(context: BuildContext, source: string, line: number): ContextEntry[] {
    const path = posix.normalize(posix.join("/", source)).replace(/^\/+|\/+$/g, "");
    if (path === "") return [{ path: "", kind: "folder" }];
    const isMatch = matcherOf(path, line);
    const found = context.entries.filter((entry) => isMatch(entry.path));
    if (found.length === 0) {
        throw new BuildFailed(
            `Dockerfile:${line}: failed to calculate checksum of ref: "/${path}": not found`,
        );
    }
    const link = found.find(({ kind }) => kind === "link");
    if (link !== undefined) {
        throw notEmulated(`Dockerfile line ${line}: COPY of the symbolic link ${link.path}`);
    }
    return found;
}

function matcherOf(path: string, line: number): (entry: string) => boolean {
    if (/[[\]\\]|\*\*/.test(path)) {
        throw notEmulated(`Dockerfile line ${line}: the pattern ${path}`);
    }
    if (!/[*?]/.test(path)) return (entry) => entry === path;
    const source = path
        .replace(/[.+^${}()|]/g, "\\$&")
        .replaceAll("*", "[^/]*")
        .replaceAll("?", "[^/]");
    const pattern = new RegExp(`^${source}$`);
    return (entry) => pattern.test(entry);
}

function copyBelow(context: BuildContext, folder: string, place: string, line: number): void {
    const start = folder === "" ? "" : `${folder}/`;
    for (const entry of context.entries) {
        if (!entry.path.startsWith(start)) continue;
        copyEntry(context, entry, join(place, entry.path.slice(start.length)), line);
    }
}

function copyEntry(
    context: BuildContext,
    { path, kind }: ContextEntry,
    place: string,
    line: number,
): void {
    if (kind === "folder") {
        mkdirSync(place, { recursive: true });
        return;
    }
    mkdirSync(dirname(place), { recursive: true });
    const full = join(context.folder, path);
    if (kind === "file") {
        copyFileSync(full, place);
        return;
    }
    const target = readlinkSync(full);
    // Here it would lead out of the image, to a file of this machine.
    if (isAbsolute(target) || posix.join(posix.dirname(path), target).startsWith("..")) {
        throw notEmulated(`Dockerfile line ${line}: the symbolic link ${path} to ${target}`);
    }
    rmSync(place, { force: true });
    symlinkSync(target, place);
}

function isDirectory(path: string): boolean {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
