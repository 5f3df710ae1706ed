import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import {
    BedrockAgentCoreClient,
    InvokeAgentRuntimeCommand,
} from "@aws-sdk/client-bedrock-agentcore";
import type { AgentRuntime } from "../../../local/services/agentRuntimes";
import { AgentRuntimeFixture, region, sessionId } from "./agentRuntimeFixture";
import { streamingWorkload } from "./streamingWorkload";
import { credentialsOf } from "../../helpers/localHub";

describe("a runtime's answer that streams", () => {
    let fixture: AgentRuntimeFixture;
    let http: AgentRuntime;
    let containerUri: string;
    let ids = 0;
    const errors: unknown[] = [];

    before(async () => {
        fixture = await new AgentRuntimeFixture().start({
            runtimeSeconds: { initialization: 5, stream: 2 },
            onError: (error) => errors.push(error),
        });
        containerUri = fixture.push(streamingWorkload);
        http = runtime();
    });
    afterEach(() => {
        assert.deepEqual(errors, [], "the local cloud itself did not fail");
    });
    after(() => fixture.stop());

    const runtime = (change: object = {}) =>
        fixture.runtime({
            protocol: "HTTP",
            artifact: { kind: "container", containerUri },
            ...change,
        });
    const tell = async (message: object, of = http): Promise<unknown> =>
        (await fixture.invoke(fixture.admin(), of, message)).json;
    const sdk = () =>
        new BedrockAgentCoreClient({
            ...{ region, endpoint: fixture.cloud.endpoints.bedrockAgentcore, maxAttempts: 1 },
            credentials: credentialsOf(fixture.admin()),
        });
    const command = (message: object, more: object = {}, of = http) =>
        new InvokeAgentRuntimeCommand({
            agentRuntimeArn: of.agentRuntimeArn,
            runtimeSessionId: sessionId,
            contentType: "application/json",
            payload: JSON.stringify(message),
            ...more,
        });
    /** Opens a stream through the AWS SDK, and reads it by hand. */
    const open = async (message: object = {}, of = http) => {
        const id = `stream-${ids++}`;
        const answer = await sdk().send(command({ method: "open", id, ...message }, {}, of));
        return { id, answer, body: answer.response as IncomingMessage | undefined };
    };
    /** The log of a runtime, whose process is ended for it. */
    const logOf = async ({ agentRuntimeId }: AgentRuntime) => {
        await fixture.cloud.runtimes.stop();
        const name = `/aws/bedrock-agentcore/runtimes/${agentRuntimeId}-DEFAULT`;
        const group = fixture.account.logs.findLogGroup(name) ?? assert.fail();
        return readFileSync(group.file, "utf8");
    };

    it("comes to the AWS SDK event by event, with the session and the content type", async () => {
        const { id, answer, body } = await open();
        assert.deepEqual(
            [answer.statusCode, answer.contentType, answer.runtimeSessionId],
            [200, "text/event-stream", sessionId],
        );
        const events = body?.[Symbol.asyncIterator]() ?? assert.fail();
        for (const text of ["one", "two"]) {
            await tell({ method: "write", id, text });
            const { value } = (await events.next()) as { value: Buffer };
            assert.equal(value.toString(), `data: ${text}\n\n`);
        }
        await tell({ method: "end", id });
        assert.equal((await events.next()).done, true);
        assert.deepEqual(await tell({ method: "closed", id }), { whole: true });
    });

    it("is of any type that has no length, and of bytes as they are", async () => {
        const { id, answer, body } = await open({ type: "application/octet-stream", parts: 40 });
        assert.equal(answer.contentType, "application/octet-stream");
        const parts: Buffer[] = [];
        for await (const part of body ?? assert.fail()) parts.push(part as Buffer);
        assert.deepEqual(Buffer.concat(parts), Buffer.alloc(40 * 64 * 1024, "x"));
        assert.deepEqual(await tell({ method: "closed", id }), { whole: true });
    });

    it("stops the container's work when the client leaves in the middle of it", async () => {
        const { id, body } = await open();
        await tell({ method: "write", id, text: "one" });
        body?.destroy();
        assert.deepEqual(await tell({ method: "closed", id }), { whole: false });
    });

    it("stops the container's work when the client leaves before it begins", async () => {
        const id = `stream-${ids++}`;
        const controller = new AbortController();
        const sent = sdk().send(command({ method: "wait", id }), {
            abortSignal: controller.signal,
        });
        const isOpen = async () =>
            ((await tell({ method: "opened", id })) as { isOpen: boolean }).isOpen;
        while (!(await isOpen()));
        controller.abort();
        await assert.rejects(sent, { name: "AbortError" });
        assert.deepEqual(await tell({ method: "closed", id }), { whole: false });
    });

    it("waits for a client that does not read, and does not fill memory", async () => {
        const megabytes = 200;
        const { id, body } = await open({ parts: megabytes * 16 });
        body?.pause();
        const { sent } = (await tell({ method: "blocked", id })) as { sent: number };
        assert.ok(sent < (megabytes * 16) / 2, `${sent / 16} MB were taken of ${megabytes}`);
        body?.destroy();
        assert.deepEqual(await tell({ method: "closed", id }), { whole: false });
    });

    it("cuts the client's connection where the container breaks off, and logs it", async () => {
        const { id, body } = await open();
        await tell({ method: "write", id, text: "one" });
        const read = (async () => {
            for await (const part of body ?? assert.fail()) {
                assert.match(String(part), /one/);
                await tell({ method: "cut", id });
            }
        })();
        await assert.rejects(read, { code: "ECONNRESET" });
        assert.match(await logOf(http), /The container broke off its answer, which had begun/);
    });

    it("is cut off after as long as a stream may be", async () => {
        const { id, body } = await open();
        const read = (async () => {
            for await (const part of body ?? assert.fail()) assert.fail(String(part));
        })();
        await assert.rejects(read, { code: "ECONNRESET" });
        assert.deepEqual(await tell({ method: "closed", id }), { whole: false });
        assert.match(await logOf(http), /The answer is cut off: it streamed for 2 s/);
    });

    it("is cut off when its session is ended or its runtime deleted", async () => {
        const other = runtime();
        const { body } = await open({}, other);
        const closed = once(body ?? assert.fail(), "error");
        fixture.account.agentRuntimes.deleteAgentRuntime(other.agentRuntimeId);
        assert.match(String(await closed), /aborted/);
    });

    it("is whole for each of 50 sessions at once", async () => {
        const sessions = Array.from({ length: 50 }, (_, at) => `${sessionId}-${at}`);
        const one = sdk();
        const texts = await Promise.all(
            sessions.map(async (runtimeSessionId) => {
                const message = { method: "count", events: 200 };
                const { response } = await one.send(command(message, { runtimeSessionId }));
                return response?.transformToString();
            }),
        );
        const events = Array.from({ length: 200 }, (_, at) => `data: ${at}\n\n`).join("");
        assert.deepEqual(
            texts,
            sessions.map((session) => `${events}data: ${session}\n\n`),
        );
    });
});

