import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { sigv4Fetch } from "../../../sigv4-fetch/src/index.js";
import { credentialsOf, LocalHub, toolsList } from "../../helpers/localHub";

const hubAccount = "111122223333";
const spokeAccount = "444455556666";

describe("the local cloud's gateway", () => {
    let hub: LocalHub;
    let clock: number;
    before(async () => {
        clock = Date.now();
        hub = await new LocalHub().start(() => clock);
        await hub.deployAll();
    });
    after(() => hub.stop());
    const admin = () => hub.session(hubAccount, "AdminRole");
    const sign = (options: { service?: string; region?: string; now?: () => number } = {}) =>
        sigv4Fetch({
            service: "bedrock-agentcore",
            region: "us-east-1",
            credentials: credentialsOf(hub.session(spokeAccount, "developer")),
            ...options,
        });
    const init = { method: "POST", body: JSON.stringify(toolsList) };

    it("answers 401 to an unsigned request, in JSON-RPC and without a reason", async () => {
        const response = await fetch(hub.gateway().gatewayUrl, init);
        assert.equal(response.status, 401);
        assert.deepEqual(await response.json(), {
            jsonrpc: "2.0",
            id: 0,
            error: { code: -32001, message: "Authentication error - Invalid credentials" },
        });
        const requestId = response.headers.get("x-amzn-requestid") ?? "";
        assert.match(hub.cloud.refusalOf(requestId) ?? "", /Missing Authentication Token/);
    });

    it("answers 403 to a role that is not granted, without a reason", async () => {
        const response = await hub.post(hub.session(spokeAccount, "auditor"), toolsList);
        assert.equal(response.status, 403);
        assert.deepEqual(await response.json(), {
            jsonrpc: "2.0",
            id: 0,
            error: { code: -32002, message: "Authorization error - Insufficient permissions" },
        });
    });

    for (const [name, options] of [
        ["another service", { service: "execute-api" }],
        ["another region", { region: "eu-west-1" }],
        ["six minutes ago", { now: () => Date.now() - 360_000 }],
    ] as const) {
        it(`answers 401 to a request signed for ${name}`, async () => {
            const response = await sign(options)(hub.gateway().gatewayUrl, init);
            assert.equal(response.status, 401);
        });
    }

    it("answers 401 to a signed request with another body", async () => {
        const tampering = sigv4Fetch({
            service: "bedrock-agentcore",
            region: "us-east-1",
            credentials: credentialsOf(hub.session(spokeAccount, "developer")),
            fetch: (url, signed) =>
                fetch(url, { ...signed, body: JSON.stringify({ ...toolsList, id: 2 }) }),
        });
        assert.equal((await tampering(hub.gateway().gatewayUrl, init)).status, 401);
    });

    it("answers 401 once the session has expired", async () => {
        const { cloud } = hub;
        const key = cloud.sts.assumeRole(hub.session(spokeAccount, "AdminRole"), {
            RoleArn: `arn:aws:iam::${spokeAccount}:role/developer`,
            RoleSessionName: "short",
            DurationSeconds: "900",
        });
        const now = () => clock;
        const call = sigv4Fetch({
            service: "bedrock-agentcore",
            region: "us-east-1",
            credentials: credentialsOf(key),
            now,
        });
        assert.equal((await call(hub.gateway().gatewayUrl, init)).status, 200);
        clock += 901_000;
        assert.equal((await call(hub.gateway().gatewayUrl, init)).status, 401);
        clock -= 901_000;
    });

    for (const [name, hours] of [
        ["a day on", 24],
        ["a day back", -24],
        ["thirty years on", 30 * 365 * 24],
    ] as const) {
        it(`goes on when the clock is set ${name}: by it signatures hold, and roles are assumed anew`, async () => {
            const signed = (now: () => number) =>
                sign({ now })(hub.gateway().gatewayUrl, {
                    method: "POST",
                    body: JSON.stringify({
                        ...toolsList,
                        method: "tools/call",
                        params: {
                            name: "echo-tools___echo_message",
                            arguments: { message: name },
                        },
                    }),
                });
            const before = clock;
            assert.equal((await signed(() => before)).status, 200);
            clock += hours * 3_600_000;
            const [late, intime] = [await signed(() => before), await signed(() => clock)];
            clock = before;
            assert.equal(late.status, 401);
            assert.match(await intime.text(), /"isError":false/);
            assert.equal((await signed(() => clock)).status, 200);
        });
    }

    it("answers 405 to GET and DELETE, and 404 where there is no gateway", async () => {
        for (const method of ["GET", "DELETE"]) {
            assert.equal((await sign()(hub.gateway().gatewayUrl, { method })).status, 405);
        }
        const elsewhere = `${hub.cloud.url}/gateway/tools-0000000000/mcp`;
        assert.equal((await sign()(elsewhere, init)).status, 404);
    });

    it("answers the protocol's errors to an allowed caller", async () => {
        for (const [body, status, code] of [
            ["{", 400, -32700],
            ['{"id":1}', 400, -32600],
            ['{"jsonrpc":"2.0","id":1,"method":"nothing"}', 200, -32601],
            [
                '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo-tools___add_numbers"}}',
                200,
                -32602,
            ],
        ] as const) {
            const response = await hub.post(admin(), body);
            assert.equal(response.status, status);
            const answer = (await response.json()) as { error: { code: number } };
            assert.equal(answer.error.code, code);
        }
    });

    it("says only in DEBUG why the tool was not reached, in AWS's words", async () => {
        const gateway = hub.gateway();
        const { iam } = hub.cloud.accounts.get(hubAccount) ?? assert.fail();
        const role = iam.roleByArn(gateway.roleArn) ?? assert.fail();
        const [policyName = ""] = role.inlinePolicies.keys();
        const policy = iam.rolePolicy(role.roleName, policyName);
        const call = async () =>
            (await (
                await hub.post(admin(), {
                    jsonrpc: "2.0",
                    id: 1,
                    method: "tools/call",
                    params: { name: "echo-tools___echo_message", arguments: { message: "hi" } },
                })
            ).json()) as { result: { isError: boolean; content: { text: string }[] } };
        assert.equal((await call()).result.isError, false);

        // One changed character of the function's ARN in the service role's policy
        const changed = policy.replace(":function:echo-tool", ":function:echo-tooL");
        iam.putRolePolicy(role.roleName, policyName, changed);
        assert.deepEqual((await call()).result, {
            content: [{ type: "text", text: "An internal error occurred. Please retry later." }],
            isError: true,
        });
        gateway.exceptionLevel = "DEBUG";
        assert.match(
            (await call()).result.content[0]?.text ?? "",
            /^Access denied while invoking Lambda function arn:aws:lambda:us-east-1:111122223333:function:echo-tool-function-\w+\. Check the permissions/,
        );
        iam.putRolePolicy(role.roleName, policyName, policy);
        assert.equal((await call()).result.isError, false);

        // One changed character of the gateway's name in the service role's trust policy
        const trust = role.trust.text;
        iam.updateRole(role.roleName, {
            assumeRolePolicyDocument: trust.replace("gateway/tools-", "gateway/toolz-"),
        });
        assert.match((await call()).result.content[0]?.text ?? "", /not authorized to assume/);
        iam.updateRole(role.roleName, { assumeRolePolicyDocument: trust });
        assert.equal((await call()).result.isError, false);
        delete gateway.exceptionLevel;
    });

    it("runs the handler, whose errors are the tool's and whose log is its log group's", async () => {
        const gateway = hub.gateway();
        gateway.exceptionLevel = "DEBUG";
        const response = await hub.post(admin(), {
            jsonrpc: "2.0",
            id: 1,
            method: "tools/call",
            params: { name: "echo-tools___echo_message", arguments: { message: 1 } },
        });
        const { result } = (await response.json()) as {
            result: { isError: boolean; content: { text: string }[] };
        };
        assert.equal(result.isError, true);
        assert.match(result.content[0]?.text ?? "", /InvalidArguments/);
        delete gateway.exceptionLevel;
        const { logs, iam, lambda } = hub.cloud.accounts.get(hubAccount) ?? assert.fail();
        const [group] = logs.logGroups();
        const { readFileSync } = await import("node:fs");
        assert.match(readFileSync(group?.file ?? "", "utf8"), /echo_message/);

        // The function's role can write to that log group and nothing else.
        const role = iam.roleByArn(lambda.functions()[0]?.role ?? "") ?? assert.fail();
        assert.deepEqual([...role.attachedPolicies], []);
        assert.deepEqual(
            [...role.inlinePolicies.values()].map((text) => JSON.parse(text) as unknown),
            [
                {
                    Version: "2012-10-17",
                    Statement: [
                        {
                            Sid: "WriteLogs",
                            Effect: "Allow",
                            Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
                            Resource: `${group?.arn ?? ""}:*`,
                        },
                    ],
                },
            ],
        );
    });

    it("serves loopback names only", async () => {
        const { port } = new URL(hub.cloud.url);
        const status = await new Promise((resolve, reject) => {
            httpRequest(
                { host: "127.0.0.1", port, path: "/sts", headers: { host: "evil.example" } },
                (response) => {
                    response.resume();
                    resolve(response.statusCode);
                },
            )
                .on("error", reject)
                .end();
        });
        assert.equal(status, 403);
    });

    it("names what it does not emulate", async () => {
        const response = await sign()(`${hub.cloud.url}/dynamodb/`, init);
        assert.equal(response.status, 501);
        assert.match(await response.text(), /NotEmulated: POST \/dynamodb/);
    });

    it("refuses a resource policy that it could not evaluate, or that AWS would refuse", () => {
        const { agentcore } = hub.cloud.accounts.get(hubAccount) ?? assert.fail();
        const { gatewayArn, resourcePolicy } = hub.gateway();
        const put = (change: object) => () =>
            agentcore.putResourcePolicy(
                gatewayArn,
                JSON.stringify({
                    Version: "2012-10-17",
                    Statement: {
                        Effect: "Allow",
                        Principal: "*",
                        Action: "bedrock-agentcore:InvokeGateway",
                        Resource: gatewayArn,
                        ...change,
                    },
                }),
            );
        for (const [change, code, message] of [
            [{ Resource: "*" }, "ValidationException", /must be the gateway's exact ARN/],
            [
                { Action: "bedrock-agentcore:*" },
                "ValidationException",
                /must be bedrock-agentcore:I/,
            ],
            [{ Effect: "allow" }, "ValidationException", /malformed: Statement\[0\]\.Effect/],
            [
                { Principal: { AWS: `arn:aws:iam::${spokeAccount}:role/nobody` } },
                "ValidationException",
                /Invalid principal in policy/,
            ],
            [
                { Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/40" } } },
                "ValidationException",
                /malformed: Statement\[0\]\.Condition\.IpAddress\.aws:SourceIp: got 10\.0\.0\.0\/40; must be /,
            ],
        ] as const) {
            assert.throws(put(change), { code, message });
        }
        assert.equal(hub.gateway().resourcePolicy, resourcePolicy);
    });

    it("keeps its own endpoints to who has the token", async () => {
        const url = `${hub.cloud.url}/_hub/accounts/999988887777`;
        assert.equal((await fetch(url, { method: "PUT" })).status, 403);
        const wrong = { "x-hub-token": "0".repeat(hub.cloud.token.length) };
        assert.equal((await fetch(url, { method: "PUT", headers: wrong })).status, 403);
        assert.equal(hub.cloud.accounts.has("999988887777"), false);
    });
});

describe("the local cloud's STS", () => {
    let hub: LocalHub;
    before(async () => {
        hub = await new LocalHub().start();
        await hub.deployAll();
    });
    after(() => hub.stop());
    const assume = (input: Record<string, string>, account = spokeAccount) =>
        hub.cloud.sts.assumeRole(hub.session(account, "AdminRole"), {
            RoleArn: `arn:aws:iam::${spokeAccount}:role/developer`,
            RoleSessionName: "test",
            ...input,
        });

    it("refuses who the trust policy does not name, whatever its own policy says", () => {
        assert.throws(() => assume({}, hubAccount), {
            code: "AccessDenied",
            message: /AdminRole\/test is not authorized to perform: sts:AssumeRole on resource/,
        });
    });

    it("refuses what AWS refuses: durations, session names, policies", () => {
        assert.throws(() => assume({ DurationSeconds: "3601" }), { code: "ValidationError" });
        assert.throws(() => assume({ RoleSessionName: "a b" }), { code: "ValidationError" });
        assert.throws(() => assume({ Policy: "{}" }), { code: "MalformedPolicyDocument" });
        assert.throws(() => assume({ "Tags.member.1.Key": "a" }), { code: "NotEmulated" });
    });

    it("limits a session by its session policy", async () => {
        const nothing = JSON.stringify({
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }],
        });
        assert.equal((await hub.post(assume({}), toolsList)).status, 200);
        assert.equal((await hub.post(assume({ Policy: nothing }), toolsList)).status, 403);
    });
});
