import assert from "node:assert/strict";
import { InvalidSettings, parseSettings } from "../../settings";
import { repository } from "../helpers/project";

const hub = {
    "aws:region": "us-east-1",
    "agentcore-hub:account": { role: "provider", id: "111122223333" },
    "agentcore-hub:spokes": { consumer: { account: "444455556666", stack: "consumer" } },
    "agentcore-hub:gateways": {
        tools: {
            targets: { "echo-tools": { lambda: "echo-tool", tools: ["echo_message"] } },
            grants: [{ spoke: "consumer", roles: ["developer"] }],
        },
    },
};
const spoke = {
    "aws:region": "us-east-1",
    "agentcore-hub:account": { role: "consumer", id: "444455556666" },
    "agentcore-hub:hubs": { team: { account: "111122223333", stack: "provider" } },
    "agentcore-hub:callers": {
        developer: {
            gateways: ["team/tools"],
            assumedBy: ["arn:aws:iam::444455556666:role/AdminRole"],
        },
    },
};

/** A copy with the member at a path replaced; `undefined` removes it. */
function change(config: object, path: readonly (string | number)[], value: unknown): never {
    const copy = structuredClone(config) as Record<string | number, unknown>;
    let at = copy;
    for (const key of path.slice(0, -1)) at = at[key] as typeof at;
    const last = path.at(-1) ?? "";
    if (value === undefined) Reflect.deleteProperty(at, last);
    else at[last] = value;
    return copy as never;
}

const gateways = "agentcore-hub:gateways";
const target = (settings: object) =>
    change(hub, ["agentcore-hub:gateways", "tools", "targets", "server"], settings);
