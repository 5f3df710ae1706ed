import {
    BedrockAgentCoreControlClient,
    GetResourcePolicyCommand,
    ListGatewaysCommand,
    paginateListGateways,
} from "@aws-sdk/client-bedrock-agentcore-control";
import {
    GetAccountAuthorizationDetailsCommand,
    GetRoleCommand,
    IAMClient,
    paginateGetAccountAuthorizationDetails,
    type GetAccountAuthorizationDetailsCommandInput,
    type RoleDetail,
} from "@aws-sdk/client-iam";
import assert from "node:assert/strict";
import { sigv4Fetch } from "../../../sigv4-fetch/src/index.js";
import { hubAccount, hubConfig, spokeAccount, spokeConfig } from "../../helpers/configs";
import { credentialsOf, LocalHub } from "../../helpers/localHub";

const admins = "arn:aws:iam::aws:policy/AdministratorAccess";

describe("IAM's GetAccountAuthorizationDetails", () => {
    let hub: LocalHub;
    beforeEach(async () => {
        hub = await new LocalHub().start();
        await hub.cloud.account(hubAccount);
    });
    afterEach(() => hub.stop());

    const iamOf = (id = hubAccount) =>
        hub.cloud.accounts.get(id)?.iam ?? assert.fail(`no account ${id}`);
    const trust = () => iamOf().role("AdminRole").trust.text;
    const client = (role = "AdminRole", account = hubAccount) =>
        new IAMClient({
            region: "us-east-1",
            endpoint: hub.cloud.endpoints.iam,
            credentials: credentialsOf(hub.session(account, role)),
            maxAttempts: 1,
        });
    const details = (input: GetAccountAuthorizationDetailsCommandInput = {}) =>
        client().send(new GetAccountAuthorizationDetailsCommand(input));
    const addRole = (roleName: string, path = "/") =>
        iamOf().createRole({ roleName, path, assumeRolePolicyDocument: trust() });
    const namesOf = (roles: readonly RoleDetail[] = []) => roles.map(({ RoleName }) => RoleName);

    it("gives roles with their trust, inline policies, managed policies and tags", async () => {
        const inline = JSON.stringify({
            Version: "2012-10-17",
            Statement: { Effect: "Allow", Action: "s3:*", Resource: "*" },
        });
        const { roleId } = iamOf().createRole({
            roleName: "reader",
            path: "/team/",
            assumeRolePolicyDocument: trust(),
            tags: { team: "tools", empty: "" },
        });
        iamOf().putRolePolicy("reader", "read+list", inline);
        iamOf().role("reader").attachedPolicies.set(admins, inline);
        const answer = await details();
        assert.deepEqual(namesOf(answer.RoleDetailList), ["AdminRole", "reader"]);
        const reader = answer.RoleDetailList?.[1];
        assert.equal(reader?.Arn, `arn:aws:iam::${hubAccount}:role/team/reader`);
        assert.equal(reader.RoleId, roleId);
        assert.equal(reader.Path, "/team/");
        assert.equal(decodeURIComponent(reader.AssumeRolePolicyDocument ?? ""), trust());
        assert.deepEqual(
            reader.RolePolicyList?.map(({ PolicyName, PolicyDocument = "" }) => [
                PolicyName,
                decodeURIComponent(PolicyDocument),
            ]),
            [["read+list", inline]],
        );
        assert.deepEqual(reader.AttachedManagedPolicies, [
            { PolicyName: "AdministratorAccess", PolicyArn: admins },
        ]);
        assert.deepEqual(reader.Tags, [
            { Key: "team", Value: "tools" },
            { Key: "empty", Value: "" },
        ]);
        assert.equal(answer.IsTruncated, false);
        assert.equal(answer.Marker, undefined);
        assert.deepEqual([answer.UserDetailList, answer.GroupDetailList], [[], []]);
    });

    it("gives each managed policy once, by its default version", async () => {
        const own = `arn:aws:iam::${hubAccount}:policy/team/own`;
        addRole("other");
        const document = JSON.stringify({
            Version: "2012-10-17",
            Statement: { Effect: "Deny", Action: "s3:*", Resource: "*" },
        });
        for (const role of ["AdminRole", "other"]) {
            iamOf().role(role).attachedPolicies.set(own, document);
        }
        const { Policies = [] } = await details();
        assert.deepEqual(
            Policies.map(({ Arn, Path, PolicyName, AttachmentCount }) => [
                ...[Arn, Path, PolicyName, AttachmentCount],
            ]),
            [
                [own, "/team/", "own", 2],
                [admins, "/", "AdministratorAccess", 1],
            ],
        );
        const [version] = Policies[0]?.PolicyVersionList ?? [];
        assert.equal(version?.VersionId, Policies[0]?.DefaultVersionId);
        assert.equal(version?.IsDefaultVersion, true);
        assert.equal(decodeURIComponent(version.Document ?? ""), document);
    });

    it("gives the kinds that Filter asks for", async () => {
        const onlyPolicies = await details({ Filter: ["AWSManagedPolicy", "User"] });
        assert.deepEqual(onlyPolicies.RoleDetailList, []);
        assert.deepEqual(
            onlyPolicies.Policies?.map(({ Arn }) => Arn),
            [admins],
        );
        const onlyRoles = await details({ Filter: ["Role"] });
        assert.deepEqual(namesOf(onlyRoles.RoleDetailList), ["AdminRole"]);
        assert.deepEqual(onlyRoles.Policies, []);
        const unknown = details({ Filter: ["Rolle" as "Role"] });
        await assert.rejects(unknown, { name: "ValidationError", message: /'Rolle' at 'filter'/ });
    });

    it("gives pages of MaxItems, whatever goes between two of them", async () => {
        for (const name of ["a", "b", "c", "d"]) addRole(name);
        const first = await details({ MaxItems: 3 });
        assert.deepEqual(namesOf(first.RoleDetailList), ["AdminRole", "a", "b"]);
        assert.equal(first.IsTruncated, true);
        iamOf().deleteRole("b");
        assert.ok(first.Marker !== undefined);
        const second = await details({ MaxItems: 3, Marker: first.Marker });
        assert.deepEqual(namesOf(second.RoleDetailList), ["c", "d"]);
        assert.equal(second.Policies?.length, 1);
        assert.equal(second.IsTruncated, false);
    });

    it("gives 100 at once where nothing is said", async () => {
        for (let index = 0; index < 120; index++) addRole(`role-${index}`);
        const sizes: number[] = [];
        const names = new Set<string | undefined>();
        for await (const {
            RoleDetailList = [],
            Policies = [],
        } of paginateGetAccountAuthorizationDetails({ client: client() }, {})) {
            sizes.push(RoleDetailList.length + Policies.length);
            for (const name of namesOf(RoleDetailList)) names.add(name);
        }
        assert.deepEqual(sizes, [100, 22]);
        assert.equal(names.size, 121);
    });

    it("refuses a MaxItems out of range and a Marker that is none", async () => {
        for (const MaxItems of [0, 1001, 1.5]) {
            await assert.rejects(details({ MaxItems }), { name: "ValidationError" });
        }
        await assert.rejects(details({ Marker: "x" }), { name: "ValidationError" });
    });

    it("is allowed on * alone", async () => {
        const allow = (Resource: string) => {
            iamOf().putRolePolicy(
                "reader",
                "read",
                JSON.stringify({
                    Version: "2012-10-17",
                    Statement: {
                        Effect: "Allow",
                        Action: "iam:GetAccountAuthorizationDetails",
                        Resource,
                    },
                }),
            );
            return client("reader").send(new GetAccountAuthorizationDetailsCommand({}));
        };
        addRole("reader");
        await assert.rejects(allow(`arn:aws:iam::${hubAccount}:role/*`), { name: "AccessDenied" });
        assert.equal((await allow("*")).RoleDetailList?.length, 2);
    });

    it("answers the query protocol as boto3 speaks it", async () => {
        const fetch = sigv4Fetch({
            service: "iam",
            region: "us-east-1",
            credentials: credentialsOf(hub.session(hubAccount, "AdminRole")),
        });
        const response = await fetch(hub.cloud.endpoints.iam, {
            method: "POST",
            headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
            body: "Action=GetAccountAuthorizationDetails&Version=2010-05-08&Filter.member.1=Role&Filter.member.2=LocalManagedPolicy&MaxItems=1",
        });
        const text = await response.text();
        assert.equal(response.status, 200);
        assert.match(
            text,
            /^<GetAccountAuthorizationDetailsResponse xmlns="https:\/\/iam\.amazonaws\.com\/doc\/2010-05-08\/"><GetAccountAuthorizationDetailsResult>/,
        );
        assert.match(text, /<RoleDetailList><member><Path>\/<\/Path><RoleName>AdminRole</);
        assert.match(text, /<AssumeRolePolicyDocument>%7B%22Version%22%3A/);
        assert.match(text, /<IsTruncated>false<\/IsTruncated><\/GetAccount/);
    });
});

