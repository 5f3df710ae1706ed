import assert from "node:assert/strict";
import {
    anySessionOf,
    type Inventory,
    type InventoryGateway,
    type InventoryPrincipal,
} from "../../../../access/inventory";
import { accessMatrix } from "../../../../access/matrix";
import { listProblem } from "../../../../cli/verify/verifyCalls";
import { verifyCases, type CasesOf } from "../../../../cli/verify/verifyCases";
import { isSessionOf } from "../../../../agentcore/arn";

const [hub, one, two] = ["111122223333", "444455556666", "777788889999"] as const;
const gatewayArn = `arn:aws:bedrock-agentcore:us-east-1:${hub}:gateway/tools-0123456789`;
const runtimeArn = `arn:aws:bedrock-agentcore:us-east-1:${hub}:runtime/server-0123456789`;
const document = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const invoke = { Effect: "Allow", Action: "bedrock-agentcore:InvokeGateway" };
const roleArn = (account: string, role: string) => `arn:aws:iam::${account}:role/${role}`;

function role(
    [stack, account]: readonly [string, string],
    name: string,
    more: Partial<InventoryPrincipal> = {},
): InventoryPrincipal {
    const statement = { ...invoke, Resource: gatewayArn };
    return {
        name: `${stack}-${name}`,
        kind: "caller",
        principal: anySessionOf(roleArn(account, name), `AROA${name.toUpperCase()}`),
        ...{ stack, role: name },
        identity: [{ name: `role ${name}, invoke`, document: document(statement) }],
        unknownPolicies: [],
        ...more,
    };
}

const serviceRole: InventoryPrincipal = {
    name: roleArn(hub, "service"),
    kind: "hubRole",
    principal: anySessionOf(roleArn(hub, "service"), "AROASERVICE"),
    identity: [
        {
            name: "role service, invoke",
            document: document({
                Effect: "Allow",
                Action: ["lambda:InvokeFunction", "bedrock-agentcore:InvokeAgentRuntime"],
                Resource: "*",
            }),
        },
    ],
    trust: {
        name: "role service, trust policy",
        document: document({
            Effect: "Allow",
            Principal: { Service: "bedrock-agentcore.amazonaws.com" },
            Action: "sts:AssumeRole",
        }),
    },
    unknownPolicies: [],
};

const lambda = {
    name: "echo",
    kind: "lambda",
    tools: ["say", "shout"],
    calls: [
        {
            action: "lambda:InvokeFunction",
            resource: `arn:aws:lambda:us-east-1:${hub}:function:echo`,
            resourceAccountId: hub,
        },
    ],
    unknownPolicies: [],
} as const;
const server = {
    name: "server",
    kind: "mcpServer",
    calls: [
        {
            action: "bedrock-agentcore:InvokeAgentRuntime",
            resource: runtimeArn,
            resourceAccountId: hub,
        },
    ],
    unknownPolicies: [],
} as const;

function gatewayFor(arns: readonly string[], more: Partial<InventoryGateway> = {}) {
    const statement = { ...invoke, Principal: { AWS: arns }, Resource: gatewayArn };
    return {
        name: "tools",
        ...{ stack: "hub", configName: "tools", arn: gatewayArn, accountId: hub },
        ...{ region: "us-east-1", authorizerType: "AWS_IAM", roleArn: roleArn(hub, "service") },
        resourcePolicy: { name: "gateway tools", document: document(statement) },
        targets: [lambda],
        ...more,
    } satisfies InventoryGateway;
}

function casesOf(inventory: Partial<Inventory>, more: Partial<CasesOf> = {}) {
    const { principals = [], gateways = [], pending = [] } = inventory;
    return verifyCases({
        matrix: accessMatrix({
            accounts: [],
            principals: [...principals, serviceRole],
            ...{ gateways, pending, unread: [] },
        }),
        examples: () => [{ tool: "echo___say", arguments: { text: "a" } }],
        agentUses: () => true,
        wasAllowed: () => false,
        expiredSessions: false,
        ...more,
    });
}

