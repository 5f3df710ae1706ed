import {
    foundationModelArn,
    modelActions,
    modelInvocationResources,
    parseModelId,
    type ModelCall,
    type ModelResource,
} from "../../agentcore/bedrock";
import { AwsError, notEmulated, validation } from "../awsError";
import { checkRequest } from "../bedrock/checkRequest";
import { wholeOutput, type ConverseEvent, type Model } from "../bedrock/converse";
import { eventStream, eventStreamType } from "../bedrock/eventStream";
import type { LocalAccount } from "../services/account";
import type { Authorizer } from "../services/authorizer";
import type { SessionKey } from "../services/sessionKey";
import { callerOf, json, type HttpRequest, type HttpResponse, type KeySource } from "./exchange";

/** What Bedrock Runtime needs of the cloud around it. */
export interface BedrockRuntimeDeps {
    accounts: ReadonlyMap<string, LocalAccount>;
    authorizer: Authorizer;
    keys: KeySource;
    model: Model;
}

/** Bedrock Runtime: signature, then IAM on the model's ARNs, then the request, then the model. */
export function bedrockRuntimeApi(
    deps: BedrockRuntimeDeps,
): (request: HttpRequest) => Promise<HttpResponse> {
    return async (request) => {
        const { operation, modelId } = operationOf(request);
        const region = signedRegion(request);
        const expected = { services: ["bedrock"], regions: [region] };
        const caller = callerOf(request, expected, deps.keys);
        const { accountId } = caller.principal;
        const account = deps.accounts.get(accountId);
        if (account === undefined) throw notEmulated("the caller's account");
        const call = { modelId, region, accountId, partition: account.partition };
        const resources = resourcesOf(call);
        authorize(deps.authorizer, caller, request, modelActions[operation], resources);
        if (modelInvocationResources(call) === undefined) {
            throw validation("The provided model identifier is invalid.");
        }
        const events = deps.model.converse(checkRequest(modelId, request.body), request.signal);
        if (operation === "Converse") return json(200, await wholeOutput(events));
        return {
            httpStatus: 200,
            headers: { "content-type": eventStreamType },
            body: eventStream(await begun(events)),
        };
    };
}

/** Paths of operations (botocore model bedrock-runtime 2023-09-30). */
const operations = { converse: "Converse", "converse-stream": "ConverseStream" } as const;

function operationOf({ method, path }: HttpRequest) {
    const [, encoded = "", last = ""] = /^\/model\/([^/?]+)\/([^/?]+)$/.exec(path) ?? [];
    if (method !== "POST" || !Object.hasOwn(operations, last)) {
        throw notEmulated(`bedrock-runtime ${method} ${path}`);
    }
    return {
        operation: operations[last as keyof typeof operations],
        modelId: decodeURIComponent(encoded),
    };
}

/** The endpoint is one for all regions: the region is the one that the request is signed for. */
function signedRegion({ headers, url }: HttpRequest): string {
    const signed = headers["authorization"] ?? decodeURIComponent(url.split("?")[1] ?? "");
    const [, region = "us-east-1"] =
        /Credential=[^/,\s]*\/\d{8}\/([a-z]{2,4}(?:-[a-z]+)+-\d{1,2})\//.exec(signed) ?? [];
    return region;
}

/**
 * What the caller must be allowed. What names no model is still decided on, so that who may call nothing learns
 * nothing (inferred).
 */
function resourcesOf(call: ModelCall): ModelResource[] {
    const resources = modelInvocationResources(call);
    if (resources !== undefined) return resources;
    const reference = parseModelId(call.modelId);
    if (reference?.kind === "other") {
        throw notEmulated(
            `bedrock-runtime models of kind ${reference.resource.split("/")[0] ?? ""}`,
        );
    }
    const isArn = call.modelId.startsWith("arn:");
    return [
        {
            arn: isArn
                ? call.modelId
                : foundationModelArn(call.modelId, call.region, call.partition),
            context: {},
        },
    ];
}

/** @throws AwsError AccessDeniedException, in IAM's words, for the first that is not allowed. */
function authorize(
    authorizer: Authorizer,
    caller: SessionKey,
    { requestId, origin }: HttpRequest,
    action: string,
    resources: readonly ModelResource[],
): void {
    const resourceAccountId = caller.principal.accountId;
    for (const { arn, context } of resources) {
        const { decision, message } = authorizer.decide(caller, {
            ...{ action, resource: arn, resourceAccountId, requestId, origin, context },
        });
        if (decision.decision !== "allow") {
            throw new AwsError("AccessDeniedException", message, 403);
        }
    }
}

/** Events, once there is a first: what fails before it is an error with a status of its own. */
async function begun(events: AsyncIterable<ConverseEvent>): Promise<AsyncIterable<ConverseEvent>> {
    const iterator = events[Symbol.asyncIterator]();
    const first = await iterator.next();
    return {
        async *[Symbol.asyncIterator]() {
            try {
                for (let next = first; next.done !== true; next = await iterator.next()) {
                    yield next.value;
                }
            } finally {
                await iterator.return?.();
            }
        },
    };
}
