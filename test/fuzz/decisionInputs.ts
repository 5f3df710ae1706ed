import fc from "fast-check";
import type { ConditionBlock, Policies, PolicyJson, Statement } from "../oracle/types";
import type { Fuzzed } from "./fuzzCloud";

/** Who asks, how, and what is on both sides. */
export interface DecisionInput {
    from: "hub" | "spoke";
    vpcEndpointId: string | undefined;
    userAgent: string;
    /** Made for the gateway and for who asks. */
    policiesFor: (gatewayArn: string, fuzzed: Fuzzed) => StoredPolicies;
}

/** What is put on the role, on its session and on the gateway. */
export interface StoredPolicies {
    identity: readonly PolicyJson[];
    session: PolicyJson | undefined;
    resource: PolicyJson | undefined;
}

export const userAgents = ["aws-cli/2.31", "curl/8.5"] as const;
export const vpcEndpointIds = ["vpce-0123456789abcdef0", "vpce-00000000000000000"] as const;
const invoke = "bedrock-agentcore:InvokeGateway";

const conditions: fc.Arbitrary<ConditionBlock> = fc.constantFrom<ConditionBlock>(
    { StringEquals: { "aws:PrincipalTag/team": "blue" } },
    { StringNotEquals: { "aws:PrincipalTag/team": ["red", "blue"] } },
    { StringEquals: { "aws:PrincipalTag/none": "${aws:PrincipalTag/team}" } },
    { StringLike: { "aws:UserAgent": "aws-cli/*" } },
    { StringNotLikeIfExists: { "aws:UserAgent": ["curl/*", "x"] } },
    { StringEquals: { "aws:SourceVpce": vpcEndpointIds[0] } },
    { StringNotEqualsIfExists: { "aws:SourceVpce": vpcEndpointIds[0] } },
    { Null: { "aws:SourceVpce": "true" } },
    { IpAddress: { "aws:SourceIp": "127.0.0.0/8" } },
    { NotIpAddress: { "aws:SourceIp": ["10.0.0.0/8", "127.0.0.1"] } },
    { Bool: { "aws:SecureTransport": "false" } },
    { BoolIfExists: { "aws:MultiFactorAuthPresent": true } },
    { StringEquals: { "aws:PrincipalAccount": "${aws:ResourceAccount}" } },
    { StringEquals: { "aws:PrincipalOrgID": "o-hublocal00" } },
    { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/fuzzed" } },
    { ArnNotEquals: { "aws:PrincipalArn": "arn:aws:iam::111122223333:role/fuzzed" } },
    { DateLessThan: { "aws:CurrentTime": "2026-11-22T00:00:00Z" } },
    { DateGreaterThan: { "aws:CurrentTime": "2030-01-01T00:00:00Z" } },
    { "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": "o-hublocal00/*" } },
);

const parts = fc.record({
    isDeny: fc.nat(4).map((drawn) => drawn === 4),
    isNot: fc.nat(6).map((drawn) => drawn === 6),
    action: fc.constantFrom(
        invoke,
        "*",
        "bedrock-agentcore:*",
        "bedrock-agentcore:Invoke*",
        "BEDROCK-AGENTCORE:invokegateway",
        "bedrock-agentcore:InvokeGatewa",
        "sts:AssumeRole",
    ),
    resource: fc.constantFrom("own", "own", "*", "any", "other", "otherRegion"),
    principal: fc.nat(8),
    condition: fc.option(conditions, { freq: 2 }),
});

type Parts = typeof parts extends fc.Arbitrary<infer T> ? T : never;

/** An identity or session policy's statement. */
function identityStatement(of: Parts, gatewayArn: string): Statement {
    const resources = {
        own: gatewayArn,
        "*": "*",
        any: gatewayArn.replace(/gateway\/.*$/, "gateway/*"),
        other: gatewayArn.replace(/.$/, "-"),
        otherRegion: gatewayArn.replace("us-east-1", "eu-west-?"),
    };
    const [action, resource] = [of.action, resources[of.resource]];
    return {
        Effect: of.isDeny ? "Deny" : "Allow",
        ...(of.isNot ? { NotAction: [action, "sts:*"] } : { Action: action }),
        ...(of.isNot && of.isDeny ? { NotResource: resource } : { Resource: [resource] }),
        ...(of.condition !== null && { Condition: of.condition }),
    };
}

/** A statement that AgentCore takes in a gateway's policy: this gateway and this action alone. */
function resourceStatement(of: Parts, gatewayArn: string, { key }: Fuzzed): Statement {
    const { roleArn, roleId, sessionArn, accountId } = key.principal;
    const root = `arn:aws:iam::${accountId}:root`;
    const names = [roleArn, sessionArn, accountId, root, "*", roleId];
    const others = ["arn:aws:iam::444455556666:role/auditor", "arn:aws:iam::777788889999:root"];
    const name = [...names, ...others, roleArn][of.principal] ?? roleArn;
    const exempt = { AWS: [...new Set([root, roleArn, name])].filter((one) => one !== "*") };
    return {
        Effect: of.isDeny ? "Deny" : "Allow",
        ...(of.isDeny && of.isNot
            ? { NotPrincipal: exempt }
            : { Principal: name === "*" ? "*" : { AWS: [name] } }),
        Action: invoke,
        Resource: gatewayArn,
        ...(of.condition !== null && { Condition: of.condition }),
    };
}

const document = fc.record({
    Version: fc.constantFrom("2012-10-17", "2012-10-17", "2008-10-17"),
    body: fc.array(parts, { minLength: 1, maxLength: 2 }),
});
type Body = typeof document extends fc.Arbitrary<infer T> ? T : never;

export const decisionInputs: fc.Arbitrary<DecisionInput> = fc
    .record({
        from: fc.constantFrom<DecisionInput["from"]>("hub", "spoke"),
        vpcEndpointId: fc.option(fc.constantFrom(...vpcEndpointIds), { freq: 3, nil: undefined }),
        userAgent: fc.constantFrom(...userAgents),
        identity: fc.array(document, { maxLength: 2 }),
        session: fc.option(document, { freq: 3, nil: undefined }),
        resource: fc.option(document, { freq: 6, nil: undefined }),
    })
    .map(({ identity, session, resource, ...rest }) => ({
        ...rest,
        policiesFor: (gatewayArn, fuzzed) => {
            const written = ({ Version, body }: Body, make: (of: Parts) => Statement) => ({
                Version,
                Statement: body.map(make),
            });
            const own = (of: Parts) => identityStatement(of, gatewayArn);
            return {
                identity: identity.map((one) => written(one, own)),
                session: session && written(session, own),
                resource:
                    resource &&
                    written(resource, (of) => resourceStatement(of, gatewayArn, fuzzed)),
            };
        },
    }));

/** Stored policies as evaluators take them, the roles' ids as they were when they were stored. */
export function asPolicies(
    { identity, session, resource }: StoredPolicies,
    principalIds: Readonly<Record<string, string>>,
): Policies {
    return {
        identity: identity.map((document) => ({ name: "identity", document })),
        ...(session && { session: [{ name: "session", document: session }] }),
        ...(resource && { resource: { name: "resource", document: resource, principalIds } }),
    };
}
