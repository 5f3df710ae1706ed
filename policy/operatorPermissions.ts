import type { CompiledStatement } from "../access/compiledStatement";
import { agentcoreService, operatorActions, tagActions } from "../access/operatorActions";
import { isExactPrincipalArn, parseArn } from "../agentcore/arn";
import { operatorUnscopedActions } from "../agentcore/unscopedActions";
import { isPattern } from "./documents";
import { undecidedUnlessPattern, type Permission } from "./permission";
import { unknown } from "./resource";

/** The account and region that an operator's role is for; what is not known is any one. */
export interface OperatorScope {
    accountId?: string;
    region?: string;
}

/**
 * What operators' roles are for: managing gateways and reading what decides access, in one account and region
 * (access/operatorStatements.ts). Nothing of it calls a gateway, a target or a model.
 *
 * @param passedRoles the ARNs of the gateways' service roles.
 */
export function operatorPermissions(
    scope: OperatorScope,
    passedRoles: readonly unknown[],
): Permission[] {
    return [
        ...ofAgentcore(scope),
        ...unscoped(scope),
        ...ofIam(scope, passedRoles),
        ...used(scope),
    ];
}

/** The actions that make a role an operator's: others have the rest, too. */
export const operatorMarks: ReadonlySet<string> = new Set(
    [
        ...Object.values(operatorActions).flatMap(({ reads, manages }) => [...reads, ...manages]),
        ...Object.keys(operatorUnscopedActions),
    ].map((action) => action.toLowerCase()),
);

/** The names of all that operators' roles are for, in lower case; they are the same in any scope. */
export const operatorActionNames: ReadonlySet<string> = new Set(
    operatorPermissions({}, [])
        .flatMap(({ actions }) => actions)
        .map((action) => action.toLowerCase()),
);

function ofAgentcore(scope: OperatorScope): Permission[] {
    const kinds = Object.keys(operatorActions) as (keyof typeof operatorActions)[];
    const tagged = ["gateway", "workload-identity-directory", "token-vault"] as const;
    return [
        ...kinds.map((kind) => ({
            ...operator(`${kind}s of the role's own account and region`),
            actions: [...operatorActions[kind].reads, ...operatorActions[kind].manages],
            covers: (resource: string) => isOwn(resource, scope, kind),
        })),
        {
            ...operator(
                "gateways, workload identities and credential providers of its own account",
            ),
            actions: tagActions,
            covers: (resource) => tagged.some((kind) => isOwn(resource, scope, kind)),
        },
    ];
}

/** With `*`, because AWS knows no resource; what makes something is held to the region by a condition. */
function unscoped(scope: OperatorScope): Permission[] {
    return Object.keys(operatorUnscopedActions).map((action) => {
        const isHeld = (statement: CompiledStatement) =>
            !/:Create/.test(action) ||
            holds(statement, "StringEquals", "aws:RequestedRegion", (region) =>
                scope.region === undefined ? !isPattern(region) : region === scope.region,
            );
        return {
            ...operator(
                /:Create/.test(action)
                    ? "* with StringEquals aws:RequestedRegion of its region"
                    : "*",
            ),
            actions: [action],
            covers: (resource, statement) => resource === "*" && isHeld(statement),
        };
    });
}

function ofIam(scope: OperatorScope, passedRoles: readonly unknown[]): Permission[] {
    return [
        {
            ...operator("roles of its own account"),
            actions: ["iam:GetRole"],
            covers: (resource) => {
                const arn = parseArn(resource);
                return (
                    arn?.service === "iam" &&
                    isIts(arn.accountId, scope.accountId) &&
                    arn.resource.startsWith("role/")
                );
            },
        },
        {
            ...operator(
                `exactly the service roles of the stack's gateways, with StringEquals iam:PassedToService ${agentcoreService}`,
            ),
            actions: ["iam:PassRole"],
            covers: (resource, statement) => {
                if (!isExactPrincipalArn(resource)) return false;
                if (!holds(statement, "StringEquals", "iam:PassedToService", isAgentcore)) {
                    return false;
                }
                if (passedRoles.includes(resource)) return true;
                return passedRoles.includes(unknown) ? undecidedUnlessPattern(resource) : false;
            },
        },
    ];
}

