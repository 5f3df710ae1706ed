import { randomUUID } from "node:crypto";
import { createParser } from "eventsource-parser";
import colors from "picocolors";
import { regionOfArn } from "../agentcore/arn";
import { isRuntimeArn, runtimeHeaders, runtimeUrl } from "../agentcore/runtime";
import type { Connection } from "../local/connection";
import { exitCode } from "./exitCode";
import { InvalidOptions } from "./invalidOptions";
import { oneOf, requireConnection } from "./localGateway";
import { explainCommand, reasonOf, signedFetch } from "./signedFetch";

/** Options of `hub ask`. */
export interface AskOptions {
    as?: string;
    agent?: string;
    runtime?: string;
    session?: string;
    local?: boolean;
    json?: boolean;
    stateFolder?: string;
}

/** One event of the agent's answer (`workloads/agent/README.md`). */
export type AgentEvent =
    | { type: "text"; text: string }
    | { type: "toolStart"; id: string; name: string; input: unknown }
    | { type: "toolEnd"; id: string; name: string; milliseconds: number; isError: boolean }
    | { type: "result"; response: string }
    | { type: "error"; error: string; gateway?: { url: string; requestId?: string } };

/** What asking came to. */
export type AskOutcome = { toolCalls: ToolCall[] } & (
    | { outcome: "ok"; response: string }
    /** The agent answers that it cannot; the request is that of a gateway that refused it. */
    | { outcome: "failed"; error: string; requestId?: string }
    /** Runtime does not let the caller in. */
    | { outcome: "refused"; httpStatus: number; requestId?: string }
);

/** One tool call of the agent's. */
export type ToolCall = Omit<AgentEvent & { type: "toolEnd" }, "type" | "id">;

/** An agent that answers something else than an agent of this product. */
export class AgentFailed extends Error {
    constructor(message: string) {
        super(message);
        this.name = "AgentFailed";
    }
}

/** `hub ask`: the agent's answer on stdout as it comes, and each tool call with its time on stderr. */
export async function hubAsk(prompt: string, options: AskOptions): Promise<number> {
    const connection = options.local === true ? requireConnection(options) : undefined;
    const agent = agentOf(options, connection);
    const session = options.session ?? randomUUID();
    const show = options.json === true ? printJson : new Progress().show;
    const signed = signedFetch(options.as, agent.region, connection);
    const outcome = await ask({ prompt, url: agent.url, session, signed, onEvent: show });
    const reason =
        outcome.outcome === "ok" ? undefined : await reasonOf(connection, outcome.requestId);
    if (options.json === true) printJson({ type: "outcome", session, ...outcome, reason });
    else print(outcome, reason, options);
    return outcome.outcome === "ok" ? exitCode.yes : exitCode.no;
}

/** What {@link ask} takes. */
export interface AskRequest {
    prompt: string;
    /** The URL of the agent's invocation. */
    url: string;
    session: string;
    /** Signs for AgentCore in the agent's region. */
    signed: typeof fetch;
    onEvent?: (event: AgentEvent) => void;
}

/**
 * Asks an agent on AgentCore Runtime, and reads its answer as it comes.
 *
 * @throws AgentFailed when there is no answer of an agent.
 */
export async function ask(request: AskRequest): Promise<AskOutcome> {
    const { prompt, url, session, signed } = request;
    const response = await signed(url, {
        method: "POST",
        headers: {
            "content-type": "application/json",
            accept: "text/event-stream",
            [runtimeHeaders.sessionId]: session,
        },
        body: JSON.stringify({ prompt }),
    });
    const requestId = response.headers.get("x-amzn-requestid") ?? undefined;
    const httpStatus = response.status;
    const toolCalls: ToolCall[] = [];
    if (httpStatus === 401 || httpStatus === 403) {
        await response.body?.cancel();
        return {
            outcome: "refused",
            httpStatus,
            toolCalls,
            ...(requestId !== undefined && { requestId }),
        };
    }
    let last: AgentEvent | undefined;
    for await (const event of eventsOf(response)) {
        last = event;
        if (event.type === "toolEnd") {
            const { name, milliseconds, isError } = event;
            toolCalls.push({ name, milliseconds, isError });
        }
        request.onEvent?.(event);
    }
    if (last?.type === "result") return { outcome: "ok", response: last.response, toolCalls };
    if (last?.type !== "error") throw new AgentFailed("the agent's answer broke off");
    const refused = last.gateway?.requestId;
    return {
        outcome: "failed",
        error: last.error,
        toolCalls,
        ...(refused !== undefined && { requestId: refused }),
    };
}

async function* eventsOf(response: Response): AsyncGenerator<AgentEvent> {
    const type = response.headers.get("content-type") ?? "";
    if (!response.ok || response.body === null || !type.startsWith("text/event-stream")) {
        const text = (await response.text()).slice(0, 2000);
        throw new AgentFailed(
            `got HTTP ${response.status}, ${type || "without a type"}; must be an event stream: ${text}`,
        );
    }
    let seen: AgentEvent[] = [];
    const parser = createParser({
        onEvent: ({ data }) => seen.push(JSON.parse(data) as AgentEvent),
    });
    const decoder = new TextDecoder();
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
        parser.feed(decoder.decode(chunk, { stream: true }));
        yield* seen;
        seen = [];
    }
}

function agentOf(
    { runtime, agent }: AskOptions,
    connection: Connection | undefined,
): { url: string; region: string } {
    if (connection !== undefined) {
        if (runtime !== undefined) {
            throw new InvalidOptions(
                "--runtime is for an agent in AWS; with --local name it by --agent",
            );
        }
        const [, { url, arn }] = oneOf("--agent", agent, connection.agents);
        return { url, region: regionOfArn(arn) ?? connection.region };
    }
    if (runtime === undefined || !isRuntimeArn(runtime)) {
        throw new InvalidOptions(
            `--runtime: got ${runtime ?? "nothing"}; give the exact ARN of the agent's runtime (the spoke's output runtimes.<agent>.runtimeArn), or --local`,
        );
    }
    return { url: runtimeUrl(runtime), region: regionOfArn(runtime) ?? "" };
}

/** Shows the events to people. */
class Progress {
    #wrote = false;

    readonly show = (event: AgentEvent): void => {
        switch (event.type) {
            case "text":
                this.#wrote = true;
                process.stdout.write(event.text);
                break;
            case "toolEnd":
                process.stderr.write(`${toolLine(event)}\n`);
                break;
            case "result":
            case "error":
                if (this.#wrote) process.stdout.write("\n");
                break;
        }
    };
}

/** A tool call with its time. */
export function toolLine({ name, milliseconds, isError }: ToolCall): string {
    const mark = isError ? colors.red("✗") : colors.green("✓");
    return `  ${colors.cyan("→")} ${name}  ${mark} ${colors.dim(`${Math.round(milliseconds)} ms`)}`;
}

function print(outcome: AskOutcome, reason: string | undefined, { stateFolder }: AskOptions): void {
    if (outcome.outcome === "ok") return;
    const text =
        outcome.outcome === "refused" ? `refused: HTTP ${outcome.httpStatus}` : outcome.error;
    process.stdout.write(`${text}\n`);
    if (reason === undefined || outcome.requestId === undefined) return;
    process.stderr.write(`hub: ${reason}\n`);
    const pointer = `hub explain ${outcome.requestId}`;
    process.stderr.write(`hub: ${explainCommand(pointer, stateFolder)}\n`);
}

function printJson(value: object): void {
    process.stdout.write(`${JSON.stringify(value)}\n`);
}
