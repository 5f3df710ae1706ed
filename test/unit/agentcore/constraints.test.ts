import * as control from "@aws-sdk/client-bedrock-agentcore-control";
import fc from "fast-check";
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
    constraintId,
    createOnlyProperties,
    lambdaRuntimes,
    problemsOf,
    typeConstraints,
    type Constraint,
    type ConstrainedType,
} from "../../../agentcore/constraints";
import { assumptions, openFacts, type OpenFact } from "../../../agentcore/openFacts";
import { refusals } from "../../../agentcore/refusals";
import { emulated, notEmulatedOf } from "../../../local/providers/emulated";
import { repository } from "../../helpers/project";
import { PulumiTypes } from "./pulumiTypes";

const tables = Object.entries(typeConstraints) as [ConstrainedType, readonly Constraint[]][];

describe("the constraints", () => {
    for (const [type, constraints] of tables) {
        it(`of ${type} are about properties that its Pulumi type has`, () => {
            const types = new PulumiTypes(type);
            for (const { path, rule } of constraints) {
                const members =
                    rule.kind === "exactlyOneOf"
                        ? rule.members.map((name) => (path === "" ? name : `${path}.${name}`))
                        : [path];
                for (const member of members) {
                    assert.equal(types.has(member), true, `${type} has no ${member}`);
                }
            }
        });

        it(`of ${type} give a type to exactly the properties that are modelled`, () => {
            const typed = constraints
                .filter(({ rule }) => rule.kind === "type")
                .map(({ path }) => path);
            const modelled = emulated[type].paths.filter((path) => !path.endsWith(".*"));
            assert.deepEqual(typed.sort(), [...modelled].sort());
        });

        it(`of ${type} are there once each, with a source`, () => {
            const ids = constraints.map(constraintId);
            assert.deepEqual(
                ids.filter((id, index) => ids.indexOf(id) < index),
                [],
            );
            assert.deepEqual(
                constraints.filter(({ source }) => source === ""),
                [],
            );
        });
    }

    it("look for a property that no Pulumi type has, and find none", () => {
        const types = new PulumiTypes("aws:lambda/function:Function");
        assert.equal(types.has("loggingConfig.logGroup"), true);
        assert.equal(types.has("loggingConfig.logGroups"), false);
        assert.equal(types.has("logging"), false);
    });

    for (const name of ["Gateway", "GatewayTarget", "ResourcePolicy"] as const) {
        it(`replace a ${name} for what @pulumi/aws-native replaces it`, () => {
            const file = `${name.charAt(0).toLowerCase()}${name.slice(1)}.js`;
            const source = readFileSync(
                join(repository, "node_modules", "@pulumi", "aws-native", "bedrockagentcore", file),
                "utf8",
            );
            const list = /replaceOnChanges: (\[[^\]]*\])/.exec(source)?.[1] ?? "[]";
            assert.deepEqual(
                createOnlyProperties(`aws-native:bedrockagentcore:${name}`),
                JSON.parse(list),
            );
        });
    }

    for (const [type, path, values] of [
        ["Gateway", "authorizerType", control.AuthorizerType],
        ["Gateway", "protocolType", control.GatewayProtocolType],
        ["Gateway", "exceptionLevel", control.ExceptionLevel],
        [
            "GatewayTarget",
            "credentialProviderConfigurations[].credentialProviderType",
            control.CredentialProviderType,
        ],
    ] as const) {
        it(`take as ${path} what AWS's SDK knows`, () => {
            const constraints: readonly Constraint[] =
                typeConstraints[`aws-native:bedrockagentcore:${type}`];
            const rule = constraints.find(
                (one) => one.path === path && one.rule.kind === "oneOf",
            )?.rule;
            assert.deepEqual(
                rule?.kind === "oneOf" && [...rule.values].sort(),
                Object.values(values).sort(),
            );
        });
    }

    it("take the runtimes that @pulumi/aws does not mark as deprecated", () => {
        const file = join("@pulumi", "aws", "types", "enums", "lambda", "index.d.ts");
        const source = readFileSync(join(repository, "node_modules", file), "utf8");
        const block = /const Runtime: \{([^}]*)\}/.exec(source)?.[1] ?? "";
        const current = block
            .replace(/\/\*\*(?:(?!\*\/)[^])*@deprecated(?:(?!\*\/)[^])*\*\/\s*readonly [^;]*;/g, "")
            .matchAll(/readonly \w+: "([^"]+)"/g);
        const names = [...current].map(([, name]) => name);
        assert.ok(names.includes("nodejs24.x"));
        const known: readonly string[] = lambdaRuntimes;
        assert.deepEqual(
            names.filter((name) => !known.includes(name ?? "")),
            [],
        );
    });

    it("leave out what is not known before a deployment, and count it as there", () => {
        const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
        const isUnknown = (value: unknown) => value === unknown;
        const problems = problemsOf(
            typeConstraints["aws-native:bedrockagentcore:Gateway"],
            {
                name: unknown,
                roleArn: unknown,
                authorizerType: "AWS_IAM",
                protocolConfiguration: unknown,
                tags: { team: unknown, ok: 1 },
            },
            isUnknown,
        );
        assert.deepEqual(
            problems.map(({ text }) => text),
            ["tags.ok: got 1; must be a text"],
        );
    });

    it("answer whatever the inputs are, with lines of one form", () => {
        for (const [type, constraints] of tables) {
            const names = constraints
                .filter(({ path }) => path !== "")
                .map(({ path }) => /^[^.[{]+/.exec(path)?.[0] ?? "");
            const inputs = fc.dictionary(fc.constantFrom(...names), fc.jsonValue());
            fc.assert(
                fc.property(inputs, (values) => {
                    for (const { text } of problemsOf(constraints, values)) {
                        assert.match(
                            text,
                            /^.+: got .+; (?:must |is there twice|.+ has it already)/s,
                            type,
                        );
                    }
                    for (const line of notEmulatedOf(type, values)) {
                        assert.match(line, /^NotEmulated: .+ of .+: got .+; the local cloud/s);
                    }
                }),
                { numRuns: 200 },
            );
        }
    });

    it("do not measure tools of which a part is not known", () => {
        const unknown = "unknown";
        const toolSchema = { inlinePayload: [{ name: unknown }, {}] };
        const problems = problemsOf(
            typeConstraints["aws-native:bedrockagentcore:GatewayTarget"],
            { targetConfiguration: { mcp: { lambda: { lambdaArn: unknown, toolSchema } } } },
            (value) => value === unknown,
        );
        assert.deepEqual(
            problems.map(({ path }) => path),
            ["gatewayIdentifier", "credentialProviderConfigurations"],
        );
    });
});

