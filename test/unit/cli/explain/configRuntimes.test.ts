import assert from "node:assert/strict";
import { runtimeEndpointArn } from "../../../../agentcore/runtime";
import { documentOf } from "../../../../cli/explain/configFiles";
import { runtimeEdit, withEdit } from "../../../../cli/explain/configEdits";
import { runtimeOwner, runtimePlace } from "../../../../cli/explain/configRuntimes";
import { readProject } from "../../../../engine/stacks";
import { parse } from "yaml";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { TestProject } from "../../../helpers/project";

const arn = (name: string, account = "111122223333", region = "us-east-1") =>
    `arn:aws:bedrock-agentcore:${region}:${account}:runtime/${name}-0123456789`;
const ada = "arn:aws:iam::111122223333:user/ada";

describe("the stack of a runtime", () => {
    const project = new TestProject();
    const read = readProject(project.folder);
    after(() => {
        project.remove();
    });
    const text = (file: string) => readFileSync(join(project.folder, file), "utf8");

    it("is the spoke's of its agent, which agent.invokedBy opens", () => {
        const owner = runtimeOwner(read, arn("agent", "444455556666")) ?? assert.fail();
        assert.deepEqual(
            [owner.stack.name, owner.key, owner.admitted, owner.gateways],
            [
                ...["consumer", "agent.invokedBy"],
                ...[["arn:aws:iam::444455556666:role/AdminRole"], []],
            ],
        );
        const { file, line } = runtimePlace(read, owner);
        assert.match(text(file).split("\n")[line - 1] ?? "", /^ {4}invokedBy: \[/);
    });

    it("is the hub's of a server that a gateway shows, by its endpoint too, with the tools", () => {
        const server = arn("mcp_server");
        const owner = runtimeOwner(read, server) ?? assert.fail();
        assert.deepEqual(runtimeOwner(read, runtimeEndpointArn(server)), owner);
        assert.deepEqual(
            [owner.stack.name, owner.key, owner.admitted],
            ["provider", "runtime.operators", []],
        );
        assert.deepEqual(owner.gateways, [
            {
                name: "tools",
                tools: ["add_numbers", "multiply_numbers", "greet_user"].map(
                    (tool) => `calculator___${tool}`,
                ),
            },
        ]);
    });

    it("gets a key that its file has not yet", () => {
        const owner = runtimeOwner(read, arn("mcp_server")) ?? assert.fail();
        const edit = runtimeEdit(read, owner, ada);
        assert.deepEqual([edit.key, edit.write], ["runtime.operators", `[${ada}]`]);
        const written = withEdit(text(edit.file), edit);
        const { config } = parse(written) as { config: Record<string, unknown> };
        assert.deepEqual(config["agentcore-hub:runtime"], { operators: [ada] });
        assert.match(written, /# What hub verify calls\./);
    });

    for (const [what, other] of [
        ["name", arn("another")],
        ["account", arn("mcp_server", "999900001111")],
        ["region", arn("mcp_server", "111122223333", "eu-west-1")],
        ["kind", arn("mcp_server").replace("runtime/", "gateway/")],
    ] as const) {
        it(`is none of these for one of another ${what}`, () => {
            assert.equal(runtimeOwner(read, other), undefined);
        });
    }

    it("has its file parsed once", () => {
        const [stack] = read.stacks;
        assert.ok(stack !== undefined);
        assert.equal(documentOf(read, stack), documentOf(read, stack));
        const again = readProject(project.folder);
        const [anew] = again.stacks;
        assert.ok(anew !== undefined);
        assert.notEqual(documentOf(again, anew), documentOf(read, stack));
    });
});