describe("a container that speaks HTTP", () => {
    let fixture: AgentRuntimeFixture;
    let containerUri: string;
    before(async () => {
        fixture = await new AgentRuntimeFixture().start({ runtimeSeconds: { initialization: 1 } });
        containerUri = fixture.push(streamingWorkload);
    });
    after(() => fixture.stop());
    const runtime = (change: object = {}) =>
        fixture.runtime({
            protocol: "HTTP",
            artifact: { kind: "container", containerUri },
            ...change,
        });
    it("gets no call while its health check is not answered by 200", async () => {
        const uri = fixture.push(`import { createServer } from "node:http";
            createServer((request, response) => response.writeHead(405).end())
                .listen(process.env.PORT, process.env.HOST);`);
        const sick = runtime({ artifact: { kind: "container", containerUri: uri } });
        const { httpStatus, json, reason } = await fixture.invoke(fixture.admin(), sick);
        assert.equal(httpStatus, 424);
        assert.match(
            JSON.stringify(json),
            /Runtime health check failed or timed out\. Please make sure/,
        );
        assert.match(reason ?? "", /^it did not answer GET \/ping with 200 at HOST and PORT/);
    });

    it("takes payloads of up to 100 MB, and nothing larger", async () => {
        const large = runtime();
        const aws = new BedrockAgentCoreClient({
            ...{ region, endpoint: fixture.cloud.endpoints.bedrockAgentcore, maxAttempts: 1 },
            credentials: credentialsOf(fixture.admin()),
        });
        const send = (bytes: number) =>
            aws.send(
                new InvokeAgentRuntimeCommand({
                    agentRuntimeArn: large.agentRuntimeArn,
                    contentType: "application/octet-stream",
                    payload: new Uint8Array(bytes),
                }),
            );
        const { response } = await send(100 * 1024 * 1024);
        assert.equal(await response?.transformToString(), String(100 * 1024 * 1024));
        await assert.rejects(send(100 * 1024 * 1024 + 1), {
            name: "RequestEntityTooLargeException",
        });
    });
});
