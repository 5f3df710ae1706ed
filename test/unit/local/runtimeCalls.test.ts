import assert from "node:assert/strict";
import {
    BedrockAgentCoreClient,
    InvokeAgentRuntimeCommand,
    StopRuntimeSessionCommand,
} from "@aws-sdk/client-bedrock-agentcore";
import { runtimeActions } from "../../../agentcore/runtime";
import type { AgentRuntime } from "../../../local/services/agentRuntimes";
import type { SessionKey } from "../../../local/services/sessionKey";
import { credentialsOf } from "../../helpers/localHub";
import {
    allow,
    isRunning,
    region,
    AgentRuntimeFixture,
    sessionId,
    type Invoked,
} from "./agentRuntimeFixture";
import { echoOf } from "./runtimeWorkload";

const sessionHeader = "x-amzn-bedrock-agentcore-runtime-session-id";
const customHeader = "x-amzn-bedrock-agentcore-runtime-custom-team";

describe("a call of a runtime", () => {
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
    const client = (key: SessionKey) =>
        new BedrockAgentCoreClient({
            region,
            endpoint: fixture.cloud.endpoints.bedrockAgentcore,
            credentials: credentialsOf(key),
            maxAttempts: 1,
        });

    it("reaches the container's path with its session, and none of the signature", async () => {
        const invoked = await fixture.invoke(
            fixture.invoker(mcp),
            mcp,
            { method: "echo", answerHeaders: { "mcp-protocol-version": "2025-11-25" } },
            {
                headers: {
                    [sessionHeader]: sessionId,
                    [customHeader]: "tools",
                    "mcp-protocol-version": "2025-06-18",
                    "x-request": "allowed",
                    "x-other": "not allowed",
                    traceparent: "00-1-2-01",
                },
            },
        );
        const { url, headers, text } = echoOf(invoked);
        assert.equal(url, "/mcp");
        assert.match(text, /"method":"echo"/);
        const requestId = headers["x-amzn-bedrock-agentcore-runtime-request-id"];
        assert.deepEqual(
            Object.fromEntries(
                Object.entries(headers).filter(([name]) => !["host", "connection"].includes(name)),
            ),
            {
                "content-type": "application/json",
                accept: "application/json, text/event-stream",
                "content-length": String(text.length),
                [sessionHeader]: sessionId,
                [customHeader]: "tools",
                "mcp-session-id": sessionId,
                "mcp-protocol-version": "2025-06-18",
                "x-amzn-bedrock-agentcore-runtime-request-id": requestId,
                "x-request": "allowed",
                traceparent: "00-1-2-01",
            },
        );
        assert.equal(requestId, invoked.headers.get("x-amzn-requestid"));
        assert.equal(invoked.headers.get(sessionHeader), sessionId);
        assert.equal(invoked.headers.get("mcp-session-id"), sessionId);
        assert.equal(invoked.headers.get("mcp-protocol-version"), "2025-11-25");
        assert.equal(invoked.headers.get("x-own"), null);
    });

    it("gets a session of its own where it names none, and one process with the others", async () => {
        const key = fixture.invoker(mcp);
        const one = await fixture.invoke(key, mcp);
        const two = await fixture.invoke(key, mcp);
        assert.equal(echoOf(one).pid, echoOf(two).pid);
        const [first, second] = [one, two].map(({ headers }) => headers.get(sessionHeader) ?? "");
        assert.match(first ?? "", /^[0-9a-f-]{36}$/);
        assert.equal(echoOf(one).headers["mcp-session-id"], first);
        assert.notEqual(first, second);
    });

    it("keeps a foreign session id of MCP, whatever its form, and one that the server gives", async () => {
        const key = fixture.invoker(mcp);
        for (const foreign of ["1", sessionId.slice(0, 32), "a b/c".repeat(60)]) {
            const invoked = await fixture.invoke(key, mcp, undefined, {
                headers: { "mcp-session-id": foreign },
            });
            assert.equal(echoOf(invoked).headers["mcp-session-id"], foreign);
            assert.equal(invoked.headers.get("mcp-session-id"), foreign);
        }
        const answerHeaders = { "mcp-session-id": "of-the-server" };
        const invoked = await fixture.invoke(key, mcp, { method: "echo", answerHeaders });
        assert.equal(invoked.headers.get("mcp-session-id"), "of-the-server");
    });

    it("is refused with a session id of other than 33 to 256 characters", async () => {
        const key = fixture.invoker(http);
        for (const [id, must] of [
            [sessionId.slice(0, 32), "greater than or equal to 33"],
            ["x".repeat(257), "less than or equal to 256"],
        ] as const) {
            const headers = { [sessionHeader]: id };
            const message = `1 validation error detected: Value '${id}' at 'runtimeSessionId' failed to satisfy constraint: Member must have length ${must}`;
            assertRefused(
                await fixture.invoke(key, http, undefined, { headers }),
                400,
                "ValidationException",
                { message },
            );
            assertRefused(
                await fixture.invoke(fixture.invoker(mcp), mcp, undefined, { headers }),
                200,
                "ValidationException",
                jsonRpc(-32006, message),
            );
        }
        const longest = { headers: { [sessionHeader]: "x".repeat(256) } };
        assert.equal((await fixture.invoke(key, http, undefined, longest)).httpStatus, 200);
    });

    it("is refused with a header over 4 KB", async () => {
        const headers = { [customHeader]: "x".repeat(4097) };
        const invoked = await fixture.invoke(fixture.invoker(http), http, undefined, { headers });
        assertRefused(invoked, 400, "ValidationException", {
            message: `Header ${customHeader} is 4097 bytes; must be at most 4096`,
        });
    });

    it("is refused over MCP by a client that does not take both kinds of answers", async () => {
        for (const accept of ["application/json", "text/event-stream", "*/*"]) {
            const invoked = await fixture.invoke(fixture.invoker(mcp), mcp, undefined, {
                headers: { accept },
            });
            const message =
                "Accept Header Error - MCP protocol requires Accept header: application/json, text/event-stream";
            const code = "McpRequestUnacceptableException";
            assertRefused(invoked, 406, code, jsonRpc(-32011, message));
        }
    });

    it("gets 424, over MCP -32010, for what the container answers outside of 2xx, or does not", async () => {
        for (const runtime of [mcp, http]) {
            const key = fixture.invoker(runtime);
            const message = (status: number) =>
                `Received error (${status}) from runtime. Please check your CloudWatch logs for more information.`;
            for (const [body, status, reason] of [
                [{ method: "status", status: 500 }, 500, /^Received error \(500\)/],
                [{ method: "status", status: 404 }, 404, /^Received error \(404\)/],
                [{ method: "status", status: 302 }, 302, /^Received error \(302\)/],
                [{ method: "half" }, 502, /^the container broke off its answer/],
                [{ method: "throw" }, 502, /^the container broke off its answer/],
            ] as const) {
                const invoked = await fixture.invoke(key, runtime, body);
                assertRefused(
                    invoked,
                    runtime === mcp ? 200 : 424,
                    "RuntimeClientError",
                    runtime === mcp
                        ? jsonRpc(-32010, message(status))
                        : { message: message(status) },
                );
                assert.match(invoked.reason ?? "", reason);
            }
            // The next call starts the process that a throw has ended.
            assert.equal((await fixture.invoke(key, runtime)).httpStatus, 200);
        }
    });

    it("gets answers of any size, and of status 202 without a body", async () => {
        const key = fixture.invoker(mcp);
        const bytes = 7 * 1024 * 1024;
        const large = await fixture.invoke(key, mcp, { method: "large", bytes });
        assert.equal(large.text.length, bytes);
        const accepted = await fixture.invoke(key, mcp, { method: "accepted" });
        assert.deepEqual([accepted.httpStatus, accepted.text], [202, ""]);
        const binary = await fixture.invoke(key, mcp, { method: "bytes" });
        assert.deepEqual([...binary.bytes], [0xff, 0xfe]);
    });

    it("works with the AWS SDK", async () => {
        const payload = JSON.stringify({ method: "echo" });
        const command = { agentRuntimeArn: http.agentRuntimeArn, payload };
        const aws = client(fixture.invoker(http));
        const { statusCode, runtimeSessionId, response } = await aws.send(
            new InvokeAgentRuntimeCommand({ ...command, runtimeSessionId: sessionId }),
        );
        assert.deepEqual([statusCode, runtimeSessionId], [200, sessionId]);
        assert.match((await response?.transformToString()) ?? "", /"url":"\/invocations"/);
        const { agentRuntimeArn } = http;
        const denied = client(fixture.caller([allow("InvokeAgentRuntime", agentRuntimeArn)]));
        await assert.rejects(denied.send(new InvokeAgentRuntimeCommand(command)), {
            name: "AccessDeniedException",
            message: new RegExp(
                `is not authorized to perform: bedrock-agentcore:InvokeAgentRuntime on resource: ${agentRuntimeArn}/runtime-endpoint/DEFAULT because no identity-based policy allows`,
            ),
        });
        await assert.rejects(
            aws.send(new InvokeAgentRuntimeCommand({ ...command, qualifier: "other" })),
            { name: "AccessDeniedException" },
        );
        await assert.rejects(
            aws.send(
                new InvokeAgentRuntimeCommand({
                    ...command,
                    payload: JSON.stringify({ method: "status", status: 500 }),
                }),
            ),
            { name: "RuntimeClientError", message: /^Received error \(500\) from runtime/ },
        );
        const toMcp = client(fixture.invoker(mcp));
        const answered = await toMcp.send(
            new InvokeAgentRuntimeCommand({
                agentRuntimeArn: mcp.agentRuntimeArn,
                payload,
                contentType: "application/json",
                accept: "application/json, text/event-stream",
                mcpSessionId: "mine",
                mcpProtocolVersion: "2025-11-25",
            }),
        );
        assert.equal(answered.mcpSessionId, "mine");
        assert.match((await answered.response?.transformToString()) ?? "", /"2025-11-25"/);
    });

    it("can end its session, where it may, and once", async () => {
        const runtime = fixture.runtime({ protocol: "HTTP" });
        const arn = runtime.agentRuntimeArn;
        const key = fixture.caller([
            allow(
                [...runtimeActions].map((name) => name.replace(/^.*:/, "")),
                [arn, `${arn}/*`],
            ),
        ]);
        const stop = { agentRuntimeArn: arn, runtimeSessionId: sessionId };
        await assert.rejects(client(key).send(new StopRuntimeSessionCommand(stop)), {
            name: "ResourceNotFoundException",
        });
        const headers = { [sessionHeader]: sessionId };
        const { pid } = echoOf(await fixture.invoke(key, runtime, undefined, { headers }));
        await assert.rejects(
            client(fixture.invoker(runtime)).send(new StopRuntimeSessionCommand(stop)),
            { name: "AccessDeniedException", message: /perform: bedrock-agentcore:StopRuntimeS/ },
        );
        const { runtimeSessionId } = await client(key).send(new StopRuntimeSessionCommand(stop));
        assert.equal(runtimeSessionId, sessionId);
        assert.equal(isRunning(pid), false);
        const path = `/runtimes/${encodeURIComponent(arn)}/stopruntimesession`;
        const unnamed = await fixture.post(key, path, {});
        assert.equal(unnamed.status, 400);
        assert.match(await unnamed.text(), /runtime-session-id is missing/);
    });
});
