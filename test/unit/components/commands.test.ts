import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { awaitRuntime } from "../../../components/commands/awaitRuntime";
import { CommandFailed, settingsOf } from "../../../components/commands/deployment";
import { synchronizeTarget } from "../../../components/commands/synchronizeTarget";

const account = "111122223333";
const common = { HUB_ACCOUNT_ID: account, HUB_REGION: "us-east-1" };
const target = {
    ...common,
    HUB_GATEWAY_ID: "tools-0123456789",
    HUB_TARGET_ID: "tools-0123456789|TARGET0001",
};

describe("a command of a deployment", () => {
    const saved = { ...process.env };
    let server: Server;
    let seen: string[];
    let answers: Record<string, unknown[]>;
    let callerAccount: string;

    beforeEach(async () => {
        seen = [];
        answers = {};
        callerAccount = account;
        server = createServer((request, response) => {
            if (request.headers["content-type"]?.includes("form-urlencoded") === true) {
                response.setHeader("content-type", "text/xml");
                response.end(
                    `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Account>${callerAccount}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
                );
                return;
            }
            const route = `${request.method ?? ""} ${request.url ?? ""}`;
            seen.push(route);
            // The last answer stays.
            const left = answers[route] ?? [];
            response.setHeader("content-type", "application/json");
            response.end(JSON.stringify(left.length > 1 ? left.shift() : left[0]));
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        const { port } = server.address() as AddressInfo;
        Object.assign(process.env, {
            AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
            AWS_ACCESS_KEY_ID: "AKIAEXAMPLE000000001",
            AWS_SECRET_ACCESS_KEY: "secret",
            AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
        });
    });
    afterEach(() => {
        server.closeAllConnections();
        server.close();
        process.env = { ...saved };
    });

    const runtime = "GET /runtimes/mcp_server-0123456789/";
    const awaited = { ...common, HUB_RUNTIME_ID: "mcp_server-0123456789" };

    it("waits until the runtime is READY", async () => {
        answers[runtime] = [{ status: "CREATING" }, { status: "CREATING" }, { status: "READY" }];
        assert.equal(await awaitRuntime(awaited), "Runtime mcp_server-0123456789 is READY");
        assert.equal(seen.length, 3);
    });

    it("fails with the service's reason where the runtime failed", async () => {
        answers[runtime] = [{ status: "CREATE_FAILED", failureReason: "no such image" }];
        await assert.rejects(
            awaitRuntime(awaited),
            /runtime mcp_server-0123456789 is CREATE_FAILED: no such image/,
        );
    });

    it("reads and changes nothing with the credentials of another account", async () => {
        callerAccount = "999988887777";
        for (const run of [() => awaitRuntime(awaited), () => synchronizeTarget(target)]) {
            await assert.rejects(
                run(),
                /the credentials are of account 999988887777; the stack is pinned to 111122223333/,
            );
        }
        assert.deepEqual(seen, []);
    });

    const put = "PUT /gateways/tools-0123456789/synchronizeTargets";
    const get = "GET /gateways/tools-0123456789/targets/TARGET0001/";

    it("has the gateway read its target's tools, and waits until it has", async () => {
        answers[put] = [{ targets: [] }];
        answers[get] = [{ status: "SYNCHRONIZING" }, { status: "READY" }];
        assert.equal(await synchronizeTarget(target), "Target TARGET0001 is synchronized");
        assert.deepEqual(seen, [put, get, get]);
    });

    it("tries a target that failed again", async () => {
        answers[put] = [{ targets: [] }];
        answers[get] = [{ status: "SYNCHRONIZE_UNSUCCESSFUL" }, { status: "READY" }];
        await synchronizeTarget(target, 1);
        assert.deepEqual(seen, [put, get, put, get]);
    });

    it("gives up a target that fails each time, with the service's reasons", async () => {
        answers[put] = [{ targets: [] }];
        answers[get] = [{ status: "FAILED", statusReasons: ["not authorized", "twice"] }];
        await assert.rejects(
            synchronizeTarget(target, 1),
            /target TARGET0001 is FAILED: not authorized; twice/,
        );
        assert.equal(seen.filter((route) => route === put).length, 5);
    });

    it("names the settings that are missing", () => {
        assert.throws(
            () => settingsOf({ HUB_REGION: "us-east-1", HUB_TARGET_ID: "" }, ["HUB_TARGET_ID"]),
            (error) =>
                error instanceof CommandFailed &&
                error.message === "HUB_ACCOUNT_ID, HUB_TARGET_ID must be set",
        );
    });
});
