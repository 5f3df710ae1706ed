import assert from "node:assert/strict";
import fc from "fast-check";
import type { Inventory } from "../../../../access/inventory";
import { accessMatrix } from "../../../../access/matrix";
import { accessOutput, formats } from "../../../../cli/access/accessOutput";
import type { AccountReader, AuthorizationDetails } from "../../../../cli/inventory/awsClients";
import { readGateways } from "../../../../cli/inventory/awsGateways";
import { principalsOf } from "../../../../cli/inventory/awsPrincipals";
import { exportInventory } from "../../../../cli/inventory/exportInventory";
import { principalNames } from "../../../../cli/inventory/names";
import { mutated } from "../../../fuzz/mutations";
import { policyMutations } from "../../../fuzz/policyTexts";
import { DeployedStacks, exportOf, type TestResource } from "./stackStates";

const wellFormed = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
        {
            ...{ Sid: "All", Effect: "Allow", Action: "bedrock-agentcore:*", Resource: "*" },
            Condition: { IpAddress: { "aws:SourceIp": ["10.0.0.0/8"] } },
        },
    ],
});

/** Whatever a place may hold in place of a document. */
const garbage = fc.oneof(
    policyMutations.map((edits) => mutated(wellFormed, edits)),
    fc.string({ unit: "binary" }),
    fc.json(),
    fc.constantFrom(
        ...["", "{}", "[]", "null", "%", '{"Statement":[]}', '{"Statement":[{"Effect":"Allow"}]}'],
        '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}',
        '{"Version":"2012-10-17","Statement":{"Effect":"Deny","NotPrincipal":{"AWS":"*"},"Action":"*","Resource":"*","Condition":{"Bool":{"aws:x":[]}}}}',
    ),
);

interface Documents {
    inline: string;
    managed: string;
    boundary: string;
    trust: string;
    resource: string | undefined;
    isEncoded: boolean;
}

/** Everything that is made of an inventory. */
function reports(inventory: Inventory): void {
    for (const format of formats) {
        const { text } = accessOutput(
            { inventory, source: "AWS", failures: 0, stacks: [] },
            { format, all: true },
        );
        assert.ok(text.length > 0);
    }
}

describe("a document that is none, wherever it stands", function () {
    this.timeout(60_000);
    const fixture = new DeployedStacks();
    before(() => fixture.start());
    after(() => fixture.stop());

    it("stops no report of exported stacks", () => {
        const holders = new Set(["inlinePolicies", "managedPolicyArns", "targetConfiguration"]);
        const isPlace = ([key, value]: [string, unknown]) =>
            holders.has(key) || (typeof value === "string" && value.startsWith('{"'));
        const placesIn = (resources: readonly TestResource[]) =>
            resources.flatMap(({ urn, outputs = {} }) =>
                Object.entries(outputs)
                    .filter(isPlace)
                    .map(([key]) => ({ urn, key })),
            );
        const places = [...placesIn(fixture.provider), ...placesIn(fixture.consumer)];
        assert.ok(places.length > 8, `got ${places.length}`);
        const change = fc.record({
            place: fc.constantFrom(...places),
            value: fc.oneof({ weight: 4, arbitrary: garbage }, fc.jsonValue()),
        });
        fc.assert(
            fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
                const exports = [fixture.provider, fixture.consumer].map((stack, at) => ({
                    file: `${at}.json`,
                    text: exportOf(
                        stack.map((resource) => {
                            const own = changes.filter(({ place }) => place.urn === resource.urn);
                            const values = own.map(({ place, value }) => [place.key, value]);
                            const changed = Object.fromEntries(values) as Record<string, unknown>;
                            return {
                                ...resource,
                                inputs: { ...resource.inputs, ...changed },
                                outputs: { ...resource.outputs, ...changed },
                            };
                        }),
                    ),
                }));
                reports(exportInventory(exports));
            }),
            { numRuns: 300 },
        );
    });

    it("stops no report of AWS", async () => {
        const { gatewayArn, gatewayId } = fixture.hub.gateway();
        const [, , , , account = ""] = gatewayArn.split(":");
        const arn = `arn:aws:iam::${account}:role/one`;
        const documents: fc.Arbitrary<Documents> = fc.record({
            inline: garbage,
            managed: garbage,
            boundary: garbage,
            trust: garbage,
            resource: fc.option(garbage, { nil: undefined }),
            isEncoded: fc.boolean(),
        });
        const check = async (given: Documents) => {
            const encode = (text: string) =>
                given.isEncoded ? encodeURIComponent(text.replace(/\p{Cs}/gu, "")) : text;
            const policy = (name: string, text: string) => ({
                Arn: `arn:aws:iam::${account}:policy/${name}`,
                PolicyVersionList: [{ IsDefaultVersion: true, Document: encode(text) }],
            });
            const details: AuthorizationDetails = {
                roles: [
                    {
                        ...{ RoleName: "one", RoleId: "AROAONE", Path: "/", Arn: arn },
                        AssumeRolePolicyDocument: encode(given.trust),
                        RolePolicyList: [
                            { PolicyName: "inline", PolicyDocument: encode(given.inline) },
                        ],
                        AttachedManagedPolicies: [
                            { PolicyArn: `arn:aws:iam::${account}:policy/managed` },
                        ],
                        PermissionsBoundary: {
                            PermissionsBoundaryArn: `arn:aws:iam::${account}:policy/boundary`,
                        },
                    },
                ],
                ...{ users: [], groups: [] },
                policies: [policy("managed", given.managed), policy("boundary", given.boundary)],
            };
            const reader = {
                account: { id: account, regions: ["us-east-1"] },
                gatewayIds: () => Promise.resolve([gatewayId]),
                gateway: () =>
                    Promise.resolve({ gatewayArn, authorizerType: "AWS_IAM", roleArn: arn }),
                resourcePolicy: () => Promise.resolve(given.resource),
                targets: () => Promise.resolve([]),
            };
            const unread: string[] = [];
            const { gateways } = await readGateways({
                ...{ stacks: [], unread },
                readers: new Map([[account, reader as unknown as AccountReader]]),
                toolsOf: () => undefined,
                progress: () => undefined,
            });
            const read = principalsOf(details, principalNames([]));
            const inventory: Inventory = {
                ...{ accounts: [{ id: account }], principals: read.principals, gateways },
                ...{ pending: [], unread: [...unread, ...read.unread] },
            };
            reports(inventory);
            // What is not known may deny.
            const [pair] = accessMatrix(inventory).pairs;
            const isUnread =
                read.principals[0]?.unknownPolicies.length !== 0 ||
                gateways[0]?.unknownPolicies !== undefined;
            if (isUnread) assert.notEqual(pair?.access, "allowed");
        };
        await fc.assert(fc.asyncProperty(documents, check), { numRuns: 300 });
    });
});