describe("The id of a role that is gone stands where its ARN was put", () => {
    let hub: LocalHub;
    before(async () => {
        hub = await new LocalHub().start();
        hub.project
            .config("provider", hubConfig([{ spoke: "consumer", roles: ["developer", "auditor"] }]))
            .config("consumer", spokeConfig(spokeAccount, ["developer", "auditor"]));
        await hub.deployAll();
    });
    after(() => hub.stop());

    const recreate = (roleName: string) => {
        const { iam } = hub.cloud.accounts.get(spokeAccount) ?? assert.fail();
        const { roleId, trust } = iam.role(roleName);
        for (const name of [...iam.role(roleName).inlinePolicies.keys()]) {
            iam.deleteRolePolicy(roleName, name);
        }
        iam.deleteRole(roleName);
        const again = () => iam.createRole({ roleName, assumeRolePolicyDocument: trust.text });
        return { roleId, again };
    };

    it("in a gateway's policy, also when the role is made again", async () => {
        const client = new BedrockAgentCoreControlClient({
            region: "us-east-1",
            endpoint: hub.cloud.endpoints.bedrockAgentcoreControl,
            credentials: credentialsOf(hub.session(hubAccount, "AdminRole")),
        });
        const { gatewayArn: resourceArn } = hub.gateway();
        const principals = async () => {
            const { policy = "" } = await client.send(
                new GetResourcePolicyCommand({ resourceArn }),
            );
            const { Statement } = JSON.parse(policy) as {
                Statement: { Principal: { AWS: string[] } }[];
            };
            return Statement[0]?.Principal.AWS;
        };
        const [auditor, developer] = ["auditor", "developer"].map(
            (role) => `arn:aws:iam::${spokeAccount}:role/${role}`,
        );
        assert.deepEqual(await principals(), [auditor, developer]);
        const { roleId, again } = recreate("auditor");
        assert.deepEqual(await principals(), [roleId, developer]);
        again();
        assert.deepEqual(await principals(), [roleId, developer]);
    });

    it("in a role's trust policy", async () => {
        const { iam } = hub.cloud.accounts.get(spokeAccount) ?? assert.fail();
        iam.createRole({
            roleName: "next",
            assumeRolePolicyDocument: JSON.stringify({
                Version: "2012-10-17",
                Statement: {
                    Effect: "Allow",
                    Principal: { AWS: `arn:aws:iam::${spokeAccount}:role/developer` },
                    Action: "sts:AssumeRole",
                },
            }),
        });
        const { roleId } = recreate("developer");
        const client = new IAMClient({
            region: "us-east-1",
            endpoint: hub.cloud.endpoints.iam,
            credentials: credentialsOf(hub.session(spokeAccount, "AdminRole")),
        });
        const { Role } = await client.send(new GetRoleCommand({ RoleName: "next" }));
        assert.match(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ""), RegExp(roleId));
        const { RoleDetailList } = await client.send(
            new GetAccountAuthorizationDetailsCommand({ Filter: ["Role"] }),
        );
        const next = RoleDetailList?.find(({ RoleName }) => RoleName === "next");
        assert.equal(next?.AssumeRolePolicyDocument, Role?.AssumeRolePolicyDocument);
    });
});

