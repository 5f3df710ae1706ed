import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import { gatewayReadOnlyStatements } from "../access/operatorStatements";
import { policyDocument } from "../access/statements";
import { partitionOf } from "../agentcore/limits";
import { operatorRole, type OperatorRoleArgs } from "./operatorRole";

/** What {@link GatewayReadOnlyRole} takes. */
export type GatewayReadOnlyRoleArgs = OperatorRoleArgs;

/** A role that reads what decides who may call what in its account and region, and changes and calls nothing. */
export class GatewayReadOnlyRole extends ComponentResource {
    readonly roleArn: Output<string>;

    constructor(name: string, args: GatewayReadOnlyRoleArgs, opts?: ComponentResourceOptions) {
        super("agentcore-hub:index:GatewayReadOnlyRole", name, {}, opts);
        const statements = gatewayReadOnlyStatements({
            ...args,
            partition: partitionOf(args.region),
        });
        const role = operatorRole(this, name, args, {
            description: "Reads AgentCore gateways and what decides who may call them",
            policyName: "read",
            policy: JSON.stringify(policyDocument(statements)),
        });
        this.roleArn = role.arn;
        this.registerOutputs({ roleArn: this.roleArn });
    }
}
