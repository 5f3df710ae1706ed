import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { defaultProvider } from "@aws-sdk/credential-provider-node";
import { BedrockModel, configureLogging } from "@strands-agents/sdk";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { sigv4Fetch } from "../../../sigv4-fetch/src/index.js";
import { runAgent, type AgentEvent, type Answer, type Conversation } from "./agentRun.js";
import type { Environment } from "./environment.js";
import { GatewayConnection } from "./gatewayConnection.js";
import type { Log } from "./log.js";
import { Sessions } from "./sessions.js";
import { SessionTools } from "./sessionTools.js";
import { passOn, type Telemetry } from "./traceContext.js";

/** What {@link startEngine} needs. */
export interface EngineDeps {
    environment: Environment;
    log: Log;
    /** Milliseconds on any clock. */
    now: () => number;
}

/** One invocation. */
export interface EngineRequest {
    prompt: string;
    /** Without it, the conversation ends with the answer. */
    sessionId: string | undefined;
    headers: IncomingHttpHeaders;
    signal: AbortSignal;
    emit: (event: AgentEvent) => void;
}

/** What answers prompts. */
export interface Engine {
    invoke: (request: EngineRequest) => Promise<Answer>;
    close: () => Promise<void>;
}

/** Runtime's own default: an idle session ends after 15 minutes. */
const sessionLimits = { count: 1000, idleMs: 15 * 60_000, bytes: 64 * 1024 * 1024 };

/** The agent: the model, the gateways and the sessions. Loaded when it is needed, because it is large. */
export async function startEngine({ environment, log, now }: EngineDeps): Promise<Engine> {
    configureLogging(strandsLog(log));
    // One provider for all: each asks it only when its credentials are about to expire.
    const credentials = defaultProvider();
    const signedFetch = (service: string, region: string) =>
        sigv4Fetch({ service, region, credentials });
    const gateways = environment.gateways.map(({ url, region }) => ({
        url,
        fetch: signedFetch("bedrock-agentcore", region),
        timeoutMs: environment.gatewayTimeoutMs,
    }));
    const model = bedrockModel(environment, credentials);
    const sessions = new Sessions<Conversation>({
        create: () => ({
            messages: [],
            tools: new SessionTools({
                connections: gateways.map((gateway) => new GatewayConnection(gateway)),
                loading: environment.toolLoading,
                now,
            }),
        }),
        dispose: ({ tools }) => void tools.close(),
        now,
        limits: sessionLimits,
    });
    const sweep = setInterval(() => {
        sessions.sweep();
    }, 60_000).unref();
    const telemetry = await telemetryFor(environment, log, (region) => signedFetch("xray", region));
    return {
        invoke: async ({ prompt, sessionId, headers, signal, emit }) => {
            const id = sessionId ?? randomUUID();
            const conversation = sessions.hold(id);
            const trace = telemetry.trace(headers, id);
            try {
                return await trace.run(() =>
                    runAgent({
                        model,
                        modelId: environment.modelId,
                        conversation,
                        prompt,
                        systemPrompt: environment.systemPrompt,
                        maxTurns: environment.maxTurns,
                        signal,
                        traceHeaders: trace.headers,
                        traceAttributes: { "session.id": id },
                        emit,
                        now,
                    }),
                );
            } finally {
                sessions.release(id, JSON.stringify(conversation.messages).length);
                if (sessionId === undefined) sessions.forget(id);
            }
        },
        close: () => {
            clearInterval(sweep);
            return telemetry.close();
        },
    };
}

function bedrockModel(
    { modelId, region }: Environment,
    credentials: ReturnType<typeof defaultProvider>,
): BedrockModel {
    return new BedrockModel({
        modelId,
        region,
        clientConfig: {
            credentials,
            // HTTP/1.1, as boto3 and the AWS CLI: the SDK's own choice for Bedrock is HTTP/2, which proxies and
            // endpoints without TLS often lack, and it streams no better.
            requestHandler: new NodeHttpHandler({
                connectionTimeout: 5_000,
                requestTimeout: 120_000,
                throwOnRequestTimeout: true,
                socketTimeout: 120_000,
                // More at once than sessions on a small machine; the default is 50.
                httpAgent: { keepAlive: true, maxSockets: 200 },
                httpsAgent: { keepAlive: true, maxSockets: 200 },
            }),
        },
    });
}

async function telemetryFor(
    { tracesUrl, logPrompts }: Environment,
    log: Log,
    signedFetch: (region: string) => typeof fetch,
): Promise<Telemetry> {
    if (tracesUrl === undefined) return passOn;
    const { startTelemetry } = await import("./telemetry.js");
    return startTelemetry({
        tracesUrl,
        signedFetch,
        withContent: logPrompts,
        onError: (message) => {
            log({ event: "telemetryFailed", message });
        },
    });
}

/** What the framework says, as lines of the log. */
function strandsLog(log: Log): Parameters<typeof configureLogging>[0] {
    const line =
        (level: string) =>
        (...said: unknown[]) => {
            log({ event: "framework", level, message: said.map(String).join(" ") });
        };
    const nothing = () => undefined;
    return { debug: nothing, info: nothing, warn: line("warn"), error: line("error") };
}
