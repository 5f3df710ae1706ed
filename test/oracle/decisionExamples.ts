import type { Caller, Decision, Policies, Request, Statement } from "./types";

const guide = "https://docs.aws.amazon.com/IAM/latest/UserGuide";
const organizations = "https://docs.aws.amazon.com/organizations/latest/userguide";

const hub = "111122223333";
const spoke = "444455556666";

const role: Caller = {
    type: "role-session",
    accountId: hub,
    roleArn: `arn:aws:iam::${hub}:role/team/examplerole`,
    roleId: "AROAEXAMPLEROLE000001",
    sessionName: "examplesession",
    sessionArn: `arn:aws:sts::${hub}:assumed-role/examplerole/examplesession`,
};
export const user: Caller = {
    type: "user",
    accountId: hub,
    userArn: `arn:aws:iam::${hub}:user/staff/carlos`,
    userId: "AIDACARLOS00000000001",
};
const root: Caller = { type: "root", accountId: hub };
const service: Caller = { type: "service", service: "sns.amazonaws.com" };

export interface Case {
    name: string;
    caller: Caller;
    request?: Partial<Request>;
    policies: Partial<Policies>;
    decision: Decision;
}

export const full: Statement = { Effect: "Allow", Action: "*", Resource: "*" };
const s3: Statement = { Effect: "Allow", Action: "s3:*", Resource: "*" };
const ec2: Statement = { Effect: "Allow", Action: "ec2:*", Resource: "*" };
const deny: Statement = { ...full, Effect: "Deny" };

