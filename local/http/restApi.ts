import { AwsError, notEmulated, validation } from "../awsError";
import type { LocalAccount } from "../services/account";
import type { Gateway, GatewayTarget } from "../services/agentcoreControl";
import type { Authorizer } from "../services/authorizer";
import type { LambdaFunction } from "../services/lambdaFunctions";
import {
    callerOf,
    json,
    jsonError,
    type HttpRequest,
    type HttpResponse,
    type KeySource,
} from "./exchange";

interface Operation {
    /** The IAM action, which is the operation's name. */
    action: string;
    resource: string;
    run: () => HttpResponse;
}

/** The AgentCore control plane over HTTP: reads, and the resource policies of gateways. */
export function agentcoreControlApi(
    accounts: ReadonlyMap<string, LocalAccount>,
    authorizer: Authorizer,
    keys: KeySource,
): (request: HttpRequest) => HttpResponse {
    return restApi("bedrock-agentcore", accounts, authorizer, keys, (request, account) => {
        const { agentcore } = account;
        const gatewayArn = (id: string) =>
            agentcore.findGateway(id)?.gatewayArn ??
            `arn:${account.partition}:bedrock-agentcore:*:${account.id}:gateway/${id}`;
        const [first, id = "", second, targetId = ""] = segments(request);
        const { method } = request;
        if (first === "resourcepolicy" && second === undefined) {
            const operation = (verb: string, run: () => HttpResponse): Operation => ({
                action: `bedrock-agentcore:${verb}ResourcePolicy`,
                resource: id,
                run,
            });
            if (method === "PUT") {
                return operation("Put", () => {
                    const { text } = agentcore.putResourcePolicy(id, policyOf(request));
                    return json(201, { policy: text });
                });
            }
            if (method === "GET") {
                return operation("Get", () =>
                    json(200, { policy: agentcore.resourcePolicy(id).text }),
                );
            }
            if (method === "DELETE") {
                return operation("Delete", () => {
                    agentcore.deleteResourcePolicy(id);
                    return { httpStatus: 204, headers: {}, body: "" };
                });
            }
        }
        if (first === "gateways" && method === "GET") {
            if (id === "") {
                return {
                    action: "bedrock-agentcore:ListGateways",
                    resource: `arn:${account.partition}:bedrock-agentcore:*:${account.id}:gateway/*`,
                    run: () => json(200, { items: agentcore.gateways().map(gatewaySummary) }),
                };
            }
            if (second === undefined) {
                return {
                    action: "bedrock-agentcore:GetGateway",
                    resource: gatewayArn(id),
                    run: () => json(200, gatewayDetail(agentcore.gateway(id))),
                };
            }
            if (second === "targets" && targetId === "") {
                return {
                    action: "bedrock-agentcore:ListGatewayTargets",
                    resource: gatewayArn(id),
                    run: () =>
                        json(200, {
                            items: [...agentcore.gateway(id).targets.values()].map(targetSummary),
                        }),
                };
            }
            if (second === "targets") {
                return {
                    action: "bedrock-agentcore:GetGatewayTarget",
                    resource: gatewayArn(id),
                    run: () =>
                        json(200, targetDetail(gatewayArn(id), agentcore.target(id, targetId))),
                };
            }
        }
        throw notEmulated(`bedrock-agentcore-control ${method} ${request.path}`);
    });
}

/** Lambda over HTTP: the reads of functions. */
export function lambdaApi(
    accounts: ReadonlyMap<string, LocalAccount>,
    authorizer: Authorizer,
    keys: KeySource,
): (request: HttpRequest) => HttpResponse {
    return restApi("lambda", accounts, authorizer, keys, (request, account) => {
        const [version, functions, name = "", part] = segments(request);
        if (request.method !== "GET" || version !== "2015-03-31" || functions !== "functions") {
            throw notEmulated(`lambda ${request.method} ${request.path}`);
        }
        const { lambda } = account;
        if (name === "") {
            return {
                action: "lambda:ListFunctions",
                resource: "*",
                run: () => json(200, { Functions: lambda.functions().map(configuration) }),
            };
        }
        const resource =
            lambda.findFunction(name)?.arn ??
            `arn:${account.partition}:lambda:*:${account.id}:function:${name}`;
        if (part === "configuration") {
            return {
                action: "lambda:GetFunctionConfiguration",
                resource,
                run: () => json(200, configuration(lambda.function(name))),
            };
        }
        if (part !== undefined) throw notEmulated(`lambda ${request.method} ${request.path}`);
        return {
            action: "lambda:GetFunction",
            resource,
            run: () => json(200, { Configuration: configuration(lambda.function(name)) }),
        };
    });
}

