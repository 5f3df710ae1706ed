import assert from "node:assert/strict";
import { explainPointer, RequestLog } from "../../../local/services/requestLog";
import { developer, hubAccount, hubConfig, spokeAccount } from "../../helpers/configs";
import { LocalHub, toolsList } from "../../helpers/localHub";

const begun = (requestId: string) => ({
    ...{ requestId, service: "gateway" as const, resource: "arn" },
});

describe("the log of requests", () => {
    it("keeps the last ones, and forgets the oldest", () => {
        const log = new RequestLog(() => 0, 2);
        for (const id of ["a", "b", "c"]) log.begin(begun(id));
        assert.equal(log.get("a"), undefined);
        assert.deepEqual(
            log.last().map(({ requestId }) => requestId),
            ["c", "b"],
        );
    });

    it("keeps no decision of what it does not know", () => {
        const log = new RequestLog();
        log.decided("other", { kind: "assumeRole", roleArn: "arn", decision: "deny" });
        log.link("other", "one");
        assert.deepEqual(log.last(), []);
    });

    it("lists what clients asked for, and has what was asked for it below it", () => {
        const log = new RequestLog();
        const parent = log.begin(begun("parent"));
        log.begin(begun("call"));
        log.decided("call", { kind: "assumeRole", roleArn: "arn", decision: "deny" });
        assert.deepEqual(explainPointer(parent), {});
        log.link("parent", "call");
        assert.deepEqual(
            log.last().map(({ requestId }) => requestId),
            ["parent"],
        );
        assert.deepEqual(explainPointer(parent), {
            "x-agentcore-hub-explain": "hub explain parent",
        });
    });
});

describe("the local cloud's log of requests", () => {
    let hub: LocalHub;
    before(async () => {
        hub = await new LocalHub().start();
        hub.project.config("provider", hubConfig([developer]));
        await hub.deployAll();
    });
    after(() => hub.stop());
    const get = (path: string, token = hub.cloud.token) =>
        fetch(`${hub.cloud.url}/_hub${path}`, { headers: { "x-hub-token": token } });

    it("is for who has the token", async () => {
        assert.equal((await get("/requests", "wrong")).status, 403);
        assert.equal((await get("/requests/none")).status, 404);
    });

    it("has each request with who asked what of which gateway, and what came of it", async () => {
        for (const role of ["developer", "auditor"]) {
            await (await hub.post(hub.session(spokeAccount, role), toolsList)).arrayBuffer();
        }
        const list = (await (await get("/requests")).json()) as Record<string, unknown>[];
        const session = (role: string) => `arn:aws:sts::${spokeAccount}:assumed-role/${role}/test`;
        const resource = hub.gateway(hubAccount).gatewayArn;
        const common = { service: "gateway", resource, method: "tools/list" };
        assert.deepEqual(
            list.map(({ requestId: _id, at: _at, ...rest }) => rest),
            [
                { ...common, outcome: "refused", httpStatus: 403, principal: session("auditor") },
                {
                    ...common,
                    outcome: "answered",
                    httpStatus: 200,
                    principal: session("developer"),
                },
            ],
        );
    });

    it("has the questions to IAM with the documents as they were", async () => {
        const response = await hub.post(hub.session(spokeAccount, "auditor"), toolsList);
        await response.arrayBuffer();
        const id = response.headers.get("x-amzn-requestid") ?? "";
        const logged = hub.cloud.requests.get(id);
        const [decision] = logged?.decisions ?? [];
        assert.ok(decision?.kind === "access");
        assert.equal(decision.decision, "implicitDeny");
        assert.equal(decision.request.action, "bedrock-agentcore:InvokeGateway");
        const before = decision.policies.resource?.document;
        hub.cloud.accounts
            .get(hubAccount)
            ?.agentcore.deleteResourcePolicy(hub.gateway(hubAccount).gatewayArn);
        assert.equal(decision.policies.resource?.document, before);
        assert.equal(hub.cloud.refusalOf(id), logged?.reason);
    });

    it("points to the explanation of a refusal by a header alone", async () => {
        const response = await fetch(hub.gateway().gatewayUrl, { method: "POST", body: "{}" });
        const id = response.headers.get("x-amzn-requestid") ?? "";
        assert.equal(response.headers.get("x-agentcore-hub-explain"), `hub explain ${id}`);
        assert.deepEqual(await response.json(), {
            ...{ jsonrpc: "2.0", id: 0 },
            error: { code: -32001, message: "Authentication error - Invalid credentials" },
        });
        assert.equal((await get(`/requests/${id}`)).status, 200);
    });
});
