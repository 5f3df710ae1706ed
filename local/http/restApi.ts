import { notEmulated, validation } from "../awsError";
import type { LocalAccount } from "../services/account";
import type { Authorizer } from "../services/authorizer";
import type { LambdaFunction } from "../services/lambdaFunctions";
import { policyStore } from "../services/policyStore";
import { shownPolicy } from "../services/shownPolicy";
import { gatewayDetail, gatewaySummary, targetDetail, targetSummary } from "./controlViews";
import { json, type HttpRequest, type HttpResponse, type KeySource } from "./exchange";
import { listed } from "./paging";
import { bodyOf, restApi, segments, unscoped, type Operation } from "./restOperation";
import { runtimeOperation } from "./runtimeControl";

/** The AgentCore control plane over HTTP: reads, resource policies, and the synchronization of targets. */
export function agentcoreControlApi(
    accounts: ReadonlyMap<string, LocalAccount>,
    authorizer: Authorizer,
    keys: KeySource,
): (request: HttpRequest) => Promise<HttpResponse> {
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
                    const { text } = policyStore(account, id).put(policyOf(request));
                    return json(201, { policy: text });
                });
            }
            if (method === "GET") {
                return operation("Get", () => {
                    const policy = shownPolicy(policyStore(account, id).get(), accounts);
                    return json(200, { policy });
                });
            }
            if (method === "DELETE") {
                return operation("Delete", () => {
                    policyStore(account, id).delete();
                    return { httpStatus: 204, headers: {}, body: "" };
                });
            }
        }
        if (first === "gateways" && method === "GET") {
            if (id === "") {
                return {
                    action: "bedrock-agentcore:ListGateways",
                    resource: unscoped,
                    run: () => {
                        const gateways = agentcore.gateways().map(gatewaySummary);
                        return json(
                            200,
                            listed(request.path, "items", gateways, ({ gatewayId }) => gatewayId),
                        );
                    },
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
                    run: () => {
                        const targets = [...agentcore.gateway(id).targets.values()];
                        return json(
                            200,
                            listed(
                                request.path,
                                "items",
                                targets.map(targetSummary),
                                ({ name }) => name,
                            ),
                        );
                    },
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
        if (first === "gateways" && method === "PUT" && second === "synchronizeTargets") {
            return {
                action: "bedrock-agentcore:SynchronizeGatewayTargets",
                resource: gatewayArn(id),
                run: () => {
                    const target = agentcore.synchronizeTarget(id, targetIdOf(request));
                    return json(202, { targets: [targetDetail(gatewayArn(id), target)] });
                },
            };
        }
        const runtime = runtimeOperation(request, account);
        if (runtime !== undefined) return runtime;
        throw notEmulated(`bedrock-agentcore-control ${method} ${request.path}`);
    });
}

/** Lambda over HTTP: the reads of functions. */
export function lambdaApi(
    accounts: ReadonlyMap<string, LocalAccount>,
    authorizer: Authorizer,
    keys: KeySource,
): (request: HttpRequest) => Promise<HttpResponse> {
    return restApi("lambda", accounts, authorizer, keys, (request, account) => {
        const [version, functions, name = "", part] = segments(request);
        if (request.method !== "GET" || version !== "2015-03-31" || functions !== "functions") {
            throw notEmulated(`lambda ${request.method} ${request.path}`);
        }
        const { lambda } = account;
        if (name === "") {
            return {
                action: "lambda:ListFunctions",
                resource: unscoped,
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

function policyOf(request: HttpRequest): string {
    const { policy } = bodyOf(request);
    if (typeof policy !== "string") throw validation("policy: got nothing; must be JSON text");
    return policy;
}

/** SynchronizeGatewayTargets takes one target at a time (botocore model). */
function targetIdOf(request: HttpRequest): string {
    const { targetIdList } = bodyOf(request);
    const [targetId, ...others] = Array.isArray(targetIdList) ? (targetIdList as unknown[]) : [];
    if (typeof targetId !== "string" || others.length > 0) {
        throw validation("targetIdList: must have 1 item, a target's id");
    }
    return targetId;
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
