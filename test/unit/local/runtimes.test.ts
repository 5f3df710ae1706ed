import assert from "node:assert/strict";
import { runtimeResourcePolicy } from "../../../access/statements";
import { runtimeEndpointArn } from "../../../agentcore/runtime";
import type { AgentRuntime } from "../../../local/services/agentRuntimes";
import {
    accountId,
    allow,
    document,
    otherAccountId,
    AgentRuntimeFixture,
    sessionId,
    type Invoked,
} from "./agentRuntimeFixture";
import { echoOf } from "./runtimeWorkload";

const sessionHeader = "x-amzn-bedrock-agentcore-runtime-session-id";

describe("who calls a runtime", () => {
    let fixture: AgentRuntimeFixture;
    let mcp: AgentRuntime;
    let http: AgentRuntime;
    before(async () => {
        fixture = await new AgentRuntimeFixture().start({ runtimeSeconds: { invocation: 5 } });
        mcp = fixture.runtime({ requestHeaderAllowlist: ["X-Request", "Authorization"] });
        http = fixture.runtime({ protocol: "HTTP" });
    });
    after(() => fixture.stop());

    const jsonRpc = (code: number, message: string) => ({
        jsonrpc: "2.0",
        id: null,
        error: { code, message },
    });
    const assertRefused = (
        invoked: Invoked,
        httpStatus: number,
        code: string,
        body: unknown,
    ): void => {
        assert.deepEqual(
            [invoked.httpStatus, invoked.headers.get("x-amzn-errortype"), invoked.json],
            [httpStatus, code, body],
        );
    };

    it("needs an allow on the runtime and on its endpoint, in AWS's words", async () => {
        for (const runtime of [mcp, http]) {
            const arn = runtime.agentRuntimeArn;
            const endpoint = runtimeEndpointArn(arn);
            for (const [allowed, lacking] of [
                [arn, endpoint],
                [endpoint, arn],
            ] as const) {
                const key = fixture.caller([allow("InvokeAgentRuntime", allowed)]);
                const invoked = await fixture.invoke(key, runtime);
                const message = `User: ${key.principal.sessionArn} is not authorized to perform: bedrock-agentcore:InvokeAgentRuntime on resource: ${lacking} because no identity-based policy allows the bedrock-agentcore:InvokeAgentRuntime action`;
                const body = runtime === mcp ? jsonRpc(-32002, message) : { message };
                assertRefused(invoked, 403, "AccessDeniedException", body);
                assert.match(
                    invoked.reason ?? "",
                    /^The caller's side lacks an allow: no policy of /,
                );
            }
            const key = fixture.caller([allow("InvokeAgentRuntime", [arn, `${arn}/*`])]);
            assert.equal((await fixture.invoke(key, runtime)).httpStatus, 200);
        }
    });

    it("goes not around the gateway, by the policies of runtime and endpoint", async () => {
        const runtime = fixture.runtime({ protocol: "HTTP" });
        const arn = runtime.agentRuntimeArn;
        const gateway = fixture.invoker(runtime);
        const operator = fixture.caller([]);
        assert.equal((await fixture.invoke(fixture.admin(), runtime)).httpStatus, 200);
        for (const resourceArn of [runtimeEndpointArn(arn), arn]) {
            const statements = runtimeResourcePolicy({
                resourceArn,
                gatewayRoles: [gateway.principal.roleArn],
                operators: [operator.principal.roleArn],
            });
            fixture.account.agentRuntimes.putResourcePolicy(resourceArn, document(statements));
            const admin = fixture.admin();
            assertRefused(await fixture.invoke(admin, runtime), 403, "AccessDeniedException", {
                message: `User: ${admin.principal.sessionArn} is not authorized to perform: bedrock-agentcore:InvokeAgentRuntime on resource: ${resourceArn} with an explicit deny in a resource-based policy`,
            });
        }
        assert.equal((await fixture.invoke(gateway, runtime)).httpStatus, 200);
        // Their own policies say nothing: the resources' allow is enough within one account.
        assert.equal((await fixture.invoke(operator, runtime)).httpStatus, 200);
    });

    it("needs both sides' allow between accounts, on both resources", async () => {
        const runtime = fixture.runtime({ protocol: "HTTP" });
        const arn = runtime.agentRuntimeArn;
        const resources = [arn, runtimeEndpointArn(arn)];
        const key = fixture.caller([allow("InvokeAgentRuntime", resources)], otherAccountId);
        const stranger = fixture.caller([], otherAccountId);
        for (const [at, resource] of resources.entries()) {
            const invoked = await fixture.invoke(key, runtime);
            assert.equal(invoked.httpStatus, 403);
            assert.match(
                invoked.text,
                new RegExp(
                    `on resource: ${resources[at] ?? ""} because no resource-based policy allows the bedrock-agentcore:InvokeAgentRuntime action`,
                ),
            );
            fixture.account.agentRuntimes.putResourcePolicy(
                resource,
                document([
                    {
                        ...allow("InvokeAgentRuntime", resource),
                        Principal: {
                            AWS: [key.principal.roleArn, stranger.principal.roleArn],
                        },
                    },
                ]),
            );
        }
        assert.equal((await fixture.invoke(key, runtime)).httpStatus, 200);
        assert.equal((await fixture.invoke(stranger, runtime)).httpStatus, 403);
    });

    it("for a user needs another action, and policies see the user and the session", async () => {
        const arn = http.agentRuntimeArn;
        const resources = [arn, runtimeEndpointArn(arn)];
        const headers = {
            "x-amzn-bedrock-agentcore-runtime-user-id": "alice",
            [sessionHeader]: sessionId,
        };
        const invoked = await fixture.invoke(fixture.invoker(http), http, undefined, { headers });
        assert.equal(invoked.httpStatus, 403);
        assert.match(invoked.text, /perform: bedrock-agentcore:InvokeAgentRuntimeForUser on/);
        const conditions = {
            StringEquals: {
                "bedrock-agentcore:userid": "alice",
                "bedrock-agentcore:runtimeSessionId": sessionId,
            },
        };
        const actions = ["InvokeAgentRuntime", "InvokeAgentRuntimeForUser"];
        const key = fixture.caller([{ ...allow(actions, resources), Condition: conditions }]);
        const answered = await fixture.invoke(key, http, undefined, { headers });
        assert.equal(answered.httpStatus, 200);
        assert.equal(
            echoOf(answered).headers["x-amzn-bedrock-agentcore-runtime-user-id"],
            undefined,
        );
        const other = { ...headers, [sessionHeader]: `${sessionId}x` };
        const refused = await fixture.invoke(key, http, undefined, { headers: other });
        assert.equal(refused.httpStatus, 403);
    });

    it("finds no other endpoint than DEFAULT, and learns nothing where it may not call", async () => {
        const arn = mcp.agentRuntimeArn;
        const key = fixture.caller([allow("InvokeAgentRuntime", [arn, `${arn}/*`])]);
        const qualifier = "production";
        const text = `No endpoint or agent found with qualifier 'production' for agent '${arn}'`;
        assertRefused(
            await fixture.invoke(key, mcp, undefined, { qualifier }),
            200,
            "ResourceNotFoundException",
            jsonRpc(-32004, text),
        );
        const invoker = fixture.invoker(mcp);
        const invoked = await fixture.invoke(invoker, mcp, undefined, { qualifier });
        assert.equal(invoked.httpStatus, 403);
        const missing = {
            agentRuntimeArn: arn.replace(/.$/, (last) => (last === "a" ? "b" : "a")),
        };
        assert.equal((await fixture.invoke(invoker, missing)).httpStatus, 403);
        assertRefused(
            await fixture.invoke(fixture.admin(), missing),
            404,
            "ResourceNotFoundException",
            {
                message: `No endpoint or agent found with qualifier 'DEFAULT' for agent '${missing.agentRuntimeArn}'`,
            },
        );
        const malformed = await fixture.invoke(key, mcp, undefined, { qualifier: "a%2Fb" });
        assert.equal(malformed.httpStatus, 200);
        assert.match(malformed.text, /"code":-32006,.*qualifier: got a\/b; must be/);
    });

    it("names the runtime by its ARN, or by its id with its account", async () => {
        const path = (id: string, query: string) =>
            `/runtimes/${encodeURIComponent(id)}/invocations${query}`;
        const post = (id: string, query = "") =>
            fixture.post(fixture.admin(), path(id, query), { method: "echo" });
        const byId = await post(http.agentRuntimeId, `?accountId=${accountId}`);
        assert.equal(byId.status, 200);
        await byId.arrayBuffer();
        for (const [id, query, status, text] of [
            [http.agentRuntimeId, "", 400, /accountID is required/],
            [http.agentRuntimeId, `?accountId=${otherAccountId}`, 404, /No endpoint or agent/],
            ["other-0123456789", `?accountId=${accountId}`, 404, /No endpoint or agent/],
            [`${http.agentRuntimeArn}/runtime-endpoint/DEFAULT`, "", 400, /must be the ARN of a/],
        ] as const) {
            const response = await post(id, query);
            assert.equal(response.status, status);
            assert.match(await response.text(), text);
        }
    });

    it("needs a signature for AgentCore in the runtime's region", async () => {
        const url = `${fixture.cloud.endpoints.bedrockAgentcore}/runtimes/${encodeURIComponent(http.agentRuntimeArn)}/invocations`;
        const unsigned = await fetch(url, { method: "POST", body: "{}" });
        assert.equal(unsigned.status, 403);
        assert.equal(
            unsigned.headers.get("x-amzn-errortype"),
            "MissingAuthenticationTokenException",
        );
        const answer: unknown = await unsigned.json();
        assert.deepEqual(answer, { message: "Missing Authentication Token" });
        const otherRegion = {
            ...http,
            agentRuntimeArn: http.agentRuntimeArn.replace("-1:", "-2:"),
        };
        const invoked = await fixture.invoke(fixture.admin(), otherRegion);
        assert.equal(invoked.httpStatus, 403);
        assert.match(invoked.text, /Credential should be scoped to a valid region/);
        const key = { ...fixture.invoker(mcp), secretAccessKey: "wrong" };
        const wrong = await fixture.invoke(key, mcp);
        assert.equal(wrong.httpStatus, 401);
        assert.match(wrong.text, /"code":-32001,"message":"The request signature we calculated/);
        assert.match(wrong.reason ?? "", /The request signature we calculated/);
    });

    it("is of an operation that is there", async () => {
        for (const path of [
            `/runtimes/${encodeURIComponent(http.agentRuntimeArn)}/commands`,
            "/memories/m/events",
            "/runtimes/toString/toString",
        ]) {
            const response = await fixture.post(fixture.admin(), path, {});
            assert.equal(response.status, 501);
            assert.match(await response.text(), /NotEmulated: bedrock-agentcore POST \//);
        }
    });
});
