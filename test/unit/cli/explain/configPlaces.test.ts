import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { anySessionOf } from "../../../../access/inventory";
import {
    callerEdits,
    grantEdits,
    withEdit,
    type ConfigEdit,
} from "../../../../cli/explain/configEdits";
import type { ConfigPair } from "../../../../cli/explain/configPairs";
import { grantPlaces } from "../../../../cli/explain/configPlaces";
import { readProject } from "../../../../engine/stacks";
import { TestProject } from "../../../helpers/project";

const hub = `# The hub
config:
  aws:region: us-east-1
  agentcore-hub:account: { role: provider, id: "111122223333" }
  agentcore-hub:spokes:
    consumer: { account: "444455556666", stack: consumer }
  agentcore-hub:gateways:
    tools:
      targets:
        echo-tools: { lambda: echo-tool, tools: [echo_message] }
      grants: &grants # who may
        - spoke: consumer
          roles:
            - developer # first
        - principals: ["arn:aws:iam::777788889999:role/reader"]
    more:
      targets:
        echo-tools: { lambda: echo-tool, tools: [echo_message] }
      grants: *grants
    empty:
      targets:
        echo-tools: { lambda: echo-tool, tools: [echo_message] }
`;
const other = hub
    .replace("111122223333", "222233334444")
    .replace(/ {2}agentcore-hub:spokes:\n.*\n/, "")
    .replaceAll(/grants: (&|\*)grants.*\n( {8}.*\n)*/g, "grants: []\n");

describe("the lines of the config for a pair", () => {
    const project = new TestProject()
        .file("Pulumi.provider.yaml", hub)
        .file("Pulumi.other.yaml", other);
    const read = readProject(project.folder);
    after(() => {
        project.remove();
    });
    const text = (file: string) => readFileSync(join(project.folder, file), "utf8");
    const pair = (role: string, gateway = "tools", stack = "provider"): ConfigPair => {
        const accountId = stack === "provider" ? "111122223333" : "222233334444";
        const arn = `arn:aws:bedrock-agentcore:us-east-1:${accountId}:gateway/${gateway}-0123456789`;
        const roleArn = `arn:aws:iam::444455556666:role/${role}`;
        return {
            principal: {
                ...{ principal: anySessionOf(roleArn, "AROA"), stack: "consumer", role },
            },
            gateway: { stack, configName: gateway, arn, accountId },
        };
    };
    const reader = (gateway: string): ConfigPair => ({
        ...pair("", gateway),
        principal: { principal: anySessionOf("arn:aws:iam::777788889999:role/reader", "AROA") },
    });
    const shown = (edits: ConfigEdit[]) =>
        edits.map(({ file, line, key, write }) => `${file}:${line} ${key}: ${write}`);
    const configOf = (yaml: string) => (parse(yaml) as { config: Record<string, unknown> }).config;
    const gatewaysOf = (yaml: string) =>
        configOf(yaml)["agentcore-hub:gateways"] as Record<string, { grants?: unknown }>;
    const grantsAfter = (edits: ConfigEdit[]) => {
        const written = edits.reduce(withEdit, text(edits[0]?.file ?? ""));
        const spokes = configOf(written)["agentcore-hub:spokes"];
        return { written, gateways: gatewaysOf(written), spokes };
    };

    it("are those of its grant and of its caller's gateways", () => {
        const { grant, caller } = grantPlaces(read, pair("developer"));
        assert.deepEqual(grant, {
            ...{ file: "Pulumi.provider.yaml", line: 12, key: "gateways.tools.grants" },
        });
        assert.equal(caller?.key, "callers.developer.gateways");
        const line = text("Pulumi.consumer.yaml").split("\n")[caller.line - 1];
        assert.match(line ?? "", /gateways: \[tools-team\/tools\]/);
    });

    it("are those of the agent, and of a principal that no stack has", () => {
        assert.equal(grantPlaces(read, pair("agent")).caller?.key, "agent.gateways");
        assert.deepEqual(grantPlaces(read, pair("agent")).grant, undefined);
        assert.equal(grantPlaces(read, reader("tools")).grant?.line, 15);
        assert.deepEqual(grantEdits(read, reader("tools")), []);
    });

    it("that are to be written are one role more in the spoke's grant, with the comments as they are", () => {
        const edits = grantEdits(read, pair("agent"));
        assert.deepEqual(shown(edits), [
            "Pulumi.provider.yaml:12 gateways.tools.grants: - { spoke: consumer, roles: [developer, agent] }",
        ]);
        const { written, gateways } = grantsAfter(edits);
        assert.match(written, /# The hub[\s\S]*# who may[\s\S]*# first/);
        assert.deepEqual((gateways["tools"]?.grants as object[])[0], {
            ...{ spoke: "consumer", roles: ["developer", "agent"] },
        });
    });

    it("that another gateway shares by an alias are changed for one gateway alone", () => {
        for (const [changed, kept] of [
            ["tools", "more"],
            ["more", "tools"],
        ] as const) {
            const { gateways } = grantsAfter(grantEdits(read, pair("agent", changed)));
            assert.match(JSON.stringify(gateways[changed]), /"developer","agent"/);
            assert.match(JSON.stringify(gateways[kept]), /\["developer"\]/);
        }
    });

    it("of a gateway without grants are the first one", () => {
        const edits = grantEdits(read, pair("agent", "empty"));
        assert.equal(edits[0]?.write, "- { spoke: consumer, roles: [agent] }");
        assert.deepEqual(grantsAfter(edits).gateways["empty"]?.grants, [
            { spoke: "consumer", roles: ["agent"] },
        ]);
    });

    it("of a hub that does not know the spoke are the spoke's too", () => {
        const edits = grantEdits(read, pair("agent", "tools", "other"));
        assert.deepEqual(
            edits.map(({ key, write }) => `${key}: ${write}`),
            [
                'spokes.consumer: { account: "444455556666", stack: consumer }',
                "gateways.tools.grants: - { spoke: consumer, roles: [agent] }",
            ],
        );
        const { gateways, spokes } = grantsAfter(edits);
        assert.deepEqual(spokes, { consumer: { account: "444455556666", stack: "consumer" } });
        assert.deepEqual(gateways["tools"]?.grants, [{ spoke: "consumer", roles: ["agent"] }]);
    });

    it("of a spoke that does not know the hub are the hub's too", () => {
        const edits = callerEdits(read, pair("developer", "tools", "other"));
        assert.deepEqual(
            edits.map(({ file, key, write }) => `${file} ${key}: ${write}`),
            [
                'Pulumi.consumer.yaml hubs.other: { account: "222233334444", stack: other }',
                "Pulumi.consumer.yaml callers.developer.gateways: [tools-team/tools, other/tools]",
            ],
        );
        const written = edits.reduce(withEdit, text("Pulumi.consumer.yaml"));
        project.file("Pulumi.consumer.yaml", written);
        const places = grantPlaces(
            readProject(project.folder),
            pair("developer", "tools", "other"),
        );
        project.ship("consumer");
        assert.equal(places.caller?.key, "callers.developer.gateways");
    });

    it("are written where the config is JSON in a text", () => {
        const json = text("Pulumi.provider.yaml").replace(
            / {2}agentcore-hub:gateways:[\s\S]*$/,
            `  agentcore-hub:gateways: '${JSON.stringify(gatewaysOf(hub))}'\n`,
        );
        const [edit] = grantEdits(read, pair("agent"));
        assert.ok(edit !== undefined);
        assert.match(JSON.stringify(gatewaysOf(withEdit(json, edit))), /"developer","agent"/);
    });
});
