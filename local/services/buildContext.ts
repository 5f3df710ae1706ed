import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { dockerignore, type Dockerignore } from "../../agentcore/dockerignore";

/** What a build may copy. */
export interface ContextEntry {
    /** Relative to the context, with slashes. */
    path: string;
    kind: "file" | "folder" | "link";
}

/** A folder that an image is built from, without what its `.dockerignore` names. */
export class BuildContext {
    readonly entries: readonly ContextEntry[];

    /** @param ignoreLists Files that may say what is left out; the first that is there does. */
    constructor(
        readonly folder: string,
        ignoreLists: readonly string[] = [],
    ) {
        const list = ignoreLists.find((path) => existsSync(path));
        const left = dockerignore(list === undefined ? "" : readFileSync(list, "utf8"));
        this.entries = entriesOf(folder, "", left).filter(({ path }) => !left.ignores(path));
    }

    /** Changes with the Dockerfile and with every file that a build may copy. */
    hash(dockerfileText: string): string {
        const hash = createHash("sha256");
        const add = (content: string | Buffer) =>
            hash.update(`${content.length}\n`).update(content);
        add(dockerfileText);
        for (const { path, kind } of this.entries) {
            if (kind === "folder") continue;
            const full = join(this.folder, path);
            add(path);
            if (kind === "link") {
                add(readlinkSync(full));
                continue;
            }
            add((statSync(full).mode & 0o111) === 0 ? "file" : "program");
            add(readFileSync(full));
        }
        return hash.digest("hex");
    }
}

function entriesOf(folder: string, path: string, left: Dockerignore): ContextEntry[] {
    return readdirSync(join(folder, path), { withFileTypes: true })
        .sort((one, other) => (one.name < other.name ? -1 : 1))
        .flatMap((entry): ContextEntry[] => {
            const at = path === "" ? entry.name : `${path}/${entry.name}`;
            if (entry.isDirectory()) {
                const below = left.prunes(at) ? [] : entriesOf(folder, at, left);
                return [{ path: at, kind: "folder" }, ...below];
            }
            if (entry.isSymbolicLink()) return [{ path: at, kind: "link" }];
            // Sockets and devices are no part of a context.
            return entry.isFile() ? [{ path: at, kind: "file" }] : [];
        });
}
