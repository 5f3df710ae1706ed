import { arnsOfKnownAccounts } from "./arnsOfKnownAccounts";
import { callerOnlyInvokes } from "./callerOnlyInvokes";
import { callerSessionLength } from "./callerSessionLength";
import { callerTrustExact } from "./callerTrustExact";
import { environmentNoSecrets } from "./environmentNoSecrets";
import { executionRoleLogs } from "./executionRoleLogs";
import { executionRoleNoManagement } from "./executionRoleNoManagement";
import { executionRoleNothingElse } from "./executionRoleNothingElse";
import { functionPermissionSource } from "./functionPermissionSource";
import { functionRuntimeSupported } from "./functionRuntimeSupported";
import { functionUrlAuthenticated } from "./functionUrlAuthenticated";
import { gatewayAuthorizer } from "./gatewayAuthorizer";
import { gatewayDebugOff } from "./gatewayDebugOff";
import { gatewayInvokeExact } from "./gatewayInvokeExact";
import { gatewayKmsKey } from "./gatewayKmsKey";
import { gatewayPolicyPresent } from "./gatewayPolicyPresent";
import { gatewayRoleTargets } from "./gatewayRoleTargets";
import { gatewaySupportedVersions } from "./gatewaySupportedVersions";
import { imageArm64 } from "./imageArm64";
import { imageOwnRepository } from "./imageOwnRepository";
import { inputsAccepted } from "./inputsAccepted";
import { logGroupPresent } from "./logGroupPresent";
import { logRetention } from "./logRetention";
import { managedPolicyAllowed } from "./managedPolicyAllowed";
import { operatorRoleNothingElse } from "./operatorRoleNothingElse";
import { policyDocumentValid } from "./policyDocumentValid";
import { policyOfOwnRole } from "./policyOfOwnRole";
import { policySize } from "./policySize";
import { providerAccountPinned } from "./providerAccountPinned";
import { repositoryImmutable } from "./repositoryImmutable";
import { repositoryScanned } from "./repositoryScanned";
import { requiredTags } from "./requiredTags";
import { resourcePolicyExactPrincipals } from "./resourcePolicyExactPrincipals";
import { resourcePolicyOwnResource } from "./resourcePolicyOwnResource";
import { roleOfItsOwn } from "./roleOfItsOwn";
import type { Pack, Rule } from "./rule";
import { runtimeClosed } from "./runtimeClosed";
import { runtimeImageDigest } from "./runtimeImageDigest";
import { runtimeNetworkMode } from "./runtimeNetworkMode";
import { runtimeRoleCode } from "./runtimeRoleCode";
import { runtimeRoleGatewaysAndModels } from "./runtimeRoleGatewaysAndModels";
import { secretsInSecretsManager } from "./secretsInSecretsManager";
import { serviceRoleTrust } from "./serviceRoleTrust";
import { targetSigned } from "./targetSigned";
import { wildcardResources } from "./wildcardResources";

/** Every rule, in the order of the documentation. */
export const rules: readonly Rule[] = [
    // Gateways and who may call them.
    gatewayInvokeExact,
    resourcePolicyOwnResource,
    resourcePolicyExactPrincipals,
    gatewayPolicyPresent,
    gatewayAuthorizer,
    gatewaySupportedVersions,
    gatewayDebugOff,
    gatewayKmsKey,
    targetSigned,
    // Roles of gateways, runtimes and functions.
    serviceRoleTrust,
    roleOfItsOwn,
    gatewayRoleTargets,
    runtimeRoleCode,
    executionRoleLogs,
    runtimeRoleGatewaysAndModels,
    executionRoleNothingElse,
    executionRoleNoManagement,
    managedPolicyAllowed,
    policyOfOwnRole,
    wildcardResources,
    // Callers.
    callerTrustExact,
    callerSessionLength,
    callerOnlyInvokes,
    // Operators.
    operatorRoleNothingElse,
    // Runtimes and images.
    runtimeClosed,
    runtimeImageDigest,
    runtimeNetworkMode,
    imageArm64,
    imageOwnRepository,
    repositoryImmutable,
    repositoryScanned,
    // Functions and logs.
    functionUrlAuthenticated,
    functionPermissionSource,
    functionRuntimeSupported,
    logGroupPresent,
    logRetention,
    // Secrets and tags.
    environmentNoSecrets,
    secretsInSecretsManager,
    requiredTags,
    // The whole stack.
    providerAccountPinned,
    arnsOfKnownAccounts,
    policyDocumentValid,
    policySize,
    inputsAccepted,
];

/** The rules of a pack. */
export function rulesOf(pack: Pack): Rule[] {
    return rules.filter((rule) => rule.pack === "both" || rule.pack === pack);
}