describe("the cases of hub verify", () => {
    const spoke = ["one", one] as const;
    const dev = role(spoke, "dev");
    const open = gatewayFor([roleArn(one, "dev")]);

    it("says of each refused pair why it is refused", () => {
        const principals = [dev, role(spoke, "audit"), role(["two", two], "dev")];
        const gateways = [open];
        const labels = (more: Partial<CasesOf>) =>
            casesOf({ principals, gateways }, more)
                .filter(({ principal }) => principal !== undefined)
                .map(({ name, kind, expect }) => [name, kind, expect]);
        assert.deepEqual(labels({}), [
            ["one-dev → tools", "allowed", "allow"],
            ["one-audit → tools", "ungranted role", "refuse"],
            ["two-dev → tools", "other spoke", "refuse"],
        ]);
        assert.deepEqual(labels({ wasAllowed: (principal) => principal === "two-dev" }).at(-1), [
            ...["two-dev → tools", "revoked role", "refuse"],
        ]);
    });

    it("lists all tools and calls those with examples, of targets that the gateway gets to", () => {
        const cut = { ...lambda, name: "cut", calls: [{ ...lambda.calls[0], action: "s3:Get" }] };
        const gateways = [{ ...open, targets: [lambda, cut, server] }];
        const examples = () => [
            { tool: "echo___say", arguments: {} },
            { tool: "cut___say", arguments: {} },
            { tool: "server___add", arguments: {} },
        ];
        const [allowed] = casesOf({ principals: [dev], gateways }, { examples });
        assert.deepEqual(allowed?.tools, {
            must: ["echo___say", "echo___shout"],
            may: ["cut___say", "cut___shout", "server___*"],
        });
        assert.deepEqual(
            allowed.calls?.map(({ tool }) => tool),
            ["echo___say", "server___add"],
        );
    });

    it("tries signatures as whom the gateway lets in, and expired sessions where there are some", () => {
        const principals = [role(spoke, "audit"), dev];
        const signature = casesOf({ principals, gateways: [open] }, { expiredSessions: true })
            .filter(({ principal }) => principal === undefined)
            .map(({ kind, as, expect }) => [kind, as, expect]);
        assert.deepEqual(signature, [
            ["unsigned", [], "refuse"],
            ["wrong region", ["one-dev"], "refuse"],
            ["wrong service", ["one-dev"], "refuse"],
            ["expired session", ["one-dev"], "refuse"],
        ]);
        const nobody = casesOf({ principals: [role(spoke, "audit")], gateways: [open] });
        assert.deepEqual(
            nobody.map(({ kind, skip }) => [kind, skip]),
            [
                ["other spoke", undefined],
                ["unsigned", undefined],
                ["wrong region", "no caller is allowed otherwise"],
                ["wrong service", "no caller is allowed otherwise"],
            ],
        );
    });

    it("goes around the gateway as each caller that the program refuses the runtime", () => {
        const around = role(spoke, "around", {
            identity: [
                {
                    name: "role around, all",
                    document: document({ Effect: "Allow", Action: "*", Resource: "*" }),
                },
            ],
        });
        const resourcePolicy = {
            name: "runtime server",
            document: document({
                Effect: "Allow",
                Principal: { AWS: roleArn(one, "around") },
                Action: "bedrock-agentcore:InvokeAgentRuntime",
                Resource: runtimeArn,
            }),
        };
        const calls = [{ ...server.calls[0], resourcePolicy }];
        const gateways = [{ ...open, targets: [{ ...server, calls }] }];
        assert.deepEqual(
            casesOf({ principals: [dev, around], gateways })
                .filter(({ kind }) => kind === "around the gateway")
                .map(({ name, target, expect, skip }) => [name, target, expect, skip]),
            [
                ["one-dev → server, around tools", "server", "refuse", undefined],
                [
                    ...["one-around → server, around tools", "server", "refuse"],
                    "the program's policies do not refuse one-around the runtime itself",
                ],
            ],
        );
    });

    it("has an agent asked for an example, or says why it is not", () => {
        const agent = role(spoke, "agent", { kind: "agent" });
        const principals = [agent];
        const first = (more: Partial<CasesOf>, arns = [roleArn(one, "agent")]) =>
            casesOf({ principals, gateways: [gatewayFor(arns)] }, more)[0];
        const granted = first({});
        assert.equal(granted?.kind, "agent");
        assert.deepEqual(granted.calls, [{ tool: "echo___say", arguments: { text: "a" } }]);
        assert.equal(granted.skip, undefined);
        const refused = first({}, [roleArn(one, "other")]);
        assert.equal(refused?.expect, "refuse");
        assert.equal(refused.calls?.length, 1);
        assert.equal(
            first({ agentUses: () => false })?.skip,
            "the agent's config does not name tools, so it never calls it",
        );
        assert.equal(
            first({ examples: () => [] })?.skip,
            "no tool of tools has an example with readOnly: true to ask for",
        );
    });

    it("does not assert what is conditional, pending, or not IAM's to decide", () => {
        const conditional = role(spoke, "dev", {
            identity: [
                {
                    name: "role dev, invoke",
                    document: document({
                        ...{ ...invoke, Resource: gatewayArn },
                        Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } },
                    }),
                },
            ],
        });
        const [first] = casesOf({ principals: [conditional], gateways: [open] });
        assert.equal(first?.skip, "allowed only from 10.0.0.0/8");
        const pending = {
            ...{ principal: "one-dev", stack: "one", role: "dev", gateway: "tools" },
            reason: "stack one has not been deployed yet.",
        };
        const withPending = casesOf({ principals: [dev], gateways: [open], pending: [pending] });
        assert.deepEqual(
            withPending
                .filter(({ principal }) => principal === "one-dev")
                .map(({ name, skip }) => [name, skip]),
            [["one-dev → tools: pending", "pending: stack one has not been deployed yet."]],
        );
        const jwt = { ...open, authorizerType: "CUSTOM_JWT" };
        const skips = casesOf({ principals: [dev], gateways: [jwt] }).map(({ skip }) => skip);
        assert.deepEqual(
            [...new Set(skips)],
            ["the gateway is of CUSTOM_JWT: IAM does not decide"],
        );
    });

    it("asks as roles that config names alone", () => {
        const { stack: _stack, role: _role, ...unnamed } = role(spoke, "other", { kind: "other" });
        const names = casesOf({ principals: [unnamed], gateways: [open] }).map(({ kind }) => kind);
        assert.deepEqual(names, ["unsigned", "wrong region", "wrong service"]);
    });

    it("takes a list for right that has what must be, and no more than may be", () => {
        const tools = { must: ["a___one"], may: ["b___two", "c___*"] };
        assert.equal(listProblem(["a___one"], tools), undefined);
        assert.equal(listProblem(["a___one", "b___two", "c___any"], tools), undefined);
        assert.equal(listProblem(["b___two"], tools), "tools: a___one missing");
        assert.equal(
            listProblem(["a___one", "b___three", "cc___x"], tools),
            "tools: b___three, cc___x in excess",
        );
    });

    it("knows a session of a role by account and name, whatever the role's path", () => {
        const session = `arn:aws:sts::${one}:assumed-role/dev/me`;
        assert.equal(isSessionOf(session, roleArn(one, "team/dev")), true);
        assert.equal(isSessionOf(session, roleArn(one, "developer")), false);
        assert.equal(isSessionOf(session, roleArn(two, "dev")), false);
        assert.equal(isSessionOf(`arn:aws:iam::${one}:user/dev`, roleArn(one, "dev")), false);
    });
});