const callers = "agentcore-hub:callers";
const cases: { name: string; config: Record<string, unknown>; problem: RegExp }[] = [
    {
        name: "an unknown key of the program",
        config: { ...hub, "agentcore-hub:gateway": {} },
        problem: /^gateway: got an unknown key; must be absent$/m,
    },
    {
        name: "an unknown key inside",
        config: change(hub, [gateways, "tools", "target"], {}),
        problem: /^gateways\.tools\.target: got an unknown key/m,
    },
    {
        name: "a wrong type",
        config: change(hub, [gateways, "tools", "targets"], ["echo"]),
        problem: /^gateways\.tools\.targets: got \["echo"\]; must be a map of targets$/m,
    },
    {
        name: "a search of tools that the gateway does not keep",
        config: change(hub, [gateways, "tools"], {
            searchType: "SEMANTIC",
            targets: { server: { mcpServer: "mcp-server", listingMode: "DYNAMIC" } },
        }),
        problem: /^gateways\.tools\.targets\.server\.listingMode: got "DYNAMIC"; must be DEFAULT/m,
    },
    {
        name: "a search that no gateway has",
        config: change(hub, [gateways, "tools", "searchType"], "HYBRID"),
        problem: /^gateways\.tools\.searchType: got "HYBRID"; must be SEMANTIC, or absent$/m,
    },
    {
        name: "no account",
        config: change(hub, ["agentcore-hub:account"], undefined),
        problem: /^account: got nothing; must be \{ role: provider \| consumer/m,
    },
    {
        name: "an account id of 11 digits",
        config: change(hub, ["agentcore-hub:account", "id"], "11112222333"),
        problem: /^account\.id: got "11112222333"; must be 12 digits$/m,
    },
    {
        name: "an account id that YAML read as a number",
        config: change(hub, ["agentcore-hub:account", "id"], 111122223333),
        problem: /^account\.id: got 111122223333; must be 12 digits$/m,
    },
    {
        name: "no region",
        config: change(hub, ["aws:region"], undefined),
        problem: /^aws:region: got nothing; must be an AWS region/m,
    },
    {
        name: "gateway names that differ by case only",
        config: change(hub, [gateways, "Tools"], hub[gateways].tools),
        problem: /^gateways: got tools and Tools; must be different gateway names/m,
    },
    {
        name: "a gateway name that AWS would refuse",
        config: change(hub, [gateways], { my_tools: hub[gateways].tools }),
        problem: /^gateways\.my_tools: got "my_tools" as a name; must be 1-48 letters/m,
    },
    {
        name: "a target name that AWS would refuse",
        config: change(hub, [gateways, "tools", "targets", "echo_tools"], { lambda: "echo-tool" }),
        problem: /^gateways\.tools\.targets\.echo_tools: got "echo_tools" as a name/m,
    },
    {
        name: "target___tool over 64 characters",
        config: change(hub, [gateways, "tools", "targets", "t".repeat(50)], {
            lambda: "echo-tool",
            tools: ["echo_message"],
        }),
        problem: /got t{50}___echo_message, 65 characters; must be at most 64/m,
    },
    {
        name: "a tool that the workload does not declare",
        config: change(hub, [gateways, "tools", "targets", "echo-tools", "tools"], ["echo"]),
        problem: /tools\[0\]: got "echo"; must be one of echo_message, add_numbers/m,
    },
    {
        name: "an MCP server behind a load balancer",
        config: target({
            mcpServerUrl: "https://tools.us-east-1.elb.amazonaws.com/mcp",
            resourceArn: "arn:aws:lambda:us-east-1:111122223333:function:x",
        }),
        problem:
            /targets\.server\.mcpServerUrl: got "https:\/\/tools\.us-east-1\.elb\.amazonaws\.com\/mcp"; must be an https URL of a service that verifies a gateway's SigV4 signature: .*Load balancers, EC2 and other hosts cannot/m,
    },
    {
        name: "an MCP server on an EC2 instance",
        config: target({
            mcpServerUrl: "https://ec2-1-2-3-4.compute-1.amazonaws.com/mcp",
            resourceArn: "arn:aws:lambda:us-east-1:111122223333:function:x",
        }),
        problem:
            /mcpServerUrl: got "https:\/\/ec2-1-2-3-4\.compute-1\.amazonaws\.com\/mcp"; must be .*Load balancers, EC2 and other hosts cannot; for a runtime, set existingRuntimeArn$/m,
    },
    {
        name: "an MCP server's URL without TLS",
        config: target({
            mcpServerUrl: "http://abc.lambda-url.us-east-1.on.aws/",
            resourceArn: "arn:aws:lambda:us-east-1:111122223333:function:x",
        }),
        problem: /mcpServerUrl: got "http:\/\/abc\.lambda-url/m,
    },
    {
        name: "a function URL with the ARN of all functions",
        config: target({
            mcpServerUrl: "https://abc.lambda-url.us-east-1.on.aws/",
            resourceArn: "arn:aws:lambda:us-east-1:111122223333:function:*",
        }),
        problem: /resourceArn: got "arn.*function:\*"; must be the exact ARN of the function/m,
    },
    {
        name: "an API with the ARN of all its methods",
        config: target({
            mcpServerUrl: "https://abc123.execute-api.us-east-1.amazonaws.com/prod/mcp",
            resourceArn: "arn:aws:execute-api:us-east-1:111122223333:abc123/*",
        }),
        problem: /resourceArn: got "arn.*abc123\/\*"; must be the exact ARN of the API's method/m,
    },
    {
        name: "a runtime's endpoint in place of the runtime",
        config: target({
            existingRuntimeArn:
                "arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime/a-0123456789/runtime-endpoint/DEFAULT",
        }),
        problem:
            /existingRuntimeArn: got .*; must be the exact ARN of an AgentCore runtime, without/m,
    },
    {
        name: "a runtime by a pattern",
        config: target({
            existingRuntimeArn: "arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime/*",
        }),
        problem: /existingRuntimeArn: got .*runtime\/\*/m,
    },
    {
        name: "an endpoint name that AWS would refuse",
        config: target({
            existingRuntimeArn:
                "arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime/a-0123456789",
            qualifier: "my-endpoint",
        }),
        problem: /qualifier: got "my-endpoint"; must be 1-48 letters, digits or underscores/m,
    },
    {
        name: "an MCP server that is not there",
        config: target({ mcpServer: "nothing" }),
        problem: /got no file workloads\/nothing\/tools\.json/m,
    },
    {
        name: "an MCP server whose runtime's name AgentCore would refuse, with _ for - already",
        config: target({ mcpServer: "2nd-server" }),
        problem:
            /targets\.server\.mcpServer: got 2nd-server, the runtime 2nd_server; must be 1-48 letters, digits or underscores/m,
    },
    {
        name: "a listing mode that AgentCore does not have",
        config: target({ mcpServer: "mcp-server", listingMode: "LIVE" }),
        problem: /listingMode: got "LIVE"; must be DEFAULT or DYNAMIC/m,
    },
    {
        name: "an operator who is everyone",
        config: { ...hub, "agentcore-hub:runtime": { operators: ["*"] } },
        problem: /^runtime\.operators\[0\]: got "\*"/m,
    },
    {
        name: "a session of thirty seconds",
        config: { ...hub, "agentcore-hub:runtime": { idleTimeoutSeconds: 30 } },
        problem:
            /^runtime\.idleTimeoutSeconds: got 30; must be a whole number of seconds, 60-1209600/m,
    },
    {
        name: "a network of no subnets",
        config: {
            ...hub,
            "agentcore-hub:runtime": { network: { subnets: [], securityGroups: ["sg-1"] } },
        },
        problem: /^runtime\.network/m,
    },
    {
        name: "a workload that is not there",
        config: change(hub, [gateways, "tools", "targets", "echo-tools", "lambda"], "nothing"),
        problem: /got no file workloads\/nothing\/tools\.json/m,
    },
    {
        name: "a grant to a spoke that is not declared",
        config: change(hub, [gateways, "tools", "grants", 0, "spoke"], "stranger"),
        problem:
            /^gateways\.tools\.grants\[0\]\.spoke: got "stranger"; must be declared under agentcore-hub:spokes \(consumer\)$/m,
    },
    {
        name: "a role granted twice",
        config: change(hub, [gateways, "tools", "grants", 0, "roles"], ["a", "a"]),
        problem: /grants\[0\]\.roles: got a and a; must be different role names/m,
    },
    ...[
        "arn:aws:iam::444455556666:role/*",
        "arn:aws:iam::444455556666:root",
        "arn:aws-cn:iam::444455556666:role/Agent",
        "arn:aws:sts::444455556666:assumed-role/Agent/session",
        "*",
    ].map((arn) => ({
        name: `the principal ${arn}`,
        config: change(hub, [gateways, "tools", "grants", 0], { principals: [arn] }),
        problem: /grants\[0\]\.principals\[0\]: got .*; must be the exact ARN of a role or user/m,
    })),
    {
        name: "a revision that no gateway speaks",
        config: change(hub, [gateways, "tools", "supportedVersions"], ["2024-11-05"]),
        problem: /supportedVersions\[0\]: got "2024-11-05"; must be one of 2026-07-28/m,
    },
    {
        name: "a retention that CloudWatch does not have",
        config: { ...hub, "agentcore-hub:lambda": { logRetentionDays: 31 } },
        problem: /^lambda\.logRetentionDays: got 31; must be /m,
    },
    {
        name: "a caller that is assumed by a wildcard",
        config: change(
            spoke,
            [callers, "developer", "assumedBy", 0],
            "arn:aws:iam::444455556666:role/*",
        ),
        problem: /^callers\.developer\.assumedBy\[0\]: got .*must be the exact ARN/m,
    },
    {
        name: "a caller of a hub that is not declared",
        config: change(spoke, [callers, "developer", "gateways", 0], "other/tools"),
        problem: /^callers\.developer\.gateways\[0\]: got "other\/tools"; must start with a hub/m,
    },
    {
        name: "a role name that IAM would refuse",
        config: change(spoke, [callers], { "a b": spoke[callers].developer }),
        problem: /^callers\.a b: got "a b" as a name; must be 1-64 letters/m,
    },
    {
        name: "a hub's gateway by an ARN of another account",
        config: change(spoke, ["agentcore-hub:hubs", "team"], {
            account: "111122223333",
            gateways: {
                tools: {
                    arn: "arn:aws:bedrock-agentcore:us-east-1:999988887777:gateway/tools-abcdefghij",
                    url: "https://example.com/mcp",
                },
            },
        }),
        problem: /^hubs\.team\.gateways\.tools\.arn: got .*of account 111122223333/m,
    },
];

describe("settings", () => {
    it("reads a hub's and a spoke's config", () => {
        const settings = parseSettings(hub, repository);
        assert.ok(settings.role === "provider");
        assert.deepEqual(
            settings.gateways["tools"]?.targets["echo-tools"]?.tools.map(({ name }) => name),
            ["echo_message"],
        );
        assert.equal(parseSettings(spoke, repository).role, "consumer");
    });

    it("takes structured values as the CLI hands them over, as JSON text", () => {
        const text = Object.fromEntries(
            Object.entries(hub).map(([key, value]) => [
                key,
                typeof value === "string" ? value : JSON.stringify(value),
            ]),
        );
        assert.deepEqual(parseSettings(text, repository), parseSettings(hub, repository));
    });

    it("takes a revision as the CLI reads a date without quotes", () => {
        const config = change(
            hub,
            [gateways, "tools", "supportedVersions"],
            ["2025-11-25 00:00:00 +0000 UTC"],
        );
        const settings = parseSettings(config, repository);
        assert.equal(settings.role, "provider");
        assert.deepEqual(settings.gateways["tools"]?.supportedVersions, ["2025-11-25"]);
    });

    it("is frozen, so that nothing downstream changes what was checked", () => {
        const settings = parseSettings(hub, repository);
        assert.throws(() => {
            (settings as { accountId: string }).accountId = "0";
        }, TypeError);
    });

    for (const { name, config, problem } of cases) {
        it(`refuses ${name}`, () => {
            assert.throws(
                () => parseSettings(config, repository),
                (error) => {
                    assert.ok(error instanceof InvalidSettings, String(error));
                    assert.match(error.problems.join("\n"), problem);
                    return true;
                },
            );
        });
    }

    it("tells every problem at once", () => {
        const config = change(
            change(hub, [gateways, "tools", "grants", 0, "spoke"], "stranger"),
            [gateways, "tools", "targets", "echo-tools", "tools"],
            ["echo", "add"],
        );
        assert.throws(
            () => parseSettings(config, repository),
            (error) => error instanceof InvalidSettings && error.problems.length === 3,
        );
    });
});