describe("The lists of the AgentCore control plane", () => {
    let hub: LocalHub;
    before(async () => {
        hub = await new LocalHub().start();
        const config = hubConfig([]);
        const gateways = Object.fromEntries(
            ["a", "b", "c"].map((name) => [name, { ...config.gateways.tools, grants: [] }]),
        );
        hub.project.config("provider", { ...config, gateways });
        await hub.deploy("provider");
    });
    after(() => hub.stop());

    const client = (role: string, region = "us-east-1") =>
        new BedrockAgentCoreControlClient({
            region,
            endpoint: hub.cloud.endpoints.bedrockAgentcoreControl,
            credentials: credentialsOf(hub.session(hubAccount, role)),
            maxAttempts: 1,
        });

    it("come in pages of maxResults", async () => {
        const pages: unknown[] = [];
        for await (const { items = [] } of paginateListGateways(
            { client: client("AdminRole"), pageSize: 2 },
            {},
        )) {
            pages.push(items.map(({ name }) => name));
        }
        assert.deepEqual(pages, [["a", "b"], ["c"]]);
        for (const input of [{ maxResults: 0 }, { nextToken: "x" }]) {
            await assert.rejects(client("AdminRole").send(new ListGatewaysCommand(input)), {
                name: "ValidationException",
            });
        }
    });

    it("are allowed on *, in the region that the request is signed for", async () => {
        const { iam } = hub.cloud.accounts.get(hubAccount) ?? assert.fail();
        iam.createRole({
            roleName: "lister",
            assumeRolePolicyDocument: iam.role("AdminRole").trust.text,
        });
        iam.putRolePolicy(
            "lister",
            "list",
            JSON.stringify({
                Version: "2012-10-17",
                Statement: {
                    Effect: "Allow",
                    Action: "bedrock-agentcore:ListGateways",
                    Resource: "*",
                    Condition: { StringEquals: { "aws:RequestedRegion": "us-east-1" } },
                },
            }),
        );
        const { items } = await client("lister").send(new ListGatewaysCommand({}));
        assert.equal(items?.length, 3);
        await assert.rejects(client("lister", "eu-west-1").send(new ListGatewaysCommand({})), {
            name: "AccessDeniedException",
        });
    });
});
