import { ruleConfigJsonSchema, undecidedPolicy } from "./config";
import { levels } from "./packConfig";
import { rulesOf } from "./rules";
import type { Pack } from "./rules/rule";

/** The JSON schema of a pack's config file, by which editors complete and check it. */
export function packConfigSchema(pack: Pack): Readonly<Record<string, unknown>> {
    return {
        $schema: "http://json-schema.org/draft-07/schema#",
        $comment: "Generated from policy/rules: see test/unit/policy/configSchema.test.ts",
        title: `The config of the ${pack} policy pack, for --policy-pack-config and Policy.<stack>.json`,
        type: "object",
        additionalProperties: false,
        properties: {
            all: ruleSchema("The level of every rule that has none of its own here"),
            ...Object.fromEntries(
                rulesOf(pack).map(({ name, description, level, config = [] }) => [
                    name,
                    ruleSchema(`${description} (${level})`, {
                        ...ruleConfigJsonSchema(config),
                        exceptions: { $ref: "#/definitions/exceptions" },
                    }),
                ]),
            ),
            [undecidedPolicy]: ruleSchema("What a preview does not know yet (advisory)"),
        },
        definitions: { level: { enum: levels }, ...ruleConfigJsonSchema([]) },
    };
}

function ruleSchema(description: string, properties: object = {}): object {
    const level = { $ref: "#/definitions/level" };
    return {
        description,
        anyOf: [
            level,
            {
                type: "object",
                additionalProperties: false,
                properties: { enforcementLevel: level, ...properties },
            },
        ],
    };
}
