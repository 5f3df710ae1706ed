import type { ContextKeys } from "../../access";
import { AwsError, notEmulated } from "../awsError";
import type { LocalAccount } from "../services/account";
import type { Authorizer } from "../services/authorizer";
import {
    callerOf,
    jsonError,
    type HttpRequest,
    type HttpResponse,
    type KeySource,
} from "./exchange";

/**
 * What a list of all that an account has in a region is allowed on
 * (https://docs.aws.amazon.com/service-authorization/latest/reference/list_bedrock-agentcore.html).
 */
export const unscoped = "*";

/** One operation of a restJson service, before it is allowed. */
export interface Operation {
    /** The IAM action, which is the operation's name. */
    action: string;
    /** An ARN, or {@link unscoped}. */
    resource: string;
    run: () => HttpResponse | Promise<HttpResponse>;
}

/** A restJson service: verifies who calls, decides whether they may, and then does it. */
export function restApi(
    service: string,
    accounts: ReadonlyMap<string, LocalAccount>,
    authorizer: Authorizer,
    keys: KeySource,
    operationOf: (request: HttpRequest, account: LocalAccount) => Operation,
): (request: HttpRequest) => Promise<HttpResponse> {
    return async (request) => {
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
                ...(resource === unscoped && { context: signedRegion(request) }),
            });
            if (decision.decision !== "allow") {
                throw new AwsError("AccessDeniedException", message, 403);
            }
            return await run();
        } catch (error) {
            if (!(error instanceof AwsError)) throw error;
            return jsonError(error);
        }
    };
}

/** The region that a request was signed for, where its resource names none. */
function signedRegion({ headers }: HttpRequest): ContextKeys {
    const [, region] =
        /Credential=[^/]+\/\d+\/([^/]+)\//.exec(headers["authorization"] ?? "") ?? [];
    return region === undefined ? {} : { "aws:RequestedRegion": region };
}

/** The decoded segments of a path. */
export function segments(request: HttpRequest): string[] {
    const path = request.path.split("?")[0] ?? "";
    return path
        .replace(/^\/|\/$/g, "")
        .split("/")
        .map(decodeURIComponent);
}

/** @throws AwsError SerializationException for a body that is no JSON. */
export function bodyOf(request: HttpRequest): Record<string, unknown> {
    try {
        const input: unknown = JSON.parse(Buffer.from(request.body).toString("utf8"));
        return typeof input === "object" && input !== null ? { ...input } : {};
    } catch {
        throw new AwsError("SerializationException", "The body is not JSON.", 400);
    }
}
