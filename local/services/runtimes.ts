import type { ContextKeys } from "../../access";
import { accountOfArn } from "../../agentcore/arn";
import { assumptions, type Assumptions } from "../../agentcore/openFacts";
import {
    defaultQualifier,
    runtimeEndpointArn,
    runtimeErrors,
    runtimeHeaders,
    runtimeLogGroup,
} from "../../agentcore/runtime";
import {
    initializationSeconds,
    invocationSeconds,
    runtimeFailures,
    statusOf,
    streamSeconds,
    type RuntimeFailure,
} from "../../agentcore/runtimeFailures";
import { limits } from "../../agentcore/limits";
import { localReasonHeader, writtenReason } from "../gateway/localReason";
import { refusalAnswer, RuntimeRefusal, type RuntimeAnswer } from "../runtime/refusal";
import {
    answerHeaders,
    containerHeaders,
    sessionOf,
    type Headers,
} from "../runtime/runtimeHeaders";
import type { CallOutcome } from "../runtime/runtimeProcess";
import type { LocalAccount } from "./account";
import type { AgentRuntime } from "./agentRuntimes";
import type { Authorizer } from "./authorizer";
import type { RequestOrigin } from "./requestContext";
import { RuntimeHosts, type RuntimeSeconds } from "./runtimeHosts";
import type { SessionKey } from "./sessionKey";
import type { Sts } from "./sts";

export type { RuntimeAnswer } from "../runtime/refusal";

/** A call of a runtime, once its signature is verified. */
export interface RuntimeRequest {
    runtimeArn: string;
    /** The endpoint's name. */
    qualifier: string;
    /** In small letters. */
    headers: Headers;
    requestId: string;
    origin?: RequestOrigin;
}

/** What the data plane of runtimes needs of the cloud around it. */
export interface RuntimesDeps {
    accounts: ReadonlyMap<string, LocalAccount>;
    sts: Sts;
    authorizer: Authorizer;
    /** The local cloud's endpoints, as SDKs read them. */
    endpointEnvironment: () => Record<string, string>;
    /** What people are told of a refusal. */
    onRefused?: (requestId: string, reason: string) => void;
    /** @default the table's settings */
    assumptions?: Assumptions;
    /** Bounds of a container's start and of a call. @default AWS's */
    seconds?: Partial<RuntimeSeconds>;
}

/** The data plane of AgentCore Runtime: authorization on runtime and endpoint, then the runtime's own process. */
export class Runtimes {
    readonly #hosts: RuntimeHosts;
    readonly #assumptions: Assumptions;
    readonly #seconds: RuntimeSeconds;

