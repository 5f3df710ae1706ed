import assert from "node:assert/strict";
import { noLists } from "../../../local/gateway/serverLists";
import type { LiveRequest, McpServerView, ServerLists } from "../../../local/gateway/gatewayView";
import {
    HttpRefusal,
    JsonRpcFailure,
    McpServerFailure,
} from "../../../local/gateway/mcpServerFailure";
import type { GatewayView } from "../../../local/gateway/mcpRouter";
import { error, gatewayWith, post, request } from "./gatewayFixture";

/** A server that answers with what it was asked, and remembers it. */
class Server implements McpServerView {
    readonly asked: LiveRequest[] = [];
    readonly lists: ServerLists;
    answer: (request: LiveRequest) => Record<string, unknown> | undefined = ({ params }) => params;

    constructor(
        lists: Partial<ServerLists>,
        readonly resourcePriority = 1000,
        readonly isLive = false,
    ) {
        this.lists = { ...noLists, ...lists };
    }

    list: McpServerView["list"] = (name) => this.lists[name];
    ask: McpServerView["ask"] = (asked) => {
        this.asked.push(asked);
        return Promise.resolve(asked).then((one) => this.answer(one));
    };
}

function gatewayOf(servers: Record<string, Server>, more: Partial<GatewayView> = {}): GatewayView {
    return gatewayWith({
        targets: Object.entries(servers).map(([name, server], at) => {
            return { name, targetId: `TARGET000${at}`, tools: [], server };
        }),
        ...more,
    });
}

const ask = async (gateway: GatewayView, method: string, params = {}) =>
    (await post(request(method, params), { gateway })).body;
const resultOf = async (gateway: GatewayView, method: string, params = {}) =>
    (await ask(gateway, method, params))?.result;

describe("A gateway's prompts", () => {
    const greet = { name: "greet", description: "Greets", arguments: [{ name: "who" }] };
    const both = () =>
        gatewayOf({
            one: new Server({ prompts: [greet] }),
            other: new Server({ prompts: [greet, { name: "part" }] }),
        });

    it("are those of all targets, under their names, with all that the server says", async () => {
        assert.deepEqual(await resultOf(both(), "prompts/list"), {
            prompts: [
                { ...greet, name: "one___greet" },
                { ...greet, name: "other___greet" },
                { name: "other___part" },
            ],
        });
    });

    it("are none of a gateway without MCP servers, which declares none", async () => {
        assert.deepEqual(await resultOf(gatewayWith(), "prompts/list"), { prompts: [] });
        const params = { protocolVersion: "2025-11-25" };
        const introduced = async (gateway: GatewayView) =>
            (await resultOf(gateway, "initialize", params))?.["capabilities"];
        const tools = { listChanged: true };
        assert.deepEqual(await introduced(gatewayWith()), { tools });
        assert.deepEqual(await introduced(both()), { tools, prompts: tools, resources: tools });
    });

    it("are got of their server by its own name, without what is said of the client", async () => {
        const server = new Server({ prompts: [greet] });
        const params = { name: "one___greet", arguments: { who: "Ann" }, _meta: { a: 1 } };
        const own = { name: "greet", arguments: { who: "Ann" } };
        assert.deepEqual(await resultOf(gatewayOf({ one: server }), "prompts/get", params), own);
        assert.deepEqual(server.asked, [{ method: "prompts/get", params: own }]);
    });

    it("are not asked for where no list has them", async () => {
        const server = new Server({ prompts: [greet] });
        const gateway = gatewayOf({ one: server });
        for (const name of ["one___other", "other___greet", "greet"]) {
            const answer = await ask(gateway, "prompts/get", { name });
            assert.deepEqual(answer, error(-32602, `Unknown prompt: ${name}`));
        }
        assert.deepEqual(server.asked, []);
    });

    it("are asked for of a live server, which may have none at all", async () => {
        const server = new Server({}, 1000, true);
        const gateway = gatewayOf({ one: server });
        const params = { name: "one___greet" };
        assert.deepEqual(await resultOf(gateway, "prompts/get", params), { name: "greet" });
        server.answer = () => undefined;
        assert.deepEqual(
            await ask(gateway, "prompts/get", params),
            error(-32602, "Unknown prompt: one___greet"),
        );
    });

    it("come in pages, whose cursors are of that list and that gateway only", async () => {
        const names = Array.from({ length: 250 }, (_, at) => ({ name: `p${at}` }));
        const resources = names.map(({ name }) => ({ uri: `a://${name}` }));
        const gateway = gatewayOf({ one: new Server({ prompts: names, resources }) });
        const got: unknown[] = [];
        let cursor: unknown;
        const cursors: unknown[] = [];
        do {
            const params = cursor === undefined ? {} : { cursor };
            const page = await resultOf(gateway, "prompts/list", params);
            got.push(...(page?.["prompts"] as unknown[]));
            cursor = page?.["nextCursor"];
            cursors.push(cursor);
        } while (cursor !== undefined);
        assert.equal(cursors.length, 3);
        assert.deepEqual(
            got,
            names.map(({ name }) => ({ name: `one___${name}` })),
        );
        const refused = error(-32602, "Invalid params: cursor is not one of this gateway's");
        for (const [method, wrong] of [
            ["resources/list", cursors[0]],
            ["tools/list", cursors[0]],
            ["prompts/list", "MA"],
            ["prompts/list", 1],
        ] as const) {
            assert.deepEqual(await ask(gateway, method, { cursor: wrong }), refused);
        }
        const elsewhere = { ...gateway, gatewayId: "other-0123456789" };
        assert.deepEqual(await ask(elsewhere, "prompts/list", { cursor: cursors[0] }), refused);
    });
});

