import type { ContextKeys } from "../../access";
import type { SessionKey } from "./sessionKey";

/** How a request came to the local cloud. */
export interface RequestOrigin {
    sourceIp: string;
    /** Set for a request by a URL of a VPC endpoint, `/vpce-…/…`. */
    vpcEndpointId?: string;
    userAgent?: string;
}

/** The AWS Organization that all accounts of the local cloud are members of, at its root. */
export const organization = { id: "o-hublocal00", path: "o-hublocal00/r-hub0/" } as const;

/**
 * The global condition keys of a call, as AWS fills them in
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html). The local cloud
 * stands for AWS's HTTPS endpoints, so `aws:SecureTransport` is true on loopback too. A call that comes
 * through a VPC endpoint has no `aws:SourceIp`; one that a service makes with a role has no origin.
 */
export function requestContext(args: {
    caller: SessionKey;
    tags: Readonly<Record<string, string>>;
    resourceAccountId: string;
    now: number;
    region?: string;
    origin?: RequestOrigin;
}): ContextKeys {
    const { caller, tags, resourceAccountId, now, region, origin } = args;
    const keys: Record<string, string | readonly string[]> = {
        "aws:PrincipalOrgID": organization.id,
        "aws:PrincipalOrgPaths": [organization.path],
        "aws:ResourceOrgID": organization.id,
        "aws:ResourceOrgPaths": [organization.path],
        "aws:ResourceAccount": resourceAccountId,
        "aws:CurrentTime": new Date(now).toISOString(),
        "aws:EpochTime": String(Math.floor(now / 1000)),
        "aws:TokenIssueTime": new Date(caller.issuedAt).toISOString(),
        "aws:MultiFactorAuthPresent": "false",
        "aws:SecureTransport": "true",
        "aws:ViaAWSService": "false",
    };
    for (const [key, value] of Object.entries(tags)) keys[`aws:PrincipalTag/${key}`] = value;
    if (region !== undefined) keys["aws:RequestedRegion"] = region;
    if (origin !== undefined) Object.assign(keys, originKeys(origin));
    return keys;
}

function originKeys({ sourceIp, vpcEndpointId, userAgent }: RequestOrigin): ContextKeys {
    return {
        ...(vpcEndpointId === undefined
            ? { "aws:SourceIp": sourceIp }
            : { "aws:SourceVpce": vpcEndpointId, "aws:VpcSourceIp": sourceIp }),
        ...(userAgent !== undefined && { "aws:UserAgent": userAgent }),
    };
}
