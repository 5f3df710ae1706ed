import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";

/** The Pulumi CLI that is there, or why there is none to use. */
export type PulumiCli = { path: string; version: string } | { unusable: string };

/** That of the SDK that the program is written with; older ones are not tried. */
const oldest = "3.248.0";

/** What the CLI runs policy packs by, either of them; the first comes with Pulumi. */
const packHosts = ["pulumi-language-nodejs", "pulumi-analyzer-policy-nodejs"];

/** Looks for the Pulumi CLI on a PATH. */
export async function findPulumi(path = process.env["PATH"] ?? ""): Promise<PulumiCli> {
    const found = executable("pulumi", path);
    if (found === undefined) return { unusable: "no pulumi on the PATH" };
    let version: string;
    try {
        const { stdout } = await promisify(execFile)(found, ["version"]);
        version = /^v?(\d+\.\d+\.\d+)/.exec(stdout.trim())?.[1] ?? "";
    } catch (error) {
        return { unusable: `${found} does not say its version: ${String(error)}` };
    }
    if (isOlder(version, oldest)) {
        return {
            unusable: `${found} is ${version || "of no version"}; must be ${oldest} or newer: https://www.pulumi.com/docs/install/`,
        };
    }
    const beside = [path, dirname(found)].join(delimiter);
    if (packHosts.every((host) => executable(host, beside) === undefined)) {
        return { unusable: `${found} has no ${packHosts[0]} beside it, to run policy packs` };
    }
    return { path: found, version };
}

function executable(name: string, path: string): string | undefined {
    return path
        .split(delimiter)
        .filter((folder) => folder !== "")
        .map((folder) => join(folder, name))
        .find((file) => {
            try {
                accessSync(file, constants.X_OK);
                return true;
            } catch {
                return false;
            }
        });
}

function isOlder(version: string, than: string): boolean {
    return version.localeCompare(than, "en", { numeric: true }) < 0;
}
