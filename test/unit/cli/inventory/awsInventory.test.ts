import assert from "node:assert/strict";
import type { Inventory, InventoryPrincipal } from "../../../../access/inventory";
import { accessMatrix, toolsOf, type Pair } from "../../../../access/matrix";
import {
    awsInventory,
    WrongAccount,
    type AwsAccount,
    type AwsInventoryArgs,
} from "../../../../cli/inventory/awsInventory";
import { readProject } from "../../../../engine/stacks";
import {
    admin,
    developer,
    hubAccount,
    hubConfig,
    spokeAccount,
    spokeConfig,
} from "../../../helpers/configs";
import { credentialsOf, LocalHub } from "../../../helpers/localHub";

const region = "us-east-1";

/** An account of the local cloud, as one of its roles reads it. */
function readAs(hub: LocalHub, id: string, role = "AdminRole"): AwsAccount {
    return { id, regions: [region], credentials: credentialsOf(hub.session(id, role)) };
}

function inventoryOf(hub: LocalHub, args: Partial<AwsInventoryArgs> = {}): Promise<Inventory> {
    return awsInventory({
        accounts: [readAs(hub, hubAccount), readAs(hub, spokeAccount)],
        endpoints: hub.cloud.endpoints,
        stacks: readProject(hub.project.folder).stacks,
        ...args,
    });
}

function principal({ principals }: Inventory, name: string): InventoryPrincipal {
    return principals.find((one) => one.name === name) ?? assert.fail(`no principal ${name}`);
}

function pairOf(inventory: Inventory, name: string): Pair {
    const { pairs } = accessMatrix(inventory);
    return pairs.find((pair) => pair.principal.name === name) ?? assert.fail(`no pair of ${name}`);
}

/** Whether a role is really let in. */
async function isLetIn(hub: LocalHub, { principal: { principal: who } }: Pair): Promise<boolean> {
    assert.equal(who.type, "role-session");
    const status = await hub.statusOf(who.accountId, who.roleArn.split("/").at(-1) ?? "");
    assert.ok([200, 403].includes(status), `got ${status}`);
    return status === 200;
}

/** Checks each verdict by a signed call. */
async function assertAsCalled(hub: LocalHub, inventory: Inventory): Promise<void> {
    for (const pair of accessMatrix(inventory).pairs) {
        const expected = (await isLetIn(hub, pair)) ? "allowed" : "refused";
        assert.equal(pair.access, expected, pair.principal.name);
    }
}

