import { ArticleAgent } from "../test/clients/articleAgent";
import { PythonEnvironment } from "../test/clients/python";
import { FakeGateway } from "../test/unit/workloads/agentFakeGateway";
import { FakeModel, toolTexts, type Asked } from "../test/unit/workloads/agentFakeModel";
import { AgentProcess, sessionHeader } from "../test/unit/workloads/agentProcess";

/** An agent that the benchmark can start, as often as it likes. */
export interface Contestant {
    name: string;
    /** Resolves when the agent's process answers that it is healthy. */
    start: () => Promise<RunningAgent>;
}

/** A process of an agent. */
export interface RunningAgent {
    pid: number;
    url: string;
    stop: () => Promise<unknown>;
}

/** The model and the gateway that all agents use: both answer at once. */
export class Fakes {
    private constructor(
        private readonly model: FakeModel,
        private readonly gateway: FakeGateway,
    ) {}

    static async start(): Promise<Fakes> {
        const model = await FakeModel.start();
        model.script = (asked) =>
            isToolResult(asked)
                ? { text: `It is ${toolTexts(asked).at(-1) ?? ""}.` }
                : { tools: [{ name: "math___add_numbers", input: { a: 3, b: 4 } }] };
        return new Fakes(model, await FakeGateway.start());
    }

    get environment(): Record<string, string> {
        return {
            GATEWAY_URL: this.gateway.url,
            AWS_ENDPOINT_URL_BEDROCK_RUNTIME: this.model.url,
            AWS_REGION: "us-east-1",
            AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
            AWS_SECRET_ACCESS_KEY: "secret",
            AWS_EC2_METADATA_DISABLED: "true",
        };
    }

    async stop(): Promise<void> {
        this.model.stop();
        await this.gateway.stop();
    }
}

/** `workloads/agent`, with flags of Node. */
export function workloadAgent({ environment }: Fakes, flags: readonly string[]): Contestant {
    return {
        name: "workloads/agent",
        start: async () => {
            const agent = await AgentProcess.start(environment, flags);
            await agent.send("GET", "/ping");
            const { child, port } = agent;
            return {
                pid: child.pid ?? 0,
                url: `http://127.0.0.1:${port}`,
                stop: () => agent.stop(),
            };
        },
    };
}

/** kB of heap that the workload keeps for each of so many idle sessions: what lives on after garbage is collected. */
export async function heapPerSession(
    { environment }: Fakes,
    flags: readonly string[],
    count: number,
): Promise<number> {
    const agent = await AgentProcess.start(environment, [
        ...flags,
        "--expose-gc",
        `--import=data:text/javascript,${encodeURIComponent(heapOnSignal)}`,
    ]);
    const asked = { url: `http://127.0.0.1:${agent.port}` };
    const heap = async (step: number) => {
        agent.child.kill("SIGUSR2");
        const line = await agent.line(({ heapStep }) => heapStep === step);
        return Number(line["heapUsed"]);
    };
    try {
        // The first ones compile the code.
        for (let session = 0; session < 50; session += 1) await askSum(asked, session);
        const before = await heap(1);
        for (let session = 50; session < 50 + count; session += 1) await askSum(asked, session);
        return ((await heap(2)) - before) / count / 1024;
    } finally {
        await agent.stop();
    }
}

/** Runs in the workload's process. */
const heapOnSignal = `
let heapStep = 0;
process.on("SIGUSR2", () => {
    gc();
    heapStep += 1;
    const { heapUsed } = process.memoryUsage();
    process.stderr.write(JSON.stringify({ heapStep, heapUsed }) + "\\n");
});`;

/**
 * The article's agent on Python's Strands.
 *
 * @throws Error when Python or the packages cannot be had.
 */
export async function articleAgent({ environment }: Fakes): Promise<Contestant> {
    const python = await PythonEnvironment.with("requirements-agent-newest.txt");
    return {
        name: "Python Strands",
        start: async () => {
            const agent = await ArticleAgent.start(python, environment);
            const { child, url } = agent;
            return { pid: child.pid ?? 0, url, stop: () => agent.stop() };
        },
    };
}

/** Asks what takes one tool's call, in a session; `true` when the answer is right. */
export async function askSum(
    { url }: Pick<RunningAgent, "url">,
    session: number,
): Promise<boolean> {
    const response = await fetch(`${url}/invocations`, {
        method: "POST",
        headers: {
            "content-type": "application/json",
            [sessionHeader]: `session-${String(session).padStart(30, "0")}`,
        },
        body: JSON.stringify({ prompt: "3 and 4" }),
    });
    const text = await response.text();
    return response.ok && text.includes("It is 7.");
}

function isToolResult({ messages }: Asked): boolean {
    return messages.at(-1)?.content.some(({ toolResult }) => toolResult !== undefined) ?? false;
}
