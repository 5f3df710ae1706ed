import assert from "node:assert/strict";
import { join } from "node:path";
import { ConfigLines } from "../../../cli/policyPlace";
import { readProject } from "../../../engine/stacks";
import { TestProject } from "../../helpers/project";

const hub = `# The hub
config:
  aws:region: us-east-1
  agentcore-hub:account: { role: provider, id: "111122223333" }
  agentcore-hub:spokes:
    consumer: { account: "444455556666", stack: consumer }
  agentcore-hub:runtime:
    operators:
      - arn:aws:iam::111122223333:role/AdminRole
  agentcore-hub:gateways:
    tools:
      targets:
        echo-tools: { lambda: echo-tool, tools: [echo_message] }
      grants: &grants
        - spoke: consumer
          roles:
            - developer
            - agent
        - account: "777788889999"
        - principals:
            - arn:aws:iam::777788889999:role/reader
            - arn:aws:iam::777788889999:role/path/other
    tools-more:
      targets:
        calculator: { mcpServer: mcp-server }
      grants: *grants
`;
const spoke = `config:
  aws:region: us-east-1
  agentcore-hub:account: { role: consumer, id: "444455556666" }
  agentcore-hub:hubs:
    tools-team: { account: "111122223333", stack: provider }
  agentcore-hub:callers:
    dev:
      gateways: [tools-team/tools]
      assumedBy: ["arn:aws:iam::444455556666:role/AdminRole"]
    dev-ops:
      gateways: [tools-team/tools]
      maxSessionSeconds: 7200
      assumedBy:
        - arn:aws:iam::444455556666:role/AdminRole
        - arn:aws:iam::444455556666:user/ann
  agentcore-hub:agent:
    gateways: [tools-team/tools]
    invokedBy:
      - arn:aws:iam::444455556666:role/AdminRole
`;

describe("the line of the config that a resource stems from", () => {
    const project = new TestProject()
        .file("Pulumi.provider.yaml", hub)
        .file("Pulumi.consumer.yaml", spoke);
    after(() => {
        project.remove();
    });
    const lineOf = (stack: string, component: string, name: string, got = "") => {
        const found = readProject(project.folder).stacks.find((one) => one.name === stack);
        assert.ok(found);
        const lines = new ConfigLines(join(project.folder, found.file), found.settings);
        const type = component === "" ? "aws:iam/role:Role" : `${component}$aws:iam/role:Role`;
        return lines.lineOf({
            urn: `urn:pulumi:${stack}::agentcore-hub::${component === "" ? "" : "agentcore-hub:index:"}${type}::${name}`,
            got,
        });
    };
    const account = "arn:aws:iam::777788889999";

    for (const [what, stack, component, name, got, line] of [
        ["a gateway", "provider", "ToolGateway", "tools-gateway", "DEBUG", 11],
        ["a gateway's role", "provider", "GatewayServiceRole", "tools-service", "", 11],
        ["the gateway of the longer name", "provider", "ToolGateway", "tools-more-gateway", "", 23],
        ["a target", "provider", "ToolGateway", "tools-echo-tools", "", 13],
        [
            "a target's command",
            "provider",
            "ToolGateway",
            "tools-more-calculator-synchronize",
            "",
            25,
        ],
        ["the grants", "provider", "ToolGateway", "tools-grants", "*", 14],
        ["a granted account", "provider", "ToolGateway", "tools-grants", `${account}:root`, 19],
        [
            "a granted principal",
            "provider",
            "ToolGateway",
            "tools-grants",
            `${account}:role/reader`,
            21,
        ],
        [
            "one of several",
            "provider",
            "ToolGateway",
            "tools-grants",
            `{"AWS":["${account}:role/path/other"]}`,
            22,
        ],
        [
            "a spoke's role",
            "provider",
            "ToolGateway",
            "tools-grants",
            "arn:aws:iam::444455556666:role/agent",
            18,
        ],
        [
            "grants by an alias",
            "provider",
            "ToolGateway",
            "tools-more-grants",
            `${account}:role/reader`,
            21,
        ],
        ["a function", "provider", "LambdaTool", "echo-tool-function", "", 13],
        ["a runtime", "provider", "AgentRuntime", "mcp-server-runtime", "", 25],
        [
            "a runtime's operator",
            "provider",
            "RuntimeAccess",
            "mcp-server-runtime-access",
            "arn:aws:iam::111122223333:role/AdminRole",
            9,
        ],
        ["a caller's role", "consumer", "CallerRole", "dev-role", "", 7],
        ["the caller of the longer name", "consumer", "CallerRole", "dev-ops-role", "7200", 12],
        [
            "who assumes it",
            "consumer",
            "CallerRole",
            "dev-ops-role",
            "arn:aws:iam::444455556666:user/ann",
            15,
        ],
        ["the agent", "consumer", "AgentRuntime", "agent-execution", "", 16],
        ["who asks the agent", "consumer", "RuntimeAccess", "agent-runtime-access", "*", 18],
        ["what no component makes", "consumer", "", "aws", "", 3],
        ["what the config does not name", "provider", "ToolGateway", "other-gateway", "", 10],
    ] as const) {
        it(`is that of ${what}`, () => {
            assert.equal(lineOf(stack, component, name, got), line);
        });
    }

    it("is found by whole names, not by parts of them", () => {
        assert.equal(
            lineOf("provider", "ToolGateway", "tools-grants", "arn:aws:iam::1:role/agents"),
            14,
        );
    });
});
