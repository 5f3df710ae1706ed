import { Role } from "@pulumi/aws/iam/role";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy";
import {
    ComponentResource,
    type ComponentResourceOptions,
    type Input,
    type Output,
} from "@pulumi/pulumi";
import { callerTrust, invokeGatewayStatement, policyDocument } from "../access/statements";

/** What {@link CallerRole} takes. */
export interface CallerRoleArgs {
    /** The role's name; a change replaces the role, and the hub must grant the new one. */
    roleName: string;
    /** Exact ARNs of the roles and users that may assume the role. */
    assumedBy: string[];
    /** Longest session in seconds, 3600-43200. */
    maxSessionSeconds: Input<number>;
    /** Exact ARNs of the gateways that the role may invoke. With none, the role gets no policy. */
    gatewayArns: string[];
}

/** A role of the spoke that may invoke exactly the named gateways, and nothing else. */
export class CallerRole extends ComponentResource {
    readonly roleArn: Output<string>;
    /** The role's unique id (`AROA…`), which changes when the role is made anew. */
    readonly roleId: Output<string>;

    constructor(name: string, args: CallerRoleArgs, opts?: ComponentResourceOptions) {
        super("agentcore-hub:index:CallerRole", name, {}, opts);
        const role = new Role(
            `${name}-role`,
            {
                name: args.roleName,
                description: "Calls AgentCore gateways of a hub account",
                assumeRolePolicy: JSON.stringify(policyDocument([callerTrust(args.assumedBy)])),
                maxSessionDuration: args.maxSessionSeconds,
            },
            { parent: this },
        );
        if (args.gatewayArns.length > 0) {
            new RolePolicy(
                `${name}-invoke-gateways`,
                {
                    role: role.name,
                    policy: JSON.stringify(
                        policyDocument([invokeGatewayStatement(args.gatewayArns)]),
                    ),
                },
                { parent: this },
            );
        }
        this.roleArn = role.arn;
        this.roleId = role.uniqueId;
        this.registerOutputs({ roleArn: this.roleArn, roleId: this.roleId });
    }
}
