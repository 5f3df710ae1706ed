import { randomUUID } from "node:crypto";
import colors from "picocolors";
import { adminRoleName } from "../local/services/account";
import type { LocalCloud } from "../local/cloud";
import type { Connection } from "../local/connection";
import type { ConsumerSettings } from "../settings";
import { runtimeNameOf } from "../agentcore/runtime";
import { toolLine, type AskOutcome } from "./ask";
import type { CallerProcess } from "./callerProcess";
import type { LocalTarget } from "./localTarget";
import type { Reporter } from "./reporter";

/** An agent that the story asks. */
export interface StoryAgent {
    /** The name of its runtime. */
    name: string;
    accountId: string;
    /** The profile of a caller of the spoke that may ask it; without, the account's administrators do. */
    profile?: string;
    prompt: string;
}

/** A tool that the agent may have. */
interface AgentTool {
    qualifiedName: string;
    description: string;
    exampleArguments: Readonly<Record<string, unknown>>;
}

/** The spoke's agent with a question that its tools answer; none where nobody of the story may ask it. */
export function planAgent(
    spoke: string,
    { agent, accountId, callers }: ConsumerSettings,
    gateway: string,
    tools: readonly AgentTool[],
): StoryAgent | undefined {
    const [first] = tools;
    if (first === undefined || agent?.gateways.some((used) => used.gateway === gateway) !== true) {
        return undefined;
    }
    const mayAsk = (role: string) =>
        agent.invokedBy.some((arn) => arn.endsWith(`:iam::${accountId}:role/${role}`));
    const caller = mayAsk(adminRoleName) ? undefined : Object.keys(callers).find(mayAsk);
    if (caller === undefined && !mayAsk(adminRoleName)) return undefined;
    return {
        name: runtimeNameOf(agent.workload),
        accountId,
        ...(caller !== undefined && { profile: `${spoke}-${caller}` }),
        prompt: promptFor(tools, first),
    };
}

/** Several steps, where the tools are those of the examples; else one, from what a tool says of itself. */
function promptFor(tools: readonly AgentTool[], first: AgentTool): string {
    const steps = [
        ["add_numbers", "Add 3 and 4"],
        ["multiply_numbers", "multiply the result by 10"],
        ["greet_user", "greet Ann"],
    ];
    const hasAll = steps.every(([name = ""]) =>
        tools.some(({ qualifiedName }) => qualifiedName.endsWith(`___${name}`)),
    );
    if (hasAll) return `${steps.map(([, step]) => step).join(", ")}.`;
    const args = Object.entries(first.exampleArguments).map(
        ([name, value]) => `${name} ${JSON.stringify(value)}`,
    );
    return `${first.description}: ${args.join(", ")}.`;
}

/** What the agent is asked with. */
interface AskStage {
    cloud: LocalCloud;
    target: LocalTarget;
    reporter: Reporter;
    caller: CallerProcess;
    region: string;
}

/** The profile that may ask the agent. */
export function whoAsks({ profile, accountId }: StoryAgent, { accounts }: Connection): string {
    return profile ?? Object.keys(accounts).find((name) => accounts[name] === accountId) ?? "";
}

/** Asks the agent as somebody who may, and tells what it did. */
export async function askAgent(agent: StoryAgent, stage: AskStage): Promise<AskOutcome> {
    const { cloud, reporter } = stage;
    const connection = await stage.target.writeConnection();
    const as = whoAsks(agent, connection);
    const { prompt, name } = agent;
    const outcome = await stage.caller.ask({
        as,
        url: connection.agents[name]?.url ?? "",
        region: stage.region,
        prompt,
        session: randomUUID(),
    });
    const reason = outcome.outcome === "ok" ? undefined : cloud.refusalOf(outcome.requestId ?? "");
    reporter.event({
        step: "ask",
        as,
        agent: name,
        prompt,
        ...outcome,
        ...(reason !== undefined && { reason }),
    });
    reporter.say(`  ${colors.cyan("→")} ${as} asks ${name}: ${prompt}`);
    for (const call of outcome.toolCalls) reporter.say(`    ${toolLine(call)}`);
    // Answers may have several lines.
    reporter.say(`      ${answerText(outcome).replaceAll("\n", "\n        ")}`);
    if (reason !== undefined) reporter.say(`      ${reason}`);
    return outcome;
}

function answerText(outcome: AskOutcome): string {
    switch (outcome.outcome) {
        case "ok":
            return colors.green(`✓ ${outcome.response}`);
        case "failed":
            return colors.red(`✗ ${outcome.error}`);
        case "refused":
            return colors.red(`✗ HTTP ${outcome.httpStatus}`);
    }
}
