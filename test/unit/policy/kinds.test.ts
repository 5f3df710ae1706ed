import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as kinds from "../../../policy/kinds";

/** What the rules read of every resource of a table, besides what the table says. */
const readProperties: Readonly<Record<string, readonly string[]>> = {
    roleTypes: ["arn", "maxSessionDuration"],
    gatewayTypes: [
        ...["name", "gatewayArn", "roleArn", "authorizerType", "authorizerConfiguration"],
        ...["exceptionLevel", "kmsKeyArn", "protocolConfiguration"],
    ],
    targetTypes: ["gatewayIdentifier", "targetConfiguration"],
    runtimeTypes: [
        ...["agentRuntimeName", "agentRuntimeId", "agentRuntimeArn", "agentRuntimeArtifact"],
        ...["environmentVariables", "networkConfiguration", "roleArn"],
    ],
    runtimeEndpointTypes: ["agentRuntimeId", "name"],
    resourcePolicyTypes: ["resourceArn", "policy"],
    parameterTypes: ["type"],
    functionTypes: ["arn", "role", "runtime", "packageType", "loggingConfig", "environment"],
    permissionTypes: ["action", "principal", "sourceArn", "sourceAccount"],
    logGroupTypes: ["retentionInDays"],
    repositoryTypes: ["imageTagMutability", "imageScanningConfiguration"],
    imageTypes: ["platforms", "tags", "registries"],
};

/** Every resource type of a table, with the properties that the rules read of it. */
function propertiesOf(table: string, entries: unknown): [type: string, properties: string[]][] {
    const common = readProperties[table] ?? [];
    if (Array.isArray(entries)) return entries.map((type: string) => [type, [...common]]);
    return Object.entries(entries as object).map(([type, own]: [string, unknown]) => {
        const named = typeof own === "object" && own !== null ? Object.values(own) : [own];
        return [type, [...named.filter((one) => typeof one === "string"), ...common]];
    });
}

/** Inline policies' documents stand within a list, which is what the resource has. */
const known = Object.entries(kinds)
    .filter(([table]) => table !== "awsProviderTypes" && table !== "taggableTypes")
    .flatMap(([table, entries]) =>
        table === "inlinePolicyTypes"
            ? Object.entries(kinds.inlinePolicyTypes).map(
                  ([type, { list }]): [string, string[]] => [type, [list]],
              )
            : propertiesOf(table, entries),
    );

/** The declarations of a resource type in the installed package: `aws:iam/role:Role` is in `iam/role.d.ts`. */
function declarationsOf(type: string): string {
    const [provider = "", module = "", token = ""] = type.split(":");
    const root = dirname(require.resolve(`@pulumi/${provider}/package.json`));
    const folder = join(root, module === "index" ? "" : (module.split("/")[0] ?? ""));
    const file = readdirSync(folder).find(
        (name) => name.toLowerCase() === `${token.toLowerCase()}.d.ts`,
    );
    assert.ok(file !== undefined, `${type} is not in @pulumi/${provider}`);
    const code = readFileSync(join(folder, file.replace(/\.d\.ts$/, ".js")), "utf8");
    assert.ok(code.includes(`'${type}'`), `${type} has another name in @pulumi/${provider}`);
    return readFileSync(join(folder, file), "utf8");
}

const has = (declarations: string, property: string): boolean =>
    new RegExp(`^    (?:readonly )?${property}\\??:`, "m").test(declarations);

describe("the resource types that the rules know", () => {
    for (const [type, properties] of known) {
        it(`has ${type} as the installed provider has it`, () => {
            const declarations = declarationsOf(type);
            assert.deepEqual(
                properties.filter((property) => !has(declarations, property)),
                [],
            );
        });
    }

    it("have tags where the installed providers have them", () => {
        const types = [...new Set(known.map(([type]) => type))];
        // An image's tags are its names.
        const tagged = types.filter(
            (type) => type.startsWith("aws") && has(declarationsOf(type), "tags"),
        );
        assert.deepEqual([...kinds.taggableTypes].sort(), tagged.sort());
    });
});
