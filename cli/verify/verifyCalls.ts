import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { toolSearchTool } from "../../agentcore/mcp";
import { sigv4Fetch, type AwsCredentials } from "../../sigv4-fetch/src/index.js";
import { ask, type AgentEvent, type AskOutcome } from "../ask";
import { isOfTarget, type CaseKind, type ExampleCall, type ListedTools } from "./verifyCases";
import type { CallPlace } from "./verifyPlaces";

/** What a case's calls came to. */
export interface Answer {
    /** notVerified: it could not be asked. */
    outcome: "held" | "differs" | "notVerified";
    /** For people. */
    got: string;
    /** Of the request that decided. */
    requestId?: string;
    /** Not verified for now, as by a trust policy that is not visible everywhere yet. */
    mayPass?: boolean;
}

/** What bounds each call. */
export interface CallLimits {
    /** @default 30 seconds; for an agent, which calls a model and tools, ten times as much */
    callTimeoutMs?: number;
    /** Ends all calls. */
    stop?: AbortSignal;
}

const service = "bedrock-agentcore";
const defaultTimeoutMs = 30_000;
const timesForAgents = 10;

/** Lists the tools as whom the gateway must let in, and calls those that only read. */
export async function askAllowed(
    { url, region }: CallPlace,
    credentials: AwsCredentials,
    { tools, calls = [] }: { tools?: ListedTools; calls?: readonly ExampleCall[] },
    limits: CallLimits,
): Promise<Answer> {
    const seen: { status?: number; requestId?: string; failure?: unknown } = {};
    const signed = bounded(sigv4Fetch({ service, region, credentials }), limits);
    const transport = new StreamableHTTPClientTransport(new URL(url), {
        fetch: async (input, init) => {
            const isCall = init?.method !== "GET";
            try {
                const response = await signed(input, init);
                if (isCall) Object.assign(seen, statusOf(response), { failure: undefined });
                return response;
            } catch (error) {
                if (isCall) seen.failure = error;
                throw error;
            }
        },
    });
    const client = new Client(
        { name: "agentcore-hub", version: "0.1.0" },
        { versionNegotiation: { mode: "auto" } },
    );
    const of = () => (seen.requestId === undefined ? {} : { requestId: seen.requestId });
    try {
        await client.connect(transport);
        const names = await toolNames(client);
        const problem = tools === undefined ? undefined : listProblem(names, tools);
        if (problem !== undefined) return { outcome: "differs", got: problem, ...of() };
        for (const { tool, arguments: args } of calls) {
            const { isError, content } = await client.callTool({ name: tool, arguments: args });
            if (isError !== true) continue;
            const text = (content as { text?: string }[]).map((part) => part.text ?? "").join(" ");
            return { outcome: "differs", got: `${tool} failed: ${text}`, ...of() };
        }
        const called = calls.map(({ tool }) => tool).join(", ");
        return {
            outcome: "held",
            got: `${counted(names.length, "tool")}${called === "" ? "" : `; called ${called}`}`,
            ...of(),
        };
    } catch (error) {
        const { status, failure = error } = seen;
        const isRefusal = seen.failure === undefined && status !== undefined && status >= 400;
        const got = isRefusal ? `HTTP ${status}` : `no answer: ${messageOf(failure)}`;
        return { outcome: "differs", got, ...of() };
    } finally {
        await client.close();
    }
}

/** Lists the tools as whom the gateway must refuse: HTTP 403 of AgentCore itself, and nothing else. */
export async function askRefused(
    place: CallPlace,
    credentials: AwsCredentials,
    limits: CallLimits,
): Promise<Answer> {
    const { region } = place;
    const signed = sigv4Fetch({ service, region, credentials });
    return refusal(place, bounded(signed, limits), [403]);
}

/**
 * Lists the tools by a request whose signature does not hold. AgentCore's documentation has 401 for gateways and 403
 * with "Missing Authentication Token" for runtimes, so either is a refusal.
 */
export async function askBySignature(
    place: CallPlace,
    kind: CaseKind,
    credentials: AwsCredentials | undefined,
    limits: CallLimits,
): Promise<Answer> {
    if (credentials === undefined) return refusal(place, bounded(fetch, limits), [401, 403]);
    const signer = {
        service: kind === "wrong service" ? "bedrock" : service,
        region: kind === "wrong region" ? otherRegion(place.region) : place.region,
    };
    return refusal(place, bounded(sigv4Fetch({ ...signer, credentials }), limits), [401, 403]);
}

/** What an agent is asked, and about which gateway. */
export interface AgentQuestion {
    gatewayUrl: string;
    session: string;
    expect: "allow" | "refuse";
    call: ExampleCall;
}

/** Has an agent call a tool. The refusal of a gateway ends an agent's answer, with the gateway's URL in it. */
export async function askAgent(
    { url, region }: CallPlace,
    credentials: AwsCredentials,
    question: AgentQuestion,
    limits: CallLimits,
): Promise<Answer> {
    const { callTimeoutMs = defaultTimeoutMs * timesForAgents } = limits;
    const signed = sigv4Fetch({ service, region, credentials });
    let failed: (AgentEvent & { type: "error" }) | undefined;
    try {
        const outcome = await ask({
            ...{ url, session: question.session, prompt: promptFor(question.call) },
            signed: bounded(signed, { ...limits, callTimeoutMs }),
            onEvent: (event) => {
                if (event.type === "error") failed = event;
            },
        });
        return agentAnswer(outcome, failed?.gateway, question);
    } catch (error) {
        return { outcome: "differs", got: messageOf(error) };
    }
}