    constructor(private readonly deps: RuntimesDeps) {
        this.#assumptions = deps.assumptions ?? assumptions();
        this.#seconds = {
            initialization: initializationSeconds,
            invocation: invocationSeconds,
            stream: streamSeconds,
            ...deps.seconds,
        };
        this.#hosts = new RuntimeHosts({ ...deps, seconds: this.#seconds });
    }

    /** The runtime of an ARN, in whatever account. */
    find(runtimeArn: string): { account: LocalAccount; runtime: AgentRuntime } | undefined {
        const account = this.deps.accounts.get(accountOfArn(runtimeArn) ?? "");
        const runtime = account?.agentRuntimes.runtimeByArn(runtimeArn);
        return account && runtime && { account, runtime };
    }

    /** InvokeAgentRuntime; refusals and failures are answers. */
    async invoke(
        caller: SessionKey,
        request: RuntimeRequest & { body: Uint8Array; signal?: AbortSignal },
    ): Promise<RuntimeAnswer> {
        try {
            const { account, runtime, sessionId } = this.#admitted(caller, request);
            const { protocol } = runtime;
            checkAccept(runtime, request.headers);
            const headers = containerHeaders(request.headers, {
                ...{ protocol, sessionId, requestId: request.requestId },
                allowlist: runtime.requestHeaderAllowlist,
            });
            const host = this.#hosts.host(account, runtime);
            if (host === undefined) throw failure(runtimeFailures.role, { role: runtime.roleArn });
            const { body, signal } = request;
            const outcome = await host.call(sessionId, {
                ...{ headers, body },
                ...(signal !== undefined && { signal }),
            });
            const answer = answered(outcome, this.#seconds.initialization, () => {
                this.#hosts.flushLog(runtime.agentRuntimeArn);
                return logPlace(account, runtime);
            });
            return {
                httpStatus: answer.httpStatus,
                headers: answerHeaders(answer.headers, {
                    ...{ protocol, sessionId },
                    mcpSessionId: headers["mcp-session-id"],
                }),
                body: answer.body,
            };
        } catch (error) {
            return this.refuse(request, error);
        }
    }

    /** StopRuntimeSession. */
    async stopSession(caller: SessionKey, request: RuntimeRequest): Promise<RuntimeAnswer> {
        try {
            const { runtime, named } = this.#admitted(caller, request, "StopRuntimeSession");
            if (named === undefined) {
                throw new RuntimeRefusal(runtimeErrors.validation, {
                    reason: `${runtimeHeaders.sessionId} is missing`,
                });
            }
            const host = this.#hosts.find(runtime.agentRuntimeArn);
            const result = (await host?.endSession(named)) ?? "unknown";
            if (result === "conflict") throw new RuntimeRefusal(runtimeErrors.conflict, {});
            if (result === "unknown") {
                const text = "Session <session> was not found";
                throw new RuntimeRefusal(
                    runtimeErrors.unknownEndpoint,
                    { session: named },
                    { text },
                );
            }
            return {
                httpStatus: 200,
                headers: {
                    "content-type": "application/json",
                    [runtimeHeaders.sessionId]: named,
                },
                body: Buffer.from("{}"),
            };
        } catch (error) {
            return this.refuse(request, error);
        }
    }

    /** A refusal as the runtime's clients read it; other errors are thrown on. */
    refuse({ runtimeArn, requestId }: RuntimeRequest, error: unknown): RuntimeAnswer {
        if (!(error instanceof RuntimeRefusal)) throw error;
        this.deps.onRefused?.(requestId, error.message);
        const protocol = this.find(runtimeArn)?.runtime.protocol;
        const answer = refusalAnswer(error, protocol, this.#assumptions);
        const { text, message } = error;
        // Why IAM denies a call is no business of who may not call.
        if (error.error !== runtimeErrors.client || message === text) return answer;
        const reason = { [localReasonHeader]: writtenReason(message) };
        return { ...answer, headers: { ...answer.headers, ...reason } };
    }

    /** Lets go of the process of a runtime that was updated, and ends that of one that was deleted. */
    changed(runtimeArn: string, runtime: AgentRuntime | undefined): void {
        this.#hosts.changed(runtimeArn, runtime);
        const deployed = this.find(runtimeArn);
        if (deployed !== undefined) this.#hosts.host(deployed.account, deployed.runtime)?.start();
    }

    /** Ends every process. */
    stop(): Promise<void> {
        return this.#hosts.stop();
    }

    /** Who may not call learns nothing of what is there. @throws RuntimeRefusal */
    #admitted(
        caller: SessionKey,
        request: RuntimeRequest,
        operation: "InvokeAgentRuntime" | "StopRuntimeSession" = "InvokeAgentRuntime",
    ) {
        const { runtimeArn, qualifier, headers } = request;
        if (!limits.runtimeEndpointName.pattern.test(qualifier)) {
            throw new RuntimeRefusal(runtimeErrors.validation, {
                reason: `qualifier: got ${qualifier}; must be ${limits.runtimeEndpointName.rule}`,
            });
        }
        const found = this.find(runtimeArn);
        const session = sessionOf(headers, found?.runtime.protocol ?? "HTTP");
        const userId = headers[runtimeHeaders.userId];
        const actions = [
            `bedrock-agentcore:${operation}`,
            ...(userId === undefined || operation !== "InvokeAgentRuntime"
                ? []
                : ["bedrock-agentcore:InvokeAgentRuntimeForUser"]),
        ];
        this.#authorize(caller, request, actions, {
            ...(session.named !== undefined && {
                "bedrock-agentcore:runtimeSessionId": session.named,
            }),
            ...(userId !== undefined && { "bedrock-agentcore:userid": userId }),
        });
        if (found === undefined || qualifier !== defaultQualifier) {
            throw new RuntimeRefusal(runtimeErrors.unknownEndpoint, { qualifier, runtimeArn });
        }
        return { ...found, ...session };
    }

    /** On the runtime and on its endpoint, each with its own policy (devguide, resource-based-policies). */
    #authorize(
        caller: SessionKey,
        { runtimeArn, qualifier, requestId, origin }: RuntimeRequest,
        actions: readonly string[],
        context: ContextKeys,
    ): void {
        const resourceAccountId = accountOfArn(runtimeArn) ?? "";
        const owner = this.deps.accounts.get(resourceAccountId)?.agentRuntimes;
        for (const resource of [runtimeArn, runtimeEndpointArn(runtimeArn, qualifier)]) {
            const resourcePolicy = owner?.policyDocument(resource);
            for (const action of actions) {
                const { decision, message, reason } = this.deps.authorizer.decide(caller, {
                    ...{ action, resource, resourceAccountId, requestId, context },
                    ...(resourcePolicy !== undefined && { resourcePolicy }),
                    ...(origin !== undefined && { origin }),
                });
                if (decision.decision === "allow") continue;
                throw new RuntimeRefusal(
                    runtimeErrors.accessDenied,
                    { reason: message },
                    { reason },
                );
            }
        }
    }
}

