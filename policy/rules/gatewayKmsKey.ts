import { gatewayTypes } from "../kinds";
import { unknown } from "../resource";
import { example } from "./examples";
import { shown, undecided, violation, type Rule } from "./rule";

/** A gateway's data is under a key of the account, where that is asked for. */
export const gatewayKmsKey: Rule = {
    name: "gateway-kms-key",
    pack: "provider",
    severity: "medium",
    level: "mandatory",
    scope: "resource",
    page: "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/data-encryption.html",
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
        stack.ofTypes(Object.keys(gatewayTypes)).flatMap(({ urn, props }) => {
            const { kmsKeyArn } = props;
            if (kmsKeyArn === unknown) return [undecided(urn, "kmsKeyArn")];
            const isThere = kmsKeyArn !== undefined && kmsKeyArn !== null;
            if (!isThere && !requireKmsKey) return [];
            if (/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/.test(shown(kmsKeyArn)))
                return [];
            return [
                violation(urn, "kmsKeyArn", {
                    got: isThere ? shown(kmsKeyArn) : "nothing",
                    must: "the ARN of a KMS key",
                    instead: "write arn:aws:kms:<region>:<account>:key/<id>",
                }),
            ];
        }),
};