describe("The shipped project, read through the AWS SDK", function () {
    this.timeout(60_000);
    let hub: LocalHub;
    let inventory: Inventory;
    before(async () => {
        hub = await new LocalHub().start();
        await hub.deployAll();
        inventory = await inventoryOf(hub);
    });
    after(() => hub.stop());

    it("is read whole", () => {
        assert.deepEqual(inventory.unread, []);
        assert.deepEqual(inventory.pending, []);
        assert.deepEqual(
            inventory.accounts.map(({ id }) => id),
            [hubAccount, spokeAccount],
        );
    });

    it("names those that config names, and says what each is", () => {
        const named = inventory.principals.map(({ name, kind }) => [kind, name]);
        assert.deepEqual(
            named.filter(([kind]) => kind !== "hubRole"),
            [
                ["caller", "consumer-auditor"],
                ["caller", "consumer-developer"],
                ["agent", "consumer-agent"],
                ["other", admin(hubAccount)],
                ["other", admin(spokeAccount)],
            ],
        );
        assert.deepEqual(
            inventory.principals
                .filter(({ kind }) => kind === "hubRole")
                .map(({ name }) => name.replace(/^.*\/|-[0-9a-f]{7}$/g, "")),
            ["echo-tool-execution", "mcp-server-execution", "tools-service"],
        );
        const { stack, role } = principal(inventory, "consumer-agent");
        assert.deepEqual([stack, role], ["consumer", "agent"]);
        const [gateway] = inventory.gateways;
        assert.deepEqual(
            [gateway?.name, gateway?.stack, gateway?.configName, gateway?.url],
            ["tools", "provider", "tools", hub.gateway().gatewayUrl],
        );
    });

    it("gives the verdicts that signed calls get", async () => {
        const accessOf = (name: string) => pairOf(inventory, name).access;
        assert.equal(accessOf("consumer-developer"), "allowed");
        assert.equal(accessOf("consumer-agent"), "allowed");
        assert.equal(accessOf("consumer-auditor"), "refused");
        assert.equal(accessOf(admin(hubAccount)), "allowed");
        assert.equal(accessOf(admin(spokeAccount)), "refused");
        await assertAsCalled(hub, inventory);
    });

    it("has the calls behind each target, and what its role needs is there", () => {
        const matrix = accessMatrix(inventory);
        const [gateway] = inventory.gateways;
        assert.ok(gateway !== undefined);
        assert.deepEqual(
            gateway.targets.map(({ name, kind, calls }) => [
                ...[name, kind],
                ...calls.map(({ action, resource, resourcePolicy }) => [
                    action,
                    resource.replace(/-?\w{7,10}(?=\/runtime-endpoint|$)/, ""),
                    resourcePolicy !== undefined,
                ]),
            ]),
            [
                [
                    ...["calculator", "mcpServer"],
                    [
                        "bedrock-agentcore:InvokeAgentRuntime",
                        `arn:aws:bedrock-agentcore:us-east-1:${hubAccount}:runtime/mcp_server`,
                        true,
                    ],
                    [
                        "bedrock-agentcore:InvokeAgentRuntime",
                        `arn:aws:bedrock-agentcore:us-east-1:${hubAccount}:runtime/mcp_server/runtime-endpoint/DEFAULT`,
                        true,
                    ],
                ],
                [
                    ...["echo-tools", "lambda"],
                    [
                        "lambda:InvokeFunction",
                        `arn:aws:lambda:us-east-1:${hubAccount}:function:echo-tool-function`,
                        false,
                    ],
                ],
            ],
        );
        assert.deepEqual(
            matrix.reaches.get(gateway)?.map(({ access }) => access),
            ["allowed", "allowed"],
        );
        const tools = toolsOf(matrix, pairOf(inventory, "consumer-developer"));
        assert.ok(tools.some(({ name }) => name === "echo-tools___echo_message"));
        assert.ok(tools.every(({ access }) => access === "allowed"));
    });

    it("is named by ARNs and ids where there is no project", async () => {
        const { principals, gateways } = await inventoryOf(hub, { stacks: [] });
        const agent = principals.find(({ name }) => name.endsWith(":role/agent"));
        assert.equal(agent?.kind, "other");
        assert.equal(agent.stack, undefined);
        assert.equal(gateways[0]?.name, hub.gateway().gatewayId);
        const hubRoles = principals.filter(({ kind }) => kind === "hubRole");
        // The function's role is known by its stack's account alone.
        assert.equal(hubRoles.length, 2);
    });

    it("sees a function's own tools, and those that a gateway has got, where config has none", async () => {
        const { gateways } = await inventoryOf(hub, {
            stacks: [],
            toolsOf: (gatewayArn, target) => [`${gatewayArn === hub.gateway().gatewayArn}`, target],
        });
        assert.deepEqual(
            gateways[0]?.targets.map(({ tools }) => tools),
            [["true", "calculator"], ["echo_message"]],
        );
    });
});