/** @param stoppedAt the gateway that the agent names as the one that it stopped at. */
function agentAnswer(
    outcome: AskOutcome,
    stoppedAt: { url: string; requestId?: string } | undefined,
    { gatewayUrl, expect, call }: AgentQuestion,
): Answer {
    if (outcome.outcome === "refused") {
        const got = `the agent's runtime answers its asker HTTP ${outcome.httpStatus}; ask it as one of its invokedBy`;
        return { outcome: "notVerified", got, ...idOf(outcome.requestId) };
    }
    if (outcome.outcome === "failed") {
        const id = idOf(outcome.requestId);
        if (stoppedAt !== undefined && stoppedAt.url !== gatewayUrl) {
            const got = `the agent stops at another gateway: ${outcome.error}`;
            return { outcome: "notVerified", got, ...id };
        }
        const isRefused = stoppedAt?.requestId !== undefined && /refuse/i.test(outcome.error);
        const holds = expect === "refuse" && isRefused;
        return { outcome: holds ? "held" : "differs", got: outcome.error, ...id };
    }
    const called = outcome.toolCalls.find(({ name }) => isTool(name, call.tool));
    if (called === undefined) {
        const got = `the agent answered without calling ${call.tool}: ${outcome.response.slice(0, 200)}`;
        return { outcome: expect === "refuse" ? "differs" : "notVerified", got };
    }
    const got = `the agent called ${called.name}${called.isError ? ", which failed" : ""}`;
    return { outcome: expect === "allow" && !called.isError ? "held" : "differs", got };
}

/** In the words that a tool's own description and schema have. */
function promptFor({ tool, arguments: args }: ExampleCall): string {
    const given = Object.entries(args).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
    return `Call the tool ${tool}${given.length === 0 ? "" : ` with ${given.join(" and ")}`}.`;
}

/** An agent of several gateways puts `g<n>_` before a name that two of them have (workloads/agent/README.md). */
function isTool(name: string, tool: string): boolean {
    return name === tool || name.replace(/^g\d+_/, "") === tool;
}

async function toolNames(client: Client): Promise<string[]> {
    const names: string[] = [];
    let cursor: string | undefined;
    do {
        const page = await client.listTools(cursor === undefined ? {} : { cursor });
        names.push(...page.tools.map(({ name }) => name));
        cursor = page.nextCursor;
    } while (cursor !== undefined);
    return names.filter((name) => name !== toolSearchTool.name);
}

/** What is missing of a list, and what is in it that nobody expects. */
export function listProblem(
    names: readonly string[],
    { must, may }: ListedTools,
): string | undefined {
    const missing = must.filter((name) => !names.includes(name));
    const extra = names.filter(
        (name) =>
            !must.includes(name) &&
            !may.some((pattern) => pattern === name || isOfTarget(name, pattern)),
    );
    const problems = [
        ...(missing.length > 0 ? [`${missing.join(", ")} missing`] : []),
        ...(extra.length > 0 ? [`${extra.join(", ")} in excess`] : []),
    ];
    return problems.length === 0 ? undefined : `tools: ${problems.join("; ")}`;
}

async function refusal(
    { url }: CallPlace,
    send: typeof fetch,
    statuses: readonly number[],
): Promise<Answer> {
    try {
        const response = await send(url, {
            method: "POST",
            headers: {
                "content-type": "application/json",
                accept: "application/json, text/event-stream",
            },
            body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
        });
        const { status, requestId } = statusOf(response);
        const text = await response.text();
        if (!statuses.includes(status)) {
            const got = response.ok ? "let in" : `HTTP ${status}: ${text.slice(0, 200)}`;
            return {
                outcome: "differs",
                got: `${got}${response.ok ? `: HTTP ${status}` : ""}`,
                ...idOf(requestId),
            };
        }
        // A proxy on the way says 403 too.
        if (requestId === undefined) {
            const got = `HTTP ${status} without a request id of AWS: ${text.slice(0, 200)}`;
            return { outcome: "differs", got };
        }
        return { outcome: "held", got: `HTTP ${status}`, requestId };
    } catch (error) {
        return { outcome: "differs", got: `no answer: ${messageOf(error)}` };
    }
}

function statusOf(response: Response): { status: number; requestId?: string } {
    const { status, headers } = response;
    return { status, ...idOf(headers.get("x-amzn-requestid") ?? undefined) };
}

function idOf(requestId: string | undefined): { requestId?: string } {
    return requestId === undefined ? {} : { requestId };
}

function otherRegion(region: string): string {
    return region === "us-west-2" ? "us-east-1" : "us-west-2";
}

/** A `fetch` that ends, whatever is at the other side. */
function bounded(
    send: typeof fetch,
    { callTimeoutMs = defaultTimeoutMs, stop }: CallLimits,
): typeof fetch {
    return (input, init) => {
        const { signal } = init ?? {};
        const timeout = AbortSignal.timeout(callTimeoutMs);
        const signals = [timeout, ...(stop ? [stop] : []), ...(signal ? [signal] : [])];
        return send(input, { ...init, signal: AbortSignal.any(signals) });
    };
}

/** Without the cause, fetch says no more than that it failed. */
function messageOf(error: unknown): string {
    if (!(error instanceof Error)) return String(error);
    const { message, cause } = error;
    if (!(cause instanceof Error)) return message;
    // Of a host with several addresses, the error of all has no message.
    const why = cause.message === "" ? (cause as NodeJS.ErrnoException).code : cause.message;
    return `${message}: ${why ?? cause.name}`;
}

function counted(count: number, what: string): string {
    return `${count} ${what}${count === 1 ? "" : "s"}`;
}
