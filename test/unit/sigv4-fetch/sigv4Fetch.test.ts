import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gatewayRegion, sigv4Fetch, UnsupportedBody } from "../../../sigv4-fetch/src/index.js";

const minute = 60_000;

describe("sigv4Fetch", () => {
    let clock = 0;
    let asked = 0;
    let fails = false;
    const signed = (lifetimeMs?: number) =>
        sigv4Fetch({
            service: "bedrock-agentcore",
            region: "us-east-1",
            now: () => clock,
            fetch: () => Promise.resolve(new Response()),
            credentials: () => {
                asked += 1;
                if (fails) return Promise.reject(new Error("no credentials"));
                return Promise.resolve({
                    accessKeyId: "a",
                    secretAccessKey: "b",
                    ...(lifetimeMs !== undefined && { expiration: new Date(clock + lifetimeMs) }),
                });
            },
        });
    beforeEach(() => {
        clock = Date.UTC(2026, 10, 21);
        asked = 0;
        fails = false;
    });

    it("asks for credentials once while they last, and again five minutes before they end", async () => {
        const call = signed(60 * minute);
        await Promise.all([call("http://a"), call("http://a")]);
        assert.equal(asked, 1);
        clock += 54 * minute;
        await call("http://a");
        assert.equal(asked, 1);
        clock += 2 * minute;
        await Promise.all([call("http://a"), call("http://a")]);
        assert.equal(asked, 2);
    });

    it("uses short credentials until they end", async () => {
        const call = signed(4 * minute);
        await call("http://a");
        clock += 3 * minute;
        await call("http://a");
        assert.equal(asked, 1);
        clock += 2 * minute;
        await call("http://a");
        assert.equal(asked, 2);
    });

    it("keeps credentials without an end, and asks again after a failure", async () => {
        const call = signed();
        fails = true;
        await assert.rejects(call("http://a"), /no credentials/);
        fails = false;
        await call("http://a");
        clock += 1000 * minute;
        await call("http://a");
        assert.equal(asked, 2);
    });

    it("refuses a body that it cannot hash before it is sent", async () => {
        const body = new ReadableStream();
        await assert.rejects(signed()("http://a", { method: "POST", body }), UnsupportedBody);
    });

    it("signs a Request as it signs its parts", async () => {
        const sent: Headers[] = [];
        const call = sigv4Fetch({
            service: "bedrock-agentcore",
            region: "us-east-1",
            now: () => clock,
            credentials: { accessKeyId: "a", secretAccessKey: "b" },
            fetch: (_url, init) => {
                sent.push(new Headers(init?.headers));
                return Promise.resolve(new Response());
            },
        });
        const init = { method: "POST", body: "{}", headers: { "content-type": "text/plain" } };
        await call("http://a/b?c=1", init);
        await call(new Request("http://a/b?c=1", init));
        assert.equal(sent[0]?.get("authorization"), sent[1]?.get("authorization"));
        assert.match(sent[0]?.get("authorization") ?? "", /SignedHeaders=[^,]*content-type;host/);
    });

    it("does not follow a redirect with its signature", async () => {
        const server = createServer((_incoming, outgoing) => {
            outgoing.writeHead(302, { location: "http://127.0.0.1:1/" }).end();
        }).listen(0, "127.0.0.1");
        await new Promise((resolve) => server.once("listening", resolve));
        const call = sigv4Fetch({
            service: "bedrock-agentcore",
            region: "us-east-1",
            credentials: { accessKeyId: "a", secretAccessKey: "b" },
        });
        const { port } = server.address() as AddressInfo;
        await assert.rejects(call(`http://127.0.0.1:${port}/`), /fetch failed/);
        server.close();
    });

    it("reads a gateway's region from its ARN and its URL", () => {
        assert.equal(
            gatewayRegion("arn:aws:bedrock-agentcore:eu-west-1:111122223333:gateway/a-b"),
            "eu-west-1",
        );
        assert.equal(
            gatewayRegion("https://a-b.gateway.bedrock-agentcore.us-west-2.amazonaws.com/mcp"),
            "us-west-2",
        );
        assert.equal(gatewayRegion("http://127.0.0.1:4270/gateway/a-b/mcp"), undefined);
    });
});
