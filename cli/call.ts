import { createInterface } from "node:readline";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import type { Connection } from "../local/connection";
import { explainHeader } from "../local/services/requestLog";
import { gatewayRegion } from "../sigv4-fetch/src/index.js";
import { ask, type AskOutcome } from "./ask";
import { exitCode } from "./exitCode";
import { InvalidOptions } from "./invalidOptions";
import { localGateway, requireConnection, type GatewayOptions } from "./localGateway";
import { explainCommand, reasonOf, signedFetch } from "./signedFetch";

export { hubAsk } from "./ask";

/** What one call came to, as `hub call --json` prints it. */
export type CallOutcome =
    | (Answered & { outcome: "ok"; result: unknown })
    | (Answered & { outcome: "failed"; result: unknown })
    | (Answered & { outcome: "refused"; reason?: string });

/** What is known of every answer. */
interface Answered {
    httpStatus: number;
    requestId?: string;
    /** The local cloud's pointer to what was denied for the call. */
    explain?: string;
}

/** One line that `hub call -` reads: a tool, or an agent, to be called as a profile. */
export interface CallRequest {
    as: string;
    url: string;
    region: string;
    tool: string;
    arguments: Record<string, unknown>;
}

/** An agent to be asked. */
export interface PromptRequest {
    as: string;
    url: string;
    region: string;
    prompt: string;
    session: string;
}

/** `hub call -`: a call for each line of stdin, and its outcome as a line of JSON. */
export async function hubCallLines(): Promise<number> {
    try {
        for await (const line of createInterface(process.stdin)) {
            const request = JSON.parse(line) as CallRequest | PromptRequest;
            const { as, url, region } = request;
            print(
                "prompt" in request
                    ? await ask({ ...request, signed: signedFetch(as, region, undefined) })
                    : await callTool(request.tool, request.arguments, { as, url, region }),
            );
        }
    } finally {
        // After a call that could not be made the process ends, and so tells who waits for the answer.
        process.stdin.destroy();
    }
    return exitCode.yes;
}

/** `hub tools`: the tools that the caller may see, a line each. */
export async function hubTools(options: GatewayOptions): Promise<number> {
    const outcome = await withGateway(options, async (client) => {
        const tools = [];
        let cursor: string | undefined;
        do {
            const page = await client.listTools(cursor === undefined ? {} : { cursor });
            tools.push(...page.tools);
            cursor = page.nextCursor;
        } while (cursor !== undefined);
        return { ok: true, result: tools };
    });
    if (options.json === true) print(outcome);
    else if (outcome.outcome === "ok") {
        for (const { name, description } of outcome.result as {
            name: string;
            description?: string;
        }[]) {
            process.stdout.write(`${name}: ${description ?? ""}\n`);
        }
    } else explainRefusal(outcome, options);
    return outcome.outcome === "ok" ? exitCode.yes : exitCode.no;
}

/** `hub call`: the tool's result on the first line of stdout. */
export async function hubCall(
    tool: string,
    argumentsText: string,
    options: GatewayOptions,
): Promise<number> {
    let args: unknown;
    try {
        args = JSON.parse(argumentsText);
    } catch {
        throw new InvalidOptions(`arguments: got ${argumentsText}; must be a JSON object`);
    }
    if (typeof args !== "object" || args === null || Array.isArray(args)) {
        throw new InvalidOptions(`arguments: got ${argumentsText}; must be a JSON object`);
    }
    const outcome = await callTool(tool, args as Record<string, unknown>, options);
    if (options.json === true) print(outcome);
    else if (outcome.outcome === "refused") explainRefusal(outcome, options);
    else {
        const { result } = outcome;
        process.stdout.write(`${typeof result === "string" ? result : JSON.stringify(result)}\n`);
        if (outcome.outcome === "failed") {
            process.stderr.write(`hub: ${tool} failed\n`);
            pointToExplanation(outcome, options);
        }
    }
    return outcome.outcome === "ok" ? exitCode.yes : exitCode.no;
}

function callTool(
    tool: string,
    args: Record<string, unknown>,
    options: GatewayOptions,
): Promise<CallOutcome> {
    return withGateway(options, async (client) => {
        const result = await client.callTool({ name: tool, arguments: args });
        const content = result.content as { type: string; text?: string }[];
        const text = content.map((part) => part.text ?? `(${part.type})`).join("\n");
        return { ok: result.isError !== true, result: jsonOrText(text) };
    });
}

async function withGateway(
    options: GatewayOptions,
    ask: (client: Client) => Promise<{ ok: boolean; result: unknown }>,
): Promise<CallOutcome> {
    const connection = options.local === true ? requireConnection(options) : undefined;
    const { url, region } = gatewayOf(options, connection);
    const seen: Answered = { httpStatus: 0 };
    const signed = signedFetch(options.as, region, connection);
    const transport = new StreamableHTTPClientTransport(new URL(url), {
        fetch: async (input, init) => {
            const response = await signed(input, init);
            if (init?.method !== "GET") {
                seen.httpStatus = response.status;
                const requestId = response.headers.get("x-amzn-requestid");
                if (requestId !== null) seen.requestId = requestId;
                const explain = response.headers.get(explainHeader);
                if (explain === null) delete seen.explain;
                else seen.explain = explain;
            }
            return response;
        },
    });
    const client = new Client(
        { name: "agentcore-hub", version: "0.1.0" },
        { versionNegotiation: { mode: "auto" } },
    );
    try {
        await client.connect(transport);
        const { ok, result } = await ask(client);
        return { outcome: ok ? "ok" : "failed", ...seen, result };
    } catch (error) {
        if (seen.httpStatus !== 401 && seen.httpStatus !== 403) throw error;
        const reason = await reasonOf(connection, seen.requestId);
        return { outcome: "refused", ...seen, ...(reason !== undefined && { reason }) };
    } finally {
        await client.close();
    }
}

function gatewayOf(
    options: GatewayOptions,
    connection: Connection | undefined,
): { url: string; region: string } {
    if (options.url !== undefined) {
        const region =
            options.region ?? gatewayRegion(options.url) ?? process.env["AWS_REGION"] ?? "";
        if (region === "") throw new InvalidOptions("--region: got nothing; the URL names none");
        return { url: options.url, region };
    }
    if (connection === undefined) {
        throw new InvalidOptions("--url: got nothing; give a gateway's URL, or --local");
    }
    return localGateway(connection, options.gateway);
}

function explainRefusal(outcome: CallOutcome, options: GatewayOptions): void {
    process.stdout.write(`refused: HTTP ${outcome.httpStatus}\n`);
    if (outcome.outcome === "refused" && outcome.reason !== undefined) {
        process.stderr.write(`hub: ${outcome.reason}\n`);
    }
    pointToExplanation(outcome, options);
}

function pointToExplanation(
    { explain }: CallOutcome,
    { stateFolder }: Pick<GatewayOptions, "stateFolder">,
): void {
    if (explain === undefined) return;
    process.stderr.write(`hub: ${explainCommand(explain, stateFolder)}\n`);
}

function print(outcome: CallOutcome | AskOutcome): void {
    process.stdout.write(`${JSON.stringify(outcome)}\n`);
}

function jsonOrText(text: string): unknown {
    try {
        return JSON.parse(text) as unknown;
    } catch {
        return text;
    }
}
