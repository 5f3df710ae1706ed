/**
 * `tools/call` of `workloads/mcp-server` on the local Runtime through the local gateway, with everything on (SigV4 and
 * both sides' policies at the gateway, again at the runtime and its endpoint), against the same call of the same
 * server, run as its image says, directly: one after the other, in turn, each on one connection. The bound is 2.2 at the median.
 */
import { Agent, request } from "node:http";
import { ended, startCloud } from "./echoServers";
import { quantile } from "./statistics";
import { imageFlags, startWorkload } from "./workloadServer";

const calls = Number(process.argv[2] ?? 5000);
const numbers = { a: 6, b: 7 };

/** One call, as often as it is wanted. */
type Call = () => Promise<number>;

async function main(): Promise<void> {
    const cloud = await startCloud("calculator___multiply_numbers", numbers);
    // As the image runs it, and so the local Runtime.
    const { child, port } = await startWorkload(imageFlags());
    const agents = [new Agent({ keepAlive: true }), new Agent({ keepAlive: true })] as const;
    try {
        const url = `http://127.0.0.1:${port}/mcp`;
        await cloud.refresh();
        const { body: throughBody, headers } = cloud;
        const { authorization: _signature, ...unsigned } = headers;
        const directBody = throughBody.replace("calculator___", "");
        const direct: Call = () => timed(url, unsigned, directBody, agents[0]);
        const through: Call = () => timed(cloud.url, headers, throughBody, agents[1]);
        const times = { direct: [] as number[], through: [] as number[] };
        for (let call = 0; call < calls * 1.2; call++) {
            // A signature holds for five minutes; the first sixth warms both.
            const [one, other] = [await direct(), await through()];
            if (call < calls * 0.2) continue;
            times.direct.push(one);
            times.through.push(other);
        }
        const show = (values: number[]) =>
            `p50 ${quantile(values, 0.5).toFixed(2)} ms, p99 ${quantile(values, 0.99).toFixed(2)} ms`;
        console.log(`${calls} calls each, in turn, Node ${process.version}`);
        console.log(`workload directly            ${show(times.direct)}`);
        console.log(`through gateway and runtime  ${show(times.through)}`);
        const ratio = quantile(times.through, 0.5) / quantile(times.direct, 0.5);
        console.log(`ratio ${ratio.toFixed(2)}; the bound is 2.2`);
        if (ratio > 2.2) process.exitCode = 1;
    } finally {
        for (const agent of agents) agent.destroy();
        await Promise.all([ended(child), cloud.stop()]);
    }
}

/** Milliseconds until the whole answer is there. */
function timed(
    url: string,
    headers: Record<string, string>,
    body: string,
    agent: Agent,
): Promise<number> {
    const start = performance.now();
    return new Promise((resolve, reject) => {
        request(url, { method: "POST", headers, agent }, (response) => {
            let text = "";
            response.setEncoding("utf8");
            response.on("data", (chunk: string) => (text += chunk));
            response.on("end", () => {
                if (response.statusCode === 200 && text.includes("42")) {
                    resolve(performance.now() - start);
                } else reject(new Error(`${url}: ${response.statusCode ?? 0} ${text}`));
            });
        })
            .on("error", reject)
            .end(body);
    });
}

void main();
