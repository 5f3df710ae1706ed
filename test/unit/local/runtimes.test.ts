import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import {
    BedrockAgentCoreClient,
    InvokeAgentRuntimeCommand,
    StopRuntimeSessionCommand,
} from "@aws-sdk/client-bedrock-agentcore";
import { runtimeResourcePolicy } from "../../../access/statements";
import { runtimeActions, runtimeEndpointArn } from "../../../agentcore/runtime";
import type { AgentRuntime, AgentRuntimeInput } from "../../../local/services/agentRuntimes";
import type { SessionKey } from "../../../local/services/sessionKey";
import { credentialsOf } from "../../helpers/localHub";
import {
    accountId,
    allow,
    document,
    echoOf,
    executionStatements,
    isRunning,
    otherAccountId,
    region,
    AgentRuntimeFixture,
    sessionId,
    type Invoked,
} from "./agentRuntimeFixture";

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
                400,
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
                "Not Acceptable: Client must accept both application/json and text/event-stream";
            assertRefused(invoked, 406, "ValidationException", jsonRpc(-32011, message));
        }
    });

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
            404,
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
        assert.equal(malformed.httpStatus, 400);
        assert.match(malformed.text, /qualifier: got a\/b; must be/);
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

    it("gets 424 for whatever the container answers outside of 2xx, or does not", async () => {
        for (const runtime of [mcp, http]) {
            const key = fixture.invoker(runtime);
            const message = (status: number) =>
                `Received error (${status}) from runtime. Please check your CloudWatch logs for more information`;
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
                    424,
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
        assert.equal(binary.httpStatus, 501);
        assert.match(binary.text, /NotEmulated: a runtime's answer that is not UTF-8/);
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

describe("the process behind a runtime", () => {
    let fixture: AgentRuntimeFixture;
    before(async () => {
        fixture = await new AgentRuntimeFixture().start({
            runtimeSeconds: { initialization: 0.5, invocation: 0.5 },
        });
    });
    after(() => fixture.stop());
    const runtime = (change: Partial<AgentRuntimeInput> = {}) =>
        fixture.runtime({ protocol: "HTTP", ...change });
    const image = (program: string) => ({
        kind: "container" as const,
        containerUri: fixture.push(program),
    });
    const logOf = ({ agentRuntimeId }: AgentRuntime) =>
        fixture.account.logs.findLogGroup(
            `/aws/bedrock-agentcore/runtimes/${agentRuntimeId}-DEFAULT`,
        );

    it("has the role's credentials, the local endpoints, and both environments", async () => {
        const deployed = runtime();
        const { env } = echoOf(await fixture.invoke(fixture.admin(), deployed));
        assert.deepEqual(
            [env["NAME"], env["NODE_ENV"], env["AWS_REGION"], env["AWS_ENDPOINT_URL_STS"]],
            ["value", "production", region, fixture.cloud.endpoints.sts],
        );
        const { secretAccessKey, principal } =
            fixture.cloud.sts.key(env["AWS_ACCESS_KEY_ID"] ?? "") ?? assert.fail();
        assert.equal(env["AWS_SECRET_ACCESS_KEY"], secretAccessKey);
        assert.equal(principal.roleArn, deployed.roleArn);
        assert.match(principal.sessionName, /^BedrockAgentCore-[0-9a-f-]{36}$/);
        assert.equal(env["HOME"], undefined);
    });

    it("gets no call before it listens: refused in AWS's words when it never does", async () => {
        const text =
            "Runtime initialization time exceeded. Please make sure that initialization completes in 0.5s.";
        for (const [program, reason] of [
            ["setInterval(() => {}, 1000)", /^it did not answer at HOST and PORT /],
            ["throw new Error('at start')", /^it ended with exit code 1$/],
        ] as const) {
            const deployed = runtime({ artifact: image(program) });
            const invoked = await fixture.invoke(fixture.admin(), deployed);
            assert.deepEqual(
                [invoked.httpStatus, invoked.headers.get("x-amzn-errortype"), invoked.json],
                [424, "RuntimeClientError", { message: text }],
            );
            assert.match(invoked.reason ?? "", reason);
        }
    });

    it("has so long for a call, and no longer", async () => {
        const invoked = await fixture.invoke(fixture.admin(), runtime(), { method: "never" });
        assert.equal(invoked.httpStatus, 424);
        assert.match(invoked.text, /Received error \(504\) from runtime/);
        assert.equal(invoked.reason, "the container did not answer within 0.5 s");
    });

    it("logs to its group what its role may, and makes the group where it may", async () => {
        const deployed = runtime();
        const { agentRuntimeId } = deployed;
        const logs = executionStatements.slice(-1);
        const group = `arn:aws:logs:${region}:${accountId}:log-group:/aws/bedrock-agentcore/runtimes/${agentRuntimeId}-DEFAULT`;
        assert.equal(JSON.stringify(logs).includes("CreateLogGroup"), true);
        await fixture.invoke(fixture.admin(), deployed);
        await fixture.invoke(fixture.admin(), deployed, { method: "throw" });
        // Its second process has logged when it answers, and so has the first.
        await fixture.invoke(fixture.admin(), deployed);
        assert.equal(logOf(deployed)?.arn, group);
        const silent = runtime({
            roleArn: fixture.executionRole(executionStatements.slice(0, -1)),
        });
        await fixture.invoke(fixture.admin(), silent);
        await fixture.cloud.runtimes.stop();
        const text = readFileSync(logOf(deployed)?.file ?? "", "utf8");
        assert.match(text, /^listening with NAME=value\n/);
        assert.match(text, /Error: a fault of the workload/);
        assert.match(text, /The runtime's process is gone: it ended with exit code 1/);
        assert.equal(logOf(silent), undefined);
    });

    it("is another one after an update, and none after a deletion", async () => {
        const deployed = runtime();
        const { agentRuntimeId } = deployed;
        const first = echoOf(await fixture.invoke(fixture.admin(), deployed));
        const atWork = fixture.invoke(fixture.admin(), deployed, { method: "never" });
        await fixture.invoke(fixture.admin(), deployed);
        fixture.account.agentRuntimes.updateAgentRuntime(
            agentRuntimeId,
            fixture.input({
                agentRuntimeName: deployed.agentRuntimeName,
                protocol: "HTTP",
                environmentVariables: { NAME: "other" },
            }),
        );
        const second = echoOf(await fixture.invoke(fixture.admin(), deployed));
        assert.notEqual(second.pid, first.pid);
        assert.equal(second.env["NAME"], "other");
        // The old one finishes what it has begun.
        assert.match((await atWork).text, /Received error \(504\)/);
        fixture.account.agentRuntimes.deleteAgentRuntime(agentRuntimeId);
        assert.equal((await fixture.invoke(fixture.admin(), deployed)).httpStatus, 404);
        await fixture.cloud.runtimes.stop();
        assert.deepEqual([isRunning(first.pid), isRunning(second.pid)], [false, false]);
    });

    it("is not started with a role that AgentCore may not assume any more", async () => {
        const deployed = runtime();
        const name = deployed.roleArn.slice(deployed.roleArn.lastIndexOf("/") + 1);
        fixture.account.iam.deleteRolePolicy(name, "execution");
        fixture.account.iam.deleteRole(name);
        const invoked = await fixture.invoke(fixture.admin(), deployed);
        assert.equal(invoked.httpStatus, 424);
        assert.match(invoked.text, /cannot be assumed by bedrock-agentcore\.amazonaws\.com/);
    });

    it("ends with the local cloud, and with it the calls at work", async () => {
        const other = await new AgentRuntimeFixture().start();
        const deployed = other.runtime({ protocol: "HTTP" });
        const { pid } = echoOf(await other.invoke(other.admin(), deployed));
        const atWork = other.invoke(other.admin(), deployed, { method: "never" });
        const settled = atWork.then(
            () => "answered",
            () => "connection closed",
        );
        await other.invoke(other.admin(), deployed);
        await other.stop();
        assert.equal(isRunning(pid), false);
        assert.equal(await settled, "connection closed");
    });
});
