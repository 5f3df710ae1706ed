import {
    all,
    ComponentResource,
    type ComponentResourceOptions,
    type Input,
    type Output,
} from "@pulumi/pulumi";
import { gatewayManagementStatements } from "../access/operatorStatements";
import { policyDocument } from "../access/statements";
import { partitionOf } from "../agentcore/limits";
import { operatorRole, type OperatorRoleArgs } from "./operatorRole";

/** What {@link GatewayManagementRole} takes. */
export interface GatewayManagementRoleArgs extends OperatorRoleArgs {
    /** ARNs of the gateways' service roles, which the role passes to AgentCore and cannot take on. */
    serviceRoles: Input<string>[];
    /**
     * Exact ARNs of the KMS keys that gateways are encrypted with.
     *
     * @default none
     */
    kmsKeys?: string[];
    /**
     * Exact ARNs of the S3 objects that targets take their schemas from.
     *
     * @default none
     */
    schemaObjects?: string[];
    /**
     * Whether the role manages what targets are called with by OAuth and API keys.
     *
     * @default false
     */
    credentialProviders?: boolean;
}

/** A role that manages the gateways of its account and region, and cannot call them. */
export class GatewayManagementRole extends ComponentResource {
    readonly roleArn: Output<string>;

    constructor(name: string, args: GatewayManagementRoleArgs, opts?: ComponentResourceOptions) {
        super("agentcore-hub:index:GatewayManagementRole", name, {}, opts);
        const partition = partitionOf(args.region);
        const policy = all(args.serviceRoles).apply((serviceRoles) =>
            JSON.stringify(
                policyDocument(gatewayManagementStatements({ ...args, partition, serviceRoles })),
            ),
        );
        const role = operatorRole(this, name, args, {
            description: "Manages AgentCore gateways, and cannot call them",
            policyName: "manage",
            policy,
        });
        this.roleArn = role.arn;
        this.registerOutputs({ roleArn: this.roleArn });
    }
}
