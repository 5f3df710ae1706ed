import { awaitRuntime } from "./awaitRuntime";
import { CommandFailed, settingsOf } from "./deployment";
import { synchronizeTarget } from "./synchronizeTarget";
import { verifyAccess } from "./verifyAccess";

// What `@pulumi/command` runs for what neither AWS provider has, with the deployer's credentials:
// node dist/commands.js <command>, its settings in the environment.
const commands: Readonly<Record<string, (environment: NodeJS.ProcessEnv) => Promise<string>>> = {
    "await-runtime": async (environment) =>
        awaitRuntime(settingsOf(environment, ["HUB_RUNTIME_ID"])),
    "synchronize-target": async (environment) =>
        synchronizeTarget(settingsOf(environment, ["HUB_GATEWAY_ID", "HUB_TARGET_ID"])),
    "verify-access": async (environment) => verifyAccess(settingsOf(environment, ["HUB_ACCESS"])),
};

// Of later versions of the SDK than the one in this bundle; it would stand in front of each failure's reason.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

async function main([name = ""]: readonly string[]): Promise<void> {
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command === undefined) {
        throw new CommandFailed(
            `got ${name || "no command"}; must be ${Object.keys(commands).join(" or ")}`,
        );
    }
    process.stdout.write(`${await command(process.env)}\n`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
    const text = error instanceof CommandFailed ? error.message : String(error);
    process.stderr.write(`${process.argv[2] ?? "command"}: ${text}\n`);
    process.exitCode = 1;
});
