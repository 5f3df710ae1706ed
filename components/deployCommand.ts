import { Command } from "@pulumi/command/local/command";
import type { CustomResourceOptions, Input } from "@pulumi/pulumi";

/** What a command is about; all of it goes to it as environment, and a change runs it again. */
export interface DeployCommandArgs {
    /** A command of `components/commands/`. */
    run: "await-runtime" | "synchronize-target";
    accountId: string;
    region: string;
    environment: Readonly<Record<string, Input<string>>>;
}

/** A step of a deployment that neither AWS provider has a resource for, run with the deployer's credentials. */
export function deployCommand(
    name: string,
    { run, accountId, region, environment }: DeployCommandArgs,
    opts: CustomResourceOptions,
): Command {
    return new Command(
        name,
        {
            create: run,
            interpreter: ["node", "dist/commands.js"],
            environment: { HUB_ACCOUNT_ID: accountId, HUB_REGION: region, ...environment },
        },
        opts,
    );
}
