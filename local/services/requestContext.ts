import type { ContextKeys } from "../../access";
import type { SessionKey } from "./sts";

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
    return {
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
        ...Object.fromEntries(
            Object.entries(tags).map(([key, value]) => [`aws:PrincipalTag/${key}`, value]),
        ),
        ...(region !== undefined && { "aws:RequestedRegion": region }),
        ...(origin !== undefined && originKeys(origin)),
    };
}

function originKeys({ sourceIp, vpcEndpointId, userAgent }: RequestOrigin): ContextKeys {
    return {
        ...(vpcEndpointId === undefined
            ? { "aws:SourceIp": sourceIp }
            : { "aws:SourceVpce": vpcEndpointId, "aws:VpcSourceIp": sourceIp }),
        ...(userAgent !== undefined && { "aws:UserAgent": userAgent }),
    };
}