describe("A gateway's resources", () => {
    const uri = "config://app";
    const first = { uri, name: "first" };
    const second = { uri, name: "second" };
    const read = { method: "resources/read", params: { uri } };

    it("are listed once, of the target with the lowest priority, without a prefix", async () => {
        const own = { uri: "a://b", name: "own" };
        const gateway = gatewayOf({
            one: new Server({ resources: [first, own] }),
            other: new Server({ resources: [second] }, 0),
        });
        assert.deepEqual(await resultOf(gateway, "resources/list"), { resources: [second, own] });
    });

    it("are listed of the oldest target where the priority is the same", async () => {
        const gateway = gatewayOf({
            one: new Server({ resources: [first] }),
            other: new Server({ resources: [second] }),
        });
        assert.deepEqual(await resultOf(gateway, "resources/list"), { resources: [first] });
    });

    it("are read of the target that they are listed of, and of no other", async () => {
        const one = new Server({ resources: [first] });
        const other = new Server({ resources: [second] }, 999);
        const gateway = gatewayOf({ one, other });
        assert.deepEqual(await resultOf(gateway, "resources/read", { uri }), { uri });
        assert.deepEqual([one.asked, other.asked], [[], [read]]);
    });

    it("are read by a template where no list has them", async () => {
        const templates = { resourceTemplates: [{ uriTemplate: "config://{name}" }] };
        const one = new Server(templates, 0);
        const other = new Server({ resources: [first] });
        const gateway = gatewayOf({ one, other });
        assert.deepEqual(await resultOf(gateway, "resources/templates/list"), templates);
        await resultOf(gateway, "resources/read", { uri });
        assert.deepEqual([one.asked, other.asked], [[], [read]]);
        await resultOf(gateway, "resources/read", { uri: "config://db" });
        assert.equal(one.asked.length, 1);
    });

    it("are not there where no list and no template has them", async () => {
        const gateway = gatewayOf({ one: new Server({ resources: [first] }) });
        assert.deepEqual(
            await ask(gateway, "resources/read", { uri: "file:///etc/passwd" }),
            error(-32002, "Resource not found: file:///etc/passwd", { uri: "file:///etc/passwd" }),
        );
    });
});

describe("A server that does not answer for a prompt or a resource", () => {
    const uri = "config://app";
    const failing = (failure: Error, exceptionLevel?: "DEBUG") => {
        const server = new Server({ resources: [{ uri }] });
        server.answer = () => {
            throw failure;
        };
        const more = exceptionLevel === undefined ? {} : { exceptionLevel };
        return ask(gatewayOf({ one: server }, more), "resources/read", { uri });
    };

    it("is told in DEBUG only", async () => {
        const down = new HttpRefusal(500, undefined);
        const text = "An internal error occurred. Please retry later.";
        assert.deepEqual(await failing(down), error(-32603, text));
        assert.deepEqual(
            await failing(down, "DEBUG"),
            error(-32603, `${text} Received error (500) from runtime. (HTTP 500)`),
        );
        const crashed = new JsonRpcFailure(-32010, "Received error (500)", 200);
        assert.deepEqual(await failing(crashed), error(-32603, text));
    });

    it("is told as it says it where it is about the request", async () => {
        for (const code of [-32602, -32002]) {
            const refusal = new JsonRpcFailure(code, "who is missing", 200);
            assert.deepEqual(await failing(refusal), error(code, "who is missing"));
        }
    });

    it("is an error of the whole list", async () => {
        const server = new Server({}, 1000, true);
        server.list = () => Promise.reject(new McpServerFailure("unreachable", "ECONNREFUSED"));
        const gateway = gatewayOf({ one: new Server({ resources: [{ uri }] }), server });
        for (const method of ["prompts/list", "resources/list", "resources/templates/list"]) {
            const answer = await ask(gateway, method);
            assert.equal((answer?.error as { code: number }).code, -32603);
        }
    });

    it("is not asked for what has no name or URI", async () => {
        const gateway = gatewayOf({});
        assert.deepEqual(
            [await ask(gateway, "prompts/get"), await ask(gateway, "resources/read")],
            [
                error(-32602, "Invalid params: name must be a text"),
                error(-32602, "Invalid params: uri must be a text"),
            ],
        );
    });
});
