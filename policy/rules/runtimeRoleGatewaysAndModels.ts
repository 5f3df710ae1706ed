import { allow, example, policy } from "./examples";
import { excessOfWorkers } from "./roleExcess";
import type { Rule } from "./rule";

/** An agent calls the gateways and the model that it was given. */
export const runtimeRoleGatewaysAndModels: Rule = {
    name: "runtime-role-gateways-and-models",
    pack: "both",
    severity: "medium",
    level: "mandatory",
    scope: "stack",
    page: "https://docs.aws.amazon.com/bedrock/latest/userguide/geographic-cross-region-inference.html",
    description:
        "A runtime's role invokes exact gateways and exact models; a model in any region only through one exact inference profile; and writes metrics of AgentCore's namespace alone.",
    example: {
        fails: [
            example("rolePolicy", "agent-invoke-model", {
                policy: policy(
                    allow("bedrock:InvokeModel", "arn:aws:bedrock:*::foundation-model/*"),
                ),
            }),
        ],
        passes: [
            example("rolePolicy", "agent-invoke-model", {
                policy: policy(
                    allow(
                        "bedrock:InvokeModel",
                        "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0",
                    ),
                ),
            }),
        ],
    },
    check: (stack, config) =>
        excessOfWorkers(stack, config, ["runtime"], ["gateways", "models", "telemetry"]),
};
