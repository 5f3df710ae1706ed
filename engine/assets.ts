import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Properties } from "./stackState";

/** How Pulumi marks special values on the wire (sdk/go/common/resource/sig). */
const signature = {
    key: "4dabf18193072939515e22adb298388d",
    archive: "0def7320c3a5731c473e5ecbe6d01bc7",
    asset: "c44067f5952c0a294b673a41bacd8c17",
    secret: "1b47061264138c4ac30d75fd1eb44270",
};
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/**
 * Gives each archive its absolute path and the digest of its files, as the engine does before a provider
 * sees it.
 *
 * @throws Error naming what the in-process engine does not carry: secrets, single assets, remote archives.
 */
export function resolveAssets(properties: Properties, folder: string): Properties {
    return resolveValue(properties, "", folder) as Properties;
}

function resolveValue(value: unknown, path: string, folder: string): unknown {
    if (value === unknown) throw new Error(`${path}: got a value that is not known yet`);
    if (Array.isArray(value)) {
        return value.map((item, index) => resolveValue(item, `${path}[${index}]`, folder));
    }
    if (typeof value !== "object" || value === null) return value;
    const members = value as Properties;
    switch (members[signature.key]) {
        case undefined:
            return Object.fromEntries(
                Object.entries(members).map(([name, member]) => [
                    name,
                    resolveValue(member, path === "" ? name : `${path}.${name}`, folder),
                ]),
            );
        case signature.archive:
            if (typeof members["path"] !== "string") break;
            return archive(resolve(folder, members["path"]), path);
        case signature.secret:
            throw new Error(
                `${path}: got a secret; the in-process engine keeps its state unencrypted and takes none. Use the Pulumi CLI.`,
            );
    }
    throw new Error(`${path}: got an asset that is no folder; the in-process engine takes folders`);
}

function archive(path: string, property: string): Properties {
    let isFolder = false;
    try {
        isFolder = statSync(path).isDirectory();
    } catch {
        // Reported below, like a file in its place.
    }
    if (!isFolder) {
        throw new Error(
            `${property}: got ${path}, which is no folder; build it with npm run build`,
        );
    }
    const digest = createHash("sha256");
    const files = readdirSync(path, { recursive: true, encoding: "utf8" }).sort();
    for (const file of files) {
        const full = join(path, file);
        if (!statSync(full).isFile()) continue;
        const content = readFileSync(full);
        digest.update(`${file}\0${content.length}\0`).update(content);
    }
    return { [signature.key]: signature.archive, path, hash: digest.digest("hex") };
}
