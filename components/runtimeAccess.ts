import { ResourcePolicy } from "@pulumi/aws-native/bedrockagentcore/resourcePolicy";
import {
    all,
    ComponentResource,
    type ComponentResourceOptions,
    type Input,
    type Resource,
} from "@pulumi/pulumi";
import { policyDocument, runtimeResourcePolicy } from "../access/statements";
import type { AgentRuntime } from "./agentRuntime";

/** What {@link RuntimeAccess} takes. */
export interface RuntimeAccessArgs {
    runtime: AgentRuntime;
    /** Exact ARNs of the roles of the gateways that show the runtime. */
    gatewayRoles: readonly Input<string>[];
    /** Exact ARNs of the roles and users that may call it, around the gateways where it has some. */
    operators: readonly string[];
}

/** The policies of a runtime and of its endpoint: nobody but its gateways and operators gets to it. */
export class RuntimeAccess extends ComponentResource {
    readonly policies: readonly Resource[];

    constructor(name: string, args: RuntimeAccessArgs, opts?: ComponentResourceOptions) {
        super("agentcore-hub:index:RuntimeAccess", name, {}, opts);
        const { runtimeArn, endpointArn } = args.runtime;
        this.policies = Object.entries({ runtime: runtimeArn, endpoint: endpointArn }).map(
            ([what, resourceArn]) =>
                new ResourcePolicy(
                    `${name}-${what}-access`,
                    {
                        resourceArn,
                        policy: all([resourceArn, all([...args.gatewayRoles])]).apply(
                            ([arn, gatewayRoles]) =>
                                JSON.stringify(
                                    policyDocument(
                                        runtimeResourcePolicy({
                                            resourceArn: arn,
                                            gatewayRoles,
                                            operators: args.operators,
                                        }),
                                    ),
                                ),
                        ),
                    },
                    { parent: this },
                ),
        );
        this.registerOutputs({});
    }
}