/** What gateways use where config says so: exact keys and objects, and secrets that AgentCore writes. */
function used(scope: OperatorScope): Permission[] {
    const through = `, with ForAnyValue:StringEquals aws:CalledVia ${agentcoreService}`;
    const isThrough = (statement: CompiledStatement) =>
        holds(statement, "ForAnyValue:StringEquals", "aws:CalledVia", isAgentcore);
    const isKey = (resource: string) => isExactOf(resource, "kms", /^key\/./);
    const isObject = (resource: string) => isExactOf(resource, "s3", /^[^/]+\/./);
    return [
        {
            ...operator(`exact ARNs of KMS keys${through}`),
            actions: ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"],
            covers: (resource, statement) => isKey(resource) && isThrough(statement),
        },
        {
            ...operator("exact ARNs of KMS keys, with the conditions of AgentCore's grants"),
            actions: ["kms:CreateGrant"],
            covers: (resource, statement) => isKey(resource) && isGatewayGrant(statement, scope),
        },
        {
            ...operator("exact ARNs of S3 objects"),
            actions: ["s3:PutObject"],
            covers: isObject,
        },
        {
            ...operator(`exact ARNs of S3 objects${through}`),
            actions: ["s3:GetObject"],
            covers: (resource, statement) => isObject(resource) && isThrough(statement),
        },
        {
            ...operator(`bedrock-agentcore's secrets of its own account and region${through}`),
            actions: [
                "secretsmanager:CreateSecret",
                "secretsmanager:DeleteSecret",
                "secretsmanager:PutSecretValue",
            ],
            covers: (resource, statement) =>
                isInScope(resource, scope, "secretsmanager", /^secret:bedrock-agentcore/) &&
                isThrough(statement),
        },
    ];
}

/** https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-encryption.html */
function isGatewayGrant(statement: CompiledStatement, scope: OperatorScope): boolean {
    const context = "kms:EncryptionContext:aws:bedrock-agentcore-gateway:arn";
    return (
        holds(statement, "StringEquals", "kms:GrantConstraintType", (type) =>
            /^EncryptionContext(?:Subset|Equals)$/.test(type),
        ) &&
        holds(statement, "StringEquals", "kms:ViaService", (service) =>
            /^bedrock-agentcore\.[a-z0-9-]+\.amazonaws\.com$/.test(service),
        ) &&
        holds(statement, "StringLike", context, (arn) => isOwn(arn, scope, "gateway")) &&
        holds(statement, "ForAllValues:StringEquals", "kms:GrantOperations", (operation) =>
            ["Decrypt", "GenerateDataKey"].includes(operation),
        )
    );
}

function operator(must: string): Pick<Permission, "purpose" | "must"> {
    return { purpose: "operators", must };
}

/** Whether a resource, as it is written, is one or all of a kind, of this account and region. */
function isOwn(resource: string, scope: OperatorScope, kind: keyof typeof operatorActions) {
    const hasDefault = kind === "workload-identity-directory" || kind === "token-vault";
    const form = hasDefault ? new RegExp(`^${kind}/default(?:/|$)`) : new RegExp(`^${kind}/.`);
    return isInScope(resource, scope, "bedrock-agentcore", form);
}

function isInScope(resource: string, scope: OperatorScope, service: string, form: RegExp): boolean {
    const arn = parseArn(resource);
    return (
        arn?.service === service &&
        !isPattern(arn.partition) &&
        isIts(arn.accountId, scope.accountId) &&
        isIts(arn.region, scope.region) &&
        form.test(arn.resource)
    );
}

function isIts(value: string, known: string | undefined): boolean {
    return known === undefined ? value !== "" && !isPattern(value) : value === known;
}

function isExactOf(resource: string, service: string, form: RegExp): boolean {
    const arn = parseArn(resource);
    return arn?.service === service && !isPattern(resource) && form.test(arn.resource);
}

function isAgentcore(service: string): boolean {
    return service === agentcoreService;
}

/** Whether a statement has a condition, and each of its values is one of those. */
function holds(
    { conditions }: CompiledStatement,
    operator: string,
    key: string,
    isOne: (value: string) => boolean,
): boolean {
    return conditions.some(
        (condition) =>
            condition.operator === operator &&
            condition.key.toLowerCase() === key.toLowerCase() &&
            condition.values.length > 0 &&
            condition.values.every(isOne),
    );
}
