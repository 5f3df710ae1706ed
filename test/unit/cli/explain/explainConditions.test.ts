import assert from "node:assert/strict";
import {
    developer,
    hubAccount,
    hubConfig,
    spokeAccount,
    spokeConfig,
} from "../../../helpers/configs";
import { toolsList } from "../../../helpers/localHub";
import { ExplainedHub, unwrapped } from "./explainFixture";
import { allow, arnOf, document, explain, gatewayArn } from "./explainInventory";

/** A condition of the gateway's policy, what it is in words, and requests that meet it and do not. */
interface Case {
    name: string;
    condition: Record<string, Record<string, string | boolean>>;
    words: string;
    met: string;
    unmet: string;
}

const cases: readonly Case[] = [
    {
        name: "a VPC endpoint",
        condition: { StringEquals: { "aws:SourceVpce": "vpce-0123456789abcdef0" } },
        words: "through vpce-0123456789abcdef0",
        met: "aws:SourceVpce=vpce-0123456789abcdef0",
        unmet: "aws:SourceVpce=vpce-00000000000000000",
    },
    {
        name: "the time",
        condition: { DateLessThan: { "aws:CurrentTime": "2020-01-01T00:00:00Z" } },
        words: "before 2020-01-01T00:00:00Z",
        met: "aws:CurrentTime=2019-12-31T23:59:59Z",
        unmet: "aws:CurrentTime=2020-01-01T00:00:00Z",
    },
    {
        name: "MFA",
        condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } },
        words: "with MFA",
        met: "aws:MultiFactorAuthPresent=true",
        unmet: "aws:MultiFactorAuthPresent=false",
    },
    {
        name: "the organization",
        condition: { StringEquals: { "aws:PrincipalOrgID": "o-another000" } },
        words: "where aws:PrincipalOrgID is o-another000",
        met: "aws:PrincipalOrgID=o-another000",
        unmet: "aws:PrincipalOrgID=o-hublocal00",
    },
    {
        name: "a principal's tag",
        condition: { StringEquals: { "aws:PrincipalTag/team": "blue" } },
        words: "where aws:PrincipalTag/team is blue",
        met: "aws:PrincipalTag/team=blue",
        unmet: "aws:PrincipalTag/team=red",
    },
    {
        name: "the session's name",
        condition: { StringLike: { "aws:userid": "*:alice" } },
        words: "where aws:userid is like *:alice",
        met: "arn:aws:sts::444455556666:assumed-role/developer/alice",
        unmet: "arn:aws:sts::444455556666:assumed-role/developer/bob",
    },
];

describe("a condition on", () => {
    for (const { name, condition, words, met, unmet } of cases) {
        const statement = {
            ...{ Sid: "Some", ...allow, Principal: { AWS: arnOf("developer") } },
            Condition: condition,
        };
        const resourcePolicy = {
            name: `resource policy of ${gatewayArn}`,
            document: document(statement),
        };
        const asked = (option?: string) =>
            explain(
                {
                    principal: option?.startsWith("arn:") === true ? option : "consumer-developer",
                    ...(option?.startsWith("arn:") === false && { context: [option] }),
                },
                { resourcePolicy },
            );

        it(`${name} is what a principal's access rests on, and decides where its value is given`, () => {
            const open = asked();
            assert.deepEqual([open.answer, open.on], ["conditional", [words]]);
            assert.ok(
                unwrapped(open).startsWith(
                    `conditional: consumer-developer may call tools ${words}\n`,
                ),
            );
            assert.match(unwrapped(open), /policy +allow under conditions: statement Some /);
            assert.deepEqual(open.changes, []);
            assert.equal(asked(met).answer, "allowed");
            const refused = asked(unmet);
            assert.equal(refused.answer, "refused");
            const { nearest } = refused.steps[0]?.layers.find(isResource) ?? {};
            assert.deepEqual([nearest?.sid, nearest?.unmet.length], ["Some", 1]);
        });

        it(`${name} of a Deny is one to be met by not being so`, () => {
            const { Condition, ...granted } = statement;
            const deny = { ...granted, Sid: "Not", Effect: "Deny", Condition };
            const policy = { ...resourcePolicy, document: document(granted, deny) };
            const denied = (option: string) =>
                explain(
                    option.startsWith("arn:")
                        ? { principal: option }
                        : { principal: "consumer-developer", context: [option] },
                    { resourcePolicy: policy },
                );
            assert.deepEqual([denied(met).answer, denied(unmet).answer], ["refused", "allowed"]);
            assert.deepEqual(
                denied(met).denies.map(({ sid, purpose }) => [sid, purpose]),
                [["Not", undefined]],
            );
        });
    }

    const isResource = ({ layer }: { layer: string }) => layer === "resource";
});

describe("a request that does not meet a condition on", function () {
    this.timeout(60_000);
    let hub: ExplainedHub;
    before(async () => {
        hub = await new ExplainedHub().start();
        hub.project.config("provider", hubConfig([developer]));
        hub.project.config("consumer", spokeConfig(spokeAccount, ["developer"]));
        await hub.deployAll();
        const { iam } = hub.cloud.accounts.get(spokeAccount) ?? assert.fail();
        iam.updateRole("developer", { tags: { team: "red" } });
    });
    after(() => hub.stop());

    const had: Readonly<Record<string, RegExp>> = {
        "a VPC endpoint": /has no aws:SourceVpce/,
        "the time": /has \d{4}-\d\d-\d\dT/,
        MFA: /has false/,
        "the organization": /has o-hublocal00/,
        "a principal's tag": /has red/,
        "the session's name": /has AROA\w+:test/,
    };

    for (const { name, condition, words } of cases) {
        it(`${name} is told what was asked for, what it had, and how to meet it`, async () => {
            const { gatewayArn: resource } = hub.gateway();
            hub.putPolicy(hubAccount, {
                ...{ Sid: "Some", ...allow, Resource: resource, Condition: condition },
                Principal: { AWS: `arn:aws:iam::${spokeAccount}:role/developer` },
            });
            const response = await hub.post(hub.session(spokeAccount, "developer"), toolsList);
            assert.equal(response.status, 403);
            const report = await hub.explain(response);
            const text = unwrapped(report);
            const [[operator, keys] = ["", {}]] = Object.entries(condition);
            const [[key, value] = ["", ""]] = Object.entries(keys);
            const asks = `nearest: statement Some: asks ${operator} ${key} ${String(value)}, and the request `;
            assert.ok(text.includes(asks), text);
            const [, after = ""] = text.split(asks);
            assert.match(after.split("\n")[0] ?? "", had[name] ?? /never/);
            const ways = report.changes.flatMap((one) => (one.kind === "request" ? one.how : []));
            // Its organization and its role's tags are not the request's to choose.
            const isOwn = /organization|tag/.test(name);
            assert.deepEqual(ways, isOwn ? [] : [`call ${words}`]);
        });
    }
});
