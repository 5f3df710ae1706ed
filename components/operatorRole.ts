import { Role } from "@pulumi/aws/iam/role";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy";
import type { ComponentResource, Input } from "@pulumi/pulumi";
import { callerTrust, policyDocument } from "../access/statements";

/** What the components of both operators' roles take. */
export interface OperatorRoleArgs {
    /** The role's name; a change replaces the role. */
    roleName: string;
    /** Exact ARNs of the roles and users that may assume the role. */
    assumedBy: string[];
    /** Longest session in seconds, 3600-43200. */
    maxSessionSeconds: Input<number>;
    accountId: string;
    region: string;
    /**
     * CIDR ranges that the role may be used from.
     *
     * @default from anywhere
     */
    sourceAddresses?: string[];
}

/** The role of an operator, with one policy: never one that a service takes on. */
export function operatorRole(
    parent: ComponentResource,
    name: string,
    { roleName, assumedBy, maxSessionSeconds }: OperatorRoleArgs,
    {
        description,
        policyName,
        policy,
    }: Record<"description" | "policyName", string> & {
        policy: Input<string>;
    },
): Role {
    const role = new Role(
        `${name}-role`,
        {
            name: roleName,
            description,
            assumeRolePolicy: JSON.stringify(policyDocument([callerTrust(assumedBy)])),
            maxSessionDuration: maxSessionSeconds,
        },
        { parent },
    );
    new RolePolicy(`${name}-${policyName}`, { role: role.name, policy }, { parent });
    return role;
}