describe("Accounts read through the AWS SDK", () => {
    let hub: LocalHub;
    beforeEach(async () => {
        hub = await new LocalHub().start();
        const operators = (id: string) => ({ readOnly: { assumedBy: [admin(id)] } });
        hub.project
            .config("provider", { ...hubConfig([developer]), operators: operators(hubAccount) })
            .config("consumer", {
                ...spokeConfig(spokeAccount, ["developer", "auditor"]),
                operators: operators(spokeAccount),
            });
        await hub.deployAll();
    });
    afterEach(() => hub.stop());

    const iam = (id: string) => hub.cloud.accounts.get(id)?.iam ?? assert.fail();
    const putPolicy = (statement: object) => {
        const { gatewayArn } = hub.gateway();
        hub.cloud.accounts.get(hubAccount)?.agentcore.putResourcePolicy(
            gatewayArn,
            JSON.stringify({
                Version: "2012-10-17",
                Statement: {
                    Effect: "Allow",
                    Action: "bedrock-agentcore:InvokeGateway",
                    Resource: gatewayArn,
                    ...statement,
                },
            }),
        );
    };

    it("need no more than the read-only roles of the project", async () => {
        const inventory = await inventoryOf(hub, {
            accounts: [hubAccount, spokeAccount].map((id) => readAs(hub, id, "GatewayReadOnly")),
        });
        assert.deepEqual(inventory.unread, []);
        assert.equal(principal(inventory, "provider-GatewayReadOnly").kind, "operator");
        assert.equal(pairOf(inventory, "provider-GatewayReadOnly").access, "refused");
        await assertAsCalled(hub, inventory);
    });

    it("of which one denies its reads are said, and the others go on", async () => {
        const inventory = await inventoryOf(hub, {
            accounts: [
                readAs(hub, hubAccount),
                { ...readAs(hub, spokeAccount, "auditor"), profile: "reader" },
            ],
        });
        assert.deepEqual(inventory.unread, [
            `account ${spokeAccount}, profile reader: its roles and policies could not be read: AccessDenied; allow iam:GetAccountAuthorizationDetails, as the role readOnly of agentcore-hub:operators does, or name another profile by --profile ${spokeAccount}=<profile>`,
            `account ${spokeAccount}, profile reader: the gateways of us-east-1 could not be read: AccessDeniedException; allow bedrock-agentcore:ListGateways, as the role readOnly of agentcore-hub:operators does, or name another profile by --profile ${spokeAccount}=<profile>`,
        ]);
        const { access, on } = pairOf(inventory, "consumer-developer");
        assert.equal(access, "conditional");
        assert.deepEqual(on, [{ kind: "unreadPolicy", policy: "its own policies" }]);
        assert.equal(principal(inventory, "consumer-developer").kind, "caller");
        assert.equal(pairOf(inventory, admin(hubAccount)).access, "allowed");
        assert.ok(!inventory.principals.some(({ name }) => name === "consumer-auditor"));
    });

    it("make a gateway conditional whose policy they do not show, and a target that they do not show is unknown", async () => {
        const { gatewayArn, gatewayId } = hub.gateway();
        iam(hubAccount).createRole({
            roleName: "half",
            assumeRolePolicyDocument: iam(hubAccount).role("AdminRole").trust.text,
        });
        const allow = (...Action: string[]) => {
            iam(hubAccount).putRolePolicy(
                "half",
                "read",
                JSON.stringify({
                    Version: "2012-10-17",
                    Statement: { Effect: "Allow", Action, Resource: "*" },
                }),
            );
            return inventoryOf(hub, { accounts: [readAs(hub, hubAccount, "half")] });
        };
        const lists = ["iam:Get*", "bedrock-agentcore:List*", "bedrock-agentcore:GetGateway"];
        const without = await allow(...lists);
        const policy = `resource policy of ${gatewayArn}`;
        assert.deepEqual(without.gateways[0]?.unknownPolicies, [policy]);
        assert.equal("resourcePolicy" in without.gateways[0], false);
        assert.equal(pairOf(without, `arn:aws:iam::${hubAccount}:role/half`).access, "conditional");
        assert.match(
            without.unread.join("\n"),
            RegExp(
                `the resource policy of gateway ${gatewayId} could not be read: AccessDeniedException; allow bedrock-agentcore:GetResourcePolicy`,
            ),
        );
        const { gateways, unread } = await allow(...lists, "bedrock-agentcore:GetResourcePolicy");
        assert.equal(gateways[0]?.arn, gatewayArn);
        assert.deepEqual(gateways[0].targets, [
            {
                ...{ name: "echo-tools", kind: "other", calls: [] },
                unknownPolicies: ["what the target calls"],
            },
        ]);
        assert.match(unread.join("\n"), /target echo-tools of gateway .*GetGatewayTarget/);
    });

    it("are refused behind another account's credentials, before anything is read", async () => {
        const { authorizer } = hub.cloud;
        const decide = authorizer.decide.bind(authorizer);
        let decisions = 0;
        authorizer.decide = (...args) => {
            decisions += 1;
            return decide(...args);
        };
        const wrong = inventoryOf(hub, {
            accounts: [
                readAs(hub, hubAccount),
                { ...readAs(hub, hubAccount), id: spokeAccount, profile: "spoke-reader" },
            ],
        });
        await assert.rejects(wrong, (error) => {
            assert.ok(error instanceof WrongAccount);
            assert.equal(
                error.message,
                `account ${spokeAccount}: got profile spoke-reader of account ${hubAccount}; must be credentials of account ${spokeAccount}: name another profile by --profile ${spokeAccount}=<profile>`,
            );
            return true;
        });
        assert.equal(decisions, 0);
    });

    it("with credentials that AWS does not know, with none, and out of reach are said by what to do", async () => {
        const unreadOf = async (
            change: Partial<AwsAccount>,
            endpoints = hub.cloud.endpoints,
        ): Promise<readonly string[]> => {
            const account = { id: spokeAccount, regions: [region], ...change };
            const { unread, principals } = await inventoryOf(hub, {
                accounts: [account],
                endpoints,
            });
            assert.deepEqual(principals, []);
            return unread;
        };
        const credentials = { accessKeyId: "ASIANOBODY", secretAccessKey: "hidden" };
        assert.deepEqual(await unreadOf({ credentials, profile: "old" }), [
            `account ${spokeAccount}, profile old: the account could not be read: InvalidClientTokenId; renew the credentials of profile old, such as by aws sso login --profile old`,
        ]);
        assert.deepEqual(await unreadOf({ profile: "no-such-profile" }), [
            `account ${spokeAccount}, profile no-such-profile: the account could not be read: CredentialsProviderError; configure profile no-such-profile, or name another profile by --profile ${spokeAccount}=<profile>`,
        ]);
        const nowhere = { ...hub.cloud.endpoints, sts: "http://127.0.0.1:1" };
        assert.deepEqual(await unreadOf({ credentials }, nowhere), [
            `account ${spokeAccount}, the environment's credentials: the account could not be read: ECONNREFUSED; AWS was not reached: look to the network, the region and AWS_ENDPOINT_URL, and try again`,
        ]);
    });

    it("are read to their last page", async () => {
        for (let index = 0; index < 250; index++) {
            iam(spokeAccount).createRole({
                roleName: `role-${index}`,
                assumeRolePolicyDocument: iam(spokeAccount).role("AdminRole").trust.text,
            });
        }
        const { principals } = await inventoryOf(hub);
        const names = principals.filter(({ name }) => /:role\/role-\d+$/.test(name));
        assert.equal(names.length, 250);
        assert.equal(new Set(principals.map(({ name }) => name)).size, principals.length);
    });

    it("have a row for anyone, for another account and for its roles where a policy names them", async () => {
        const other = "777788889999";
        putPolicy({
            Principal: {
                AWS: [
                    ...["*", `arn:aws:iam::${other}:root`, `arn:aws:iam::${other}:role/team/x`],
                    `arn:aws:iam::${spokeAccount}:root`,
                ],
            },
            Condition: { StringEquals: { "aws:PrincipalOrgID": "o-hublocal00" } },
        });
        const inventory = await inventoryOf(hub);
        const others = inventory.principals.filter(({ unknownPolicies: { length } }) => length > 0);
        assert.deepEqual(
            others.map(({ name, kind, principal: { type } }) => [name, kind, type]),
            [
                ["*", "other", "root"],
                [`arn:aws:iam::${other}:role/team/x`, "other", "role-session"],
                [`arn:aws:iam::${other}:root`, "other", "root"],
            ],
        );
        for (const { name } of others) {
            const { access, on } = pairOf(inventory, name);
            assert.equal(access, "conditional", name);
            assert.ok(on.some(({ kind }) => kind === "organization"));
            assert.ok(on.some(({ kind }) => kind === "unreadPolicy"));
        }
        assert.ok(inventory.accounts.some(({ id }) => id === other));
        assert.ok(inventory.accounts.every(({ id }) => id !== "*"));
    });

    it("have as the hub's own the roles that AgentCore and Lambda alone take on", async () => {
        const trusting = (roleName: string, Principal: object) =>
            iam(hubAccount).createRole({
                roleName,
                assumeRolePolicyDocument: JSON.stringify({
                    Version: "2012-10-17",
                    Statement: { Effect: "Allow", Principal, Action: "sts:AssumeRole" },
                }),
            }).arn;
        const [agentcore, lambda] = ["bedrock-agentcore.amazonaws.com", "lambda.amazonaws.com"];
        const inventory = await inventoryOf(hub);
        const known = new Set(inventory.principals.map(({ name }) => name));
        const made: Record<string, string> = {
            [trusting("both", { Service: [agentcore, lambda] })]: "hubRole",
            [trusting("instance", { Service: "ec2.amazonaws.com" })]: "other",
            [trusting("mixed", { Service: lambda, AWS: admin(hubAccount) })]: "other",
        };
        const { principals } = await inventoryOf(hub);
        const added = principals.filter(({ name }) => !known.has(name));
        assert.deepEqual(Object.fromEntries(added.map(({ name, kind }) => [name, kind])), made);
    });

    it("show that a role which was made anew is not granted", async () => {
        const { trust, inlinePolicies } = iam(spokeAccount).role("developer");
        const policies = [...inlinePolicies];
        for (const [name] of policies) iam(spokeAccount).deleteRolePolicy("developer", name);
        iam(spokeAccount).deleteRole("developer");
        iam(spokeAccount).createRole({
            roleName: "developer",
            assumeRolePolicyDocument: trust.text,
        });
        for (const [name, text] of policies) {
            iam(spokeAccount).putRolePolicy("developer", name, text);
        }
        const inventory = await inventoryOf(hub);
        assert.equal(pairOf(inventory, "consumer-developer").access, "refused");
        await assertAsCalled(hub, inventory);
    });

    it("are held to the organization's policies that are given", async () => {
        const document = {
            Version: "2012-10-17",
            Statement: { Effect: "Allow", Action: "s3:*", Resource: "*" },
        };
        const scp = [[{ name: "s3 alone", document }]];
        const organization = new Map([[spokeAccount, { scp }]]);
        const inventory = await inventoryOf(hub, { organization });
        assert.equal(pairOf(inventory, "consumer-developer").access, "refused");
        assert.equal(pairOf(inventory, admin(hubAccount)).access, "allowed");
    });

    it("are told of as they are read", async () => {
        const told: string[] = [];
        await inventoryOf(hub, { onProgress: (text) => told.push(text) });
        assert.deepEqual(told.sort(), [
            `account ${hubAccount}: gateways in us-east-1: 1`,
            `account ${hubAccount}: roles and users: 4`,
            `account ${spokeAccount}: gateways in us-east-1: 0`,
            `account ${spokeAccount}: roles and users: 4`,
        ]);
    });
});
