import assert from "node:assert/strict";
import { InvalidSettings, parseSettings } from "../../../settings";
import { repository } from "../../helpers/project";

const config = (targets: object, more: object = {}) => ({
    "aws:region": "us-east-1",
    "agentcore-hub:account": { role: "provider", id: "111122223333" },
    "agentcore-hub:gateways": { tools: { targets } },
    ...more,
});
const parsed = (given: Record<string, unknown>) => {
    const settings = parseSettings(given, repository);
    return settings.role === "provider" ? settings : assert.fail();
};
const problemsOf = (examples: unknown, target: object = { mcpServer: "mcp-server" }) => {
    try {
        parsed(config({ target: { ...target, examples } }));
    } catch (error) {
        assert.ok(error instanceof InvalidSettings);
        return error.message
            .split("\n")
            .map((line) => line.trim().replace(/^agentcore-hub:/, ""))
            .filter((line) => line.startsWith("gateways."))
            .map((line) => line.replace("gateways.tools.targets.target.", ""));
    }
    return [];
};

describe("the examples of a target's tools", () => {
    it("are calls by tool, which only read where config says so", () => {
        const examples = {
            add_numbers: { arguments: { a: 2, b: 3 }, readOnly: true },
            greet_user: { arguments: { name: "Ann" } },
        };
        const { target } =
            parsed(config({ target: { mcpServer: "mcp-server", examples } })).gateways["tools"]
                ?.targets ?? {};
        assert.deepEqual(target?.examples, {
            add_numbers: { arguments: { a: 2, b: 3 }, readOnly: true },
            greet_user: { arguments: { name: "Ann" }, readOnly: false },
        });
        assert.ok(
            !(
                "examples" in
                (parsed(config({ one: { mcpServer: "mcp-server" } })).gateways["tools"]?.targets[
                    "one"
                ] ?? {})
            ),
        );
    });

    for (const [name, examples, problem] of [
        ["no map", "all", /^examples: got "all"; must be a map/],
        [
            "an unknown key",
            { add_numbers: { readonly: true } },
            /^examples\.add_numbers\.readonly: got an unknown key/,
        ],
        [
            "no truth value",
            { add_numbers: { readOnly: "yes" } },
            /^examples\.add_numbers\.readOnly: got "yes"; must be true or false/,
        ],
        [
            "an unknown tool",
            { add_number: { readOnly: true } },
            /^examples\.add_number: got a tool that the target does not show; must be one of its tools, as add_numbers, /,
        ],
        [
            "a missing argument",
            { add_numbers: { arguments: { a: 1 } } },
            /^examples\.add_numbers\.arguments\.b: got nothing; must be there/,
        ],
        [
            "an unknown argument",
            { greet_user: { arguments: { name: "Ann", nam: "Bob" } } },
            /^examples\.greet_user\.arguments\.nam: got an argument that the tool does not have; must be one of its own, as name/,
        ],
        [
            "an argument of another type",
            { greet_user: { arguments: { name: 3 } } },
            /^examples\.greet_user\.arguments\.name: got 3; must fit the tool's schema, of type string/,
        ],
    ] as const) {
        it(`are refused with ${name}`, () => {
            const problems = problemsOf(examples);
            assert.equal(problems.length, 1, problems.join("\n"));
            assert.match(problems[0] ?? "", problem);
        });
    }

    it("are taken as they are of a server whose tools only it knows", () => {
        const existingRuntimeArn =
            "arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime/server-0123456789";
        const examples = { anything: { arguments: { x: 1 }, readOnly: true } };
        assert.deepEqual(problemsOf(examples, { existingRuntimeArn }), []);
    });
});

describe("the key verify of a hub", () => {
    it("is absent, or for how long the gateways are asked again", () => {
        const verify = (value: unknown) =>
            parsed(config({}, { "agentcore-hub:gateways": {}, "agentcore-hub:verify": value }))
                .verify;
        assert.deepEqual(verify(true), { waitSeconds: 60 });
        assert.deepEqual(verify({ waitSeconds: 0 }), { waitSeconds: 0 });
        assert.equal(verify(false), undefined);
        assert.throws(() => verify("yes"), /verify: got "yes"; must be true, false or/);
    });
});
