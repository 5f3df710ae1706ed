import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assumptions, type Assumptions } from "../../../agentcore/openFacts";
import { runtimeEndpointArn, runtimeUrl } from "../../../agentcore/runtime";
import { AwsError } from "../../../local/awsError";
import { ownPost } from "../../../local/gateway/ownPost";
import { verifySigV4 } from "../../../local/http/sigv4/verify";
import { newAccount, type LocalAccount } from "../../../local/services/account";
import type { GatewayTargetInput, ListingMode } from "../../../local/services/agentcoreChecks";
import { AgentcoreControl, type GatewayTarget } from "../../../local/services/agentcoreControl";
import { Authorizer } from "../../../local/services/authorizer";
import { Gateways } from "../../../local/services/gateways";
import { LambdaInvoker } from "../../../local/services/lambdaInvoker";
import { McpServers } from "../../../local/services/mcpServers";
import { PrincipalDirectory } from "../../../local/services/principals";
import { ServiceRoles } from "../../../local/services/serviceRoles";
import { Sts } from "../../../local/services/sts";
import { Forwarder } from "./forwarder";
import {
    addNumbers,
    five,
    McpServerFixture,
    type Reaction,
    type Received,
} from "./mcpServerFixture";
import { document, gatewayInputs, lambdaTarget, trustOf } from "./providersFixture";

const id = "111122223333";
const region = "us-east-1";
const runtimeArn = `arn:aws:bedrock-agentcore:${region}:${id}:runtime/calculator-0123456789`;
const roleArn = `arn:aws:iam::${id}:role/gateway`;
const session = `arn:aws:sts::${id}:assumed-role/gateway/mcp-iam-auth-session`;
const action = "bedrock-agentcore:InvokeAgentRuntime";
const credentials = (provider: object | undefined): object => ({
    credentialProviderConfigurations: [
        {
            credentialProviderType: "GATEWAY_IAM_ROLE",
            ...(provider !== undefined && { credentialProvider: provider }),
        },
    ],
});

/** A target at the runtime, but for what is given. */
function mcpTarget(
    more: { name?: string; endpoint?: string; listingMode?: ListingMode; provider?: object } = {},
): GatewayTargetInput {
    const { name = "calculator", endpoint = runtimeUrl(runtimeArn), listingMode } = more;
    const { provider = { iamCredentialProvider: { service: "bedrock-agentcore" } } } = more;
    return {
        name,
        targetConfiguration: {
            mcp: { mcpServer: { endpoint, ...(listingMode !== undefined && { listingMode }) } },
        },
        ...credentials("none" in provider ? undefined : provider),
    };
}

interface Answer {
    result?: {
        prompts?: { name: string }[];
        messages?: unknown;
        contents?: unknown;
        tools?: { name: string }[];
        content?: { text: string }[];
        isError?: boolean;
    };
    error?: { code: number; message: string };
}

const rpcError: Reaction = { error: { code: -32602, message: "Unknown tool" } };