/** By the page of AWS that decides them. */
export const cases: Record<string, Case[]> = {
    [`${guide}/reference_policies_evaluation-logic_policy-eval-denyallow.html`]: [
        { name: "no policy", caller: user, policies: {}, decision: "implicitDeny" },
        { name: "no policy, for root", caller: root, policies: {}, decision: "allow" },
        {
            name: "a role that the resource names, under a boundary",
            caller: role,
            policies: { resource: trust(names(role.roleArn)), boundary: doc(ec2) },
            decision: "implicitDeny",
        },
        {
            name: "a session that the resource names, under a boundary and a session policy",
            caller: role,
            policies: {
                resource: trust(names(role.sessionArn)),
                boundary: doc(ec2),
                session: [doc(ec2)],
            },
            decision: "allow",
        },
        {
            name: "a user that the resource names, under a boundary",
            caller: user,
            policies: { resource: trust(names(user.userArn)), boundary: doc(ec2) },
            decision: "allow",
        },
        {
            name: "a user whose account the resource names",
            caller: user,
            policies: { resource: trust(names(hub)) },
            decision: "implicitDeny",
        },
        {
            name: "a user that the resource names and a boundary denies",
            caller: user,
            policies: {
                resource: trust(names(user.userArn)),
                boundary: doc({ ...full, Effect: "Deny" }),
            },
            decision: "explicitDeny",
        },
        {
            name: "a role that was made anew",
            caller: role,
            policies: {
                resource: {
                    ...trust(names(role.roleArn)),
                    principalIds: { [role.roleArn]: "AROAEXAMPLEROLE000000" },
                },
            },
            decision: "implicitDeny",
        },
        {
            name: "a role by its unique id",
            caller: role,
            policies: { resource: trust(names(role.roleId)) },
            decision: "allow",
        },
    ],
    [`${guide}/reference_policies_evaluation-logic-cross-account.html`]: [
        {
            name: "an identity policy alone",
            caller: role,
            request: { resourceAccountId: spoke },
            policies: { identity: [doc(full)] },
            decision: "implicitDeny",
        },
        {
            name: "a resource policy alone",
            caller: role,
            request: { resourceAccountId: spoke },
            policies: { resource: trust(names(role.sessionArn)) },
            decision: "implicitDeny",
        },
        {
            name: "both, the resource's by account",
            caller: role,
            request: { resourceAccountId: spoke },
            policies: { identity: [doc(s3)], resource: trust(names(hub)) },
            decision: "allow",
        },
        {
            name: "both under a session policy that does not allow",
            caller: role,
            request: { resourceAccountId: spoke },
            policies: {
                identity: [doc(s3)],
                resource: trust(names(role.sessionArn)),
                session: [doc(ec2)],
            },
            decision: "implicitDeny",
        },
        {
            name: "two session policies, of which one allows",
            caller: role,
            policies: { identity: [doc(s3)], session: [doc(ec2), doc(s3)] },
            decision: "allow",
        },
        {
            name: "root of another account",
            caller: root,
            request: { resourceAccountId: spoke },
            policies: { resource: trust(names(`arn:aws:iam::${hub}:root`)) },
            decision: "allow",
        },
    ],
    [`${guide}/reference_policies_elements_principal.html`]: [
        {
            name: "a service by its name",
            caller: service,
            policies: { resource: trust({ Service: "sns.amazonaws.com" }) },
            decision: "allow",
        },
        {
            name: "another service",
            caller: service,
            policies: { resource: trust({ Service: ["sqs.amazonaws.com"] }) },
            decision: "implicitDeny",
        },
        {
            name: "everyone",
            caller: user,
            policies: { resource: trust({ AWS: "*" }), boundary: doc(ec2) },
            decision: "allow",
        },
    ],
    [`${guide}/reference_policies_elements_notprincipal.html`]: [
        notPrincipal("Bob and his account", user, [user.userArn, hub], "allow"),
        notPrincipal("Bob without his account", user, [user.userArn], "explicitDeny"),
        notPrincipal("the account of Bob", user, [`arn:aws:iam::${hub}:root`], "explicitDeny"),
        notPrincipal(
            "session, role and account",
            role,
            [role.sessionArn, role.roleArn, hub],
            "allow",
        ),
        notPrincipal(
            "the same, under a boundary",
            role,
            [role.sessionArn, role.roleArn, hub],
            "explicitDeny",
            { boundary: doc(full) },
        ),
    ],
    [`${organizations}/orgs_manage_policies_scps_evaluation.html`]: [
        {
            name: "an Allow missing at one level",
            caller: user,
            policies: { identity: [doc(full)], scp: [[doc(full)], [doc(ec2)], [doc(full)]] },
            decision: "implicitDeny",
        },
        {
            name: "an Allow at every level",
            caller: user,
            policies: { identity: [doc(full)], scp: [[doc(full)], [doc(ec2), doc(s3)]] },
            decision: "allow",
        },
        {
            name: "no grant under SCPs that allow",
            caller: user,
            policies: { scp: [[doc(full)]] },
            decision: "implicitDeny",
        },
        {
            name: "root under an SCP that denies",
            caller: root,
            policies: { scp: [[doc(full), doc({ ...s3, Effect: "Deny" })]] },
            decision: "explicitDeny",
        },
        {
            name: "a service under an SCP that denies",
            caller: service,
            policies: {
                resource: trust({ Service: "sns.amazonaws.com" }),
                scp: [[doc({ ...s3, Effect: "Deny" })]],
            },
            decision: "allow",
        },
    ],
    [`${organizations}/orgs_manage_policies_rcps_evaluation.html`]: [
        {
            name: "a service under an RCP that denies",
            caller: service,
            policies: {
                resource: trust({ Service: "sns.amazonaws.com" }),
                rcp: [[doc({ ...full, Principal: "*" })], [doc({ ...deny, Principal: "*" })]],
            },
            decision: "explicitDeny",
        },
    ],
    [`${guide}/reference_policies_elements_resource.html`]: [
        ...["1/test/object.jpg", "1/2/test/3/object.jpg", "/test/object.jpg", "1/test/"].map(
            (key): Case => resourceCase("bucket/*/test/*", key, "allow"),
        ),
        ...["1-test/object.jpg", "test/object.jpg", "1/2/test.jpg"].map((key): Case =>
            resourceCase("bucket/*/test/*", key, "implicitDeny"),
        ),
        resourceCase("bucket/${aws:username}/*", "carlos/x", "allow"),
        resourceCase("bucket/${aws:username}/*", "${aws:username}/x", "implicitDeny"),
        {
            ...resourceCase("bucket/${aws:username}/*", "${aws:username}/x", "allow"),
            name: "a variable's text in a document of 2008",
            policies: {
                identity: [
                    doc({ ...full, Resource: "arn:aws:s3:::bucket/${aws:username}/*" }, "2008"),
                ],
            },
        },
    ],
};

/** A document of one statement. */
export function doc(statement: Statement, version = "2012") {
    return {
        name: "document",
        document: { Version: `${version}-10-17`, Statement: statement },
    };
}

function trust(principal: NonNullable<Statement["Principal"]>) {
    return doc({ ...s3, Principal: principal });
}

function names(...principals: string[]) {
    return { AWS: principals };
}

function notPrincipal(
    name: string,
    caller: Caller,
    exempt: string[],
    decision: Decision,
    others: Partial<Policies> = {},
): Case {
    const resource = doc({ ...s3, Effect: "Deny", NotPrincipal: names(...exempt) });
    return { name, caller, policies: { identity: [doc(full)], resource, ...others }, decision };
}

function resourceCase(pattern: string, key: string, decision: Decision): Case {
    return {
        name: `${key} by ${pattern}`,
        caller: user,
        request: { resource: `arn:aws:s3:::bucket/${key}` },
        policies: { identity: [doc({ ...full, Resource: `arn:aws:s3:::${pattern}` })] },
        decision,
    };
}
