import assert from "node:assert/strict";
import { LocalHub } from "../../helpers/localHub";
import {
    account,
    gatewayInputs,
    invokeStatement,
    lambdaTarget,
    otherAccount,
    Providers,
    trustOf,
    types,
    urnOf,
    type Inputs,
} from "./providersFixture";

const lambdaService = "lambda.amazonaws.com";
const gatewayService = "bedrock-agentcore.amazonaws.com";

const targetInputs = (gatewayIdentifier: string, lambdaArn: string, name?: string): Inputs => ({
    gatewayIdentifier,
    ...lambdaTarget(lambdaArn, name),
});

describe("the providers", () => {
    let providers: Providers;
    beforeEach(async () => {
        providers = await new Providers().start();
    });
    afterEach(() => providers.stop());

    const refuses = async (type: string, inputs: Inputs, message: RegExp) => {
        await assert.rejects(providers.create(type, inputs), { message });
    };
    const echo = async () => {
        const role = await providers.role("execution", trustOf(lambdaService));
        const made = await providers.create(types.lambda, providers.functionInputs("echo", role));
        return made.outputs["arn"] as string;
    };
    const gateway = async (trust: object, policy?: object) => {
        const role = await providers.role("gateway", trust, policy);
        return providers.create(types.gateway, gatewayInputs("tools", role));
    };

    describe("refuse a function", () => {
        for (const [what, trust] of [
            ["trusts another service", trustOf(gatewayService)],
            [
                "trusts Lambda to tag its sessions only",
                { ...trustOf(lambdaService), Action: "sts:TagSession" },
            ],
            [
                "trusts Lambda for another account",
                trustOf(lambdaService, { StringEquals: { "aws:SourceAccount": otherAccount } }),
            ],
            [
                "trusts Lambda for another function",
                trustOf(lambdaService, {
                    ArnLike: {
                        "aws:SourceArn": `arn:aws:lambda:us-east-1:${account}:function:ech`,
                    },
                }),
            ],
        ] as const) {
            it(`whose role ${what}`, async () => {
                const role = await providers.role("execution", trust);
                await refuses(
                    types.lambda,
                    providers.functionInputs("echo", role),
                    /^InvalidParameterValueException: The role defined for the function cannot be assumed by Lambda\. \(role: got arn:aws:iam::111122223333:role\/execution; its trust policy must admit lambda\.amazonaws\.com for arn:aws:lambda:us-east-1:111122223333:function:echo\)$/,
                );
            });
        }

        it("whose role is not there, or is another account's", async () => {
            await refuses(
                types.lambda,
                providers.functionInputs("echo", `arn:aws:iam::${account}:role/nobody`),
                /^InvalidParameterValueException: .*\/nobody; must be a role that is there\)$/,
            );
            await refuses(
                types.lambda,
                providers.functionInputs("echo", `arn:aws:iam::${otherAccount}:role/execution`),
                /^AccessDeniedException: Cross-account pass role is not allowed\. \(role: got arn:aws:iam::444455556666:role\/execution; must be a role of account 111122223333\)$/,
            );
        });

        it("but not one whose role trusts Lambda for that function of that account", async () => {
            const trust = trustOf(lambdaService, {
                StringEquals: { "aws:SourceAccount": account },
                ArnLike: { "aws:SourceArn": `arn:aws:lambda:*:${account}:function:echo` },
            });
            const role = await providers.role("execution", trust);
            await providers.create(types.lambda, providers.functionInputs("echo", role));
        });
    });

    describe("refuse a gateway", () => {
        it("whose role is not there, or is another account's", async () => {
            await refuses(
                types.gateway,
                gatewayInputs("tools", `arn:aws:iam::${account}:role/nobody`),
                /^ValidationException: Role arn:aws:iam::111122223333:role\/nobody does not exist\. /,
            );
            await refuses(
                types.gateway,
                gatewayInputs("tools", `arn:aws:iam::${otherAccount}:role/gateway`),
                /^AccessDeniedException: Cross-account pass role is not allowed\. \(roleArn: got /,
            );
        });

        it("whose name another one has, in capitals too", async () => {
            await gateway(trustOf(gatewayService));
            await refuses(
                types.gateway,
                gatewayInputs("Tools", `arn:aws:iam::${account}:role/gateway`),
                /^ConflictException: /,
            );
        });

        it("a new name, because UpdateGateway takes none", async () => {
            const { id, inputs, outputs } = await gateway(trustOf(gatewayService));
            const client = await providers.client(types.gateway);
            const news = { ...inputs, name: "more-tools" };
            const urn = urnOf(types.gateway);
            assert.equal(await client.diff(urn, { id, inputs, outputs }, news, []), "update");
            assert.equal(
                await client.diff(urn, { id, inputs, outputs }, news, ["name"]),
                "replace",
            );
            await assert.rejects(
                client.update(urn, { id, inputs, outputs }, news),
                /^Error: ValidationException: The name must be the same as the one when the gateway was created\. \(name: got more-tools; must be tools, /,
            );
        });
    });

    describe("refuse a target", () => {
        const exact = (id: string) => ({
            StringEquals: { "aws:SourceAccount": account },
            ArnLike: { "aws:SourceArn": `arn:aws:bedrock-agentcore:us-east-1:${account}:${id}` },
        });
        for (const [what, trust] of [
            ["trusts another service", trustOf(lambdaService)],
            [
                "trusts AgentCore for another account",
                trustOf(gatewayService, { StringEquals: { "aws:SourceAccount": otherAccount } }),
            ],
            [
                "trusts AgentCore for a gateway of another name",
                trustOf(gatewayService, exact("gateway/toolz-*")),
            ],
            ["trusts AgentCore for a runtime", trustOf(gatewayService, exact("runtime/tools-*"))],
        ] as const) {
            it(`whose gateway's role ${what}`, async () => {
                const lambdaArn = await echo();
                const { id } = await gateway(trust, invokeStatement(lambdaArn));
                await refuses(
                    types.target,
                    targetInputs(id, lambdaArn),
                    /^ValidationException: Gateway service is not authorized to assume the execution role \(roleArn: got arn:aws:iam::111122223333:role\/gateway; its trust policy must admit bedrock-agentcore\.amazonaws\.com with aws:SourceAccount 111122223333 and aws:SourceArn arn:aws:bedrock-agentcore:us-east-1:111122223333:gateway\/tools-[0-9a-z]{10}\)$/,
                );
            });
        }

        for (const [what, policyOf] of [
            ["may nothing", () => undefined],
            ["may invoke a function of another name", (arn: string) => invokeStatement(`${arn}z`)],
            [
                "may invoke only the function's versions",
                (arn: string) => invokeStatement(`${arn}:*`),
            ],
            ["is denied it", (arn: string) => invokeStatement(arn, "Deny")],
            [
                "may only read the function",
                (arn: string) => ({ Action: "lambda:GetFunction", Resource: arn }),
            ],
        ] as const) {
            it(`whose gateway's role ${what}`, async () => {
                const lambdaArn = await echo();
                const { id } = await gateway(trustOf(gatewayService), policyOf(lambdaArn));
                await refuses(
                    types.target,
                    targetInputs(id, lambdaArn),
                    /^ValidationException: Gateway execution role lacks permission to invoke Lambda function arn:aws:lambda:us-east-1:111122223333:function:echo\. Update the permission and retry \(roleArn: got arn:aws:iam::111122223333:role\/gateway; must be /,
                );
            });
        }

        for (const [what, lambdaArn, message] of [
            [
                "is not there",
                `arn:aws:lambda:us-east-1:${account}:function:nothing`,
                /^ValidationException: Function not found: arn:\S+:nothing \(lambdaArn: got /,
            ],
            [
                "is in another region",
                `arn:aws:lambda:eu-west-1:${account}:function:echo`,
                /^ValidationException: Functions from 'eu-west-1' are not reachable in this region \('us-east-1'\) /,
            ],
            [
                "is in another account, for whose policy there is no model",
                `arn:aws:lambda:us-east-1:${otherAccount}:function:echo`,
                /^NotEmulated: NotEmulated: the policy of a function in another account/,
            ],
            [
                "is an alias",
                `arn:aws:lambda:us-east-1:${account}:function:echo:live`,
                /^NotEmulated: NotEmulated: Lambda versions and aliases/,
            ],
        ] as const) {
            it(`whose function ${what}`, async () => {
                await echo();
                const { id } = await gateway(trustOf(gatewayService), invokeStatement("*"));
                await refuses(types.target, targetInputs(id, lambdaArn), message);
            });
        }

        it("of a gateway that is not there", async () => {
            await refuses(
                types.target,
                targetInputs("tools-0123456789", await echo()),
                /^ResourceNotFoundException: Gateway tools-0123456789 was not found/,
            );
        });

        it("whose name another one has, when it is made and when it is renamed", async () => {
            const lambdaArn = await echo();
            const { id } = await gateway(trustOf(gatewayService), invokeStatement(lambdaArn));
            await providers.create(types.target, targetInputs(id, lambdaArn, "one"));
            const two = await providers.create(types.target, targetInputs(id, lambdaArn, "two"));
            await refuses(types.target, targetInputs(id, lambdaArn, "ONE"), /^ConflictException: /);
            const client = await providers.client(types.target);
            const urn = urnOf(types.target);
            await assert.rejects(
                client.update(urn, two, { ...two.inputs, name: "one" }),
                /ConflictException: A target with the name one already exists/,
            );
            await client.update(urn, two, { ...two.inputs, name: "three" });
        });

        it("past the hundredth", async () => {
            const lambdaArn = await echo();
            const { id } = await gateway(trustOf(gatewayService), invokeStatement(lambdaArn));
            const { agentcore } = providers.cloud.accounts.get(account) ?? assert.fail();
            for (let count = 1; count < 100; count++) {
                agentcore.createTarget(id, lambdaTarget(lambdaArn, `t${count}`));
            }
            await providers.create(types.target, targetInputs(id, lambdaArn, "hundredth"));
            await refuses(
                types.target,
                targetInputs(id, lambdaArn, "one-more"),
                /^ServiceQuotaExceededException: Gateway \S+: got 101 targets; must be at most 100$/,
            );
        });

        it("that is changed to a function that its gateway's role may not invoke", async () => {
            const lambdaArn = await echo();
            const { id } = await gateway(trustOf(gatewayService), invokeStatement(lambdaArn));
            const made = await providers.create(types.target, targetInputs(id, lambdaArn));
            const client = await providers.client(types.target);
            const changed = targetInputs(id, `${lambdaArn}z`);
            await assert.rejects(
                client.update(urnOf(types.target), made, changed),
                /lacks permission to invoke Lambda function/,
            );
        });

        it("but not one whose role trusts exactly its gateway and may invoke its function", async () => {
            const lambdaArn = await echo();
            const trust = trustOf(gatewayService, exact("gateway/tools-*"));
            const { id } = await gateway(trust, invokeStatement(lambdaArn));
            await providers.create(types.target, targetInputs(id, lambdaArn));
        });
    });
});

describe("a deployment to the local cloud", () => {
    let hub: LocalHub;
    beforeEach(async () => {
        hub = await new LocalHub().start();
    });
    afterEach(() => hub.stop());

    it("is refused a target whose function exists in AWS only, and keeps what was made", async () => {
        const existingLambdaArn = `arn:aws:lambda:us-east-1:${account}:function:elsewhere`;
        const target = { existingLambdaArn, toolSchemaFile: "workloads/echo-tool/tools.json" };
        hub.project.config("provider", {
            account: { role: "provider", id: account },
            gateways: { tools: { targets: { echo: target } } },
        });
        await assert.rejects(hub.deploy("provider"), {
            message: `Stack provider: aws-native:bedrockagentcore:GatewayTarget (tools-echo): ValidationException: Function not found: ${existingLambdaArn} (lambdaArn: got ${existingLambdaArn}; must be a function that is there)`,
        });
        assert.equal(hub.gateway().targets.size, 0);
    });
});
