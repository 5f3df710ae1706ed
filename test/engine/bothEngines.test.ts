import assert from "node:assert/strict";
import type { Stack } from "@pulumi/pulumi/automation";
import * as fc from "fast-check";
import { admin, hubAccount, hubConfig, spokeAccount, spokeConfig } from "../helpers/configs";
import { assertSame, comparable } from "./cloudState";
import { pulumiOrSkip } from "./pulumiCli";
import { PulumiHub } from "./pulumiHub";
import { previewOf } from "./steps";

const otherSpoke = "777788889999";

describe("The Pulumi engine and the one in this process", () => {
    before(function () {
        return pulumiOrSkip(this);
    });
    let pulumi: PulumiHub;
    let inProcess: PulumiHub;
    beforeEach(async () => {
        pulumi = await new PulumiHub().start();
        inProcess = await new PulumiHub().start();
    });
    afterEach(async () => {
        await pulumi.stop();
        await inProcess.stop();
    });

    it("leave the same cloud and the same outputs of the shipped stacks, in any order", async () => {
        const consumer = await pulumi.stack("consumer");
        const provider = await pulumi.stack("provider");
        await assertBoth("consumer", consumer);
        // A spoke that comes before its hub says what it waits for.
        const { pendingGateways } = (await inProcess.deploy("consumer")).outputs;
        assert.match(
            JSON.stringify(pendingGateways),
            /"caller":"developer".*"reason":"stack provider has not been deployed yet\."/,
        );
        await assertBoth("provider", provider);
        await assertBoth("consumer", consumer);
    });

    it("leave the same cloud and the same outputs of any config, and of any change of it", async () => {
        const configs = fc.sample(config, { numRuns: 2, seed: 20_261_121 });
        for (const { hub, spoke } of configs) {
            for (const cloud of [pulumi, inProcess]) {
                cloud.project.config("provider", hub);
                cloud.project.config("consumer", spoke);
            }
            await assertBoth("provider", await pulumi.stack("provider"));
            await assertBoth("consumer", await pulumi.stack("consumer"));
        }
    });

    it("bring two spokes that are deployed at once to their hub", async () => {
        const grants = [
            { spoke: "consumer", roles: ["developer"] },
            { spoke: "other", roles: ["tester"] },
        ];
        const other = { account: otherSpoke, stack: "other" };
        for (const { project } of [pulumi, inProcess]) {
            project.config("provider", hubConfig(grants, { other }));
            project.config("consumer", spokeConfig(spokeAccount, ["developer"]));
            project.config("other", spokeConfig(otherSpoke, ["tester"]));
        }
        const provider = await pulumi.stack("provider");
        const spokes = [await pulumi.stack("consumer"), await pulumi.stack("other")];
        await provider.up();
        await Promise.all(spokes.map((spoke) => spoke.up()));
        await provider.up();
        assert.equal(await pulumi.statusOf(otherSpoke, "tester"), 200);
        assert.equal(await pulumi.statusOf(spokeAccount, "developer"), 200);
        await inProcess.deployAll();
        assertSame(comparable(pulumi.cloud), comparable(inProcess.cloud));
        for (const stack of [provider, ...spokes]) assert.deepEqual(await previewOf(stack), {});
    });

    async function assertBoth(name: string, stack: Stack): Promise<void> {
        const { outputs } = await stack.up();
        const plain = Object.entries(outputs).map(([key, { value }]) => [key, value as unknown]);
        const here = await inProcess.deploy(name);
        assertSame(comparable(pulumi.cloud), comparable(inProcess.cloud));
        assertSame(
            comparable(pulumi.cloud, sortedText(Object.fromEntries(plain) as object)),
            comparable(inProcess.cloud, sortedText(here.outputs)),
        );
        assert.ok(Object.keys(here.outputs).length > 4);
    }
});

/**
 * JSON with the members of each object in the order of their names, and each list in the order of its texts: Pulumi
 * hands config's maps over in the order of their keys, and what waits is told in the order of config.
 */
function sortedText(value: unknown): string {
    const sort = (_name: string, member: unknown): unknown =>
        Array.isArray(member)
            ? member.toSorted((one, other) => (textOf(one) < textOf(other) ? -1 : 1))
            : typeof member === "object" && member !== null
              ? Object.fromEntries(
                    Object.entries(member).sort(([one], [other]) => (one < other ? -1 : 1)),
                )
              : member;
    return JSON.stringify(value, sort, 1);
}

function textOf(value: unknown): string {
    return JSON.stringify(value);
}

const retention = fc.constantFrom(1, 7, 30);
const target = fc.oneof(
    fc.record({ lambda: fc.constant("echo-tool") }),
    fc.record({ lambda: fc.constant("echo-tool"), tools: fc.constant(["echo_message"]) }),
    fc.record({
        mcpServer: fc.constant("mcp-server"),
        listingMode: fc.constantFrom("DEFAULT", "DYNAMIC"),
    }),
);
const grant = fc.constantFrom<object>(
    { spoke: "consumer", roles: ["developer"] },
    { account: spokeAccount },
    { principals: [admin(hubAccount)] },
);
const gateway = fc.record(
    {
        description: fc.constantFrom("one", "two"),
        instructions: fc.constantFrom("one", "two"),
        exceptionLevel: fc.constant("DEBUG"),
        supportedVersions: fc.constantFrom(["2025-11-25"], ["2025-06-18", "2026-07-28"]),
        targets: fc.dictionary(fc.constantFrom("one", "two", "three"), target, { minKeys: 1 }),
        grants: fc.uniqueArray(grant, { maxLength: 2, selector: (one) => JSON.stringify(one) }),
    },
    { requiredKeys: ["targets"] },
);
/** A hub and a spoke, with every key that the local cloud models. */
const config = fc.record({
    hub: fc.record({
        account: fc.constant({ role: "provider", id: hubAccount }),
        spokes: fc.constant({ consumer: { account: spokeAccount, stack: "consumer" } }),
        lambda: fc.record({
            timeoutSeconds: fc.integer({ min: 1, max: 900 }),
            memoryMb: fc.integer({ min: 128, max: 1024 }),
            logRetentionDays: retention,
        }),
        runtime: fc.record({
            artifact: fc.constantFrom("container", "zip"),
            idleTimeoutSeconds: fc.integer({ min: 60, max: 900 }),
            logRetentionDays: retention,
        }),
        gateways: fc.dictionary(fc.constantFrom("tools", "more"), gateway, { minKeys: 1 }),
    }),
    spoke: fc.record({
        account: fc.constant({ role: "consumer", id: spokeAccount }),
        hubs: fc.constant({ "tools-team": { account: hubAccount, stack: "provider" } }),
        callers: fc.constantFrom("developer", "auditor").map((name) => ({
            developer: { gateways: ["tools-team/tools"], assumedBy: [admin(spokeAccount)] },
            [name]: {
                gateways: ["tools-team/tools"],
                assumedBy: [admin(spokeAccount)],
                maxSessionSeconds: 7200,
            },
        })),
    }),
});
