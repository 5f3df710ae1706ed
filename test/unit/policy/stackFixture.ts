import { deepStrictEqual } from "node:assert/strict";
import { rules } from "../../../policy/rules";
import type { PackConfig, RuleConfig } from "../../../policy/config";
import { hubAccount, spokeAccount } from "../../helpers/configs";
import { LocalHub } from "../../helpers/localHub";
import type { StateResource } from "../../../policy/sources";

/** What a platform team would tell the packs of these two accounts. */
export const teamConfig: PackConfig = Object.fromEntries(
    rules.map(({ name, config = [] }) => {
        const all: RuleConfig = {
            allowedAccounts: [hubAccount, spokeAccount],
            allowedRegions: ["us-east-1"],
        };
        const own = Object.entries(all).filter(([key]) => config.includes(key as keyof RuleConfig));
        return [name, Object.fromEntries(own)];
    }),
);

/** The states of the stacks that the program makes of a config, deployed until nothing is pending. */
export async function deployedStacks(
    config: Readonly<Record<string, Record<string, unknown>>> = {},
): Promise<Record<"provider" | "consumer", StateResource[]>> {
    const hub = await new LocalHub().start();
    try {
        for (const [stack, given] of Object.entries(config)) hub.project.config(stack, given);
        await hub.deployAll();
        const { backend } = await hub.target();
        const stateOf = (stack: string) => backend.read(stack)?.resources ?? [];
        deepStrictEqual(backend.read("provider")?.outputs["pendingGrants"], []);
        return { provider: stateOf("provider"), consumer: stateOf("consumer") };
    } finally {
        await hub.stop();
    }
}
