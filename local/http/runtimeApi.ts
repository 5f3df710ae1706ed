import { regionOfArn } from "../../agentcore/arn";
import { defaultQualifier, isRuntimeArn } from "../../agentcore/runtime";
import { AwsError, notEmulated, validation } from "../awsError";
import { unauthenticated } from "../runtime/refusal";
import type { LocalAccount } from "../services/account";
import { explainPointer, type RequestLog } from "../services/requestLog";
import type { RuntimeRequest, Runtimes } from "../services/runtimes";
import type { SessionKey } from "../services/sessionKey";
import { callerOf, type HttpRequest, type HttpResponse, type KeySource } from "./exchange";
import { namedCaller } from "./gatewayApi";

/** The data plane of AgentCore, as far as it is about runtimes: signature, then policies, then the runtime. */
export function runtimeApi(
    runtimes: Runtimes,
    accounts: ReadonlyMap<string, LocalAccount>,
    keys: KeySource,
    log: RequestLog,
): (request: HttpRequest) => Promise<HttpResponse> {
    return async (request) => {
        const { operation, named, query } = operationOf(request);
        const runtime: RuntimeRequest = {
            runtimeArn: runtimeArnOf(named, query.get("accountId"), accounts),
            qualifier: query.get("qualifier") ?? defaultQualifier,
            headers: request.headers,
            requestId: request.requestId,
            origin: request.origin,
        };
        const { requestId, runtimeArn: resource, qualifier } = runtime;
        const logged = log.begin({ requestId, service: "runtime", resource, qualifier });
        const answered = (answer: HttpResponse): HttpResponse => {
            logged.httpStatus = answer.httpStatus;
            const pointer = explainPointer(logged);
            logged.outcome =
                answer.httpStatus < 400
                    ? "answered"
                    : Object.keys(pointer).length > 0
                      ? "refused"
                      : "failed";
            return { ...answer, headers: { ...answer.headers, ...pointer } };
        };
        let caller: SessionKey;
        try {
            const region = regionOfArn(runtime.runtimeArn) ?? "";
            const expected = { services: ["bedrock-agentcore"], regions: [region] };
            caller = callerOf(request, expected, keys);
        } catch (error) {
            if (!(error instanceof AwsError)) throw error;
            const { code, message, httpStatus } = error;
            logged.signature = { result: "refused", code, message };
            Object.assign(logged, namedCaller(request, keys));
            return answered(runtimes.refuse(runtime, unauthenticated(code, message, httpStatus)));
        }
        logged.signature = { result: "verified" };
        logged.principal = caller.principal;
        if (operation === "stop") return answered(await runtimes.stopSession(caller, runtime));
        const { body, signal } = request;
        return answered(await runtimes.invoke(caller, { ...runtime, body, signal }));
    };
}

/** The operations of runtimes (botocore model bedrock-agentcore 2024-02-28); all others are not there. */
const operations = { invocations: "invoke", stopruntimesession: "stop" } as const;

function operationOf({ method, path }: HttpRequest) {
    const [, encoded = "", last = ""] =
        /^\/runtimes\/([^/?]+)\/([^/?]+)(?:\?.*)?$/s.exec(path) ?? [];
    if (method !== "POST" || !Object.hasOwn(operations, last)) {
        throw notEmulated(`bedrock-agentcore ${method} ${path}`);
    }
    const at = path.indexOf("?");
    return {
        operation: operations[last as keyof typeof operations],
        named: decodeURIComponent(encoded),
        query: new URLSearchParams(at < 0 ? "" : path.slice(at)),
    };
}

/** A runtime is named by its ARN, or by its id and its account. @throws AwsError */
function runtimeArnOf(
    named: string,
    accountId: string | null,
    accounts: ReadonlyMap<string, LocalAccount>,
): string {
    if (isRuntimeArn(named)) return named;
    if (named.startsWith("arn:")) {
        throw validation(`agentRuntimeArn: got ${named}; must be the ARN of a runtime`);
    }
    // AWS's words where a gateway's target names a bare id.
    if (accountId === null) throw validation("accountID is required");
    const runtime = accounts.get(accountId)?.agentRuntimes.findRuntime(named);
    if (runtime !== undefined) return runtime.agentRuntimeArn;
    throw new AwsError(
        "ResourceNotFoundException",
        `No endpoint or agent found with qualifier '${defaultQualifier}' for agent '${named}'`,
        404,
    );
}
