import assert from "node:assert/strict";
import { hubAccount, hubConfig, spokeAccount } from "../helpers/configs";
import { assertEmpty, assertSame, comparable } from "./cloudState";
import type { Change } from "./providerProxy";
import { pulumiOrSkip } from "./pulumiCli";
import { PulumiHub } from "./pulumiHub";

/** Settings that change every kind of resource that takes an update. */
const changed = {
    ...hubConfig([{ account: spokeAccount }]),
    lambda: { timeoutSeconds: 31, logRetentionDays: 7 },
    runtime: { idleTimeoutSeconds: 901, logRetentionDays: 7, operators: [] },
    gateways: {
        tools: {
            description: "changed",
            targets: {
                "echo-tools": { lambda: "echo-tool" },
                calculator: { mcpServer: "mcp-server" },
            },
            grants: [{ account: spokeAccount }],
        },
    },
};

/** A whole `up` takes seconds, so that the Pulumi engine fails at one resource of each kind. */
const oneOfEachKind = [
    ...["mcp-server-execution", "mcp-server-read-code", "echo-tool-logs", "echo-tool-function"],
    ...["mcp-server-images", "mcp-server-images-lifecycle", "mcp-server-image"],
    ...["mcp-server-runtime", "mcp-server-runtime-access", "tools-calculator-await-runtime"],
    ...["tools-gateway", "tools-echo-tools", "tools-calculator"],
];

describe("A deployment that fails at each resource", () => {
    before(function () {
        return pulumiOrSkip(this);
    });
    let troubled: PulumiHub;
    let untroubled: PulumiHub;
    beforeEach(async () => {
        troubled = await new PulumiHub().start();
        untroubled = await new PulumiHub().start();
    });
    afterEach(async () => {
        await troubled.stop();
        await untroubled.stop();
    });

    it("is completed by further ones, under the Pulumi engine", async () => {
        const creations = await faults(oneOfEachKind);
        const stack = await troubled.stack("provider");
        await throughAll(() => stack.up());
        assert.equal(countOf(creations, "create"), oneOfEachKind.length);
        await deployUntroubled();
        assertSame(comparable(troubled.cloud), comparable(untroubled.cloud));

        troubled.project.config("provider", changed);
        untroubled.project.config("provider", changed);
        const updates = await faults(oneOfEachKind);
        await throughAll(() => stack.up());
        assert.deepEqual(
            [...updates].sort(),
            ["echo-tool-function", "echo-tool-logs", "mcp-server-runtime"]
                .concat("tools-echo-tools", "tools-gateway")
                .map((name) => `update ${name}`),
        );
        await untroubled.deploy("provider");
        assertSame(comparable(troubled.cloud), comparable(untroubled.cloud));

        const deletions = await faults(oneOfEachKind);
        await throughAll(() => stack.destroy());
        assert.equal(countOf(deletions, "delete"), oneOfEachKind.length);
        assertEmpty(troubled.cloud.accounts.get(hubAccount) ?? assert.fail());
    });

    it("is completed by further ones, in this process", async () => {
        const creations = await faults();
        await throughAll(() => troubled.deploy("provider"));
        assert.equal(countOf(creations, "create"), 21);
        await deployUntroubled();
        assertSame(comparable(troubled.cloud), comparable(untroubled.cloud));

        const deletions = await faults();
        await throughAll(() => troubled.destroy("provider"));
        assert.equal(countOf(deletions, "delete"), 21);
        assertEmpty(troubled.cloud.accounts.get(hubAccount) ?? assert.fail());
    });

    it("is completed by further ones in a spoke, in this process", async () => {
        await deployUntroubled();
        await troubled.deploy("provider");
        const creations = await faults(undefined, spokeAccount);
        await throughAll(() => troubled.deploy("consumer"));
        assert.equal(countOf(creations, "create"), 17);
        await untroubled.deploy("consumer");
        assertSame(comparable(troubled.cloud), comparable(untroubled.cloud));

        const deletions = await faults(undefined, spokeAccount);
        await throughAll(() => troubled.destroy("consumer"));
        assert.equal(countOf(deletions, "delete"), 17);
        assertEmpty(troubled.cloud.accounts.get(spokeAccount) ?? assert.fail());
    });

    it("is completed by the next one, wherever it failed, in this process", async () => {
        const config = hubConfig([{ account: spokeAccount }]);
        troubled.project.config("provider", config);
        untroubled.project.config("provider", config);
        const names: string[] = [];
        await untroubled.intercept(hubAccount, (_change, name) => void names.push(name));
        await deployUntroubled();
        const expected = comparable(untroubled.cloud);
        assert.equal(names.length, 9);
        for (const failing of names) {
            await troubled.intercept(hubAccount, (_change, name) => {
                if (name === failing) throw new Error("ThrottlingException: Rate exceeded");
            });
            await assert.rejects(troubled.deploy("provider"), /ThrottlingException/);
            await troubled.intercept(hubAccount, () => undefined);
            await troubled.deploy("provider");
            assertSame(comparable(troubled.cloud), expected);
            await troubled.destroy("provider");
        }
    });

    it("goes on after Ctrl-C where it was, and leaves no command running", async () => {
        const points = new Set([
            "echo-tool-execution",
            "mcp-server-image",
            "mcp-server-runtime",
            "tools-calculator-await-runtime",
        ]);
        let interrupt = new AbortController();
        await troubled.intercept(hubAccount, (_change, name) => {
            if (points.delete(name)) interrupt.abort();
        });
        const stack = await troubled.stack("provider");
        let interruptions = 0;
        for (;;) {
            interrupt = new AbortController();
            try {
                await stack.up({ signal: interrupt.signal });
                break;
            } catch (error) {
                assert.ok(interrupt.signal.aborted, String(error));
                interruptions += 1;
            }
        }
        assert.equal(points.size, 0);
        assert.ok(interruptions >= 3);
        await deployUntroubled();
        assertSame(comparable(troubled.cloud), comparable(untroubled.cloud));
    });

    /** Fails each change of each resource once, or of those named. @returns what has failed. */
    async function faults(names?: readonly string[], account = hubAccount): Promise<Set<string>> {
        const failed = new Set<string>();
        await troubled.intercept(account, (change: Change, name) => {
            const key = `${change} ${name}`;
            if (failed.has(key) || names?.includes(name) === false) return;
            failed.add(key);
            throw new Error("ThrottlingException: Rate exceeded");
        });
        return failed;
    }

    /** Runs until nothing fails any more; each failure is one that was made here. */
    async function throughAll(run: () => Promise<unknown>): Promise<void> {
        for (let runs = 1; ; runs++) {
            assert.ok(runs <= 40, "it does not come to an end");
            try {
                await run();
                return;
            } catch (error) {
                assert.match(String(error), /ThrottlingException/);
            }
        }
    }

    async function deployUntroubled(): Promise<void> {
        await untroubled.deploy("provider");
    }
});

/** How many of the changes are of this kind: what was made by a run that failed may be updated by a later one. */
function countOf(changes: ReadonlySet<string>, kind: Change): number {
    return [...changes].filter((change) => change.startsWith(`${kind} `)).length;
}
