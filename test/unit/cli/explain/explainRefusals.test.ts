import assert from "node:assert/strict";
import { sigv4Fetch } from "../../../../sigv4-fetch/src/index.js";
import {
    developer,
    hubAccount,
    hubConfig,
    spokeAccount,
    spokeConfig,
} from "../../../helpers/configs";
import { credentialsOf, toolsList } from "../../../helpers/localHub";
import { ExplainedHub, layersOf, unwrapped } from "./explainFixture";

const invoke = "bedrock-agentcore:InvokeGateway";
const roleArn = (role: string) => `arn:aws:iam::${spokeAccount}:role/${role}`;

describe("a refusal at the local gateway is explained", function () {
    this.timeout(60_000);
    let hub: ExplainedHub;
    const clock = { now: Date.now() };
    const iam = () => hub.cloud.accounts.get(spokeAccount)?.iam ?? assert.fail();
    beforeEach(async () => {
        clock.now = Date.now();
        hub = await new ExplainedHub().start(() => clock.now);
        hub.project.config("provider", hubConfig([developer]));
        hub.project.config("consumer", spokeConfig(spokeAccount, ["developer", "auditor"]));
        await hub.deployAll();
    });
    afterEach(() => hub.stop());

    it("before the grant: by the gateway's policy, and the line of the grant lets in this role alone", async () => {
        const before = await hub.access();
        const response = await hub.listed("auditor");
        assert.equal(response.status, 403);
        const report = await hub.explain(response);
        assert.equal(report.answer, "refused");
        assert.deepEqual(layersOf(report), { identity: "allow", resource: "implicitDeny" });
        const [change] = report.changes;
        assert.ok(report.changes.length === 1 && change?.kind === "config");
        const [edit] = change.edits;
        assert.deepEqual(
            [edit?.file, edit?.key, edit?.write],
            [
                "Pulumi.provider.yaml",
                "gateways.tools.grants",
                "- { spoke: consumer, roles: [developer, auditor] }",
            ],
        );
        assert.equal(change.accountId, hubAccount);
        hub.apply(report);
        await hub.deployAll();
        assert.equal((await hub.listed("auditor")).status, 200);
        const after = await hub.access();
        assert.deepEqual(
            after.filter((line) => !before.includes(line)),
            ["consumer-auditor tools: allowed"],
        );
    });

    it("after the grant it says by which statements it is allowed", async () => {
        const report = await hub.explain(await hub.listed("developer"));
        assert.equal(report.answer, "allowed");
        assert.deepEqual(report.changes, []);
        assert.deepEqual(
            report.steps[0]?.layers.map(({ accountId, statement }) => [
                accountId,
                statement?.index,
            ]),
            [
                [spokeAccount, 0],
                [hubAccount, 0],
            ],
        );
        assert.match(unwrapped(report), /^allowed: consumer-developer may call tools\n/);
    });

    it("with an account's root as principal: that account's own policies decide", async () => {
        const { gatewayArn } = hub.gateway();
        hub.putPolicy(hubAccount, {
            Sid: "Account",
            ...{ Effect: "Allow", Action: invoke, Resource: gatewayArn },
            Principal: { AWS: `arn:aws:iam::${spokeAccount}:root` },
        });
        const allowed = await hub.explain(await hub.listed("auditor"));
        assert.equal(allowed.answer, "allowed");
        const resource = allowed.steps[0]?.layers.find(({ layer }) => layer === "resource");
        assert.equal(resource?.principalMatch, "account");
        assert.match(
            unwrapped(allowed),
            /statement Account; it names account 444455556666 as a whole: whom that account's own policies allow may call/,
        );
        iam().deleteRolePolicy("auditor", policyOf("auditor"));
        const refused = await hub.explain(await hub.listed("auditor"));
        assert.deepEqual(layersOf(refused), { identity: "implicitDeny", resource: "allow" });
    });

    it("of a caller without an identity policy: by the caller's side, with its config's line", async () => {
        const name = policyOf("developer");
        const document = iam().rolePolicy("developer", name);
        iam().deleteRolePolicy("developer", name);
        const response = await hub.listed("developer");
        assert.equal(response.status, 403);
        const report = await hub.explain(response);
        assert.deepEqual(layersOf(report), { identity: "implicitDeny", resource: "allow" });
        const [change] = report.changes;
        // Config names the gateway: somebody took the policy away by hand.
        assert.ok(report.changes.length === 1 && change?.kind === "deploy");
        assert.deepEqual(
            [change.accountId, change.place.file, change.place.key, change.deploy.command],
            [
                spokeAccount,
                "Pulumi.consumer.yaml",
                "callers.developer.gateways",
                "npm run hub -- deploy consumer --local",
            ],
        );
        assert.deepEqual(change.statement, {
            ...{ Effect: "Allow", Action: invoke, Resource: hub.gateway().gatewayArn },
        });
        const put = { Version: "2012-10-17", Statement: [change.statement] };
        assert.notEqual(document, JSON.stringify(put));
        iam().putRolePolicy("developer", "again", JSON.stringify(put));
        assert.equal((await hub.listed("developer")).status, 200);
    });

    it("of a caller whose config does not name the gateway: both sides' lines, which together let it in", async () => {
        const { "tools-team": team } = spokeConfig(spokeAccount, []).hubs;
        const other = {
            targets: { echo: { lambda: "echo-tool", tools: ["echo_message"] } },
            grants: [],
        };
        const { gateways, ...rest } = hubConfig([developer]);
        hub.project.config("provider", { ...rest, gateways: { ...gateways, other } });
        hub.project.config("consumer", {
            ...spokeConfig(spokeAccount, ["developer", "auditor"]),
            hubs: { "tools-team": team },
        });
        await hub.deployAll();
        const before = await hub.access();
        const [, second] = hub.cloud.accounts.get(hubAccount)?.agentcore.gateways() ?? [];
        const call = () =>
            hub.post(hub.session(spokeAccount, "developer"), toolsList, second?.gatewayUrl);
        const report = await hub.explain(await call());
        assert.deepEqual(layersOf(report), { identity: "implicitDeny", resource: "notPresent" });
        const lines = report.changes.flatMap((change) =>
            change.kind === "config"
                ? change.edits.map(({ file, key, write }) => `${file} ${key}: ${write}`)
                : [],
        );
        assert.deepEqual(lines, [
            "Pulumi.consumer.yaml callers.developer.gateways: [tools-team/tools, tools-team/other]",
            "Pulumi.provider.yaml gateways.other.grants: - { spoke: consumer, roles: [developer] }",
        ]);
        hub.apply(report);
        await hub.deployAll();
        assert.equal((await call()).status, 200);
        const after = await hub.access();
        assert.deepEqual(
            after.filter((line) => !before.includes(line)),
            ["consumer-developer other: allowed"],
        );
    });

    it("with another gateway's ARN in the caller's policy: by that statement", async () => {
        const { gatewayArn } = hub.gateway();
        const wrong = gatewayArn.replace(/.{10}$/, "0123456789");
        iam().putRolePolicy(
            "developer",
            policyOf("developer"),
            JSON.stringify({
                Version: "2012-10-17",
                Statement: [{ Sid: "Wrong", Effect: "Allow", Action: invoke, Resource: wrong }],
            }),
        );
        const report = await hub.explain(await hub.listed("developer"));
        const { nearest } = report.steps[0]?.layers[0] ?? {};
        assert.equal(nearest?.sid, "Wrong");
        assert.deepEqual(nearest.unmet, [
            { element: "Resource", got: gatewayArn, written: [wrong] },
        ]);
    });

    it("of a policy with a wildcard resource: AWS does not take it", async () => {
        assert.throws(() => {
            hub.putPolicy(hubAccount, {
                ...{ Effect: "Allow", Action: invoke, Resource: "*" },
                Principal: { AWS: roleArn("auditor") },
            });
        }, /Resource/);
        assert.equal((await hub.explain(await hub.listed("auditor"))).answer, "refused");
    });

    it("whose grant was taken back: the grant's line again", async () => {
        hub.project.config("provider", hubConfig([{ spoke: "consumer", roles: ["auditor"] }]));
        await hub.deployAll();
        const report = await hub.explain(await hub.listed("developer"));
        const [change] = report.changes;
        assert.ok(change?.kind === "config");
        assert.equal(change.edits[0]?.write, "- { spoke: consumer, roles: [auditor, developer] }");
    });

    it("of a role that was made anew: the same policy is to be put again", async () => {
        const key = recreate("developer");
        const response = await hub.post(key(), toolsList);
        assert.equal(response.status, 403);
        const report = await hub.explain(response);
        const { nearest } = report.steps[0]?.layers.find((one) => one.layer === "resource") ?? {};
        const [unmet] = nearest?.unmet ?? [];
        assert.ok(unmet !== undefined && "reason" in unmet && unmet.reason === "formerPrincipal");
        const [change] = report.changes;
        assert.ok(change?.kind === "deploy", JSON.stringify(report.changes));
        assert.equal(change.place.key, "gateways.tools.grants");
        assert.match(unwrapped(report), /as it was before it was deleted and made anew/);
        const { gatewayArn, resourcePolicy } = hub.gateway();
        const { agentcore } = hub.cloud.accounts.get(hubAccount) ?? assert.fail();
        agentcore.putResourcePolicy(gatewayArn, resourcePolicy?.text ?? "");
        assert.equal((await hub.post(key(), toolsList)).status, 200);
    });

    it("by a condition: first how to meet it", async () => {
        const { gatewayArn } = hub.gateway();
        hub.putPolicy(hubAccount, {
            Sid: "Office",
            ...{ Effect: "Allow", Action: invoke, Resource: gatewayArn },
            Principal: { AWS: roleArn("developer") },
            Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } },
        });
        const report = await hub.explain(await hub.listed("developer"));
        assert.deepEqual(report.changes[0], { kind: "request", how: "call from 10.0.0.0/8" });
        assert.match(
            unwrapped(report),
            /statement Office: asks IpAddress aws:SourceIp 10\.0\.0\.0\/8, and the request has 127\.0\.0\.1/,
        );
    });

    it("by an explicit deny: which is named, with its account, and not undone", async () => {
        iam().putRolePolicy(
            "developer",
            "quarantine",
            JSON.stringify({
                Version: "2012-10-17",
                Statement: [{ Sid: "Quarantine", Effect: "Deny", Action: invoke, Resource: "*" }],
            }),
        );
        const report = await hub.explain(await hub.listed("developer"));
        assert.deepEqual(report.denies, [
            {
                document: "role developer, inline policy quarantine",
                ...{ index: 0, sid: "Quarantine", layer: "identity", accountId: spokeAccount },
            },
        ]);
        assert.deepEqual(report.changes, []);
        assert.match(unwrapped(report), /decided by: an explicit deny, .* statement Quarantine/);
    });

    it("unsigned: by the signature alone", async () => {
        const response = await fetch(hub.gateway().gatewayUrl, { method: "POST", body: "{}" });
        assert.equal(response.status, 401);
        const report = await hub.explain(response);
        assert.ok(report.signature.result === "refused");
        assert.equal(report.signature.code, "MissingAuthenticationTokenException");
        assert.deepEqual([report.steps, report.principal], [[], undefined]);
        const [change] = report.changes;
        assert.ok(change?.kind === "request");
        assert.match(change.how, /service bedrock-agentcore and region us-east-1/);
    });

    it("signed for another region: with the right one, and whose key it was", async () => {
        const signed = sigv4Fetch({
            service: "bedrock-agentcore",
            region: "eu-west-1",
            credentials: credentialsOf(hub.session(spokeAccount, "developer")),
        });
        const report = await hub.explain(
            await signed(hub.gateway().gatewayUrl, { method: "POST", body: "{}" }),
        );
        assert.ok(report.signature.result === "refused");
        assert.equal(report.signature.code, "InvalidSignatureException");
        assert.equal(report.principal?.name, "consumer-developer");
        assert.match(unwrapped(report), /region us-east-1/);
    });

    it("with a session that has expired: to take on the role again", async () => {
        const admin = hub.session(spokeAccount, "AdminRole");
        const key = hub.cloud.sts.assumeRole(admin, {
            RoleArn: roleArn("developer"),
            RoleSessionName: "short",
            DurationSeconds: "900",
        });
        clock.now += 901_000;
        const signed = await signedAt(key, new Date(clock.now));
        const report = await hub.explain(signed);
        assert.ok(report.signature.result === "refused");
        assert.equal(report.signature.code, "ExpiredTokenException");
        assert.match(unwrapped(report), /take on the role again/);
    });

    /** The role's one inline policy. */
    function policyOf(role: string): string {
        return [...iam().role(role).inlinePolicies.keys()][0] ?? assert.fail();
    }

    /** Deletes a role and makes it again with the same policies; gives sessions of the new one. */
    function recreate(name: string) {
        const { trust, inlinePolicies } = iam().role(name);
        const policies = [...inlinePolicies];
        for (const [policy] of policies) iam().deleteRolePolicy(name, policy);
        iam().deleteRole(name);
        iam().createRole({ roleName: name, assumeRolePolicyDocument: trust.text });
        for (const [policy, text] of policies) iam().putRolePolicy(name, policy, text);
        return () => hub.session(spokeAccount, name);
    }

    async function signedAt(key: ReturnType<typeof hub.session>, at: Date): Promise<Response> {
        const { signedHeaders } = await import("../../../../local/gateway/signedHeaders.js");
        const url = new URL(hub.gateway().gatewayUrl);
        const body = JSON.stringify(toolsList);
        const headers = signedHeaders(
            { url, headers: { "content-type": "application/json" }, body },
            key,
            { service: "bedrock-agentcore", region: "us-east-1" },
            at.getTime(),
        );
        const { host: _host, ...sent } = headers;
        return fetch(url, { method: "POST", headers: sent, body });
    }
});
