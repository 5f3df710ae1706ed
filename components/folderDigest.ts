import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { RunError } from "@pulumi/pulumi/errors";
import ignore from "ignore";

/**
 * A short digest of what a folder gives to an image: all its files, but for those that its `.dockerignore` names.
 *
 * @param folder relative to the project, where Pulumi runs the program.
 * @throws RunError where it is not there.
 */
export function folderDigest(folder: string): string {
    if (!existsSync(folder)) {
        throw new RunError(`${folder}: got no folder; must be there: npm run prepare bundles it`);
    }
    const ignored = ignore();
    const list = join(folder, ".dockerignore");
    if (existsSync(list)) ignored.add(readFileSync(list, "utf8"));
    const hash = createHash("sha256");
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, "/").length))
        .map((path) => path.replaceAll("\\", "/"))
        .filter((path) => !ignored.ignores(path))
        .sort();
    for (const file of files) {
        const content = readFileSync(join(folder, file));
        hash.update(`${file}\n${content.length}\n`).update(content);
    }
    return hash.digest("hex").slice(0, 16);
}
