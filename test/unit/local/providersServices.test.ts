import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assumptions, type Assumptions } from "../../../agentcore/openFacts";
import { newAccount, type LocalAccount } from "../../../local/services/account";
import { PrincipalDirectory } from "../../../local/services/principals";
import {
    account as id,
    document,
    invokeStatement,
    lambdaTarget,
    trustOf,
} from "./providersFixture";

const region = "us-east-1";
const gatewayTrust = JSON.stringify(document(trustOf("bedrock-agentcore.amazonaws.com")));
const lambdaTrust = JSON.stringify(document(trustOf("lambda.amazonaws.com")));
const gatewayInput = (name = "tools") => ({
    name,
    roleArn: `arn:aws:iam::${id}:role/gateway`,
    authorizerType: "AWS_IAM",
    protocolType: "MCP",
});
const functionArn = (name: string, where = region) =>
    `arn:aws:lambda:${where}:${id}:function:${name}`;

describe("a service of the local cloud", () => {
    let folder: string;
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "agentcore-hub-"));
    });
    afterEach(() => {
        rmSync(folder, { recursive: true });
    });

    /** An account with a gateway's role that may invoke everything, and the function `echo`. */
    const account = (changes: Partial<Assumptions> = {}, trust = gatewayTrust): LocalAccount => {
        const accounts = new Map<string, LocalAccount>();
        const made = newAccount(id, "account-a", {
            directory: new PrincipalDirectory(accounts),
            stateFolder: folder,
            gatewayUrl: (gatewayId) => `http://127.0.0.1/${gatewayId}`,
            now: () => 0,
            assumptions: assumptions(changes),
        });
        accounts.set(id, made);
        made.iam.createRole({ roleName: "gateway", assumeRolePolicyDocument: trust });
        made.iam.createRole({ roleName: "execution", assumeRolePolicyDocument: lambdaTrust });
        made.iam.putRolePolicy("gateway", "invoke", JSON.stringify(document(invokeStatement("*"))));
        made.lambda.createFunction(functionInput(), region);
        return made;
    };
    const functionInput = () => ({
        functionName: "echo",
        runtime: "nodejs24.x",
        handler: "index.handler",
        architectures: ["arm64"],
        role: `arn:aws:iam::${id}:role/execution`,
        timeoutSeconds: 3,
        memoryMb: 128,
        environment: {},
        codeFolder: __dirname,
        codeHash: "0".repeat(64),
    });

    describe("asks the open facts:", () => {
        it("gatewayRoleTrust says when the role's trust is checked", () => {
            const refused = { message: /not authorized to assume the execution role/ };
            const onTarget = account({}, lambdaTrust).agentcore;
            const { gatewayId } = onTarget.createGateway(gatewayInput(), region);
            assert.throws(
                () => onTarget.createTarget(gatewayId, lambdaTarget(functionArn("echo"))),
                refused,
            );

            const onGateway = account({ gatewayRoleTrust: "onGateway" }, lambdaTrust).agentcore;
            assert.throws(() => onGateway.createGateway(gatewayInput(), region), refused);
            assert.deepEqual(onGateway.gateways(), []);

            const onCall = account({ gatewayRoleTrust: "onCall" }, lambdaTrust).agentcore;
            const late = onCall.createGateway(gatewayInput(), region);
            onCall.createTarget(late.gatewayId, lambdaTarget(functionArn("echo")));
        });

        it("gatewayRoleExists", () => {
            const input = { ...gatewayInput(), roleArn: `arn:aws:iam::${id}:role/nobody` };
            const { agentcore } = account();
            assert.throws(() => agentcore.createGateway(input, region), {
                message: /does not exist/,
            });
            account({ gatewayRoleExists: "accepted" }).agentcore.createGateway(input, region);
        });

        it("missingFunction", () => {
            const target = lambdaTarget(functionArn("nothing"));
            for (const [setting, isRefused] of [
                ["refused", true],
                ["accepted", false],
            ] as const) {
                const { agentcore } = account({ missingFunction: setting });
                const { gatewayId } = agentcore.createGateway(gatewayInput(), region);
                const make = () => agentcore.createTarget(gatewayId, target);
                if (isRefused) assert.throws(make, { message: /^Function not found: / });
                else make();
            }
        });

        it("functionInOtherRegion", () => {
            for (const [setting, isRefused] of [
                ["refused", true],
                ["accepted", false],
            ] as const) {
                const { agentcore, lambda } = account({ functionInOtherRegion: setting });
                lambda.createFunction({ ...functionInput(), functionName: "far" }, "eu-west-1");
                const { gatewayId } = agentcore.createGateway(gatewayInput(), region);
                const target = lambdaTarget(functionArn("far", "eu-west-1"));
                const make = () => agentcore.createTarget(gatewayId, target);
                if (isRefused) assert.throws(make, { message: /not reachable in this region/ });
                else make();
            }
        });

        it("targetCheckOnUpdate", () => {
            for (const [setting, isRefused] of [
                ["checked", true],
                ["unchecked", false],
            ] as const) {
                const { agentcore } = account({ targetCheckOnUpdate: setting });
                const { gatewayId } = agentcore.createGateway(gatewayInput(), region);
                const target = lambdaTarget(functionArn("echo"));
                const { targetId } = agentcore.createTarget(gatewayId, target);
                const change = () =>
                    agentcore.updateTarget(gatewayId, targetId, lambdaTarget(functionArn("gone")));
                if (isRefused) assert.throws(change, { message: /^Function not found: / });
                else change();
            }
        });

        it("targetCheckOnGatewayUpdate", () => {
            for (const [setting, isRefused] of [
                ["unchecked", false],
                ["checked", true],
            ] as const) {
                const { agentcore, iam } = account({ targetCheckOnGatewayUpdate: setting });
                iam.createRole({ roleName: "idle", assumeRolePolicyDocument: gatewayTrust });
                const { gatewayId } = agentcore.createGateway(gatewayInput(), region);
                agentcore.createTarget(gatewayId, lambdaTarget(functionArn("echo")));
                const roleArn = `arn:aws:iam::${id}:role/idle`;
                const change = () =>
                    agentcore.updateGateway(gatewayId, { ...gatewayInput(), roleArn });
                if (isRefused) assert.throws(change, { message: /lacks permission to invoke/ });
                else assert.equal(change().roleArn, roleArn);
            }
        });

        it("resourcePolicyPrincipals", () => {
            for (const [setting, isRefused] of [
                ["mustExist", true],
                ["unchecked", false],
            ] as const) {
                const { agentcore } = account({ resourcePolicyPrincipals: setting });
                const { gatewayArn } = agentcore.createGateway(gatewayInput(), region);
                const policy = JSON.stringify(
                    document({
                        Principal: { AWS: `arn:aws:iam::${id}:role/nobody` },
                        Action: "bedrock-agentcore:InvokeGateway",
                        Resource: gatewayArn,
                    }),
                );
                const put = () => agentcore.putResourcePolicy(gatewayArn, policy);
                if (isRefused) assert.throws(put, { message: /Invalid principal in policy/ });
                else assert.deepEqual(put().principalIds, {});
            }
        });

        it("deleteGatewayWithTargets", () => {
            for (const [setting, isRefused] of [
                ["refused", true],
                ["accepted", false],
            ] as const) {
                const { agentcore } = account({ deleteGatewayWithTargets: setting });
                const { gatewayId } = agentcore.createGateway(gatewayInput(), region);
                agentcore.createTarget(gatewayId, lambdaTarget(functionArn("echo")));
                const remove = () => {
                    agentcore.deleteGateway(gatewayId);
                };
                if (isRefused) assert.throws(remove, { message: /has 1 targets associated/ });
                else remove();
            }
        });

        it("namesIgnoreCase", () => {
            const conflict = { code: "ConflictException" };
            const collide = account().agentcore;
            const { gatewayId } = collide.createGateway(gatewayInput("tools"), region);
            assert.throws(() => collide.createGateway(gatewayInput("Tools"), region), conflict);
            collide.createTarget(gatewayId, lambdaTarget(functionArn("echo"), "echo"));
            const upper = lambdaTarget(functionArn("echo"), "Echo");
            assert.throws(() => collide.createTarget(gatewayId, upper), conflict);

            const differ = account({ namesIgnoreCase: "differ" }).agentcore;
            differ.createGateway(gatewayInput("tools"), region);
            differ.createGateway(gatewayInput("Tools"), region);
            assert.throws(() => differ.createGateway(gatewayInput("Tools"), region), conflict);
        });
    });

    describe("refuses whoever calls it, with AWS's code:", () => {
        it("IAM tells all problems at once, and keeps what was", () => {
            const { iam } = account();
            const bad = { roleName: "a b", path: "x", assumeRolePolicyDocument: lambdaTrust };
            assert.throws(() => iam.createRole(bad), {
                code: "ValidationError",
                message:
                    '2 validation errors detected: name: got "a b"; must be 1-64 letters, digits or any of _+=,.@-; path: got "x"; must be /, or printable ASCII that begins and ends with /',
            });
            const change = { maxSessionSeconds: 43201, assumeRolePolicyDocument: gatewayTrust };
            assert.throws(() => iam.updateRole("execution", change), {
                code: "ValidationError",
                message:
                    "1 validation error detected: maxSessionDuration: got 43201; must be 3600-43200",
            });
            assert.equal(iam.role("execution").trust.text, lambdaTrust);
        });

        it("IAM's documents and quotas have their own codes", () => {
            const { iam } = account();
            const role = (document: string) => () =>
                iam.createRole({ roleName: "a", assumeRolePolicyDocument: document });
            assert.throws(role("{"), { code: "MalformedPolicyDocument" });
            assert.throws(role(longTrust(2049)), { code: "LimitExceeded" });
            role(longTrust(2048))();
            const policy = (name: string, length: number) => {
                iam.putRolePolicy("a", name, longPolicy(length));
            };
            policy("one", 5000);
            assert.throws(
                () => {
                    policy("two", 5241);
                },
                { code: "LimitExceeded" },
            );
            policy("two", 5240);
            policy("one", 5000);
        });

        it("Lambda, CloudWatch Logs and AgentCore", () => {
            const { lambda, logs, agentcore } = account();
            assert.throws(
                () => lambda.updateFunction({ ...functionInput(), timeoutSeconds: 901 }),
                { code: "ValidationException", message: /timeout: got 901; must be 1-900$/ },
            );
            const invalid = { code: "InvalidParameterException" };
            assert.throws(() => logs.createLogGroup("a:b", region, 0), invalid);
            assert.throws(() => logs.createLogGroup("a", region, 2), invalid);
            logs.createLogGroup("a", region, 1);
            assert.throws(() => logs.setRetention("a", 2), invalid);
            assert.equal(logs.setRetention("a", 3).retentionInDays, 3);
            assert.throws(
                () => agentcore.createGateway({ ...gatewayInput(), description: "" }, region),
                { code: "ValidationException", message: /description: got 0 characters/ },
            );
            const { gatewayArn, gatewayId } = agentcore.createGateway(gatewayInput(), region);
            assert.throws(() => agentcore.putResourcePolicy(gatewayArn, " ".repeat(20481)), {
                code: "ValidationException",
                message: /policy: got 20481 characters; must have 1-20480 characters$/,
            });
            assert.throws(() => agentcore.putResourcePolicy("tools", "{}"), {
                code: "ValidationException",
                message: /^2 validation errors detected: resourceArn: got 5 characters; /,
            });
            const withProvider = {
                ...lambdaTarget(functionArn("echo")),
                credentialProviderConfigurations: [
                    {
                        credentialProviderType: "GATEWAY_IAM_ROLE",
                        credentialProvider: { iamCredentialProvider: { service: "lambda" } },
                    },
                ],
            };
            assert.throws(() => agentcore.createTarget(gatewayId, withProvider), {
                code: "ValidationException",
                message: /a Lambda target takes exactly GATEWAY_IAM_ROLE/,
            });
        });
    });
});

/** A trust policy of that many characters, white space not counted. */
function longTrust(length: number): string {
    const made = (sid: string) =>
        JSON.stringify(document({ Sid: sid, ...trustOf("lambda.amazonaws.com") }));
    return made("x".repeat(length - made("").length));
}

/** An identity policy of that many characters. */
function longPolicy(length: number): string {
    const made = (sid: string) =>
        JSON.stringify(document({ Sid: sid, Action: "s3:GetObject", Resource: "*" }));
    return made("x".repeat(length - made("").length));
}