/** The file of a runtime's log; the group's name where there is none, because its role may not write one. */
function logPlace({ logs }: LocalAccount, { agentRuntimeId }: AgentRuntime): string {
    const group = runtimeLogGroup(agentRuntimeId);
    return logs.findLogGroup(group)?.file ?? `${group}, which its role has not written`;
}

/** An MCP runtime wants both, as MCP has it (runtime-mcp-protocol-contract page). @throws RuntimeRefusal */
function checkAccept({ protocol }: AgentRuntime, { accept = "" }: Headers): void {
    if (protocol !== "MCP") return;
    if (accept.includes("application/json") && accept.includes("text/event-stream")) return;
    throw new RuntimeRefusal(runtimeErrors.notAcceptable, {});
}

/** The container's answer. @throws RuntimeRefusal when it has none, or one outside of 2xx. */
function answered(
    outcome: CallOutcome | "conflict",
    initialization: number,
    log: () => string,
): Extract<CallOutcome, { result: "answered" }> {
    if (outcome === "conflict") throw new RuntimeRefusal(runtimeErrors.conflict, {});
    switch (outcome.result) {
        case "answered":
            if (outcome.httpStatus < 300) return outcome;
            throw failure(runtimeFailures.status, { status: String(outcome.httpStatus) });
        case "notReady":
            throw failure(
                runtimeFailures.initialization,
                { seconds: String(initialization) },
                `${outcome.reason}; its log: ${log()}`,
            );
        case "unhealthy":
            throw failure(runtimeFailures.healthCheck, {}, `${outcome.reason}; its log: ${log()}`);
        case "timedOut":
        case "left":
            throw failure(
                runtimeFailures.status,
                { status: String(statusOf[outcome.result]) },
                outcome.reason,
            );
        case "broken":
        case "unreached":
        case "stopped":
            throw failure(
                runtimeFailures.status,
                { status: String(statusOf.brokenAnswer) },
                outcome.reason,
            );
    }
}

function failure(
    { error, text }: RuntimeFailure,
    values: Readonly<Record<string, string>>,
    reason?: string,
): RuntimeRefusal {
    return new RuntimeRefusal(error, values, { text, ...(reason !== undefined && { reason }) });
}
