import { runtimeErrors, type RuntimeError } from "./runtime";

/** What a runtime answers where its container is at fault; `<…>` is filled in. */
export interface RuntimeFailure {
    readonly error: RuntimeError;
    readonly text: string;
    readonly known: RuntimeError["known"];
    readonly source: string;
}

/** How long a container may take until it answers (sure: bedrock-agentcore-sdk-python#599; others saw 60 and 120). */
export const initializationSeconds = 30;

/** How long a call may take: 15 minutes (sure: bedrock-agentcore-limits page). */
export const invocationSeconds = 900;

/** How long an answer may stream: 60 minutes (sure: bedrock-agentcore-limits page; from its start, inferred). */
export const streamSeconds = 3600;

/** The largest request: 100 MB (sure: bedrock-agentcore-limits page; that these are 2^20 bytes, inferred). */
export const maxInvocationBytes = 100 * 1024 * 1024;

/** The largest answer, 100 MB as for requests (inferred: bedrock-agentcore-limits page is about requests). */
export const maxAnswerBytes = 100 * 1024 * 1024;

/** The failures of a container, all RuntimeClientError. */
export const runtimeFailures = {
    /** A container that crashes as it starts is answered so too. */
    initialization: {
        error: runtimeErrors.client,
        text: "Runtime initialization time exceeded. Please make sure that initialization completes in <seconds>s.",
        known: "sure",
        source: "bedrock-agentcore-sdk-python#599, #519",
    },
    /** A container of protocol HTTP whose GET /ping is not answered by 200. */
    healthCheck: {
        error: runtimeErrors.client,
        text: "Runtime health check failed or timed out. Please make sure that health check is implemented according to the requirements here - https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-service-contract.html",
        known: "inferred",
        source: "captured answers, which are sure up to the page's address: a GET /ping answered by 405",
    },
    /** Whatever the container answers outside of 2xx; its own words are lost. */
    status: {
        error: runtimeErrors.client,
        text: runtimeErrors.client.text,
        known: "sure",
        source: "captured answers with 400 to 503",
    },
    role: {
        error: runtimeErrors.client,
        text: "The execution role <role> cannot be assumed by bedrock-agentcore.amazonaws.com",
        known: "inferred",
        source: "no capture: CreateAgentRuntime has checked it before",
    },
} as const satisfies Record<string, RuntimeFailure>;

/** The statuses that stand for a container without an answer (502: captured; the others inferred; 499: nobody reads it). */
export const statusOf = { brokenAnswer: 502, tooLarge: 502, timedOut: 504, left: 499 } as const;
