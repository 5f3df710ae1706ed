import { BedrockAgentCoreControlClient } from "@aws-sdk/client-bedrock-agentcore-control";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { setTimeout } from "node:timers/promises";

/** A command that cannot do what it is for, with the reason. */
export class CommandFailed extends Error {
    constructor(message: string) {
        super(message);
        this.name = "CommandFailed";
    }
}

/** The settings of every command, and those of one. */
export type Settings<Name extends string> = Record<"HUB_ACCOUNT_ID" | "HUB_REGION" | Name, string>;

/** @throws CommandFailed that names what is missing. */
export function settingsOf<Name extends string>(
    environment: NodeJS.ProcessEnv,
    names: readonly Name[],
): Settings<Name> {
    const all = ["HUB_ACCOUNT_ID", "HUB_REGION", ...names] as const;
    const missing = all.filter((name) => (environment[name] ?? "") === "");
    if (missing.length > 0) throw new CommandFailed(`${missing.join(", ")} must be set`);
    return Object.fromEntries(all.map((name) => [name, environment[name]])) as Settings<Name>;
}

/**
 * The control plane of the account that the stack is pinned to.
 *
 * @throws CommandFailed when the credentials are of another account: nothing is read or changed then.
 */
export async function controlPlane(
    settings: Settings<never>,
): Promise<BedrockAgentCoreControlClient> {
    const { HUB_ACCOUNT_ID, HUB_REGION: region } = settings;
    const { Account } = await new STSClient({ region }).send(new GetCallerIdentityCommand({}));
    if (Account !== HUB_ACCOUNT_ID) {
        throw new CommandFailed(
            `the credentials are of account ${Account ?? "unknown"}; the stack is pinned to ${HUB_ACCOUNT_ID}`,
        );
    }
    return new BedrockAgentCoreControlClient({ region });
}

/** Asks until there is an answer, for ten minutes at most. */
export async function until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
    const end = Date.now() + 600_000;
    for (let pause = 250; ; pause = Math.min(pause * 2, 10_000)) {
        const answer = await ask();
        if (answer !== undefined) return answer;
        if (Date.now() > end) throw new CommandFailed(`${what} has not come after ten minutes`);
        await setTimeout(pause);
    }
}
