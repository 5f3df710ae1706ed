import assert from "node:assert/strict";
import providerProto from "@pulumi/pulumi/proto/provider_pb";
import { policyDocument } from "../../../access/statements";
import { sameProcessClient } from "../../../engine/sameProcess";
import { toStruct } from "../../../engine/providerClient";
import { letDeploy } from "../../helpers/deployerCycle";
import { Providers } from "../local/providersFixture";

const account = "111122223333";
const role = "aws:iam/role:Role";
const urn = `urn:pulumi:test::test::${role}::reader`;
const inputs = {
    name: "reader",
    assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
            {
                Effect: "Allow",
                Principal: { AWS: `arn:aws:iam::${account}:root` },
                Action: "sts:AssumeRole",
            },
        ],
    }),
};
const lacking = (action: string, resource: string) =>
    `AccessDenied: User: arn:aws:sts::${account}:assumed-role/deployer/deployer is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;
const readerArn = `arn:aws:iam::${account}:role/reader`;
const allow = (Action: string | string[], Resource = "*") =>
    policyDocument([{ Effect: "Allow", Action, Resource }]);

describe("the providers of a deployer that is not allowed everything", () => {
    let providers: Providers;

    beforeEach(async () => {
        providers = await new Providers().start();
        await providers.cloud.account(account);
    });
    afterEach(() => providers.stop());

    const roles = () => providers.cloud.accounts.get(account)?.iam.roles() ?? [];

    it("allow AdminRole everything", async () => {
        const client = await providers.client(role);
        assert.equal((await client.create(urn, inputs)).id, "reader");
    });

    it("refuse a creation in AWS's words, name the resource, and make nothing", async () => {
        letDeploy(providers.cloud, account, [allow("iam:GetRole")]);
        const client = await providers.client(role);
        await assert.rejects(client.create(urn, inputs), {
            message: `${lacking("iam:CreateRole", readerArn)} (create of ${role} reader)`,
        });
        assert.deepEqual(
            roles().map(({ roleName }) => roleName),
            ["AdminRole", "deployer"],
        );
    });

    it("refuse a creation that could not be read afterwards, and make nothing", async () => {
        letDeploy(providers.cloud, account, [allow("iam:CreateRole")]);
        const client = await providers.client(role);
        await assert.rejects(client.create(urn, inputs), {
            message: `${lacking("iam:GetRole", readerArn)} (create of ${role} reader)`,
        });
        assert.equal(roles().length, 2);
    });

    it("refuse what another resource's permission allows", async () => {
        const actions = ["iam:CreateRole", "iam:GetRole"];
        letDeploy(providers.cloud, account, [
            allow(actions, `arn:aws:iam::${account}:role/reader-*`),
        ]);
        const client = await providers.client(role);
        await assert.rejects(client.create(urn, inputs), {
            message: `${lacking("iam:CreateRole", readerArn)} (create of ${role} reader)`,
        });
    });

    it("let an explicit deny win", async () => {
        const deny = policyDocument([
            { Effect: "Deny", Action: "iam:Create*", Resource: readerArn },
        ]);
        letDeploy(providers.cloud, account, [allow("*"), deny]);
        const client = await providers.client(role);
        await assert.rejects(
            client.create(urn, inputs),
            /iam:CreateRole on resource: \S+ with an explicit deny in an identity-based policy/,
        );
    });

    it("ask for an update only what the changed inputs need", async () => {
        const client = await providers.client(role);
        const made = await client.create(urn, inputs);
        letDeploy(providers.cloud, account, [
            allow(["iam:UpdateRoleDescription", "iam:Get*", "iam:List*"]),
        ]);
        const old = { ...made, inputs };
        await client.update(urn, old, { ...inputs, description: "Reads" });
        await assert.rejects(client.update(urn, old, { ...inputs, maxSessionDuration: 7200 }), {
            message: `${lacking("iam:UpdateRole", readerArn)} (update of ${role} reader)`,
        });
    });

    it("refuse a deletion and keep the resource", async () => {
        const client = await providers.client(role);
        const made = await client.create(urn, inputs);
        letDeploy(providers.cloud, account, [allow("iam:ListInstanceProfilesForRole")]);
        await assert.rejects(client.delete(urn, { ...made, inputs }), {
            message: `${lacking("iam:DeleteRole", readerArn)} (delete of ${role} reader)`,
        });
        assert.equal(roles().length, 3);
    });

    it("refuse a refresh", async () => {
        const { providers: services } = await providers.cloud.account(account);
        assert.ok(services);
        letDeploy(providers.cloud, account, []);
        const request = new providerProto.ReadRequest();
        request.setUrn(urn);
        request.setId("reader");
        request.setInputs(toStruct(inputs));
        const { read } = sameProcessClient(services.aws);
        assert.ok(read);
        const refused = new Promise((resolve, reject) => {
            read(request, (error: Error | null, response: unknown) => {
                if (error === null) resolve(response);
                else reject(error);
            });
        });
        await assert.rejects(refused, {
            message: new RegExp(
                `iam:GetRole on resource: ${readerArn} .* \\(read of ${role} reader\\)$`,
            ),
        });
    });

    it("refuse a function, and ask for none that needs no permission", async () => {
        letDeploy(providers.cloud, account, []);
        const client = await providers.client(role);
        const token = "aws:ecr/getAuthorizationToken:getAuthorizationToken";
        await assert.rejects(client.invoke(token, {}), {
            message: `${lacking("ecr:GetAuthorizationToken", "*")} (${token})`,
        });
        const identity = await client.invoke("aws:index/getCallerIdentity:getCallerIdentity", {});
        assert.equal(identity["accountId"], account);
    });

    it("pass a role only to the service that the policy names", async () => {
        const client = await providers.client("aws-native:bedrockagentcore:Gateway");
        const service = { Principal: { Service: "bedrock-agentcore.amazonaws.com" } };
        const trusted = await (
            await providers.client(role)
        ).create(urn, {
            ...inputs,
            assumeRolePolicy: JSON.stringify(
                policyDocument([{ Effect: "Allow", ...service, Action: "sts:AssumeRole" }]),
            ),
        });
        const passing = (to: string) =>
            policyDocument([
                { Effect: "Allow", NotAction: "iam:PassRole", Resource: "*" },
                {
                    Effect: "Allow",
                    Action: "iam:PassRole",
                    Resource: readerArn,
                    Condition: { StringEquals: { "iam:PassedToService": to } },
                },
            ]);
        const gateway = {
            ...{ name: "tools", authorizerType: "AWS_IAM", protocolType: "MCP" },
            roleArn: trusted.outputs["arn"],
        };
        const gatewayUrn = "urn:pulumi:test::test::aws-native:bedrockagentcore:Gateway::tools";
        letDeploy(providers.cloud, account, [passing("lambda.amazonaws.com")]);
        await assert.rejects(client.create(gatewayUrn, gateway), /iam:PassRole on resource/);
        letDeploy(providers.cloud, account, [passing("bedrock-agentcore.amazonaws.com")]);
        assert.match((await client.create(gatewayUrn, gateway)).id, /^tools-/);
    });
});
