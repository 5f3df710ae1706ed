import fc from "fast-check";
import type { ConditionBlock, Statement } from "./types";

/** Accounts with roles that call gateways, as a program could have made them, or a careless hand. */
export interface World {
    roles: readonly WorldRole[];
    /** By gateway: the statements of its resource policy; none where it has no policy. */
    gateways: Readonly<Record<string, readonly WorldStatement[]>>;
}

/** A role with one policy of its own. */
export interface WorldRole {
    accountId: string;
    name: string;
    tags: Readonly<Record<string, string>>;
    identity: readonly WorldStatement[];
    boundary?: readonly WorldStatement[];
}

/** A statement about gateways by their names, of which the ARNs are known later. */
export interface WorldStatement {
    effect: "Allow" | "Deny";
    /** Of a resource policy: `<account>/<role>`, `<account>` or `*`. */
    principals?: readonly string[];
    action: string;
    /** Names of gateways; `*` is any, `other` one that is not there. */
    gateways: readonly string[];
    condition?: ConditionBlock;
}

export const hubAccount = "111122223333";
export const spokeAccounts = ["444455556666", "777788889999"] as const;
export const gatewayNames = ["tools", "billing"] as const;
const roleNames = ["developer", "auditor"] as const;
const places = [hubAccount, ...spokeAccounts].flatMap((accountId) =>
    roleNames.map((name) => ({ accountId, name })),
);

const conditions: fc.Arbitrary<ConditionBlock> = fc.constantFrom<ConditionBlock>(
    { IpAddress: { "aws:SourceIp": "127.0.0.0/8" } },
    { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } },
    { NotIpAddress: { "aws:SourceIp": "10.0.0.0/8" } },
    { StringEquals: { "aws:SourceVpce": "vpce-0a1b2c3d4e5f60718" } },
    { StringNotEqualsIfExists: { "aws:SourceVpce": "vpce-0a1b2c3d4e5f60718" } },
    { DateGreaterThan: { "aws:CurrentTime": "2020-01-01T00:00:00Z" } },
    { DateLessThan: { "aws:CurrentTime": "2020-01-01T00:00:00Z" } },
    { Bool: { "aws:MultiFactorAuthPresent": "true" } },
    { Bool: { "aws:SecureTransport": "true" } },
    { StringEquals: { "aws:PrincipalAccount": spokeAccounts[0] } },
    { StringNotEquals: { "aws:PrincipalAccount": spokeAccounts[0] } },
    { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/dev*" } },
    { StringEquals: { "aws:PrincipalTag/team": "blue" } },
    { StringEquals: { "aws:RequestedRegion": "us-east-1" } },
    { StringEquals: { "aws:RequestedRegion": "eu-west-1" } },
    { StringEquals: { "aws:PrincipalOrgID": "o-elsewhere0" } },
    { StringLike: { "aws:userid": "*:test" } },
);

function statement(gateways: fc.Arbitrary<readonly string[]>) {
    return fc.record(
        {
            effect: fc.constantFrom<Statement["Effect"]>(
                "Allow",
                "Allow",
                "Allow",
                "Allow",
                "Deny",
            ),
            action: fc.constantFrom(
                "bedrock-agentcore:InvokeGateway",
                "bedrock-agentcore:InvokeGateway",
                "bedrock-agentcore:Invoke*",
                "bedrock-agentcore:GetGateway",
            ),
            gateways,
            condition: conditions,
        },
        { requiredKeys: ["effect", "action", "gateways"] },
    );
}

const ownStatements = fc.array(
    statement(
        fc.constantFrom<readonly string[]>(
            ["tools"],
            ["tools"],
            ["billing"],
            ["tools", "billing"],
            ["*"],
            ["other"],
        ),
    ),
    { maxLength: 2 },
);

const principals = fc.uniqueArray(
    fc.oneof(
        {
            weight: 8,
            arbitrary: fc.constantFrom(
                ...places.map(({ accountId, name }) => `${accountId}/${name}`),
            ),
        },
        { weight: 2, arbitrary: fc.constantFrom(hubAccount, ...spokeAccounts) },
        { weight: 1, arbitrary: fc.constant("*") },
    ),
    { minLength: 1, maxLength: 4 },
);

function policyOf(gateway: string): fc.Arbitrary<readonly WorldStatement[]> {
    return fc.array(
        fc.tuple(statement(fc.constant([gateway])), principals).map(([made, named]) => ({
            ...made,
            // AWS takes no other action in the policy of a gateway.
            action: "bedrock-agentcore:InvokeGateway",
            principals: named,
        })),
        { maxLength: 3 },
    );
}

const everything: WorldStatement = { effect: "Allow", action: "*", gateways: ["*"] };

/** Worlds in which grants, denies, conditions and boundaries meet. */
export const worlds: fc.Arbitrary<World> = fc.record({
    roles: fc.tuple(...places.map(roleAt)),
    gateways: fc.record(
        Object.fromEntries(gatewayNames.map((name) => [name, policyOf(name)])) as Record<
            (typeof gatewayNames)[number],
            fc.Arbitrary<readonly WorldStatement[]>
        >,
    ),
});

function roleAt(place: (typeof places)[number]): fc.Arbitrary<WorldRole> {
    return fc.record(
        {
            accountId: fc.constant(place.accountId),
            name: fc.constant(place.name),
            tags: fc.constantFrom({}, { team: "blue" }, { team: "red" }),
            identity: ownStatements,
            boundary: fc.oneof(
                { weight: 3, arbitrary: fc.constant([everything]) },
                { weight: 2, arbitrary: ownStatements },
            ),
        },
        { requiredKeys: ["accountId", "name", "tags", "identity"] },
    );
}

/** A role's ARN. */
export function roleArn({ accountId, name }: Pick<WorldRole, "accountId" | "name">): string {
    return `arn:aws:iam::${accountId}:role/${name}`;
}

/** The statements as JSON, with the gateways' ARNs; `undefined` where there are none: no document is empty. */
export function documentOf(
    statements: readonly WorldStatement[],
    arns: Readonly<Record<string, string>>,
): string | undefined {
    if (statements.length === 0) return undefined;
    return JSON.stringify({
        Version: "2012-10-17",
        Statement: statements.map(({ effect, principals: named, action, gateways, condition }) => ({
            Effect: effect,
            ...(named && {
                Principal: named.includes("*") ? "*" : { AWS: named.map(principalArn) },
            }),
            Action: action,
            Resource: gateways.map((name) => (name === "*" ? "*" : (arns[name] ?? other))),
            ...(condition && { Condition: condition }),
        })),
    });
}

const other = `arn:aws:bedrock-agentcore:us-east-1:${hubAccount}:gateway/other-0123456789`;

function principalArn(named: string): string {
    const [accountId = "", name] = named.split("/");
    return name === undefined ? `arn:aws:iam::${accountId}:root` : roleArn({ accountId, name });
}
