import assert from "node:assert/strict";
import { explainAccess } from "../../../access";
import { organization } from "../../../local/services/requestContext";
import { developer, hubAccount, hubConfig, spokeAccount } from "../../helpers/configs";
import { LocalHub, toolsList } from "../../helpers/localHub";

describe("the local cloud's condition keys", () => {
    const clock = Date.UTC(2026, 10, 21, 10, 0, 0);
    let hub: LocalHub;
    before(async () => {
        hub = await new LocalHub().start(() => clock);
        hub.project.config("provider", hubConfig([developer]));
        await hub.deployAll();
        hub.cloud.accounts.get(spokeAccount)?.iam.updateRole("developer", {
            tags: { team: "red" },
        });
    });
    after(() => hub.stop());

    /** The decision of a call, where the gateway's policy has this condition. */
    function decide(Condition: Record<string, Record<string, string>>) {
        const { gatewayArn } = hub.gateway();
        hub.cloud.accounts.get(hubAccount)?.agentcore.putResourcePolicy(
            gatewayArn,
            JSON.stringify({
                Version: "2012-10-17",
                Statement: {
                    Sid: "Conditional",
                    Effect: "Allow",
                    Principal: { AWS: `arn:aws:iam::${spokeAccount}:role/developer` },
                    Action: "bedrock-agentcore:InvokeGateway",
                    Resource: gatewayArn,
                    Condition,
                },
            }),
        );
        const key = hub.session(spokeAccount, "developer");
        const owned = hub.cloud.gateways.find(hub.gateway().gatewayId);
        assert.ok(owned !== undefined);
        hub.cloud.requests.begin({
            ...{ requestId: "request", service: "gateway", resource: gatewayArn },
        });
        const origin = { sourceIp: "127.0.0.1", userAgent: "test" };
        const { decision, reason } = hub.cloud.gateways.authorize(key, owned, "request", origin);
        return { decision: decision.decision, reason };
    }

    const held: [string, Record<string, Record<string, string>>][] = [
        ["the organization", { StringEquals: { "aws:PrincipalOrgID": organization.id } }],
        [
            "the organization's path",
            { "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": "o-hublocal00/*" } },
        ],
        ["the resource's account", { StringEquals: { "aws:ResourceAccount": hubAccount } }],
        ["the source address", { IpAddress: { "aws:SourceIp": "127.0.0.0/8" } }],
        ["the transport", { Bool: { "aws:SecureTransport": "true" } }],
        ["no AWS service between", { Bool: { "aws:ViaAWSService": "false" } }],
        ["no second factor", { Bool: { "aws:MultiFactorAuthPresent": "false" } }],
        ["the region", { StringEquals: { "aws:RequestedRegion": "us-east-1" } }],
        ["the time", { DateEquals: { "aws:CurrentTime": "2026-11-21T10:00:00Z" } }],
        ["the time in seconds", { NumericEquals: { "aws:EpochTime": String(clock / 1000) } }],
        ["when the session began", { DateEquals: { "aws:TokenIssueTime": "2026-11-21T10:00Z" } }],
        ["the role's tag", { StringEquals: { "aws:PrincipalTag/team": "red" } }],
        ["the client", { StringEquals: { "aws:UserAgent": "test" } }],
        ["no VPC endpoint", { Null: { "aws:SourceVpce": "true" } }],
    ];
    for (const [name, condition] of held) {
        it(`have ${name}`, () => {
            assert.deepEqual(decide(condition), { decision: "allow", reason: "" });
        });
    }

    it("explain which condition was not met, with what the request had", () => {
        const { decision, reason } = decide({
            StringEquals: { "aws:PrincipalTag/team": "blue" },
        });
        assert.equal(decision, "implicitDeny");
        assert.match(
            reason,
            /but statement Conditional asks StringEquals aws:PrincipalTag\/team blue, and the request has red\.$/,
        );
        const [logged] = hub.cloud.requests.get("request")?.decisions ?? [];
        assert.ok(logged?.kind === "access");
        const explanation = explainAccess(logged.request, logged.policies);
        assert.deepEqual(
            explanation.layers.find(({ layer }) => layer === "resource")?.statements[0]?.unmet,
            [
                {
                    element: "Condition",
                    operator: "StringEquals",
                    key: "aws:PrincipalTag/team",
                    got: ["red"],
                    written: ["blue"],
                },
            ],
        );
    });
});

describe("a call through a VPC endpoint", () => {
    let hub: LocalHub;
    before(async () => {
        hub = await new LocalHub().start();
        await hub.deployAll();
    });
    after(() => hub.stop());

    it("has the endpoint's id in place of the source address", async () => {
        const { gatewayArn, gatewayUrl } = hub.gateway();
        hub.cloud.accounts.get(hubAccount)?.agentcore.putResourcePolicy(
            gatewayArn,
            JSON.stringify({
                Version: "2012-10-17",
                Statement: {
                    Effect: "Allow",
                    Principal: { AWS: `arn:aws:iam::${spokeAccount}:role/developer` },
                    Action: "bedrock-agentcore:InvokeGateway",
                    Resource: gatewayArn,
                    Condition: {
                        StringEquals: { "aws:SourceVpce": "vpce-0123456789abcdef0" },
                        Null: { "aws:SourceIp": "true" },
                    },
                },
            }),
        );
        const through = (id: string) => gatewayUrl.replace("/gateway/", `/${id}/gateway/`);
        const key = hub.session(spokeAccount, "developer");
        const statuses = await Promise.all(
            [gatewayUrl, through("vpce-0123456789abcdef0"), through("vpce-0fedcba9876543210")].map(
                async (url) => (await hub.post(key, toolsList, url)).status,
            ),
        );
        assert.deepEqual(statuses, [403, 200, 403]);
    });
});
