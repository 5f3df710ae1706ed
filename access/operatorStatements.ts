import type { UnscopedAction } from "../agentcore/unscopedActions";
import type { Statement } from "./documentSchema";
import { agentcoreService, operatorActions, tagActions } from "./operatorActions";

/** The account that an operator's role is of, and from where it may be used. */
export interface OperatorPlace {
    partition: string;
    region: string;
    accountId: string;
    /** CIDR ranges; with none, from anywhere. */
    sourceAddresses?: readonly string[];
}

/** What {@link gatewayManagementStatements} takes. */
export interface ManagementScope extends OperatorPlace {
    /** Exact ARNs of the gateways' service roles, which an update of a gateway passes. */
    serviceRoles: readonly string[];
    /** Exact ARNs of the KMS keys that gateways are encrypted with. */
    kmsKeys?: readonly string[];
    /** Exact ARNs of the S3 objects that targets take their schemas from. */
    schemaObjects?: readonly string[];
    /** Whether targets are called with OAuth or API keys. */
    credentialProviders?: boolean;
}

/**
 * The management role: gateways of one account and region, with their targets, rules, rate limits, policies and
 * workload identities; keys, schemas and credential providers only where they are used.
 */
export function gatewayManagementStatements(scope: ManagementScope): Statement[] {
    const { serviceRoles, kmsKeys = [], schemaObjects = [], credentialProviders = false } = scope;
    const { gateway } = operatorActions;
    const directory = arn(scope, "workload-identity-directory/default");
    const vault = arn(scope, "token-vault/default");
    // The directory and the vault stand beside what is in them: both are asked for.
    const identities = [directory, `${directory}/workload-identity/*`];
    const providers = [
        vault,
        `${vault}/apikeycredentialprovider/*`,
        `${vault}/oauth2credentialprovider/*`,
    ];
    return [
        // Without a resource, an action names no region otherwise.
        direct(scope, unscoped("CreateGateways", "bedrock-agentcore:CreateGateway"), {
            StringEquals: { "aws:RequestedRegion": scope.region },
        }),
        direct(scope, unscoped("ListGateways", "bedrock-agentcore:ListGateways")),
        direct(scope, {
            Sid: "ManageGateways",
            Action: sorted([...gateway.reads, ...gateway.manages]),
            Resource: arn(scope, "gateway/*"),
        }),
        direct(scope, {
            Sid: "ManageWorkloadIdentities",
            Action: [...operatorActions["workload-identity-directory"].manages],
            Resource: identities,
        }),
        direct(scope, {
            Sid: "Tag",
            Action: [...tagActions],
            Resource: [
                arn(scope, "gateway/*"),
                ...identities,
                ...(credentialProviders ? providers : []),
            ],
        }),
        neverInvokeStatement(scope),
        ...(serviceRoles.length > 0 ? [passServiceRolesStatement(serviceRoles)] : []),
        ...(credentialProviders ? credentialProviderStatements(scope, providers) : []),
        ...(kmsKeys.length > 0 ? keyStatements(scope, kmsKeys) : []),
        ...(schemaObjects.length > 0 ? schemaStatements(scope, schemaObjects) : []),
    ];
}

/**
 * The read-only role: what says who may call what, as `hub access` reads it: gateways, targets, runtimes, policy
 * engines, resource policies, and IAM's roles and policies.
 */
export function gatewayReadOnlyStatements(place: OperatorPlace): Statement[] {
    const read = (sid: string, kind: "gateway" | "runtime" | "policy-engine"): Statement =>
        direct(place, {
            Sid: sid,
            Action: [...operatorActions[kind].reads],
            // A runtime's endpoints and an engine's policies stand below them.
            Resource: arn(place, `${kind}/*`),
        });
    return [
        direct(
            place,
            unscoped("ListGatewaysAndRuntimes", [
                "bedrock-agentcore:ListAgentRuntimeEndpoints",
                "bedrock-agentcore:ListAgentRuntimes",
                "bedrock-agentcore:ListGateways",
                "bedrock-agentcore:ListPolicyEngines",
            ]),
        ),
        read("ReadGateways", "gateway"),
        read("ReadRuntimes", "runtime"),
        read("ReadPolicyEngines", "policy-engine"),
        direct(place, unscoped("ReadIdentityPolicies", "iam:GetAccountAuthorizationDetails")),
        direct(place, {
            Sid: "ReadRoles",
            Action: "iam:GetRole",
            Resource: `arn:${place.partition}:iam::${place.accountId}:role/*`,
        }),
    ];
}

/**
 * Whoever may put a gateway's policy could let itself in by it: in one account such an allow is enough by itself. An
 * explicit deny wins over it (IAM user guide, reference_policies_evaluation-logic).
 */
function neverInvokeStatement(place: OperatorPlace): Statement {
    return {
        Sid: "NeverInvoke",
        Effect: "Deny",
        Action: "bedrock-agentcore:InvokeGateway",
        Resource: arn(place, "gateway/*"),
    };
}

