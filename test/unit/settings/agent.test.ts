import assert from "node:assert/strict";
import { InvalidSettings, parseSettings, type ConsumerSettings } from "../../../settings";
import { repository } from "../../helpers/project";

const admin = "arn:aws:iam::444455556666:role/AdminRole";

const spoke = (agent: object, more: object = {}, region = "us-east-1") => ({
    "aws:region": region,
    "agentcore-hub:account": { role: "consumer", id: "444455556666" },
    "agentcore-hub:hubs": { team: { account: "111122223333", stack: "provider" } },
    "agentcore-hub:agent": { gateways: ["team/tools"], invokedBy: [admin], ...agent },
    ...more,
});

const parsed = (config: Record<string, unknown>) =>
    parseSettings(config, repository) as ConsumerSettings;

const problemsOf = (config: Record<string, unknown>): readonly string[] => {
    try {
        parsed(config);
    } catch (error) {
        if (error instanceof InvalidSettings) return error.problems;
        throw error;
    }
    return [];
};

describe("an agent's settings", () => {
    it("have the article's model, all tools and ten turns, unless config says otherwise", () => {
        assert.deepEqual(parsed(spoke({})).agent, {
            workload: "agent",
            gateways: [{ hub: "team", gateway: "tools" }],
            invokedBy: [admin],
            model: "us.anthropic.claude-haiku-4-5-20251001-v1:0",
            toolLoading: "all",
            maxTurns: 10,
        });
    });

    it("are absent where there is no agent, and a runtime's settings are there", () => {
        const { ["agentcore-hub:agent"]: _agent, ...config } = spoke({});
        const settings = parsed(config);
        assert.equal(settings.agent, undefined);
        assert.equal(settings.runtime.artifact, "container");
    });

    it("take no gateway at all: the agent answers without tools", () => {
        assert.deepEqual(parsed(spoke({ gateways: [] })).agent?.gateways, []);
    });

    const refused: [what: string, config: Record<string, unknown>, problem: RegExp][] = [
        [
            "nobody who may invoke it",
            spoke({ invokedBy: [] }),
            /^agent\.invokedBy: got \[\]; must be exact ARNs of roles or users$/,
        ],
        [
            "a whole account that may invoke it",
            spoke({ invokedBy: ["arn:aws:iam::444455556666:root"] }),
            /^agent\.invokedBy\[0\]: got .*; must be the exact ARN of a role or user/,
        ],
        [
            "a hub that is not declared",
            spoke({ gateways: ["other/tools"] }),
            /^agent\.gateways\[0\]: got "other\/tools"; must start with a hub declared under agentcore-hub:hubs \(team\)$/,
        ],
        [
            "a gateway twice",
            spoke({ gateways: ["team/tools", "team/tools"] }),
            /^agent\.gateways: got team\/tools and team\/tools; must be different gateways$/,
        ],
        [
            "a workload that is not there",
            spoke({ workload: "robot" }),
            /^agent\.workload: got "robot"; must be a folder of workloads\//,
        ],
        [
            "a workload's name that no runtime can have",
            spoke({ workload: "1agent" }),
            /^agent\.workload: got 1agent, the runtime 1agent; must be 1-48 letters/,
        ],
        [
            "a caller of the agent's name",
            spoke(
                {},
                {
                    "agentcore-hub:callers": {
                        Agent: { gateways: ["team/tools"], assumedBy: [admin] },
                    },
                },
            ),
            /^agent\.workload: got agent, the name of the agent's role, and callers\.Agent; must be different/,
        ],
        [
            "what is no model",
            spoke({ model: "claude" }),
            /^agent\.model: got "claude"; must be the id of a foundation model/,
        ],
        [
            "a profile of another part of the world",
            spoke({}, {}, "eu-central-1"),
            /^agent\.model: got "us\.anthropic.*; must be .* that region eu-central-1 has/,
        ],
        [
            "regions of a model that has one",
            spoke({ model: "amazon.nova-lite-v1:0", modelRegions: ["us-east-1"] }),
            /^agent\.modelRegions: got \["us-east-1"\]; must be absent/,
        ],
        [
            "a region that is none",
            spoke({ modelRegions: ["*"] }),
            /^agent\.modelRegions\[0\]: got "\*"; must be an AWS region/,
        ],
        ["too many turns", spoke({ maxTurns: 101 }), /^agent\.maxTurns: got 101; must be a whole/],
        [
            "another way to load tools",
            spoke({ toolLoading: "some" }),
            /^agent\.toolLoading: got "some"; must be all or search$/,
        ],
    ];
    for (const [what, config, problem] of refused) {
        it(`refuse ${what}`, () => {
            const problems = problemsOf(config);
            assert.equal(problems.length, 1, problems.join("\n"));
            assert.match(problems[0] ?? "", problem);
        });
    }
});
