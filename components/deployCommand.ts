import { Command } from "@pulumi/command/local/command";
import type { CustomResourceOptions, Input } from "@pulumi/pulumi";

/** What a command is about; all of it goes to it as environment. */
export interface DeployCommandArgs {
    /** A command of `components/commands/`. */
    run: "await-runtime" | "synchronize-target" | "verify-access";
    accountId: string;
    region: string;
    environment: Readonly<Record<string, Input<string>>>;
    /** When it runs: when it is made and at each change of its environment, or at a change only. */
    when: "always" | "onChange";
}

/** A step of a deployment that neither AWS provider has a resource for, run with the deployer's credentials. */
export function deployCommand(
    name: string,
    { run, accountId, region, environment, when }: DeployCommandArgs,
    opts: CustomResourceOptions,
): Command {
    return new Command(
        name,
        {
            ...(when === "always" ? { create: run } : { update: run }),
            interpreter: ["node", "dist/commands.js"],
            environment: { HUB_ACCOUNT_ID: accountId, HUB_REGION: region, ...environment },
        },
        opts,
    );
}
