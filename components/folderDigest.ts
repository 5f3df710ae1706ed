import { createHash } from "node:crypto";
import {
    existsSync,
    readdirSync,
    readFileSync,
    readlinkSync,
    statSync,
    type Dirent,
} from "node:fs";
import { join } from "node:path";
import { RunError } from "@pulumi/pulumi/errors";
import { dockerignore, type Dockerignore } from "../agentcore/dockerignore";

/**
 * A short digest of what a folder gives to an image: all that is in it, but for what its `.dockerignore` names, and
 * its Dockerfile, which says how the image is made even where it is left out of it.
 *
 * @param folder relative to the project, where Pulumi runs the program.
 * @throws RunError where it is not there.
 */
export function folderDigest(folder: string): string {
    if (!existsSync(folder)) {
        throw new RunError(`${folder}: got no folder; must be there: npm run prepare bundles it`);
    }
    const list = join(folder, ".dockerignore");
    const left = dockerignore(existsSync(list) ? readFileSync(list, "utf8") : "");
    const hash = createHash("sha256");
    const entries = entriesOf(folder, "", left)
        .filter(({ path }) => path === "Dockerfile" || !left.ignores(path))
        .sort((one, other) => (one.path < other.path ? -1 : 1));
    for (const { entry, path } of entries) {
        const { kind, content } = readEntry(join(folder, path), entry);
        hash.update(`${path}\n${kind} ${content.length}\n`).update(content);
    }
    return hash.digest("hex").slice(0, 16);
}

/** All that is below a folder, its paths relative and with slashes, but for folders that are left out as a whole. */
function entriesOf(
    folder: string,
    below: string,
    left: Dockerignore,
): { entry: Dirent; path: string }[] {
    return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
        const path = `${below}${entry.name}`;
        const isOpen = entry.isDirectory() && !left.prunes(path);
        return [{ entry, path }, ...(isOpen ? entriesOf(folder, `${path}/`, left) : [])];
    });
}

/** What an image has of a file, a folder or a link. */
function readEntry(path: string, entry: Dirent): { kind: string; content: string | Buffer } {
    if (entry.isSymbolicLink()) return { kind: "link", content: readlinkSync(path) };
    if (!entry.isFile()) return { kind: "folder", content: "" };
    const isProgram = (statSync(path).mode & 0o111) !== 0;
    return { kind: isProgram ? "program" : "file", content: readFileSync(path) };
}
