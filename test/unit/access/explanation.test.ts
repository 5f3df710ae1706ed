import assert from "node:assert/strict";
import {
    evaluate,
    explain,
    explainAccess,
    explainShort,
    explainTrust,
    type AccessPolicies,
    type AccessRequest,
    type RequestPrincipal,
} from "../../../access";

const gatewayArn = "arn:aws:bedrock-agentcore:us-east-1:111122223333:gateway/tools-abcdefghij";
const action = "bedrock-agentcore:InvokeGateway";
const roleArn = "arn:aws:iam::444455556666:role/auditor";
const auditor: RequestPrincipal = {
    type: "role-session",
    accountId: "444455556666",
    roleArn,
    roleId: "AROAAUDITOR0000000001",
    sessionName: "work",
    sessionArn: "arn:aws:sts::444455556666:assumed-role/auditor/work",
};
const request: AccessRequest = {
    principal: auditor,
    action,
    resource: gatewayArn,
    resourceAccountId: "111122223333",
};

let documents = 0;
const named = (name: string, ...statements: object[]) => ({
    name,
    document: { Version: "2012-10-17", Id: String(documents++), Statement: statements },
});
const own = (change: object = {}) =>
    named("identity", { Effect: "Allow", Action: action, Resource: gatewayArn, ...change });
const grant = (change: object = {}) =>
    named("grant", {
        Effect: "Allow",
        Principal: { AWS: roleArn },
        Action: action,
        Resource: gatewayArn,
        ...change,
    });
const other = { Effect: "Allow", Action: "s3:*", Resource: "*" };
const full = named("full", { Effect: "Allow", Action: "*", Resource: "*" });

const notAuthorized = `User: arn:aws:sts::444455556666:assumed-role/auditor/work is not authorized to perform: ${action} on resource: ${gatewayArn}`;
const noAllow = (policy: string) =>
    `${notAuthorized} because no ${policy} allows the ${action} action`;
const explicit = (policy: string) => `${notAuthorized} with an explicit deny in ${policy}`;
const hubSide = `The resource's side lacks an allow: the resource policy of ${gatewayArn} (account 111122223333)`;
const callerSide = `The caller's side lacks an allow: no policy of ${roleArn} (account 444455556666) allows ${action} on ${gatewayArn}.`;

interface Sentence {
    name: string;
    policies: () => AccessPolicies;
    request?: Partial<AccessRequest>;
    /** AWS's words. */
    aws?: string;
    /** Ours. */
    short: string;
}

