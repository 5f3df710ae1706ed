import assert from "node:assert/strict";
import { inventoryTarget, type Callees } from "../../../../cli/inventory/stackTargets";
import { targetsIn } from "../../../../policy/targets";
import type { McpServerTargetSettings, TargetSettings } from "../../../../settings";

const hubAccount = "111122223333";
const other = "777788889999";
const gatewayArn = `arn:aws:bedrock-agentcore:us-east-1:${hubAccount}:gateway/tools-0123456789`;

describe("a gateway's target", () => {
    const read = (
        mcp: object,
        more: { settings?: TargetSettings; callees?: Partial<Callees>; props?: object } = {},
    ) => {
        const [target] = targetsIn([
            {
                urn: "urn:pulumi:hub::agentcore-hub::aws-native:bedrockagentcore:GatewayTarget::tools-one",
                type: "aws-native:bedrockagentcore:GatewayTarget",
                name: "tools-one",
                props: { name: "one", targetConfiguration: { mcp }, ...more.props },
            },
        ]);
        assert.ok(target !== undefined);
        return inventoryTarget(
            target,
            {
                ...{ arn: gatewayArn, accountId: hubAccount },
                settings: more.settings === undefined ? {} : { one: more.settings },
            },
            {
                ...{ runtimes: new Set(), policies: new Map(), gateways: new Map() },
                ...more.callees,
            },
            { toolsOf: () => undefined },
        );
    };
    const askedOf = ({ calls, unknownPolicies }: ReturnType<typeof read>) => ({
        asked: calls.map(({ action, resource }) => `${action} ${resource}`),
        unknown: unknownPolicies,
    });
    const functionArn = (account: string) => `arn:aws:lambda:us-east-1:${account}:function:report`;
    const server = (endpoint: string) => ({ mcpServer: { endpoint } });
    const byUrl = (
        service: "lambda" | "execute-api",
        url: string,
        resourceArn: string,
    ): McpServerTargetSettings => ({
        ...{ kind: "mcpServer", listingMode: "DEFAULT", tools: [] },
        server: { kind: "url", url, service, resourceArn },
    });

    it("that is another account's function rests on that function's policy", () => {
        assert.deepEqual(askedOf(read({ lambda: { lambdaArn: functionArn(hubAccount) } })), {
            asked: [`lambda:InvokeFunction ${functionArn(hubAccount)}`],
            unknown: [],
        });
        assert.deepEqual(askedOf(read({ lambda: { lambdaArn: functionArn(other) } })), {
            asked: [],
            unknown: [`resource policy of ${functionArn(other)}`],
        });
    });

    it("whose schema is in S3 has tools that are not known", () => {
        const lambda = {
            lambdaArn: functionArn(hubAccount),
            toolSchema: { s3: { uri: "s3://x" } },
        };
        assert.equal(read({ lambda }).tools, undefined);
    });

    for (const [account, asked] of [
        [hubAccount, 2],
        [other, 0],
    ] as const) {
        it(`that is a runtime of account ${account} which no stack has rests on its policies`, () => {
            const runtime = `arn:aws:bedrock-agentcore:us-east-1:${account}:runtime/reports-0123456789`;
            const endpoint = `${runtime}/runtime-endpoint/prod`;
            const url = `https://bedrock-agentcore.us-east-1.amazonaws.com/runtimes/${encodeURIComponent(runtime)}/invocations?qualifier=prod`;
            const invoke = "bedrock-agentcore:InvokeAgentRuntime";
            const calls = [`${invoke} ${runtime}`, `${invoke} ${endpoint}`];
            assert.deepEqual(askedOf(read(server(url))), {
                asked: calls.slice(0, asked),
                unknown: [`resource policy of ${runtime}`, `resource policy of ${endpoint}`],
            });
            const known = { callees: { runtimes: new Set([runtime]) } };
            assert.deepEqual(askedOf(read(server(url), known)), { asked: calls, unknown: [] });
        });
    }

    it("behind a function's URL asks for both of Lambda's actions", () => {
        const url = "https://abc123.lambda-url.us-east-1.on.aws/mcp";
        const settings = byUrl("lambda", url, functionArn(hubAccount));
        const target = read(server(url), { settings });
        assert.deepEqual(askedOf(target), {
            asked: [
                `lambda:InvokeFunctionUrl ${functionArn(hubAccount)}`,
                `lambda:InvokeFunction ${functionArn(hubAccount)}`,
            ],
            unknown: [],
        });
        assert.deepEqual(target.calls[0]?.context, { "lambda:FunctionUrlAuthType": "AWS_IAM" });
        assert.equal(target.tools, undefined);
    });

    it("behind API Gateway asks for the method, and rests on the API's policy", () => {
        const url = "https://abc123.execute-api.us-east-1.amazonaws.com/prod/mcp";
        const method = `arn:aws:execute-api:us-east-1:${hubAccount}:abc123/prod/POST/mcp`;
        const settings = byUrl("execute-api", url, method);
        assert.deepEqual(askedOf(read(server(url), { settings })), {
            asked: [`execute-api:Invoke ${method}`],
            unknown: [`resource policy of ${method}`],
        });
        // Config that is about another URL says nothing of this one.
        const moved = byUrl("execute-api", `${url}2`, method);
        assert.deepEqual(askedOf(read(server(url), { settings: moved })), {
            asked: [],
            unknown: [`what ${url} asks IAM for`],
        });
    });

    it("that is another gateway asks for that gateway", () => {
        const url = "https://more-9876543210.gateway.bedrock-agentcore.us-east-1.amazonaws.com/mcp";
        const arn = `arn:aws:bedrock-agentcore:us-east-1:${other}:gateway/more-9876543210`;
        const callees = { gateways: new Map([[url, arn]]) };
        assert.deepEqual(askedOf(read(server(url), { callees })), {
            asked: [`bedrock-agentcore:InvokeGateway ${arn}`],
            unknown: [],
        });
    });

    for (const [type, unknown] of [
        ["OAUTH", []],
        ["API_KEY", []],
        ["JWT_PASSTHROUGH", []],
        ["CALLER_IAM_CREDENTIALS", ["what the target's service lets the caller do"]],
    ] as const) {
        it(`asks nothing of the gateway's role with ${type}`, () => {
            const props = { credentialProviderConfigurations: [{ credentialProviderType: type }] };
            const target = read(server("https://mcp.example.com/mcp"), { props });
            assert.deepEqual(askedOf(target), { asked: [], unknown });
        });
    }

    it("of a kind that is not modelled is said to be so", () => {
        const target = read({ openApiSchema: { inlinePayload: "{}" } });
        assert.equal(target.kind, "other");
        assert.deepEqual(askedOf(target), {
            asked: [],
            unknown: ["what this kind of target asks IAM for"],
        });
    });
});