function restApi(
    service: string,
    accounts: ReadonlyMap<string, LocalAccount>,
    authorizer: Authorizer,
    keys: KeySource,
    operationOf: (request: HttpRequest, account: LocalAccount) => Operation,
): (request: HttpRequest) => HttpResponse {
    return (request) => {
        try {
            const caller = callerOf(request, { services: [service] }, keys);
            const account = accounts.get(caller.principal.accountId);
            if (account === undefined) throw notEmulated("the caller's account");
            const { action, resource, run } = operationOf(request, account);
            const { decision, message } = authorizer.decide(caller, {
                action,
                resource,
                resourceAccountId: account.id,
                requestId: request.requestId,
                origin: request.origin,
            });
            if (decision.decision !== "allow") {
                throw new AwsError("AccessDeniedException", message, 403);
            }
            return run();
        } catch (error) {
            if (!(error instanceof AwsError)) throw error;
            return jsonError(error);
        }
    };
}

function segments(request: HttpRequest): string[] {
    const path = request.path.split("?")[0] ?? "";
    return path
        .replace(/^\/|\/$/g, "")
        .split("/")
        .map(decodeURIComponent);
}

function policyOf(request: HttpRequest): string {
    let input: unknown;
    try {
        input = JSON.parse(Buffer.from(request.body).toString("utf8"));
    } catch {
        throw new AwsError("SerializationException", "The body is not JSON.", 400);
    }
    const policy = (input as { policy?: unknown } | null)?.policy;
    if (typeof policy !== "string") throw validation("policy: got nothing; must be JSON text");
    return policy;
}

function gatewaySummary(gateway: Gateway) {
    const { gatewayId, name, description, status, authorizerType, protocolType } = gateway;
    return {
        gatewayId,
        name,
        description,
        status,
        authorizerType,
        protocolType,
        createdAt: gateway.createdAt.toISOString(),
        updatedAt: gateway.updatedAt.toISOString(),
    };
}

function gatewayDetail(gateway: Gateway) {
    const { gatewayArn, gatewayUrl, roleArn, protocolConfiguration, exceptionLevel } = gateway;
    return {
        ...gatewaySummary(gateway),
        gatewayArn,
        gatewayUrl,
        roleArn,
        protocolConfiguration,
        exceptionLevel,
        statusReasons: [],
    };
}

function targetSummary(target: GatewayTarget) {
    const { targetId, name, description, status } = target;
    return {
        targetId,
        name,
        description,
        status,
        createdAt: target.createdAt.toISOString(),
        updatedAt: target.updatedAt.toISOString(),
    };
}

function targetDetail(gatewayArn: string, target: GatewayTarget) {
    const { targetConfiguration, credentialProviderConfigurations } = target;
    return {
        ...targetSummary(target),
        gatewayArn,
        targetConfiguration,
        credentialProviderConfigurations,
        statusReasons: [],
    };
}

function configuration(lambda: LambdaFunction) {
    return {
        FunctionName: lambda.functionName,
        FunctionArn: lambda.arn,
        Description: lambda.description,
        Runtime: lambda.runtime,
        Handler: lambda.handler,
        Architectures: lambda.architectures,
        Role: lambda.role,
        Timeout: lambda.timeoutSeconds,
        MemorySize: lambda.memoryMb,
        CodeSha256: lambda.codeHash,
        LastModified: lambda.lastModified.toISOString(),
        LoggingConfig: { LogFormat: "JSON", LogGroup: lambda.logGroup },
        State: "Active",
        Version: "$LATEST",
    };
}