const sentences: Sentence[] = [
    {
        name: "say who lacks a grant",
        policies: () => ({ identity: [own()] }),
        aws: noAllow("resource-based policy"),
        short: `${hubSide} does not name ${roleArn}.`,
    },
    {
        name: "say that an account's side lacks its own policy",
        policies: () => ({ identity: [], resource: grant() }),
        aws: noAllow("identity-based policy"),
        short: callerSide,
    },
    {
        name: "say both sides",
        policies: () => ({ identity: [] }),
        aws: noAllow("identity-based policy"),
        short: `${callerSide} ${hubSide} does not name ${roleArn}.`,
    },
    {
        name: "name the nearest statement of the caller's side, and the element that it lacks",
        policies: () => ({
            identity: [
                named("role auditor, inline policy tools", other, {
                    Sid: "Tools",
                    Effect: "Allow",
                    Action: action,
                    Resource: [
                        `${gatewayArn}x`,
                        "arn:aws:a:b:c:d",
                        "arn:aws:e:f:g:h",
                        "arn:aws:i:j:k:l",
                    ],
                }),
            ],
            resource: grant(),
        }),
        short: `${callerSide} Nearest: role auditor, inline policy tools, statement Tools has Resource ${gatewayArn}x, arn:aws:a:b:c:d, arn:aws:e:f:g:h and 1 more, and the request has ${gatewayArn}.`,
    },
    {
        name: "name no statement that lacks more than one element",
        policies: () => ({
            identity: [own({ Action: "s3:*", Resource: "arn:aws:s3:::b" })],
            resource: grant(),
        }),
        short: callerSide,
    },
    {
        name: "name the action that a grant lacks",
        policies: () => ({
            identity: [own()],
            resource: grant({ Action: "bedrock-agentcore:GetGateway" }),
        }),
        short: `${hubSide} names ${roleArn}, but statement 0 has Action bedrock-agentcore:GetGateway, and the request has ${action}.`,
    },
    {
        name: "name a condition whose key the request does not have",
        policies: () => ({
            identity: [own()],
            resource: grant({ Condition: { StringEquals: { "aws:SourceVpce": "vpce-1" } } }),
        }),
        short: `${hubSide} names ${roleArn}, but statement 0 asks StringEquals aws:SourceVpce vpce-1, and the request does not have it.`,
    },
    {
        name: "name a condition whose key has other values",
        policies: () => ({
            identity: [own()],
            resource: grant({
                Sid: "Grant",
                Condition: { IpAddress: { "aws:SourceIp": ["10.0.0.0/8", "192.168.0.0/16"] } },
            }),
        }),
        request: { context: { "aws:SourceIp": "203.0.113.7" } },
        short: `${hubSide} names ${roleArn}, but statement Grant asks IpAddress aws:SourceIp 10.0.0.0/8, 192.168.0.0/16, and the request has 203.0.113.7.`,
    },
    {
        name: "prefer, of the statements that name the caller, the nearest",
        policies: () => ({
            identity: [own()],
            resource: named(
                "grant",
                {
                    Effect: "Allow",
                    Principal: { AWS: roleArn },
                    Action: "bedrock-agentcore:GetGateway",
                    Resource: `${gatewayArn}x`,
                },
                { Effect: "Allow", Principal: { AWS: roleArn }, Action: action, Resource: "*x" },
                { Effect: "Deny", Principal: { AWS: roleArn }, Action: "s3:*", Resource: "*" },
            ),
        }),
        short: `${hubSide} names ${roleArn}, but statement 1 has Resource *x, and the request has ${gatewayArn}.`,
    },
    {
        name: "tell a role that was made anew from one that was never named",
        policies: () => ({
            identity: [own()],
            resource: { ...grant(), principalIds: { [roleArn]: "AROAFORMER" } },
        }),
        short: `${hubSide} names ${roleArn} as it was before it was made anew, and must be put again.`,
    },
    {
        name: "name the statement of an explicit deny by its Sid",
        policies: () => ({
            identity: [
                named("guardrail", {
                    Sid: "NoAuditors",
                    Effect: "Deny",
                    Action: "*",
                    Resource: "*",
                }),
            ],
        }),
        aws: explicit("an identity-based policy"),
        short: `An explicit deny decides: guardrail, statement NoAuditors, denies ${action} to ${roleArn}.`,
    },
    {
        name: "name the statement of an explicit deny by its number",
        policies: () => ({
            identity: [own()],
            resource: named("grant", {
                Effect: "Deny",
                Principal: "*",
                Action: "*",
                Resource: "*",
            }),
        }),
        aws: explicit("a resource-based policy"),
        short: `An explicit deny decides: grant, statement 0, denies ${action} to ${roleArn}.`,
    },
    {
        name: "name a boundary",
        policies: () => ({
            identity: [own()],
            resource: grant(),
            boundary: named("boundary", other),
        }),
        aws: noAllow("permissions boundary"),
        short: `The permissions boundary of ${roleArn} (account 444455556666) does not allow ${action} on ${gatewayArn}.`,
    },
    {
        name: "name a session policy",
        policies: () => ({
            identity: [own()],
            resource: grant(),
            session: [named("session", { ...other, Action: action, Resource: "arn:aws:s3:::b" })],
        }),
        aws: noAllow("session policy"),
        short: `The session policy of ${roleArn} (account 444455556666) does not allow ${action} on ${gatewayArn}. Nearest: session, statement 0 has Resource arn:aws:s3:::b, and the request has ${gatewayArn}.`,
    },
    {
        name: "name service control policies",
        policies: () => ({
            identity: [own()],
            resource: grant(),
            scp: [[full], [named("scp", other)]],
        }),
        aws: noAllow("service control policy"),
        short: `The service control policies of the caller's account (account 444455556666) do not allow ${action} on ${gatewayArn}.`,
    },
    {
        name: "name resource control policies",
        policies: () => ({ identity: [own()], resource: grant(), rcp: [[]] }),
        aws: noAllow("resource control policy"),
        short: `The resource control policies of account 111122223333 do not allow ${roleArn} ${action} on ${gatewayArn}.`,
    },
    {
        name: "name a user",
        policies: () => ({ identity: [own()] }),
        request: {
            principal: {
                type: "user",
                accountId: "444455556666",
                userArn: "arn:aws:iam::444455556666:user/ann",
                userId: "AIDAANN00000000000001",
            },
        },
        aws: noAllow("resource-based policy").replace(
            "arn:aws:sts::444455556666:assumed-role/auditor/work",
            "arn:aws:iam::444455556666:user/ann",
        ),
        short: `${hubSide} does not name arn:aws:iam::444455556666:user/ann.`,
    },
    {
        name: "name a root user of another partition",
        policies: () => ({ identity: [] }),
        request: { principal: { type: "root", accountId: "444455556666", partition: "aws-cn" } },
        short: `${hubSide} does not name arn:aws-cn:iam::444455556666:root.`,
    },
    {
        name: "name a root user",
        policies: () => ({ identity: [] }),
        request: { principal: { type: "root", accountId: "444455556666" } },
        short: `${hubSide} does not name arn:aws:iam::444455556666:root.`,
    },
    {
        name: "name a service",
        policies: () => ({ identity: [] }),
        request: { principal: { type: "service", service: "lambda.amazonaws.com" } },
        aws: noAllow("resource-based policy").replace(
            "arn:aws:sts::444455556666:assumed-role/auditor/work",
            "lambda.amazonaws.com",
        ),
        short: `${hubSide} does not name lambda.amazonaws.com.`,
    },
    {
        name: "say that a call is allowed",
        policies: () => ({ identity: [own()], resource: grant() }),
        short: `${roleArn} may ${action} on ${gatewayArn}.`,
    },
];

