import assert from "node:assert/strict";
import type { AuthorizationDetails } from "../../../../cli/inventory/awsClients";
import { principalsOf } from "../../../../cli/inventory/awsPrincipals";
import { principalNames } from "../../../../cli/inventory/names";

const account = "arn:aws:iam::111122223333";
const allow = (Action: string) =>
    JSON.stringify({
        Version: "2012-10-17",
        Statement: { Effect: "Allow", Action, Resource: "*" },
    });
const trust = JSON.stringify({
    Version: "2012-10-17",
    Statement: {
        Effect: "Allow",
        Principal: { AWS: `${account}:root` },
        Action: "sts:AssumeRole",
    },
});
const managed = (name: string, document: string) => ({
    Arn: `${account}:policy/${name}`,
    PolicyVersionList: [
        { VersionId: "v2", IsDefaultVersion: true, Document: encodeURIComponent(document) },
        { VersionId: "v1", IsDefaultVersion: false, Document: encodeURIComponent(allow("old:*")) },
    ],
});
const attached = (name: string) => ({ PolicyName: name, PolicyArn: `${account}:policy/${name}` });
const role = (name: string, more: object = {}) => ({
    ...{ RoleName: name, RoleId: `AROA${name.toUpperCase()}`, Path: "/" },
    Arn: `${account}:role/${name}`,
    AssumeRolePolicyDocument: encodeURIComponent(trust),
    ...more,
});
const read = (details: Partial<AuthorizationDetails>) =>
    principalsOf(
        { roles: [], users: [], groups: [], policies: [], ...details },
        principalNames([]),
    );

describe("IAM's answer becomes principals", () => {
    it("a role with its inline and managed policies, boundary, trust and tags", () => {
        const { principals, unread } = read({
            roles: [
                role("reader", {
                    RolePolicyList: [
                        { PolicyName: "own", PolicyDocument: encodeURIComponent(allow("a:*")) },
                    ],
                    AttachedManagedPolicies: [attached("shared")],
                    PermissionsBoundary: { PermissionsBoundaryArn: `${account}:policy/limit` },
                    Tags: [{ Key: "team", Value: "tools" }],
                }),
            ],
            policies: [managed("shared", allow("b:*")), managed("limit", allow("c:*"))],
        });
        assert.deepEqual(unread, []);
        const [reader] = principals;
        assert.deepEqual(reader?.identity, [
            { name: "role reader, inline policy own", document: allow("a:*") },
            {
                name: `role reader, managed policy ${account}:policy/shared`,
                document: allow("b:*"),
            },
        ]);
        assert.deepEqual(reader.boundary, {
            name: `role reader, permissions boundary ${account}:policy/limit`,
            document: allow("c:*"),
        });
        assert.deepEqual(reader.trust, { name: "role reader, trust policy", document: trust });
        assert.deepEqual(reader.tags, { team: "tools" });
        assert.deepEqual(reader.unknownPolicies, []);
        assert.equal(
            reader.principal.type === "role-session" && reader.principal.roleId,
            "AROAREADER",
        );
    });

    it("a user with its own policies and those of its groups", () => {
        const { principals } = read({
            users: [
                {
                    ...{ UserName: "ann", UserId: "AIDAANN", Arn: `${account}:user/ann` },
                    GroupList: ["admins", "gone"],
                    UserPolicyList: [
                        { PolicyName: "own", PolicyDocument: encodeURIComponent(allow("a:*")) },
                    ],
                },
            ],
            groups: [
                {
                    GroupName: "admins",
                    AttachedManagedPolicies: [attached("shared")],
                    GroupPolicyList: [
                        { PolicyName: "more", PolicyDocument: encodeURIComponent(allow("b:*")) },
                    ],
                },
                { GroupName: "others", AttachedManagedPolicies: [attached("unseen")] },
            ],
            policies: [managed("shared", allow("c:*"))],
        });
        const [ann] = principals;
        assert.deepEqual(ann?.principal, {
            type: "user",
            accountId: "111122223333",
            userArn: `${account}:user/ann`,
            userId: "AIDAANN",
        });
        assert.deepEqual(
            ann.identity.map(({ name }) => name),
            [
                "user ann, inline policy own",
                "group admins, inline policy more",
                `group admins, managed policy ${account}:policy/shared`,
            ],
        );
        assert.deepEqual(ann.unknownPolicies, ["group gone, its policies"]);
        assert.equal(ann.name, `${account}:user/ann`);
    });

    it("without the roles that only their service takes on", () => {
        const Path = "/aws-service-role/bedrock-agentcore.amazonaws.com/";
        const { principals } = read({ roles: [role("linked", { Path }), role("own")] });
        assert.deepEqual(
            principals.map(({ name }) => name),
            [`${account}:role/own`],
        );
    });

    it("with the names of policies that are not there or cannot be evaluated", () => {
        const { principals, unread } = read({
            roles: [
                role("reader", {
                    AttachedManagedPolicies: [attached("missing")],
                    RolePolicyList: [{ PolicyName: "odd", PolicyDocument: "%7B%7D" }],
                    PermissionsBoundary: { PermissionsBoundaryArn: `${account}:policy/limit` },
                    AssumeRolePolicyDocument: "100%",
                }),
            ],
        });
        const names = [
            "role reader, inline policy odd",
            `role reader, managed policy ${account}:policy/missing`,
            `role reader, permissions boundary ${account}:policy/limit`,
        ];
        assert.deepEqual(principals[0]?.unknownPolicies, names);
        assert.deepEqual(principals[0].identity, []);
        assert.equal(principals[0].boundary, undefined);
        assert.equal(principals[0].trust, undefined);
        const [odd = "", missing = "", limit = "", ofTrust = ""] = unread;
        assert.match(odd, /^role reader, inline policy odd: not evaluated: /);
        assert.equal(missing, `${names[1] ?? ""}: not among what IAM answered`);
        assert.equal(limit, `${names[2] ?? ""}: not among what IAM answered`);
        assert.equal(ofTrust, "role reader, trust policy: not evaluated: not percent-encoded");
    });
});