describe("the open facts", () => {
    const facts = Object.entries(openFacts) as [string, OpenFact][];

    it("have a question, a source, and a setting that is none of its alternatives", () => {
        for (const [name, { question, source, setting, alternatives }] of facts) {
            assert.match(question, /\?$/, name);
            assert.notEqual(source, "", name);
            assert.equal(alternatives.includes(setting), false, name);
        }
    });

    it("are each asked by the code, or kept in a file that is there", () => {
        const local = join(repository, "local");
        const code = readdirSync(local, { recursive: true, encoding: "utf8" })
            .filter((file) => file.endsWith(".ts"))
            .map((file) => readFileSync(join(local, file), "utf8"))
            .join("\n");
        for (const [name, { keptIn }] of facts) {
            if (keptIn === undefined) {
                assert.equal(code.includes(name), true, `nothing asks for ${name}`);
            } else {
                readFileSync(join(repository, keptIn.split(",")[0] ?? ""));
            }
        }
    });

    it("can be changed one at a time", () => {
        assert.equal(assumptions().missingFunction, "refused");
        const changed = assumptions({ missingFunction: "accepted" });
        assert.deepEqual(changed, { ...assumptions(), missingFunction: "accepted" });
    });

    it("stand in docs/local-mode.md as they are here", () => {
        for (const [name, { question, setting, alternatives, keptIn }] of facts) {
            const others = alternatives.length === 0 ? "not known" : alternatives.join(", ");
            assertRow(name, question, setting, keptIn ?? others);
        }
    });

    it("have beside them the refusals and the inferred constraints", () => {
        for (const [name, { code, text, known }] of Object.entries(refusals)) {
            assertRow(name, code, text.replace(/</g, "&lt;").replace(/>/g, "&gt;"), known);
        }
        for (const [type, constraints] of tables) {
            for (const { path, source } of constraints.filter(
                ({ known }) => known === "inferred",
            )) {
                assertRow(`${type} ${path}`, source);
            }
        }
    });
});

const page = readFileSync(join(repository, "docs", "local-mode.md"), "utf8").replace(/ +/g, " ");

/** The page has a row whose first cell is this name. */
function assertRow(name: string, ...cells: string[]): void {
    const row = `| \`${name}\` | ${cells.join(" | ")} |`;
    assert.ok(page.includes(row), `docs/local-mode.md lacks the row: ${row}`);
}