describe("an explanation's sentences", () => {
    for (const { name, policies, request: change, aws, short } of sentences) {
        it(name, () => {
            const call = { ...request, ...change };
            const explanation = explainAccess(call, policies());
            assert.equal(explainShort(explanation), short);
            if (aws !== undefined) {
                assert.equal(explain(evaluate(call, policies()), call), aws);
            }
        });
    }

    it("call a trust policy by its name", () => {
        const trustOf = (effect: string, change: object = {}) => ({
            principal: auditor,
            roleArn: "arn:aws:iam::444455556666:role/developer",
            roleAccountId: "444455556666",
            trust: named("trust", {
                Effect: effect,
                Principal: { AWS: roleArn },
                Action: "sts:AssumeRole",
                ...change,
            }),
            policies: { identity: [full] },
        });
        const unnamed = explainTrust(trustOf("Allow", { Principal: { AWS: "111122223333" } }));
        assert.match(
            explain(unnamed, unnamed.request),
            / because no role trust policy allows the sts:AssumeRole action$/,
        );
        assert.equal(
            explainShort(unnamed),
            `The role's side lacks an allow: the trust policy of arn:aws:iam::444455556666:role/developer (account 444455556666) does not name ${roleArn}.`,
        );
        const denied = explainTrust(trustOf("Deny"));
        assert.match(
            explain(denied, denied.request),
            / with an explicit deny in the role trust policy$/,
        );
        const external = explainTrust({
            ...trustOf("Allow", { Condition: { StringEquals: { "sts:ExternalId": "a" } } }),
            context: { "sts:ExternalId": "b" },
        });
        assert.match(
            explainShort(external),
            /but statement 0 asks StringEquals sts:ExternalId a, and the request has b\.$/,
        );
    });
});

describe("an explanation's data", () => {
    it("says of each statement of each layer what it had to do with the request", () => {
        const policies: AccessPolicies = {
            identity: [own({ Sid: "Own" })],
            resource: named(
                "grant",
                {
                    Sid: "Elsewhere",
                    Effect: "Allow",
                    Principal: { AWS: "arn:aws:iam::444455556666:role/developer" },
                    NotAction: "bedrock-agentcore:Invoke*",
                    NotResource: gatewayArn,
                    Condition: { Bool: { "aws:SecureTransport": "true" } },
                },
                {
                    Effect: "Deny",
                    NotPrincipal: { AWS: [roleArn, "444455556666"] },
                    Action: "*",
                    Resource: "*",
                },
            ),
        };
        const { layers } = explainAccess(
            { ...request, context: { "aws:SecureTransport": "false" } },
            policies,
        );
        assert.deepEqual(layers, [
            {
                layer: "identity",
                decision: "allow",
                statement: { document: "identity", index: 0, sid: "Own" },
                statements: [
                    {
                        document: "identity",
                        index: 0,
                        sid: "Own",
                        effect: "Allow",
                        outcome: "matched",
                        unmet: [],
                    },
                ],
            },
            { layer: "boundary", decision: "notPresent", statements: [] },
            { layer: "session", decision: "notPresent", statements: [] },
            {
                layer: "resource",
                decision: "implicitDeny",
                statements: [
                    {
                        document: "grant",
                        index: 0,
                        sid: "Elsewhere",
                        effect: "Allow",
                        outcome: "notMatched",
                        unmet: [
                            {
                                element: "Principal",
                                got: roleArn,
                                written: ["arn:aws:iam::444455556666:role/developer"],
                                reason: "notNamed",
                            },
                            {
                                element: "NotAction",
                                got: action,
                                written: ["bedrock-agentcore:Invoke*"],
                            },
                            { element: "NotResource", got: gatewayArn, written: [gatewayArn] },
                            {
                                element: "Condition",
                                operator: "Bool",
                                key: "aws:SecureTransport",
                                got: ["false"],
                                written: ["true"],
                            },
                        ],
                    },
                    {
                        document: "grant",
                        index: 1,
                        effect: "Deny",
                        outcome: "notMatched",
                        unmet: [
                            {
                                element: "NotPrincipal",
                                got: roleArn,
                                written: [roleArn, "444455556666"],
                                reason: "exempt",
                            },
                        ],
                    },
                ],
            },
            { layer: "scp", decision: "notPresent", statements: [] },
            { layer: "rcp", decision: "notPresent", statements: [] },
        ]);
    });
});
