import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { devNull } from "node:os";
import { join, resolve } from "node:path";
import {
    optional,
    type Properties,
    type ResourceContext,
    type ResourceHandlers,
    type ResourceState,
} from "./resourceHandler";

/** The resource types of the `command` package that the program uses. */
export const commandResources: ResourceHandlers = {
    "command:local:Command": {
        create: async (context, inputs) => {
            const id = `command${randomBytes(4).toString("hex")}`;
            return run(context, id, optional<string>(inputs, "create"), inputs, {});
        },
        // What a command did is not to be read: its outputs are what it wrote then.
        read: (_context, id, inputs, outputs) => ({
            id,
            inputs,
            outputs: { ...outputs, ...inputs },
        }),
        updatedOutputs: ["stdout", "stderr"],
        update: (context, id, inputs, oldOutputs) => {
            const command = optional<string>(inputs, "update") ?? optional(inputs, "create");
            return run(context, id, command, inputs, oldOutputs);
        },
        delete: async (context, id, inputs, outputs) => {
            await run(context, id, optional<string>(inputs, "delete"), inputs, outputs);
        },
    },
};

/** Runs one of the resource's commands; one that it does not have leaves what the last one wrote. */
async function run(
    context: ResourceContext,
    id: string,
    command: string | undefined,
    inputs: Properties,
    last: Properties,
): Promise<ResourceState> {
    const written = {
        stdout: optional<string>(last, "stdout") ?? "",
        stderr: optional<string>(last, "stderr") ?? "",
    };
    if (command === undefined) return { id, outputs: { ...inputs, ...written } };
    const { programFolder } = context;
    const interpreter = optional<string[]>(inputs, "interpreter") ?? [];
    const stdin = optional<string>(inputs, "stdin");
    const output = await context.commands.run({
        command,
        interpreter: interpreter.length > 0 ? interpreter : shell,
        folder: resolve(programFolder, optional<string>(inputs, "dir") ?? ""),
        environment: {
            ...environmentOf(context),
            ...optional<Record<string, string>>(inputs, "environment"),
            ...(written.stdout !== "" && { PULUMI_COMMAND_STDOUT: written.stdout }),
            ...(written.stderr !== "" && { PULUMI_COMMAND_STDERR: written.stderr }),
        },
        ...(stdin !== undefined && { stdin }),
        caller: context.caller,
    });
    return { id, outputs: { ...inputs, ...output } };
}

const shell = process.platform === "win32" ? ["cmd", "/C"] : ["/bin/sh", "-c"];

/**
 * This process's environment, with the local account in place of whatever AWS account the deployer has: a command
 * of a local deployment reaches nothing else.
 */
function environmentOf({ deployerEnvironment, stateFolder }: ResourceContext): NodeJS.ProcessEnv {
    const own = Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_"));
    return {
        ...Object.fromEntries(own),
        ...awsFiles(stateFolder),
        AWS_EC2_METADATA_DISABLED: "true",
        ...deployerEnvironment(),
    };
}

/** The profiles of the local roles, where some are written; the deployer's own credentials go before them. */
function awsFiles(stateFolder: string): Record<string, string> {
    const config = join(stateFolder, "aws", "config");
    const credentials = join(stateFolder, "aws", "credentials");
    const are = existsSync(config);
    return {
        AWS_CONFIG_FILE: are ? config : devNull,
        AWS_SHARED_CREDENTIALS_FILE: are ? credentials : devNull,
    };
}