describe("An MCP server as a target of the local cloud's gateway", () => {
    let folder: string;
    let server: McpServerFixture;
    let forwarder: Forwarder;
    let account: LocalAccount;
    let gateways: Gateways;
    let sts: Sts;
    let authorizer: Authorizer;
    /** What the stub of the data plane does once it has found who calls. */
    let react: ((message: Received) => Reaction | undefined) | undefined;

    /** A data plane that verifies the signature and both of the runtime's resources, as AgentCore Runtime does. */
    const dataPlane = (message: Received): Reaction | undefined => {
        const { url, rawHeaders, body } = message;
        const verified = verifySigV4(
            { method: "POST", url, rawHeaders, body: Buffer.from(body) },
            {
                services: ["bedrock-agentcore"],
                regions: [region],
                keyOf: (key) => sts.key(key),
                now: Date.now,
            },
        );
        if (verified.result === "refused") {
            return refusedWith(verified.error.httpStatus, verified.error.message);
        }
        for (const resource of [runtimeArn, runtimeEndpointArn(runtimeArn)]) {
            const call = { action, resource, resourceAccountId: id, requestId: "request" };
            const { decision, message: text } = authorizer.decide(verified.key, call);
            if (decision.decision !== "allow") return refusedWith(403, text);
        }
        return react?.(message);
    };
    const refusedWith = (status: number, message: string): Reaction => ({
        status,
        body: JSON.stringify({
            jsonrpc: "2.0",
            id: null,
            error: { code: -32002, message },
        }),
    });

    const setUp = (
        limits = { handshakeSeconds: 10, callSeconds: 10 },
        assumed: Partial<Assumptions> = {},
    ) => {
        const accounts = new Map<string, LocalAccount>();
        const directory = new PrincipalDirectory(accounts);
        const gatewayUrl = (gatewayId: string): string => `http://127.0.0.1/${gatewayId}`;
        account = newAccount(id, "account-a", {
            ...{ directory, stateFolder: folder, gatewayUrl, now: Date.now },
        });
        accounts.set(id, account);
        sts = new Sts(accounts, Date.now);
        authorizer = new Authorizer(sts, Date.now);
        const servers = new McpServers({
            sts,
            dataPlaneUrl: () => `${server.url}/bedrock-agentcore`,
            post: ownPost(forwarder.answer),
            limits,
        });
        account.agentcore = new AgentcoreControl(account, {
            ...{ directory, gatewayUrl, now: Date.now, mcpServers: servers },
            roles: new ServiceRoles(account, account.iam, Date.now),
            functionExists: () => true,
            assumptions: assumptions(assumed),
        });
        const invoker = new LambdaInvoker(accounts, sts, authorizer, () => ({}));
        gateways = new Gateways(accounts, sts, authorizer, invoker);
        const trust = document(trustOf("bedrock-agentcore.amazonaws.com"));
        account.iam.createRole({
            roleName: "gateway",
            assumeRolePolicyDocument: JSON.stringify(trust),
        });
        allow(runtimeArn, runtimeEndpointArn(runtimeArn));
    };
    const allow = (...resources: string[]): void => {
        const policy = document({ Action: action, Resource: resources });
        account.iam.putRolePolicy("gateway", "invoke", JSON.stringify(policy));
    };
    const distrust = (): void => {
        const trust = JSON.stringify(document(trustOf("lambda.amazonaws.com")));
        account.iam.updateRole("gateway", { assumeRolePolicyDocument: trust });
    };
    const newGateway = (more: object = {}): string =>
        account.agentcore.createGateway(
            {
                ...gatewayInputs("tools", roleArn),
                protocolConfiguration: { mcp: { supportedVersions: ["2025-11-25"] } },
                ...more,
            },
            region,
        ).gatewayId;
    const create = async (gatewayId: string, input = mcpTarget()): Promise<GatewayTarget> =>
        await account.agentcore.createTarget(gatewayId, input);

    const post = async (
        gatewayId: string,
        method: string,
        params = {},
        leaving?: () => AbortSignal,
    ): Promise<Answer> => {
        const owned = gateways.find(gatewayId);
        assert.ok(owned);
        const { body = "" } = await gateways.answer(owned, {
            headers: { "mcp-protocol-version": "2025-11-25" },
            body: Buffer.from(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params })),
            requestId: "request-1",
            ...(leaving !== undefined && { leaving }),
        });
        return JSON.parse(body) as Answer;
    };
    const list = async (gatewayId: string): Promise<string[] | undefined> =>
        (await post(gatewayId, "tools/list")).result?.tools?.map(({ name }) => name);
    const add = (gatewayId: string, name = "calculator___add_numbers"): Promise<Answer> =>
        post(gatewayId, "tools/call", { name, arguments: { a: 2, b: 3 } });

    /** Refuses with AWS's code and words, and nothing is left of the target. */
    const refuses = async (
        input: GatewayTargetInput,
        expected: { code: string; message: RegExp },
        gatewayId = newGateway(),
    ): Promise<void> => {
        await assert.rejects(create(gatewayId, input), (error) => {
            assert.ok(error instanceof AwsError, String(error));
            assert.equal(error.code, expected.code, error.message);
            assert.match(error.message, expected.message);
            return true;
        });
        assert.equal(account.agentcore.gateway(gatewayId).targets.size, 0);
    };

    beforeEach(async () => {
        folder = mkdtempSync(join(tmpdir(), "agentcore-hub-"));
        server = await new McpServerFixture({ react: dataPlane }).start();
        forwarder = new Forwarder(() => server.url);
        react = undefined;
        setUp();
    });
    afterEach(async () => {
        forwarder.close();
        await server.stop();
        rmSync(folder, { recursive: true });
    });

    describe("when it is made", () => {
        it("is asked for its tools, by the encoded URL and signed with the gateway's role", async () => {
            const target = await create(newGateway());
            assert.equal(target.kind, "mcpServer");
            assert.equal(target.status, "READY");
            assert.deepEqual(target.tools, [addNumbers()]);
            assert.ok(target.lastSynchronizedAt instanceof Date);
            assert.deepEqual(server.methods, [
                "initialize",
                "notifications/initialized",
                "tools/list",
            ]);
            for (const { url, headers } of server.received) {
                assert.equal(
                    url,
                    `/bedrock-agentcore/runtimes/${encodeURIComponent(runtimeArn)}/invocations?qualifier=DEFAULT`,
                );
                assert.match(
                    headers.authorization ?? "",
                    /Credential=ASIA\w+\/\d{8}\/us-east-1\/bedrock-agentcore\/aws4_request/,
                );
            }
            const key = /Credential=(\w+)/.exec(server.received[0]?.headers.authorization ?? "");
            assert.equal(sts.key(key?.[1] ?? "")?.principal.sessionArn, session);
        });

        it("is refused in the runtime's words where the role lacks the endpoint", async () => {
            allow(runtimeArn);
            await refuses(mcpTarget(), {
                code: "NotStabilized",
                message: new RegExp(
                    `^User: ${session} is not authorized to perform: ${action} on resource: ${runtimeArn}/runtime-endpoint/DEFAULT because no identity-based policy allows the ${action} action \\(roleArn: got ${roleArn}; its policies must allow`,
                ),
            });
        });

        it("is refused in the runtime's words where the role lacks the runtime", async () => {
            allow(runtimeEndpointArn(runtimeArn));
            await refuses(mcpTarget(), {
                code: "NotStabilized",
                message: new RegExp(`^User: ${session} is not .* on resource: ${runtimeArn} bec`),
            });
        });

        it("is refused where the role does not trust the service", async () => {
            distrust();
            await refuses(mcpTarget(), {
                code: "ValidationException",
                message: /^Gateway service is not authorized to assume the execution role \(/,
            });
            assert.deepEqual(server.received, []);
        });

        it("is refused where its signature is for another service or region", async () => {
            for (const provider of [
                { service: "lambda" },
                { service: "bedrock-agentcore", region: "eu-west-1" },
            ]) {
                const input = mcpTarget({ provider: { iamCredentialProvider: provider } });
                setUp();
                await refuses(input, {
                    code: "NotStabilized",
                    message:
                        /^Failed to connect and fetch tools from the provided MCP target server\. Error - Authorization error when sending message \(endpoint: got https:.*; HTTP 403: Credential should be scoped/,
                });
            }
        });

        const failures: [what: string, reaction: Reaction, message: RegExp][] = [
            [
                "a server that is not well",
                { status: 424, body: '{"message":"Received error (500) from runtime. Please"}' },
                /Error - Received error \(424\) from runtime\. \(.*HTTP 424: Received error \(500\)/,
            ],
            [
                "a server of another revision",
                { result: { protocolVersion: "2024-11-05", capabilities: { tools: {} } } },
                /Error - Unsupported protocol version \(.*got 2024-11-05; must be one of 2025-11-25\)$/,
            ],
            [
                "what is no MCP server",
                { status: 200, body: "<html>" },
                /Error - The MCP server's answer cannot be read \(/,
            ],
            [
                "a server that answers 7 MB",
                { result: { padding: "x".repeat(7 * 1024 * 1024) } },
                /cannot be read \(.*got more than 6291456 bytes; must be at most 6291456\)$/,
            ],
        ];
        for (const [what, reaction, message] of failures) {
            it(`refuses ${what}`, async () => {
                react = () => reaction;
                await refuses(mcpTarget(), { code: "NotStabilized", message });
            });
        }

        for (const [what, reaction] of [
            ["does not answer", "silence"],
            ["does not come to the end of its answer", "stall"],
        ] as const) {
            it(`refuses a server that ${what}, in a bounded time`, async () => {
                setUp({ handshakeSeconds: 0.2, callSeconds: 10 });
                react = () => reaction;
                await refuses(mcpTarget(), {
                    code: "NotStabilized",
                    message:
                        /Error - Unable to connect to the MCP server\. Please check the server \(.*; no answer within 0\.2 s\)$/,
                });
            });
        }

        it("refuses a server that is down", async () => {
            await server.stop();
            await refuses(mcpTarget(), {
                code: "NotStabilized",
                message: /Error - Unable to connect to the MCP server\..*; ECONNREFUSED\)$/,
            });
        });

        it("refuses tools that AgentCore does not take", async () => {
            server.behaviour.tools = [addNumbers(), addNumbers()];
            await refuses(mcpTarget(), {
                code: "NotStabilized",
                message: /tools\[1\]\.name: got "add_numbers"; another tool has it already\)$/,
            });
        });

        it("refuses a server of 2026-07-28 only, whatever the gateway has", async () => {
            react = ({ method }) =>
                method === "initialize" ? { status: 400, body: "{}" } : undefined;
            const protocolConfiguration = { mcp: { supportedVersions: ["2026-07-28"] } };
            await refuses(
                mcpTarget(),
                { code: "NotStabilized", message: /Error - Received error \(400\) from runtime/ },
                newGateway({ protocolConfiguration }),
            );
            assert.equal(server.received[0]?.params["protocolVersion"], "2025-11-25");
        });

        it("is not asked at all where its tools are listed live", async () => {
            const target = await create(newGateway(), mcpTarget({ listingMode: "DYNAMIC" }));
            assert.equal(target.status, "READY");
            assert.deepEqual(server.received, []);
        });
    });

    describe("by its configuration", () => {
        const encoded = runtimeUrl(runtimeArn);
        const cases: [what: string, input: GatewayTargetInput, code: string, message: RegExp][] = [
            [
                "credentials without a provider",
                mcpTarget({ provider: { none: true } }),
                "ValidationException",
                /^IamCredentialProvider is required for mcpServer targets using IAM authentication \(/,
            ],
            [
                "a load balancer",
                mcpTarget({ endpoint: "https://mcp-1.us-east-1.elb.amazonaws.com/mcp" }),
                "ValidationException",
                /^IAM \(SigV4\) outbound authorization requires .*load balancers, EC2 and other hosts verify no SigV4/,
            ],
            [
                "an EC2 host",
                mcpTarget({ endpoint: "https://ec2-1-2-3-4.compute-1.amazonaws.com/mcp" }),
                "ValidationException",
                /^IAM \(SigV4\) outbound/,
            ],
            [
                "a host that only begins as Runtime's",
                mcpTarget({ endpoint: encoded.replace("amazonaws.com", "amazonaws.com.evil.org") }),
                "ValidationException",
                /^IAM \(SigV4\) outbound/,
            ],
            [
                "an API Gateway",
                mcpTarget({ endpoint: "https://a1b2.execute-api.us-east-1.amazonaws.com/mcp" }),
                "NotEmulated",
                /MCP servers behind API Gateway \(endpoint: got https:\/\/a1b2/,
            ],
            [
                "a Lambda URL",
                mcpTarget({ endpoint: "https://a1b2.lambda-url.us-east-1.on.aws/mcp" }),
                "NotEmulated",
                /MCP servers behind Lambda URLs/,
            ],
            [
                "another gateway",
                mcpTarget({
                    endpoint:
                        "https://t-0123456789.gateway.bedrock-agentcore.us-east-1.amazonaws.com/mcp",
                }),
                "NotEmulated",
                /MCP servers behind gateways/,
            ],
            [
                "an ARN that is not encoded",
                mcpTarget({ endpoint: decodeURIComponent(encoded) }),
                "ValidationException",
                new RegExp(`must be percent-encoded, as in ${encoded.replaceAll(/[.?]/g, "\\$&")}`),
            ],
            [
                "an ARN that is half encoded",
                mcpTarget({ endpoint: encoded.replaceAll("%3A", ":") }),
                "ValidationException",
                /must be percent-encoded/,
            ],
            [
                "a runtime of another region than the host's",
                mcpTarget({ endpoint: encoded.replace(region, "eu-west-1") }),
                "ValidationException",
                /must be the ARN of a runtime of the host bedrock-agentcore\.eu-west-1/,
            ],
            [
                "a runtime's id without its account",
                mcpTarget({
                    endpoint: `https://bedrock-agentcore.${region}.amazonaws.com/runtimes/calculator-0123456789/invocations`,
                }),
                "ValidationException",
                /accountID is required/,
            ],
            [
                "another path of Runtime",
                mcpTarget({ endpoint: `https://bedrock-agentcore.${region}.amazonaws.com/mcp` }),
                "ValidationException",
                /must be https:\/\/bedrock-agentcore\.<region>/,
            ],
            [
                "no URL",
                mcpTarget({ endpoint: "https://" }),
                "ValidationException",
                /must be a URL\)$/,
            ],
            [
                "another credential",
                {
                    ...mcpTarget(),
                    credentialProviderConfigurations: [{ credentialProviderType: "API_KEY" }],
                },
                "NotEmulated",
                /credential provider API_KEY/,
            ],
        ];
        for (const [what, input, code, message] of cases) {
            it(`refuses ${what}`, async () => {
                await refuses(input, { code, message });
                assert.deepEqual(server.received, []);
            });
        }

        it("may have the URL encoded in small letters", async () => {
            const endpoint = encoded.replaceAll("%3A", "%3a").replaceAll("%2F", "%2f");
            const target = await create(newGateway(), mcpTarget({ endpoint }));
            assert.equal(target.status, "READY");
            assert.match(server.received[0]?.url ?? "", /arn%3aaws/);
        });

        it("is not emulated where there is nothing to call it through", async () => {
            const made = newAccount(id, "account-a", {
                directory: new PrincipalDirectory(new Map()),
                stateFolder: folder,
                gatewayUrl: () => "",
                now: Date.now,
            });
            const trust = JSON.stringify(document(trustOf("bedrock-agentcore.amazonaws.com")));
            made.iam.createRole({ roleName: "gateway", assumeRolePolicyDocument: trust });
            const { gatewayId } = made.agentcore.createGateway(
                gatewayInputs("tools", roleArn),
                region,
            );
            for (const listingMode of ["DEFAULT", "DYNAMIC"] as const) {
                await assert.rejects(
                    Promise.resolve(
                        made.agentcore.createTarget(gatewayId, mcpTarget({ listingMode })),
                    ),
                    { code: "NotEmulated" },
                );
            }
        });
    });

    describe("when two are made at once", () => {
        it("is one of them, of one name", async () => {
            const gatewayId = newGateway();
            const made = await Promise.allSettled([create(gatewayId), create(gatewayId)]);
            assert.deepEqual(made.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
            const [refused] = made.flatMap((one) =>
                one.status === "rejected" ? [one.reason as AwsError] : [],
            );
            assert.equal(refused?.code, "ConflictException");
            assert.equal(account.agentcore.gateway(gatewayId).targets.size, 1);
        });

        it("is none of a gateway that was deleted meanwhile", async () => {
            const gatewayId = newGateway();
            const made = create(gatewayId);
            account.agentcore.deleteGateway(gatewayId);
            await assert.rejects(made, { code: "ResourceNotFoundException" });
        });
    });

    describe("when it is called", () => {
        it("is listed with the target's name, beside Lambda tools", async () => {
            const gatewayId = newGateway();
            const lambda = `arn:aws:lambda:${region}:${id}:function:echo`;
            const policy = document({ Action: "lambda:InvokeFunction", Resource: lambda });
            account.iam.putRolePolicy("gateway", "lambda", JSON.stringify(policy));
            account.agentcore.createTarget(gatewayId, lambdaTarget(lambda));
            await create(gatewayId);
            const { result } = await post(gatewayId, "tools/list");
            assert.deepEqual(result?.tools?.[1], addNumbers({ name: "calculator___add_numbers" }));
            assert.deepEqual(await list(gatewayId), ["echo___echo", "calculator___add_numbers"]);
        });

        it("gives its result as it is, without another handshake", async () => {
            const gatewayId = newGateway();
            await create(gatewayId);
            for (let call = 0; call < 5; call++) {
                assert.deepEqual((await add(gatewayId)).result, five);
            }
            assert.equal(server.methods.filter((method) => method === "initialize").length, 1);
            assert.deepEqual(server.received.at(-1)?.params, {
                name: "add_numbers",
                arguments: { a: 2, b: 3 },
            });
        });

        it("gives a tool's own failure as it is", async () => {
            const gatewayId = newGateway();
            await create(gatewayId);
            const failed = { content: [{ type: "text", text: "b is too large" }], isError: true };
            react = () => ({ result: failed });
            assert.deepEqual((await add(gatewayId)).result, failed);
        });

        const failing: [what: string, reaction: Reaction, debug: RegExp][] = [
            [
                "does not know the tool",
                rpcError,
                /^Unknown tool \(JSON-RPC error -32602, HTTP 200\)$/,
            ],
            [
                "crashes",
                { status: 424, body: '{"message":"x"}' },
                /^Received error \(424\).*: x\)$/,
            ],
            [
                "asks for something of its own and waits",
                {
                    parts: [
                        Buffer.from('data: {"jsonrpc":"2.0","method":"notifications/message"}\n\n'),
                        Buffer.from('data: {"jsonrpc":"2.0","id":1,"method":"roots/list"}\n\n'),
                    ],
                },
                /^The MCP server's answer cannot be read \(the server asked for "roots\/list"; a gateway without/,
            ],
            ["never answers", "silence", /^Unable to connect .* \(no answer within 0\.3 s\)$/],
            [
                "answers 7 MB",
                { result: { content: [{ text: "x".repeat(7 * 1024 * 1024) }] } },
                /got more than 6291456 bytes/,
            ],
        ];
        for (const [what, reaction, debug] of failing) {
            it(`tells in DEBUG only that the server ${what}`, async () => {
                setUp({ handshakeSeconds: 10, callSeconds: 0.3 });
                for (const [exceptionLevel, text] of [
                    [undefined, /^An internal error occurred\. Please retry later\.$/],
                    ["DEBUG", debug],
                ] as const) {
                    react = undefined;
                    const name = exceptionLevel ?? "plain";
                    const gatewayId = newGateway({ name, exceptionLevel });
                    await create(gatewayId);
                    react = () => reaction;
                    const { result } = await add(gatewayId);
                    assert.equal(result?.isError, true);
                    assert.match(result.content?.[0]?.text ?? "", text);
                }
            });
        }

        it("is left as soon as who called its tool leaves, and no sooner", async () => {
            const gatewayId = newGateway();
            await create(gatewayId);
            react = ({ method }) => (method === "tools/call" ? "stall" : undefined);
            const client = new AbortController();
            const left = server.left();
            const called = post(
                gatewayId,
                "tools/call",
                { name: "calculator___add_numbers", arguments: {} },
                () => client.signal,
            );
            while (server.methods.at(-1) !== "tools/call") await once(server.events, "message");
            client.abort();
            await left;
            assert.equal((await called).result?.isError, true);
            react = undefined;
            assert.deepEqual((await add(gatewayId)).result, five);
            assert.equal(server.methods.filter((method) => method === "initialize").length, 1);
        });

        it("is not called for who has left already", async () => {
            const gatewayId = newGateway();
            await create(gatewayId);
            const sent = server.received.length;
            const params = { name: "calculator___add_numbers", arguments: {} };
            await post(gatewayId, "tools/call", params, () => AbortSignal.abort());
            assert.equal(server.received.length, sent);
        });

        it("is refused once the role has lost the endpoint, and called again once it has it", async () => {
            const gatewayId = newGateway({ exceptionLevel: "DEBUG" });
            await create(gatewayId);
            allow(runtimeArn);
            assert.equal(
                (await add(gatewayId)).result?.content?.[0]?.text,
                `User: ${session} is not authorized to perform: ${action} on resource: ${runtimeEndpointArn(runtimeArn)} because no identity-based policy allows the ${action} action`,
            );
            allow(runtimeArn, runtimeEndpointArn(runtimeArn));
            assert.deepEqual((await add(gatewayId)).result, five);
        });

        it("is refused once the role does not trust the service any more", async () => {
            const gatewayId = newGateway({ exceptionLevel: "DEBUG" });
            await create(gatewayId);
            distrust();
            assert.equal(
                (await add(gatewayId)).result?.content?.[0]?.text,
                "Gateway service is not authorized to assume the execution role",
            );
        });

        it("is called with the role that the gateway has now", async () => {
            const gatewayId = newGateway();
            await create(gatewayId);
            account.iam.createRole({
                roleName: "other",
                assumeRolePolicyDocument: JSON.stringify(
                    document(trustOf("bedrock-agentcore.amazonaws.com")),
                ),
            });
            const gateway = account.agentcore.gateway(gatewayId);
            account.agentcore.updateGateway(gatewayId, {
                ...gateway,
                roleArn: `arn:aws:iam::${id}:role/other`,
            });
            assert.equal((await add(gatewayId)).result?.isError, true);
        });
    });

    describe("in its list of tools", () => {
        const subtract = addNumbers({ name: "subtract" });
        const names = (...tools: string[]) => tools.map((tool) => `calculator___${tool}`);

        it("is what it was when it was made, until it is synchronized", async () => {
            const gatewayId = newGateway();
            const { targetId } = await create(gatewayId);
            server.behaviour.tools = [addNumbers(), subtract];
            const before = server.received.length;
            assert.deepEqual(await list(gatewayId), names("add_numbers"));
            assert.equal(server.received.length, before);
            assert.match(
                (await add(gatewayId, "calculator___subtract")).error?.message ?? "",
                /Unknown tool/,
            );
            const running = account.agentcore.synchronizeTarget(gatewayId, targetId);
            assert.equal(running.status, "SYNCHRONIZING");
            assert.deepEqual(await list(gatewayId), names("add_numbers"));
            await account.agentcore.targets.settled();
            assert.equal(account.agentcore.target(gatewayId, targetId).status, "READY");
            assert.deepEqual(await list(gatewayId), names("add_numbers", "subtract"));
            assert.deepEqual((await add(gatewayId, "calculator___subtract")).result, five);
        });

        it("stays as it was, with the reason, when a synchronization fails", async () => {
            const gatewayId = newGateway();
            const { targetId } = await create(gatewayId);
            allow(runtimeArn);
            account.agentcore.synchronizeTarget(gatewayId, targetId);
            await account.agentcore.targets.settled();
            const failed = account.agentcore.target(gatewayId, targetId);
            assert.equal(failed.status, "SYNCHRONIZE_UNSUCCESSFUL");
            assert.match(failed.statusReasons.join(), /^User: .* is not authorized to perform/);
            allow(runtimeArn, runtimeEndpointArn(runtimeArn));
            assert.deepEqual(await list(gatewayId), names("add_numbers"));
            assert.deepEqual((await add(gatewayId)).result, five);
            account.agentcore.synchronizeTarget(gatewayId, targetId);
            await account.agentcore.targets.settled();
            const again = account.agentcore.target(gatewayId, targetId);
            assert.deepEqual([again.status, again.statusReasons], ["READY", []]);
        });

        it("is synchronized by an update", async () => {
            const gatewayId = newGateway();
            const { targetId } = await create(gatewayId);
            server.behaviour.tools = [subtract];
            const updated = await account.agentcore.updateTarget(gatewayId, targetId, mcpTarget());
            assert.deepEqual(updated.tools, [subtract]);
            assert.equal(updated.targetId, targetId);
        });

        it("is the old one where an update fails", async () => {
            const gatewayId = newGateway();
            const { targetId } = await create(gatewayId);
            react = () => ({ status: 500 });
            await assert.rejects(
                Promise.resolve(account.agentcore.updateTarget(gatewayId, targetId, mcpTarget())),
                { code: "NotStabilized" },
            );
            assert.deepEqual(await list(gatewayId), names("add_numbers"));
        });

        it("is no other's when it is deleted while it is synchronized", async () => {
            const gatewayId = newGateway();
            const { targetId } = await create(gatewayId);
            account.agentcore.synchronizeTarget(gatewayId, targetId);
            account.agentcore.deleteTarget(gatewayId, targetId);
            await account.agentcore.targets.settled();
            assert.equal(account.agentcore.gateway(gatewayId).targets.size, 0);
        });

        it("is synchronized one at a time, and only of a server that is listed by DEFAULT", async () => {
            const gatewayId = newGateway();
            const { targetId } = await create(gatewayId);
            account.agentcore.synchronizeTarget(gatewayId, targetId);
            assert.throws(() => account.agentcore.synchronizeTarget(gatewayId, targetId), {
                code: "ConflictException",
            });
            await account.agentcore.targets.settled();
            const live = await create(
                gatewayId,
                mcpTarget({ name: "live", listingMode: "DYNAMIC" }),
            );
            assert.throws(() => account.agentcore.synchronizeTarget(gatewayId, live.targetId), {
                code: "ValidationException",
                message: /got an MCP server with DYNAMIC listing; must be/,
            });
        });

        it("is asked for each time where it is DYNAMIC", async () => {
            const gatewayId = newGateway();
            await create(gatewayId, mcpTarget({ listingMode: "DYNAMIC" }));
            assert.deepEqual(await list(gatewayId), names("add_numbers"));
            server.behaviour.tools = [subtract];
            assert.deepEqual(await list(gatewayId), names("subtract"));
            assert.equal(server.methods.filter((method) => method === "tools/list").length, 2);
            assert.equal(server.methods.filter((method) => method === "initialize").length, 1);
        });

        it("is not needed to call a tool of a DYNAMIC server", async () => {
            const gatewayId = newGateway();
            await create(gatewayId, mcpTarget({ listingMode: "DYNAMIC" }));
            assert.deepEqual((await add(gatewayId)).result, five);
            assert.equal(server.methods.includes("tools/list"), false);
        });

        it("is an error where a DYNAMIC server does not answer, with the reason in DEBUG", async () => {
            react = () => ({ status: 500 });
            for (const [exceptionLevel, message] of [
                [undefined, /^An internal error occurred\. Please retry later\.$/],
                ["DEBUG", /retry later\. Received error \(500\) from runtime\./],
            ] as const) {
                const gatewayId = newGateway({ name: exceptionLevel ?? "plain", exceptionLevel });
                await create(gatewayId, mcpTarget({ listingMode: "DYNAMIC" }));
                const { error } = await post(gatewayId, "tools/list");
                assert.equal(error?.code, -32603);
                assert.match(error.message, message);
            }
        });

        it("is read without a handshake of a DYNAMIC server that has none", async () => {
            react = ({ method }) => {
                if (method === "initialize") return { status: 400, body: "{}" };
                if (method !== "server/discover") return undefined;
                const supportedVersions = ["2026-07-28"];
                return { result: { supportedVersions, capabilities: { tools: {} } } };
            };
            const supportedVersions = ["2026-07-28", "2025-11-25"];
            const gatewayId = newGateway({ protocolConfiguration: { mcp: { supportedVersions } } });
            await create(gatewayId, mcpTarget({ listingMode: "DYNAMIC" }));
            assert.deepEqual(await list(gatewayId), names("add_numbers"));
        });
    });

    describe("that has prompts and resources", () => {
        const uri = "config://app";
        let prompts: { name: string }[];
        beforeEach(() => {
            prompts = [{ name: "greet" }];
            server.behaviour.capabilities = { prompts: {}, resources: {} };
            react = ({ method, params }) => {
                if (method === "prompts/list") return { result: { prompts } };
                if (method === "resources/list") return { result: { resources: [{ uri }] } };
                if (method === "prompts/get") return { result: { messages: [params["name"]] } };
                if (method === "resources/read") return { result: { contents: [params] } };
                return undefined;
            };
        });
        const promptsOf = async (gatewayId: string) =>
            (await post(gatewayId, "prompts/list")).result?.prompts?.map(({ name }) => name);
        const asked = (method: string) => server.methods.filter((one) => one === method).length;

        it("has them kept since it was synchronized last", async () => {
            const gatewayId = newGateway();
            const { targetId } = await create(gatewayId);
            assert.deepEqual(server.methods.slice(2), [
                ...["tools/list", "prompts/list", "resources/list", "resources/templates/list"],
            ]);
            prompts = [{ name: "part" }];
            assert.deepEqual(await promptsOf(gatewayId), ["calculator___greet"]);
            account.agentcore.synchronizeTarget(gatewayId, targetId);
            await account.agentcore.targets.settled();
            assert.deepEqual(await promptsOf(gatewayId), ["calculator___part"]);
        });

        it("is asked for them each time where it is DYNAMIC", async () => {
            const gatewayId = newGateway();
            await create(gatewayId, mcpTarget({ listingMode: "DYNAMIC" }));
            assert.equal(asked("prompts/list"), 0);
            assert.deepEqual(await promptsOf(gatewayId), ["calculator___greet"]);
            prompts = [{ name: "part" }];
            assert.deepEqual(await promptsOf(gatewayId), ["calculator___part"]);
            const { result } = await post(gatewayId, "resources/read", { uri });
            assert.deepEqual(result?.contents, [{ uri }]);
            assert.equal(asked("resources/list"), 1);
        });

        it("gives them live", async () => {
            const gatewayId = newGateway();
            await create(gatewayId);
            const got = await post(gatewayId, "prompts/get", { name: "calculator___greet" });
            assert.deepEqual(got.result?.messages, ["greet"]);
            const read = await post(gatewayId, "resources/read", { uri });
            assert.deepEqual(read.result?.contents, [{ uri }]);
            assert.equal(asked("resources/list"), 1);
        });

        it("has the priority that it is configured with, 1000 where it is not", async () => {
            const gatewayId = newGateway();
            const first = await create(gatewayId);
            const input = mcpTarget({ name: "other" });
            Object.assign(input.targetConfiguration.mcp?.mcpServer ?? {}, { resourcePriority: 5 });
            const second = await create(gatewayId, input);
            const priorities = [first, second].map((target) =>
                target.kind === "mcpServer" ? target.resourcePriority : undefined,
            );
            assert.deepEqual(priorities, [1000, 5]);
        });

        it("fails to be made where it does not list what it declares", async () => {
            react = ({ method }) =>
                method === "prompts/list" ? { result: { prompts: 1 } } : undefined;
            await refuses(mcpTarget(), {
                code: "NotStabilized",
                message: /answer cannot be read.*prompts: got 1; must be a list/,
            });
        });
    });

    describe("on a gateway with semantic search", () => {
        const mcp = { supportedVersions: ["2025-11-25"] };
        const semantic = { protocolConfiguration: { mcp: { ...mcp, searchType: "SEMANTIC" } } };
        const dynamic = mcpTarget({ listingMode: "DYNAMIC" });
        const search = async (gatewayId: string, query: string): Promise<unknown> => {
            const name = "x_amz_bedrock_agentcore_search";
            const answer = await post(gatewayId, "tools/call", { name, arguments: { query } });
            const { tools = [] } = JSON.parse(answer.result?.content?.[0]?.text ?? "{}") as {
                tools?: { name: string }[];
            };
            return tools.map((tool) => tool.name);
        };
        const update = (gatewayId: string, more: object): void => {
            const input = { ...gatewayInputs("tools", roleArn), ...more };
            account.agentcore.updateGateway(gatewayId, input);
        };

        it("has its tools found as they are since it was synchronized last", async () => {
            const gatewayId = newGateway(semantic);
            const { targetId } = await create(gatewayId);
            assert.deepEqual(await search(gatewayId, "adding"), ["calculator___add_numbers"]);
            const renamed = { ...addNumbers(), name: "subtract_numbers", description: "Subtracts" };
            react = ({ method }) =>
                method === "tools/list" ? { result: { tools: [renamed] } } : undefined;
            account.agentcore.synchronizeTarget(gatewayId, targetId);
            await account.agentcore.targets.settled();
            assert.deepEqual(await search(gatewayId, "adding"), []);
            const found = ["calculator___subtract_numbers"];
            assert.deepEqual(await search(gatewayId, "subtract"), found);
            update(gatewayId, { ...semantic, description: "another" });
            assert.deepEqual(await search(gatewayId, "subtract"), found);
        });

        it("is refused where it is DYNAMIC, made so or not", async () => {
            const code = "ValidationException";
            const message =
                /^DYNAMIC listing mode is not supported for gateways with semantic search enabled.*target calculator: got listingMode DYNAMIC/s;
            const gatewayId = newGateway(semantic);
            await refuses(dynamic, { code, message }, gatewayId);
            const { targetId } = await create(gatewayId);
            assert.throws(() => account.agentcore.updateTarget(gatewayId, targetId, dynamic), {
                code,
                message,
            });
        });

        it("keeps the search that its gateway was made with", async () => {
            const refused = (gatewayId: string, more: object, message: RegExp): void => {
                assert.throws(
                    () => {
                        update(gatewayId, more);
                    },
                    { code: "ValidationException", message },
                );
            };
            const created = newGateway(semantic);
            refused(
                created,
                { protocolConfiguration: { mcp } },
                /^Semantic search can only be enabled when the gateway is created\..*searchType: got none; must be SEMANTIC/s,
            );
            account.agentcore.deleteGateway(created);
            const without = newGateway();
            refused(without, semantic, /searchType: got SEMANTIC; must be none/);
            await create(without);
            assert.deepEqual(await search(without, "adding"), []);
        });

        it("may be given it later where AWS is taken to allow that, and has no DYNAMIC target", async () => {
            setUp(undefined, { searchTypeOnUpdate: "accepted" });
            const gatewayId = newGateway();
            const { targetId } = await create(gatewayId, dynamic);
            assert.throws(
                () => {
                    update(gatewayId, semantic);
                },
                { message: /^DYNAMIC listing mode is not supported/ },
            );
            await account.agentcore.updateTarget(gatewayId, targetId, mcpTarget());
            update(gatewayId, semantic);
            assert.deepEqual(await search(gatewayId, "adding"), ["calculator___add_numbers"]);
        });
    });
});
