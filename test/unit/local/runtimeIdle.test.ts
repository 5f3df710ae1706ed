import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { RuntimeHost } from "../../../local/runtime/runtimeHost";
import { streamingWorkload } from "./streamingWorkload";

describe("a runtime's process without a call", () => {
    const folder = mkdtempSync(join(tmpdir(), "hub-idle-"));
    const hosts: RuntimeHost[] = [];
    before(() => {
        mkdirSync(join(folder, "app"));
        writeFileSync(join(folder, "app", "server.mjs"), streamingWorkload);
    });
    afterEach(() => Promise.all(hosts.splice(0).map((host) => host.stop())));
    after(() => {
        rmSync(folder, { recursive: true, force: true });
    });

    const start = (idleSeconds: number) => {
        let gone = (): void => undefined;
        const isGone = new Promise<void>((resolve) => {
            gone = resolve;
        });
        const host = new RuntimeHost({
            ...{ folder, workingDirectory: "/app", command: ["node", "server.mjs"] },
            ...{ environment: {}, path: "/invocations", mustBeHealthy: true },
            ...{ initializationSeconds: 20, invocationSeconds: 20, streamSeconds: 20 },
            ...{ idleSeconds, lifetimeSeconds: 900 },
            onLog: () => undefined,
            onGone: gone,
        });
        hosts.push(host);
        return { host, isGone };
    };
    const answered = async (host: RuntimeHost, message: object) => {
        const body = Buffer.from(JSON.stringify(message));
        const outcome = await host.call("one", { headers: {}, body });
        assert.ok(typeof outcome === "object" && outcome.result === "answered");
        return outcome.body;
    };
    const healthy = async (host: RuntimeHost, health: object) =>
        JSON.parse(((await answered(host, { method: "health", health })) as Buffer).toString()) as {
            pid: number;
            pings: number;
        };
    const passed = (seconds: number) =>
        new Promise((resolve) => setTimeout(resolve, seconds * 1000));

    it("stays while an answer streams, and ends after that", async () => {
        const { host, isGone } = start(0.2);
        const stream = await answered(host, { method: "open", id: "one" });
        assert.ok(stream instanceof Readable);
        stream.resume();
        await passed(0.7);
        assert.equal(host.isEmpty, false);
        await answered(host, { method: "end", id: "one" });
        await isGone;
    });

    it("stays while it says HealthyBusy, and ends when it does not any more", async () => {
        const { host, isGone } = start(0.2);
        const { pid } = await healthy(host, { status: "HealthyBusy" });
        await passed(0.9);
        assert.equal(await host.endSession("two"), "unknown");
        const after = await healthy(host, { status: "Healthy" });
        assert.equal(after.pid, pid);
        assert.ok(after.pings > 2, "it was asked more than once");
        await isGone;
    });

    it("keeps its sessions while it says HealthyBusy", async () => {
        const { host } = start(0.2);
        await healthy(host, { status: "HealthyBusy" });
        await passed(0.9);
        assert.equal(await host.endSession("one"), "ended");
    });

    it("is idle from when it says that its health has changed", async () => {
        const { host, isGone } = start(0.5);
        const change = Date.now() / 1000 + 0.9;
        const { pid } = await healthy(host, { status: "Healthy", time_of_last_update: change });
        await passed(0.9);
        assert.equal((await healthy(host, { status: "Healthy" })).pid, pid);
        await isGone;
    });

    it("ends where its health is none", async () => {
        for (const health of [
            { status: "Busy" },
            { status: "Healthy", time_of_last_update: 9e12 },
        ]) {
            const { host, isGone } = start(0.2);
            await healthy(host, health);
            await isGone;
        }
    });
});
