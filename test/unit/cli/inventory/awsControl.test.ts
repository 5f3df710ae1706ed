import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { accessMatrix } from "../../../../access/matrix";
import { runtimeUrl } from "../../../../agentcore/runtime";
import { atMost } from "../../../../cli/inventory/awsClients";
import { awsInventory } from "../../../../cli/inventory/awsInventory";

const account = "111122223333";
const other = "777788889999";
const now = "2026-01-01T00:00:00Z";
const roleArn = `arn:aws:iam::${account}:role/gateway`;
const arnOf = (id: string) => `arn:aws:bedrock-agentcore:us-east-1:${account}:gateway/${id}`;
const runtimeArn = `arn:aws:bedrock-agentcore:us-east-1:${other}:runtime/server-AbCdEf0123`;

const document = (Action: string, Principal?: object) =>
    JSON.stringify({
        Version: "2012-10-17",
        Statement: {
            ...{ Effect: "Allow", Action, Resource: "*" },
            ...(Principal !== undefined && { Principal }),
        },
    });

/** One role, which a gateway works with. */
const iamAnswer = `<GetAccountAuthorizationDetailsResponse><GetAccountAuthorizationDetailsResult><RoleDetailList><member>
<Path>/</Path><RoleName>gateway</RoleName><RoleId>AROAGATEWAY</RoleId><Arn>${roleArn}</Arn>
<AssumeRolePolicyDocument>${encodeURIComponent(
    JSON.stringify({
        Version: "2012-10-17",
        Statement: {
            Effect: "Allow",
            Principal: { Service: "bedrock-agentcore.amazonaws.com" },
            Action: "sts:AssumeRole",
        },
    }),
)}</AssumeRolePolicyDocument><RolePolicyList><member><PolicyName>all</PolicyName>
<PolicyDocument>${encodeURIComponent(document("*"))}</PolicyDocument></member></RolePolicyList>
</member></RoleDetailList><IsTruncated>false</IsTruncated></GetAccountAuthorizationDetailsResult></GetAccountAuthorizationDetailsResponse>`;
const stsAnswer = `<GetCallerIdentityResponse><GetCallerIdentityResult><Account>${account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;

const iamRole = [{ credentialProviderType: "GATEWAY_IAM_ROLE" }];
const lambda = (lambdaArn: string, toolSchema: object) => ({
    mcp: { lambda: { lambdaArn, toolSchema } },
});
const server = (endpoint: string) => ({ mcp: { mcpServer: { endpoint } } });
const functionOf = (id: string) => `arn:aws:lambda:us-east-1:${id}:function:tools`;
const inline = { inlinePayload: [{ name: "a", description: "", inputSchema: { type: "object" } }] };

/** Targets of kinds that the local cloud does not model. */
const targets: Readonly<Record<string, object>> = {
    "from-s3": { targetConfiguration: lambda(functionOf(account), { s3: { uri: "s3://x/y" } }) },
    "of-another": { targetConfiguration: lambda(functionOf(other), inline) },
    "runtime-elsewhere": { targetConfiguration: server(runtimeUrl(runtimeArn)) },
    "by-token": {
        targetConfiguration: server("https://tools.example.com/mcp"),
        credentialProviderConfigurations: [{ credentialProviderType: "OAUTH" }],
    },
    "function-url": {
        targetConfiguration: server("https://abcdef.lambda-url.us-east-1.on.aws/mcp"),
    },
    "open-api": {
        targetConfiguration: { mcp: { openApiSchema: { inlinePayload: "{}" } } },
    },
};

const gateways: Readonly<Record<string, object>> = {
    "engine-0000000000": { policyEngineConfiguration: { arn: "arn:engine", mode: "ENFORCE" } },
    "jwt-0000000000": { authorizerType: "CUSTOM_JWT" },
    "targets-0000000000": {},
};

describe("What AWS's control plane answers and the local cloud does not model", () => {
    let fake: Server;
    let most = 0;
    before(async () => {
        let running = 0;
        fake = createServer((request, response) => {
            running += 1;
            most = Math.max(most, running);
            request.resume();
            // Long enough for the others to come, if they come.
            setTimeout(() => {
                running -= 1;
                const [status, body] = answer(request.url ?? "");
                response.writeHead(status, {
                    "content-type": body.startsWith("<") ? "text/xml" : "application/json",
                    ...(status === 404 && { "x-amzn-errortype": "ResourceNotFoundException" }),
                });
                response.end(body);
            }, 5);
        });
        await new Promise<void>((resolve) => fake.listen(0, "127.0.0.1", resolve));
    });
    after(() => new Promise((resolve) => fake.close(resolve)));

    const inventory = () => {
        const url = `http://127.0.0.1:${(fake.address() as AddressInfo).port}`;
        return awsInventory({
            accounts: [
                {
                    ...{ id: account, regions: ["us-east-1"] },
                    credentials: { accessKeyId: "AKIA", secretAccessKey: "x" },
                },
            ],
            endpoints: { sts: `${url}/sts`, iam: `${url}/iam`, bedrockAgentcoreControl: url },
            stacks: [],
        });
    };

    it("gateways are listed page by page, and kept with what decides beside IAM", async () => {
        const read = await inventory();
        assert.deepEqual(
            read.gateways.map(({ name, authorizerType, policyEngine }) => [
                ...[name, authorizerType, policyEngine?.mode],
            ]),
            [
                ["engine-0000000000", "AWS_IAM", "ENFORCE"],
                ["jwt-0000000000", "CUSTOM_JWT", undefined],
                ["targets-0000000000", "AWS_IAM", undefined],
            ],
        );
        assert.deepEqual(read.unread, [
            "gateway jwt-0000000000: its authorizer is CUSTOM_JWT: not IAM decides who may call it",
        ]);
        const { pairs } = accessMatrix(read);
        const onEngine = pairs.find(({ gateway }) => gateway.policyEngine !== undefined);
        assert.equal(onEngine?.access, "conditional");
    });

    it("targets are allowed as far as what bears on them is read", async () => {
        const read = await inventory();
        const gateway = read.gateways.find(({ name }) => name.startsWith("targets-"));
        assert.ok(gateway !== undefined);
        const reaches = accessMatrix(read).reaches.get(gateway) ?? [];
        const shown = reaches.map(({ target: { name, tools, unknownPolicies }, access }) => [
            ...[name, access, tools],
            ...unknownPolicies,
        ]);
        assert.deepEqual(shown, [
            ["by-token", "allowed", undefined],
            ["from-s3", "allowed", undefined],
            [
                ...["function-url", "conditional", undefined],
                "what https://abcdef.lambda-url.us-east-1.on.aws/mcp asks IAM for",
            ],
            ["of-another", "conditional", ["a"], `resource policy of ${functionOf(other)}`],
            [...["open-api", "conditional", undefined], "what this kind of target asks IAM for"],
            [
                ...["runtime-elsewhere", "conditional", undefined],
                `resource policy of ${runtimeArn}`,
                `resource policy of ${runtimeArn}/runtime-endpoint/DEFAULT`,
            ],
        ]);
    });

    it("is asked for by a handful of requests at once", async () => {
        most = 0;
        await inventory();
        assert.ok(most > 1 && most <= 6, `got ${most}`);
    });
});

