/** One process of bench/spokes.ts: one figure at one size, as a line of JSON on stdout. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { accessTo, LocalTarget } from "../cli/localTarget";
import { deployUntilSettled } from "../engine/deployAll";
import { LocalCloud } from "../local/cloud";
import { sigv4Fetch } from "../sigv4-fetch/src/index.js";
import { runPrograms } from "./spokesProgram";
import {
    gatewayName,
    grantedRoles,
    notGranted,
    spokeAccount,
    spokesProject,
} from "./spokesProject";

/** Milliseconds of this process's threads, the first time in it and again: other processes disturb them least. */
export interface ProgramFigures {
    cold: number;
    warm: number;
}

/** The same of a whole deployment, its parts when warm, and the bytes that it takes. */
export interface DeployFigures extends ProgramFigures {
    hub: number;
    spokes: number;
    grants: number;
    heap: number;
    rss: number;
}

async function program(spokes: number): Promise<ProgramFigures> {
    const project = spokesProject(spokes);
    let start = processorTime();
    await runPrograms(project);
    const cold = processorTime() - start;
    start = processorTime();
    await runPrograms(project);
    return { cold, warm: processorTime() - start };
}

async function deployment(spokes: number): Promise<DeployFigures> {
    const before = usedHeap();
    const rssBefore = process.memoryUsage.rss();
    const first = await deployed(spokes);
    const heap = usedHeap() - before;
    const rss = process.resourceUsage().maxRSS * 1024 - rssBefore;
    await checkCalls(first.cloud, spokes - 1);
    await first.stop();
    const second = await deployed(spokes);
    await second.stop();
    return { cold: first.ms.warm, ...second.ms, heap, rss };
}

interface Deployed {
    cloud: LocalCloud;
    ms: Omit<DeployFigures, "cold" | "heap" | "rss">;
    stop: () => Promise<void>;
}

/** All stacks on a new cloud, as `hub deploy --local` makes them: the hub, the spokes, the hub's grants. */
async function deployed(spokes: number): Promise<Deployed> {
    const stateFolder = mkdtempSync(join(tmpdir(), "agentcore-hub-spokes-"));
    const cloud = await LocalCloud.start({ port: 0, stateFolder });
    const project = spokesProject(spokes);
    const start = processorTime();
    const target = new LocalTarget(project, accessTo(cloud), stateFolder, () => undefined);
    await target.prepare();
    const ends: number[] = [];
    await deployUntilSettled(target.engine, project.stacks, () => ends.push(processorTime()));
    await target.writeConnection();
    const end = processorTime();
    const [hub = 0, lastSpoke = 0] = [ends[0], ends[spokes]];
    if (ends.length !== spokes + 2) {
        throw new Error(`got ${ends.length} deployments; must be ${spokes + 2}: hub, spokes, hub`);
    }
    return {
        cloud,
        ms: {
            warm: end - start,
            hub: hub - start,
            spokes: lastSpoke - hub,
            grants: end - lastSpoke,
        },
        stop: async () => {
            await cloud.stop();
            rmSync(stateFolder, { recursive: true, force: true });
        },
    };
}

/** A granted role is let through; one that is not, and one that is on another gateway, are refused. */
async function checkCalls(cloud: LocalCloud, last: number): Promise<void> {
    const [granted = ""] = grantedRoles();
    const expectations = [
        { spoke: last, role: granted, status: 200, text: "Hello from the last spoke" },
        { spoke: last, role: notGranted, status: 403, text: "error" },
        { spoke: 0, role: granted, status: 403, text: "error" },
    ];
    for (const { spoke, role, status, text } of expectations) {
        const answer = await call(cloud, spoke, role, gatewayName(last));
        if (answer.status !== status || !answer.body.includes(text)) {
            throw new Error(
                `spoke ${spoke}, ${role}: got HTTP ${answer.status} ${answer.body}; must be ${status}`,
            );
        }
    }
}

async function call(
    cloud: LocalCloud,
    spoke: number,
    role: string,
    gatewayCalled: string,
): Promise<{ status: number; body: string }> {
    const accountId = spokeAccount(spoke);
    const { admin } = await cloud.account(accountId);
    const caller = cloud.sts.key(admin.accessKeyId);
    const hub = [...cloud.accounts.values()][0];
    const gateway = hub?.agentcore.gateways().find(({ name }) => name === gatewayCalled);
    if (caller === undefined || gateway === undefined) throw new Error("Nothing to call");
    const { accessKeyId, secretAccessKey, sessionToken } = cloud.sts.assumeRole(caller, {
        RoleArn: `arn:aws:iam::${accountId}:role/${role}`,
        RoleSessionName: "bench",
    });
    const signed = sigv4Fetch({
        service: "bedrock-agentcore",
        region: "us-east-1",
        credentials: {
            accessKeyId,
            secretAccessKey,
            ...(sessionToken !== undefined && { sessionToken }),
        },
    });
    const response = await signed(gateway.gatewayUrl, {
        method: "POST",
        headers: {
            "content-type": "application/json",
            accept: "application/json, text/event-stream",
            "mcp-protocol-version": "2025-11-25",
        },
        body: JSON.stringify({
            jsonrpc: "2.0",
            id: 1,
            method: "tools/call",
            params: {
                name: "echo___echo_message",
                arguments: { message: "Hello from the last spoke" },
            },
        }),
    });
    return { status: response.status, body: await response.text() };
}

/** Milliseconds that this process's threads have computed. */
function processorTime(): number {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
}

function usedHeap(): number {
    if (globalThis.gc === undefined) throw new Error("Run this with --expose-gc");
    // What was weakly held or had a finalizer goes in the second round.
    for (let round = 0; round < 2; round++) globalThis.gc();
    return process.memoryUsage().heapUsed;
}

async function main(): Promise<void> {
    const [figure, spokes] = [process.argv[2], Number(process.argv[3])];
    const run = { program, deploy: deployment }[figure ?? ""];
    if (run === undefined) throw new Error(`figure: got ${figure}; must be program or deploy`);
    process.stdout.write(`${JSON.stringify(await run(spokes))}\n`);
    // gRPC keeps idle connections for a while.
    process.exit();
}

void main();
