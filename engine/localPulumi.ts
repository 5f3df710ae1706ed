import {
    existsSync,
    mkdirSync,
    readdirSync,
    readFileSync,
    rmSync,
    symlinkSync,
    writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { Project } from "./stacks";

/** What a local cloud gives to the Pulumi CLI. */
export interface LocalPulumi {
    stateFolder: string;
    /** Encrypts what is secret, for as long as the cloud lives. */
    passphrase: string;
    /** The loopback ports of an account's providers. */
    providerPorts: Readonly<Record<string, number>>;
}

/** What the Pulumi CLI is told, so that it deploys to an account of the local cloud. */
export function pulumiEnvironment({
    stateFolder,
    passphrase,
    providerPorts,
}: LocalPulumi): Record<string, string> {
    const { home, backend } = foldersOf(stateFolder);
    for (const folder of [home, backend]) mkdirSync(folder, { recursive: true, mode: 0o700 });
    return {
        PULUMI_BACKEND_URL: `file://${backend}`,
        PULUMI_CONFIG_PASSPHRASE: passphrase,
        PULUMI_DEBUG_PROVIDERS: Object.entries(providerPorts)
            .map(([provider, port]) => `${provider}:${port}`)
            .join(","),
        PULUMI_HOME: home,
        PULUMI_SKIP_UPDATE_CHECK: "true",
    };
}

/**
 * Makes a folder like the project's for the CLI to work in: it writes into the stacks' files, which are the user's.
 * Those are copies, with what the CLI has written into the copies before; all else is a link.
 *
 * @returns the folder.
 */
export function makeWorkFolder(project: Project, stateFolder: string): string {
    const { work } = foldersOf(stateFolder);
    const files = project.stacks.map(({ file, config }) => {
        const salt = saltOf(join(work, file));
        return { file, content: { ...(salt !== undefined && { encryptionsalt: salt }), config } };
    });
    rmSync(work, { recursive: true, force: true });
    mkdirSync(work, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(project.folder)) {
        if (name.startsWith(".") || /^Pulumi(\..+)?\.yaml$/.test(name)) continue;
        symlinkSync(join(project.folder, name), join(work, name));
    }
    // The program runs in the process that starts the CLI: it has no file to begin with.
    writeFileSync(join(work, "Pulumi.yaml"), stringify({ name: project.name, runtime: "nodejs" }));
    for (const { file, content } of files) writeFileSync(join(work, file), stringify(content));
    return work;
}

/** What the CLI writes into a stack's file for the passphrase. */
function saltOf(path: string): string | undefined {
    if (!existsSync(path)) return undefined;
    const { encryptionsalt } = parse(readFileSync(path, "utf8")) as { encryptionsalt?: string };
    return encryptionsalt;
}

function foldersOf(stateFolder: string): { work: string; home: string; backend: string } {
    const [work = "", home = "", backend = ""] = ["work", "home", "backend"].map((name) =>
        join(stateFolder, "pulumi", name),
    );
    return { work, home, backend };
}