/**
 * Held to the service, not to addresses: it is asked for while AgentCore makes or changes a gateway, and what asks for
 * that is held (IAM user guide, id_roles_use_passrole).
 */
function passServiceRolesStatement(serviceRoles: readonly string[]): Statement {
    return {
        Sid: "PassServiceRoles",
        Effect: "Allow",
        Action: "iam:PassRole",
        Resource: sorted(serviceRoles),
        Condition: { StringEquals: { "iam:PassedToService": agentcoreService } },
    };
}

/**
 * AgentCore keeps a provider's secret in Secrets Manager and writes it with the caller's permissions. AWS's
 * `BedrockAgentCoreFullAccess` has secretsmanager:GetSecretValue besides, which would hand the secret out; that nothing
 * but calls needs it is inferred.
 */
function credentialProviderStatements(
    place: OperatorPlace,
    providers: readonly string[],
): Statement[] {
    return [
        direct(place, {
            Sid: "ManageCredentialProviders",
            Action: [...operatorActions["token-vault"].manages],
            Resource: [...providers],
        }),
        throughAgentcore({
            Sid: "WriteProviderSecrets",
            Action: [
                "secretsmanager:CreateSecret",
                "secretsmanager:DeleteSecret",
                "secretsmanager:PutSecretValue",
            ],
            Resource: `arn:${place.partition}:secretsmanager:${place.region}:${place.accountId}:secret:bedrock-agentcore*`,
        }),
    ];
}

/** As AWS's `BedrockAgentCoreFullAccess` has them for gateways (AgentCore devguide, gateway-encryption), on exact keys. */
function keyStatements(place: OperatorPlace, kmsKeys: readonly string[]): Statement[] {
    return [
        throughAgentcore({
            Sid: "UseKeys",
            Action: ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"],
            Resource: sorted(kmsKeys),
        }),
        {
            Sid: "GrantKeysToGateways",
            Effect: "Allow",
            Action: "kms:CreateGrant",
            Resource: sorted(kmsKeys),
            Condition: {
                StringEquals: {
                    "kms:GrantConstraintType": "EncryptionContextSubset",
                    "kms:ViaService": `bedrock-agentcore.${place.region}.amazonaws.com`,
                },
                StringLike: {
                    "kms:EncryptionContext:aws:bedrock-agentcore-gateway:arn": arn(
                        place,
                        "gateway/*",
                    ),
                },
                "ForAllValues:StringEquals": {
                    "kms:GrantOperations": ["Decrypt", "GenerateDataKey"],
                },
            },
        },
    ];
}

/** Stored by the operator, and read by AgentCore with the operator's permissions when a target is made. */
function schemaStatements(place: OperatorPlace, schemaObjects: readonly string[]): Statement[] {
    return [
        direct(place, {
            Sid: "StoreSchemas",
            Action: "s3:PutObject",
            Resource: sorted(schemaObjects),
        }),
        throughAgentcore({
            Sid: "ReadSchemas",
            Action: "s3:GetObject",
            Resource: sorted(schemaObjects),
        }),
    ];
}

/** A statement's actions and resources. */
interface Grant {
    Sid: string;
    Action: string | string[];
    Resource: string | string[];
}

/**
 * What the operator calls itself, from its addresses where some are named. `aws:ViaAWSService` has no place here: what
 * a service calls in the operator's name is allowed by statements of its own, see {@link throughAgentcore}
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_deny-ip.html).
 */
function direct(
    { sourceAddresses = [] }: OperatorPlace,
    { Sid, Action, Resource }: Grant,
    condition: NonNullable<Statement["Condition"]> = {},
): Statement {
    const Condition = {
        ...condition,
        ...(sourceAddresses.length > 0 && {
            IpAddress: { "aws:SourceIp": sorted(sourceAddresses) },
        }),
    };
    const allow: Statement = { Sid, Effect: "Allow", Action, Resource };
    return Object.keys(Condition).length > 0 ? { ...allow, Condition } : allow;
}

function unscoped(sid: string, actions: UnscopedAction | UnscopedAction[]): Grant {
    return { Sid: sid, Action: actions, Resource: "*" };
}

/**
 * What AgentCore calls in the operator's name, and the operator cannot call itself. Not held to addresses: the call
 * that it stands behind is, and what such a request carries as its address has changed over time
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/access_forward_access_sessions.html).
 */
function throughAgentcore({ Sid, Action, Resource }: Grant): Statement {
    return {
        Sid,
        Effect: "Allow",
        Action,
        Resource,
        Condition: { "ForAnyValue:StringEquals": { "aws:CalledVia": [agentcoreService] } },
    };
}

function arn({ partition, region, accountId }: OperatorPlace, resource: string): string {
    return `arn:${partition}:bedrock-agentcore:${region}:${accountId}:${resource}`;
}

function sorted(values: readonly string[]): string[] {
    return [...new Set(values)].sort();
}
