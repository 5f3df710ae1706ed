import { Role } from "@pulumi/aws/iam/role";
import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import { policyDocument, serviceTrust } from "../access/statements";
import { partitionOf } from "../agentcore/limits";

/** What {@link GatewayServiceRole} takes. */
export interface GatewayServiceRoleArgs {
    /** The name of the gateway that the role is of. */
    gatewayName: string;
    accountId: string;
    region: string;
}

/** The role that one gateway calls its targets with; AgentCore assumes it for that gateway only. */
export class GatewayServiceRole extends ComponentResource {
    readonly roleArn: Output<string>;
    readonly roleName: Output<string>;

    constructor(name: string, args: GatewayServiceRoleArgs, opts?: ComponentResourceOptions) {
        super("agentcore-hub:index:GatewayServiceRole", name, {}, opts);
        const { accountId } = args;
        const role = new Role(
            `${name}-service`,
            {
                description: `Service role of the AgentCore gateway ${args.gatewayName}`,
                assumeRolePolicy: JSON.stringify(
                    policyDocument([
                        serviceTrust({
                            service: "bedrock-agentcore.amazonaws.com",
                            // The id's last ten characters are unknown before the gateway is there.
                            source: { accountId, arn: `${gatewayArnPrefix(args)}*` },
                        }),
                    ]),
                ),
            },
            { parent: this },
        );
        this.roleArn = role.arn;
        this.roleName = role.name;
        this.registerOutputs({ roleArn: this.roleArn, roleName: this.roleName });
    }
}

/** A gateway's ARN up to its id's last hyphen. */
export function gatewayArnPrefix({ gatewayName, accountId, region }: GatewayServiceRoleArgs) {
    return `arn:${partitionOf(region)}:bedrock-agentcore:${region}:${accountId}:gateway/${gatewayName.toLowerCase()}-`;
}
