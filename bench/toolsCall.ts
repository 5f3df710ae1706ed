/**
 * `tools/call` of the echo tool through the local cloud with everything on (SigV4, both sides' policies, the
 * handler in a process of its own), against the same tool on the Python SDK with no authentication at all, in
 * turn in this run. The bounds: 7 times the requests per second of mcp 1.x, as AgentCore's documentation has a
 * server written, 1.5 times those of mcp 2.x, and at most 1 ms more than the handler alone, called one after
 * another in its process, at the median. Beside them, without a bound, mcp 1.x with JSON answers and no logs.
 */
import { execFile } from "node:child_process";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { LambdaFunctionRunner } from "../local/lambda/environment";
import { startCloud, startPython, type EchoServer } from "./echoServers";
import { median, quantile } from "./statistics";

const rounds = Number(process.argv[2] ?? 5);
const seconds = Number(process.argv[3] ?? 5);
const calls = 2000;
const repository = join(__dirname, "..");

async function main(): Promise<void> {
    const servers = [
        await startCloud(),
        await startPython(1),
        await startPython(2),
        await startPython(1, "tuned"),
    ];
    try {
        const cold = new Map<EchoServer, number>();
        for (const server of servers) {
            await server.refresh();
            const start = performance.now();
            await post(server);
            cold.set(server, performance.now() - start);
        }
        const rates = new Map<EchoServer, number[]>(servers.map((server) => [server, []]));
        for (let round = 0; round <= rounds; round++) {
            for (const server of servers) {
                await server.refresh();
                const rate = await load(server);
                // The first round warms the process: it is shown as the cold one.
                rates.get(server)?.push(rate);
            }
        }
        console.log(
            `${rounds} rounds of ${seconds} s, 10 connections, Node ${process.version}; medians`,
        );
        for (const server of servers) {
            const [first = 0, ...warm] = rates.get(server) ?? [];
            console.log(
                `${server.name.padEnd(22)}${median(warm).toFixed(0).padStart(6)} requests/s (${Math.min(...warm).toFixed(0)}-${Math.max(...warm).toFixed(0)}); cold: first call ${(cold.get(server) ?? 0).toFixed(0)} ms, first round ${first.toFixed(0)} requests/s`,
            );
        }
        const [cloud, ...pythons] = servers;
        if (cloud === undefined) return;
        pythons.forEach((python, index) => {
            const bound = [7, 1.5][index];
            const ratios = (rates.get(cloud) ?? [])
                .map((rate, round) => rate / (rates.get(python)?.[round] ?? NaN))
                .slice(1);
            verdict(
                `times ${python.name}`,
                median(ratios),
                (value) => value >= (bound ?? 0),
                bound,
            );
        });
        await latency(cloud);
    } finally {
        await Promise.all(servers.map((server) => server.stop()));
    }
}

/** Requests per second over all connections, all of them answered with the tool's result. */
async function load(server: EchoServer): Promise<number> {
    const expected = await post(server);
    const { stdout } = await promisify(execFile)(
        process.execPath,
        [
            join(repository, "node_modules", "autocannon", "autocannon.js"),
            ...["--connections", "10", "--duration", String(seconds), "--method", "POST", "--json"],
            ...Object.entries(server.headers).flatMap(([name, value]) => [
                "--headers",
                `${name}=${value}`,
            ]),
            ...["--body", server.body, "--expectBody", expected, server.url],
        ],
        { maxBuffer: 1 << 24 },
    );
    const result = JSON.parse(stdout) as {
        requests: { total: number };
        duration: number;
        non2xx: number;
        errors: number;
        mismatches: number;
    };
    if (result.non2xx + result.errors + result.mismatches > 0) {
        throw new Error(`${server.name}: not all calls were answered: ${stdout}`);
    }
    return result.requests.total / result.duration;
}

/** What the cloud adds to the handler, called one after another on one connection. */
async function latency(cloud: EchoServer): Promise<void> {
    const runner = new LambdaFunctionRunner({
        codeFolder: join(repository, "workloads", "echo-tool", "dist"),
        handler: "index.handler",
        timeoutSeconds: 30,
        memoryMb: 256,
        functionArn: "arn:aws:lambda:us-east-1:111122223333:function:echo-tool",
        functionName: "echo-tool",
        environment: {},
        onLog: () => undefined,
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    await cloud.refresh();
    const clientContext = { custom: { bedrockAgentCoreToolName: "echo-tools___echo_message" } };
    const bare: number[] = [];
    const through: number[] = [];
    for (let call = 0; call < calls; call++) {
        let start = performance.now();
        const event = { message: "Hello from 444455556666" };
        await runner.invoke(event, { requestId: String(call), clientContext });
        bare.push(performance.now() - start);
        start = performance.now();
        await post(cloud, agent);
        through.push(performance.now() - start);
    }
    agent.destroy();
    await runner.stop();
    const show = (values: number[]) =>
        `p50 ${quantile(values, 0.5).toFixed(2)} ms, p99 ${quantile(values, 0.99).toFixed(2)} ms; cold ${(values[0] ?? 0).toFixed(0)} ms`;
    const warm = [bare.slice(calls / 10), through.slice(calls / 10)] as const;
    console.log(`handler alone   ${show([...bare.slice(0, 1), ...warm[0]])}`);
    console.log(`through cloud   ${show([...through.slice(0, 1), ...warm[1]])}`);
    const added = median(warm[1]) - median(warm[0]);
    verdict("ms added, p50", added, (value) => value <= 1, 1);
}

function verdict(
    what: string,
    value: number,
    holds: (value: number) => boolean,
    bound: number | undefined,
): void {
    const limit = bound === undefined ? "" : `; the bound is ${bound}`;
    console.log(`${what}: ${value.toFixed(2)}${limit}`);
    if (!holds(value)) process.exitCode = 1;
}

function post(server: EchoServer, agent?: Agent): Promise<string> {
    return new Promise((resolve, reject) => {
        const { headers, body } = server;
        request(server.url, { method: "POST", headers, ...(agent && { agent }) }, (response) => {
            let text = "";
            response.setEncoding("utf8");
            response.on("data", (chunk: string) => (text += chunk));
            response.on("end", () => {
                if (response.statusCode === 200 && text.includes("Hello from")) resolve(text);
                else reject(new Error(`${server.name}: ${response.statusCode ?? 0} ${text}`));
            });
        })
            .on("error", reject)
            .end(body);
    });
}

void main();
