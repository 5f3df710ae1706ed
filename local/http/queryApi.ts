import { AwsError, notEmulated } from "../awsError";
import type { LocalAccount } from "../services/account";
import type { Authorizer } from "../services/authorizer";
import type { Role } from "../services/iam";
import type { SessionKey } from "../services/sessionKey";
import { shownPolicy } from "../services/shownPolicy";
import type { Sts } from "../services/sts";
import { attachedXml, authorizationDetails, members, tagsXml } from "./authorizationDetails";
import {
    callerOf,
    xmlError,
    xmlResult,
    type HttpRequest,
    type HttpResponse,
    type KeySource,
} from "./exchange";

const stsNamespace = "https://sts.amazonaws.com/doc/2011-06-15/";
const iamNamespace = "https://iam.amazonaws.com/doc/2010-05-08/";

/** STS over HTTP: `AssumeRole` and `GetCallerIdentity`. */
export function stsApi(sts: Sts, keys: KeySource): (request: HttpRequest) => HttpResponse {
    return answering((request, action, input) => {
        const caller = callerOf(request, { services: ["sts"] }, keys);
        if (action === "GetCallerIdentity") {
            // Needs no permission (STS API reference).
            return xmlResult(action, stsNamespace, identity(caller), request.requestId);
        }
        if (action !== "AssumeRole") throw notEmulated(`sts:${action}`);
        const key = sts.assumeRole(caller, input, request.origin);
        return xmlResult(
            action,
            stsNamespace,
            {
                Credentials: {
                    AccessKeyId: key.accessKeyId,
                    SecretAccessKey: key.secretAccessKey,
                    SessionToken: key.sessionToken,
                    Expiration: new Date(key.expiresAt ?? 0).toISOString(),
                },
                AssumedRoleUser: {
                    AssumedRoleId: identity(key).UserId,
                    Arn: key.principal.sessionArn,
                },
            },
            request.requestId,
        );
    });
}

/** IAM over HTTP: the reads of roles and their policies, one by one and all at once. */
export function iamApi(
    accounts: ReadonlyMap<string, LocalAccount>,
    authorizer: Authorizer,
    keys: KeySource,
): (request: HttpRequest) => HttpResponse {
    return answering((request, action, input) => {
        const caller = callerOf(request, { services: ["iam"] }, keys);
        const account = accounts.get(caller.principal.accountId);
        if (account === undefined) throw notEmulated("the caller's account");
        const { RoleName = "", PolicyName = "" } = input;
        const { iam } = account;
        const roleXml = (role: Role) => roleOf(role, shownPolicy(role.trust, accounts));
        const reads: Record<string, () => Record<string, unknown>> = {
            GetAccountAuthorizationDetails: () => authorizationDetails(account, accounts, input),
            ListRoles: () => ({ Roles: members(iam.roles().map(roleXml)), IsTruncated: false }),
            // ListRoles gives no tags (https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html).
            GetRole: () => ({
                Role: { ...roleXml(iam.role(RoleName)), Tags: tagsXml(iam.role(RoleName)) },
            }),
            ListRolePolicies: () => ({
                PolicyNames: members([...iam.role(RoleName).inlinePolicies.keys()]),
                IsTruncated: false,
            }),
            GetRolePolicy: () => ({
                RoleName,
                PolicyName,
                PolicyDocument: encodeURIComponent(iam.rolePolicy(RoleName, PolicyName)),
            }),
            ListAttachedRolePolicies: () => ({
                AttachedPolicies: attachedXml(iam.role(RoleName)),
                IsTruncated: false,
            }),
        };
        const read = reads[action];
        if (read === undefined) throw notEmulated(`iam:${action}`);
        const { decision, message } = authorizer.decide(caller, {
            action: `iam:${action}`,
            resource: resourceOf(action, RoleName, account),
            resourceAccountId: account.id,
            requestId: request.requestId,
            origin: request.origin,
        });
        if (decision.decision !== "allow") throw new AwsError("AccessDenied", message, 403);
        return xmlResult(action, iamNamespace, read(), request.requestId);
    });
}

function answering(
    answer: (request: HttpRequest, action: string, input: Record<string, string>) => HttpResponse,
): (request: HttpRequest) => HttpResponse {
    return (request) => {
        try {
            const input = Object.fromEntries(
                new URLSearchParams(Buffer.from(request.body).toString("utf8")),
            );
            const { Action, Version: _version, ...rest } = input;
            if (Action === undefined) {
                throw new AwsError("MissingAction", "The request has no Action.", 400);
            }
            return answer(request, Action, rest);
        } catch (error) {
            if (!(error instanceof AwsError)) throw error;
            const code = queryErrorCodes[error.code] ?? error.code;
            return xmlError(new AwsError(code, error.message, error.httpStatus), request.requestId);
        }
    };
}

/**
 * What the query protocol calls the refusals of a signature
 * (https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html).
 */
const queryErrorCodes: Readonly<Record<string, string>> = {
    MissingAuthenticationTokenException: "MissingAuthenticationToken",
    IncompleteSignatureException: "IncompleteSignature",
    UnrecognizedClientException: "InvalidClientTokenId",
    InvalidSignatureException: "SignatureDoesNotMatch",
    ExpiredTokenException: "ExpiredToken",
};

function identity({ principal }: SessionKey) {
    return {
        Arn: principal.sessionArn,
        UserId: `${principal.roleId}:${principal.sessionName}`,
        Account: principal.accountId,
    };
}

/** What an action is allowed on; GetAccountAuthorizationDetails takes no resource (service authorization reference). */
function resourceOf(
    action: string,
    roleName: string,
    { id, partition, iam }: Pick<LocalAccount, "id" | "partition" | "iam">,
): string {
    if (action === "GetAccountAuthorizationDetails") return "*";
    const roles = `arn:${partition}:iam::${id}:role/`;
    if (action === "ListRoles") return roles;
    return iam.findRole(roleName)?.arn ?? `${roles}${roleName}`;
}

function roleOf(role: Role, trust: string) {
    return {
        Path: role.path,
        RoleName: role.roleName,
        RoleId: role.roleId,
        Arn: role.arn,
        CreateDate: role.createdAt.toISOString(),
        AssumeRolePolicyDocument: encodeURIComponent(trust),
        Description: role.description,
        MaxSessionDuration: role.maxSessionSeconds,
    };
}
