import type { Input, Output } from "@pulumi/pulumi";
import type { ProviderResource } from "@pulumi/pulumi/resource";
import { GatewayManagementRole } from "../components/gatewayManagementRole";
import { GatewayReadOnlyRole } from "../components/gatewayReadOnlyRole";
import type { OperatorSettings, Settings } from "../settings";

/** The ARNs of the operators' roles that the stack has. */
export interface OperatorRoles {
    management?: Output<string>;
    readOnly?: Output<string>;
}

/** The operators' roles that config asks for, as outputs: nothing where it asks for none. */
export function operatorRoles(
    { accountId, region, operators }: Settings,
    { serviceRoles, providers }: { serviceRoles: Input<string>[]; providers: ProviderResource[] },
): { operators?: OperatorRoles } {
    const shared = (settings: OperatorSettings) => ({
        ...settings,
        assumedBy: [...settings.assumedBy],
        sourceAddresses: [...settings.sourceAddresses],
        ...{ accountId, region },
    });
    const roles: OperatorRoles = {};
    const { management, readOnly } = operators;
    if (management !== undefined) {
        const { roleArn } = new GatewayManagementRole(
            management.roleName,
            {
                ...shared(management),
                serviceRoles,
                kmsKeys: [...management.kmsKeys],
                schemaObjects: [...management.schemaObjects],
                credentialProviders: management.credentialProviders,
            },
            { providers },
        );
        roles.management = roleArn;
    }
    if (readOnly !== undefined) {
        const { roleArn } = new GatewayReadOnlyRole(readOnly.roleName, shared(readOnly), {
            providers,
        });
        roles.readOnly = roleArn;
    }
    return Object.keys(roles).length > 0 ? { operators: roles } : {};
}
