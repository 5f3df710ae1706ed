import assert from "node:assert/strict";
import { runtimeEndpointArn } from "../../../agentcore/runtime";
import { judge } from "../../../policy/judge";
import { unknown } from "../../../policy/resource";
import { allow, example, hub, policy } from "../../../policy/rules/examples";
import type { ExampleResource } from "../../../policy/rules/rule";
import { StackView } from "../../../policy/stackView";
import { baseResources, baseStack } from "./baseStack";

const findings = (changes: readonly ExampleResource[]) =>
    judge("provider", baseStack(changes), { today: "2026-11-21" });
const rulesOf = (changes: readonly ExampleResource[]) => [
    ...new Set(findings(changes).map(({ rule }) => rule.name)),
];

const invokeTool = policy(allow("lambda:InvokeFunction", hub.tool));
const invokeRuntime = policy(
    allow("bedrock-agentcore:InvokeAgentRuntime", [hub.runtime, runtimeEndpointArn(hub.runtime)]),
);
const managed = (name: string, document: object): ExampleResource => ({
    type: "aws:iam/policy:Policy",
    name,
    props: { arn: `arn:aws:iam::${hub.account}:policy/${name}`, policy: JSON.stringify(document) },
});
const attached = (name: string, role: string): ExampleResource =>
    example("attachment", `${name}-attached`, {
        role,
        policyArn: `arn:aws:iam::${hub.account}:policy/${name}`,
    });
const inline = (document: object) => [{ name: "own", policy: JSON.stringify(document) }];
const only = (document: object) =>
    example("rolePolicy", "tools-invoke-targets", { policy: document });

describe("the policies of a role together", () => {
    it("may be several: one in the role, one named, one attached", () => {
        assert.deepEqual(
            rulesOf([
                only(invokeTool),
                managed("runtimes", invokeRuntime),
                attached("runtimes", "tools-service"),
            ]),
            [],
        );
        assert.deepEqual(
            rulesOf([
                only(invokeTool),
                example("role", "tools-service", { inlinePolicies: inline(invokeRuntime) }),
            ]),
            [],
        );
    });

    it("lack what none of them has", () => {
        assert.deepEqual(rulesOf([only(invokeTool)]), ["gateway-role-targets"]);
    });

    it("are too wide where one of them is, however it comes to the role", () => {
        const wide = policy(allow("lambda:InvokeFunction", `${hub.tool}*`));
        const ways: ExampleResource[][] = [
            [example("role", "tools-service", { inlinePolicies: inline(wide) })],
            [example("rolePolicy", "second", { role: "tools-service", policy: wide })],
            [managed("wide", wide), attached("wide", "tools-service")],
        ];
        for (const way of ways) {
            assert.deepEqual(rulesOf(way), ["gateway-role-targets", "wildcard-resources"]);
        }
    });

    it("are of one size, and managed ones of their own", () => {
        const long = policy(allow("lambda:InvokeFunction", Array<string>(90).fill(hub.tool)));
        const second = example("rolePolicy", "second", { role: "tools-service", policy: long });
        const third = example("rolePolicy", "third", { role: "tools-service", policy: long });
        const sizes = (changes: readonly ExampleResource[]) =>
            findings(changes)
                .filter(({ rule }) => rule.name === "policy-size")
                .map(({ urn }) => urn.split("::").at(-1));
        assert.deepEqual(sizes([second]), []);
        assert.deepEqual(sizes([second, third]), ["tools-service"]);
        assert.deepEqual(
            sizes([second, managed("third", long), attached("third", "tools-service")]),
            [],
        );
    });
});

describe("a document's form", () => {
    const action = "lambda:InvokeFunction";
    const statement = { Effect: "Allow", Action: action, Resource: "*" };
    const forms: Record<string, unknown> = {
        "an object with a list": { Version: "2012-10-17", Statement: [statement] },
        "an object with one statement": { Version: "2012-10-17", Statement: statement },
        text: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
        "text with white space": JSON.stringify(
            { Version: "2012-10-17", Statement: statement },
            undefined,
            8,
        ),
        "lists of one": {
            Version: "2012-10-17",
            Statement: [{ ...statement, Action: [action], Resource: ["*"] }],
        },
        "one wildcard among exact ARNs": {
            Version: "2012-10-17",
            Statement: [{ ...statement, Resource: [hub.tool, "*"] }],
        },
        "a second statement": {
            Version: "2012-10-17",
            Statement: [{ ...statement, Resource: hub.tool }, statement],
        },
    };
    for (const [form, document] of Object.entries(forms)) {
        it(`makes no difference: ${form}`, () => {
            const own = example("rolePolicy", "second", {
                role: "tools-service",
                policy: document,
            });
            const native: ExampleResource = {
                type: "aws-native:iam:RolePolicy",
                name: "second",
                props: { roleName: "tools-service", policyDocument: document },
            };
            for (const resource of [own, native]) {
                assert.deepEqual(rulesOf([resource]), [
                    "gateway-role-targets",
                    "wildcard-resources",
                ]);
            }
        });
    }
});

describe("a runtime's endpoints", () => {
    const runtimeClosed = (endpoint: Record<string, unknown>, madeFrom?: string) => {
        const resources = baseResources([
            {
                type: "aws-native:bedrockagentcore:RuntimeEndpoint",
                name: "stable",
                props: { name: "stable", ...endpoint },
            },
        ]).map((one) =>
            one.name === "stable" && madeFrom !== undefined
                ? { ...one, madeFrom: { agentRuntimeId: [madeFrom] } }
                : one,
        );
        return judge("provider", new StackView(resources), { today: "2026-11-21" })
            .filter(({ rule }) => rule.name === "runtime-closed")
            .map(({ urn, got, undecided }) => [urn.split("::").at(-1), undecided ?? got]);
    };
    const runtime = baseResources().find(({ name }) => name === "mcp-server-runtime");
    const missing = `none for ${runtimeEndpointArn(hub.runtime, "stable")}`;

    it("need a policy each", () => {
        assert.deepEqual(runtimeClosed({ agentRuntimeId: "mcp_server-a1b2c3d4e5" }), [
            ["mcp-server-runtime", missing],
        ]);
    });

    it("are known by what they are made from, before their runtime's id is", () => {
        assert.deepEqual(runtimeClosed({ agentRuntimeId: unknown }, runtime?.urn), [
            ["mcp-server-runtime", missing],
        ]);
    });

    it("wait for the update where neither says whose they are", () => {
        assert.deepEqual(runtimeClosed({ agentRuntimeId: unknown }), [
            ["mcp-server-runtime", true],
            ["agent-runtime", true],
        ]);
    });
});
