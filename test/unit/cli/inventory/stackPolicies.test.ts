import assert from "node:assert/strict";
import { stacksInventory } from "../../../../cli/inventory/stacksInventory";
import {
    changed,
    DeployedStacks,
    encrypted,
    principalIn,
    rowsOf,
    stackOf,
    toolRows,
    type TestResource,
} from "./stackStates";

describe("the policies that an inventory of stacks has", function () {
    this.timeout(60_000);
    const fixture = new DeployedStacks();
    before(() => fixture.start());
    after(() => fixture.stop());

    describe("those whom only a gateway's policy names", () => {
        for (const [what, principal, name, row] of [
            [
                "a role by hand",
                { AWS: "arn:aws:iam::777788889999:role/pipeline" },
                "arn:aws:iam::777788889999:role/pipeline",
                "conditional: its own policies",
            ],
            [
                "a user by hand",
                { AWS: "arn:aws:iam::777788889999:user/jo" },
                "arn:aws:iam::777788889999:user/jo",
                "conditional: its own policies",
            ],
            [
                "a session",
                { AWS: "arn:aws:sts::777788889999:assumed-role/pipeline/nightly" },
                "arn:aws:iam::777788889999:role/pipeline",
                "conditional: session: its own policies",
            ],
            [
                "an account",
                { AWS: "777788889999" },
                "arn:aws:iam::777788889999:root",
                "conditional: the policies of its principals",
            ],
            ["anyone", "*", "*", "conditional: the policies of its principals"],
        ] as const) {
            it(`has a row for ${what}, which rests on policies that are not read`, () => {
                const inventory = fixture.inventoryOf(fixture.grant(principal));
                assert.equal(principalIn(inventory, name).kind, "other");
                assert.equal(rowsOf(inventory)[`${name} tools`], row);
                assert.equal(
                    inventory.accounts.some(({ id }) => id === "777788889999"),
                    what !== "anyone",
                );
            });
        }

        it("has a row for an ARN that a condition demands", () => {
            const arn = "arn:aws:iam::777788889999:role/pipeline";
            const inventory = fixture.inventoryOf(
                fixture.grant(
                    { AWS: "777788889999" },
                    { Condition: { ArnEquals: { "aws:PrincipalArn": arn } } },
                ),
            );
            assert.equal(rowsOf(inventory)[`${arn} tools`], "conditional: its own policies");
        });

        it("has no row twice, and none for whom another action or a Deny is about", () => {
            const before = fixture.inventoryOf().principals.length;
            const none = [
                fixture.grant({ AWS: "arn:aws:iam::444455556666:role/developer" }),
                fixture.grant({ AWS: "arn:aws:sts::444455556666:assumed-role/developer/jo" }),
                fixture.grant({ AWS: "777788889999" }, { Effect: "Deny" }),
                fixture.grant({ AWS: "777788889999" }, { Action: "bedrock-agentcore:GetGateway" }),
            ];
            for (const hubStack of none) {
                assert.equal(fixture.inventoryOf(hubStack).principals.length, before);
            }
        });
    });

    describe("policies of roles that no stack has", () => {
        const readOnly = "arn:aws:iam::aws:policy/ReadOnlyAccess";
        const attachment = (arn: string): TestResource => ({
            urn: "urn:pulumi:consumer::agentcore-hub::aws:iam/rolePolicyAttachment:RolePolicyAttachment::more",
            type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            outputs: { role: "auditor", policyArn: arn },
        });
        const policy = (arn: string, document: unknown): TestResource => ({
            urn: "urn:pulumi:consumer::agentcore-hub::aws:iam/policy:Policy::limit",
            type: "aws:iam/policy:Policy",
            outputs: { arn, policy: document },
        });
        const own = "arn:aws:iam::444455556666:policy/limit";
        const nothing = JSON.stringify({
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }],
        });

        it("make the role's access conditional on them, by ARN", () => {
            const inventory = fixture.inventoryOf(
                fixture.grant({ AWS: "arn:aws:iam::444455556666:role/auditor" }),
                [...fixture.consumer, attachment(readOnly)],
            );
            assert.deepEqual(principalIn(inventory, "consumer-auditor").unknownPolicies, [
                readOnly,
            ]);
            assert.equal(rowsOf(inventory)["consumer-auditor tools"], `conditional: ${readOnly}`);
        });

        it("are read where the stack has them", () => {
            const inventory = fixture.inventoryOf(fixture.provider, [
                ...fixture.consumer,
                attachment(own),
                policy(own, nothing),
            ]);
            const { identity, unknownPolicies } = principalIn(inventory, "consumer-auditor");
            assert.deepEqual(unknownPolicies, []);
            assert.deepEqual(
                identity.map(({ name }) => name.replace(/-[0-9a-f]{7}$/, "")),
                [
                    "role auditor, inline policy auditor-invoke-gateways",
                    `role auditor, managed policy ${own}`,
                ],
            );
        });

        it("bound a role by their document, or rest on it", () => {
            const bounded = changed(
                fixture.consumer,
                "developer-role",
                "permissionsBoundary",
                () => own,
            );
            assert.equal(
                rowsOf(fixture.inventoryOf(fixture.provider, bounded))["consumer-developer tools"],
                `conditional: ${own}`,
            );
            const inventory = fixture.inventoryOf(fixture.provider, [
                ...bounded,
                policy(own, nothing),
            ]);
            assert.equal(rowsOf(inventory)["consumer-developer tools"], "refused");
            assert.equal(
                principalIn(inventory, "consumer-developer").boundary?.name,
                `role developer, permissions boundary ${own}`,
            );
        });
    });

    it("reads a role's tags, with those of its provider", () => {
        const tagged = changed(
            changed(fixture.consumer, "developer-role", "tags", () => ({ team: "search" })),
            "developer-role",
            "tagsAll",
            () => ({ team: "search", stage: "prod" }),
        );
        assert.deepEqual(
            principalIn(fixture.inventoryOf(fixture.provider, tagged), "consumer-developer").tags,
            {
                team: "search",
                stage: "prod",
            },
        );
    });

    it("takes the newer of two documents of one policy that a refreshed role lists", () => {
        const old = { name: "", policy: "" };
        const refreshed = changed(fixture.consumer, "developer-role", "inlinePolicies", () => {
            const resource = fixture.consumer.find(({ urn }) =>
                urn.endsWith("::developer-invoke-gateways"),
            );
            old.name = String(resource?.outputs["name"]);
            old.policy = '{"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}';
            return [old];
        });
        const inventory = fixture.inventoryOf(fixture.provider, refreshed);
        assert.equal(principalIn(inventory, "consumer-developer").identity.length, 1);
        assert.equal(rowsOf(inventory)["consumer-developer tools"], "allowed");
    });

    describe("what is encrypted", () => {
        const whyUnknown = "is encrypted";
        const read = (hubStack: readonly TestResource[], spoke: readonly TestResource[]) =>
            stacksInventory([stackOf("provider", hubStack), stackOf("consumer", spoke)], {
                whyUnknown,
            });

        it("makes a role's access conditional, and is said without its value", () => {
            const spoke = changed(
                fixture.consumer,
                "developer-invoke-gateways",
                "policy",
                () => encrypted,
            );
            const inventory = read(fixture.provider, spoke);
            const [name = ""] = principalIn(inventory, "consumer-developer").unknownPolicies;
            assert.match(name, /^role developer, inline policy developer-invoke-gateways-/);
            assert.equal(rowsOf(inventory)["consumer-developer tools"], `conditional: ${name}`);
            assert.deepEqual(inventory.unread, [
                `${name}: developer-invoke-gateways.policy is encrypted`,
            ]);
            assert.ok(!JSON.stringify(inventory).includes(encrypted.ciphertext));
        });

        it("makes access to a gateway whose policy it is conditional, for who may be let in", () => {
            const inventory = read(
                changed(fixture.provider, "tools-grants", "policy", () => encrypted),
                fixture.consumer,
            );
            const policy = `resource policy of ${fixture.hub.gateway().gatewayArn}`;
            assert.deepEqual(inventory.unread, [`${policy}: tools-grants.policy is encrypted`]);
            const rows = rowsOf(inventory);
            assert.equal(rows["consumer-developer tools"], `conditional: ${policy}`);
            // The hub does not grant it, but who can know that?
            assert.equal(rows["consumer-auditor tools"], `conditional: ${policy}`);
        });

        it("makes a target's reach conditional where a runtime's policy is it", () => {
            const inventory = read(
                changed(fixture.provider, "mcp-server-endpoint-access", "policy", () => encrypted),
                fixture.consumer,
            );
            assert.deepEqual(toolRows(inventory, "consumer-developer"), {
                "calculator___*": "conditional",
                "echo-tools___echo_message": "allowed",
            });
        });

        it("says where no policy stands that AWS takes, and not what stands there", () => {
            const spoke = changed(fixture.consumer, "developer-invoke-gateways", "policy", () =>
                JSON.stringify({
                    Version: "2012-10-17",
                    Statement: [{ Effect: "Allow", Action: "hunter2", Resource: "*" }],
                }),
            );
            const { unread } = read(fixture.provider, spoke);
            assert.match(unread.join(), /is no policy that AWS takes \(Statement\[0\]/);
            assert.ok(!unread.join().includes("hunter2"));
        });
    });
});
