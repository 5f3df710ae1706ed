import { gatewayTypes } from "../kinds";
import { example } from "./examples";
import { propertyFindings } from "./propertyFindings";
import { shown, type Rule } from "./rule";

/** A gateway's data is under a key of the account, where that is asked for. */
export const gatewayKmsKey: Rule = {
    name: "gateway-kms-key",
    pack: "provider",
    severity: "medium",
    level: "mandatory",
    scope: "resource",
    page: "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-encryption.html",
    description: "A gateway has a KMS key of the account, where the config requires one.",
    config: ["requireKmsKey"],
    example: {
        fails: [example("gateway", "tools-gateway", { kmsKeyArn: "alias/tools" })],
        passes: [
            example("gateway", "tools-gateway", {
                kmsKeyArn:
                    "arn:aws:kms:us-east-1:111122223333:key/0d990263-018e-4e65-a703-eff731de951e",
            }),
        ],
    },
    check: (stack, { requireKmsKey = false }) =>
        propertyFindings(stack.ofTypes(Object.keys(gatewayTypes)), "kmsKeyArn", (arn) => {
            if (arn === undefined && !requireKmsKey) return undefined;
            if (keyArn.test(shown(arn))) return undefined;
            return {
                got: shown(arn),
                must: "the ARN of a KMS key",
                instead: "write arn:aws:kms:<region>:<account>:key/<id>, and no alias",
            };
        }),
};

const keyArn = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/;