describe("A bound of what runs at once", () => {
    it("lets the next one in when one is done, or fails", async () => {
        const limit = atMost(2);
        const started: number[] = [];
        const ends = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();
        const runs = [0, 1, 2, 3].map((index) =>
            limit(() => {
                started.push(index);
                return new Promise<void>((resolve, reject) => ends.set(index, { resolve, reject }));
            }),
        );
        assert.deepEqual(started, [0, 1]);
        ends.get(1)?.reject(new Error("failed"));
        await assert.rejects(runs[1] ?? assert.fail(), /failed/);
        assert.deepEqual(started, [0, 1, 2]);
        runs.push(limit(() => Promise.resolve(void started.push(4))));
        assert.deepEqual(started, [0, 1, 2]);
        ends.get(0)?.resolve();
        ends.get(2)?.resolve();
        await Promise.all([runs[0], runs[2]]);
        await runs[4];
        assert.deepEqual(started, [0, 1, 2, 3, 4]);
        ends.get(3)?.resolve();
        await runs[3];
        assert.equal(await limit(() => Promise.resolve("again")), "again");
    });
});

/** As AWS answers; each list one item a page. */
function answer(url: string): [status: number, body: string] {
    const { pathname, searchParams } = new URL(url, "http://fake");
    if (pathname.startsWith("/sts")) return [200, stsAnswer];
    if (pathname.startsWith("/iam")) return [200, iamAnswer];
    const [first, id, second, target] = pathname.split("/").filter((part) => part !== "");
    const page = (ids: readonly string[], keyOf: (id: string) => object): [number, string] => {
        const at = Number(searchParams.get("nextToken") ?? 0);
        const nextToken = at + 1 < ids.length ? String(at + 1) : undefined;
        const items = ids.slice(at, at + 1).map(keyOf);
        return [200, JSON.stringify({ items, nextToken })];
    };
    if (first !== "gateways") return [404, JSON.stringify({ message: "no policy" })];
    if (id === undefined) return page(Object.keys(gateways), (gatewayId) => ({ gatewayId }));
    const names = id.startsWith("targets-") ? Object.keys(targets) : [];
    if (second === undefined) {
        return [
            200,
            JSON.stringify({
                ...{ gatewayId: id, gatewayArn: arnOf(id), name: id, roleArn },
                ...{ authorizerType: "AWS_IAM", createdAt: now, updatedAt: now },
                ...gateways[id],
            }),
        ];
    }
    if (target === undefined) return page(names, (name) => ({ targetId: name, name }));
    return [
        200,
        JSON.stringify({
            ...{ gatewayArn: arnOf(id), targetId: target, name: target, createdAt: now },
            ...{ updatedAt: now, credentialProviderConfigurations: iamRole, ...targets[target] },
        }),
    ];
}
