import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AnalyzedResource } from "../../../engine/analyzer";
import { PackProcess } from "../../../engine/packProcess";
import { PolicyPack } from "../../../engine/policyPack";

// eslint-disable-next-line @typescript-eslint/no-require-imports -- the build is a script in JavaScript
const { buildPolicy } = require("../../../policy/build.js") as {
    buildPolicy: (folder: string) => string[];
};

const resource = (properties: Record<string, unknown>): AnalyzedResource => ({
    urn: "urn:pulumi:provider::agentcore-hub::aws:lambda/functionUrl:FunctionUrl::open",
    type: "aws:lambda/functionUrl:FunctionUrl",
    name: "open",
    properties,
    parent: "",
    dependencies: [],
    propertyDependencies: {},
});
const open = resource({ authorizationType: "NONE", functionName: "echo" });

describe("a policy pack as a process", function () {
    this.timeout(60_000);
    const folder = mkdtempSync(join(tmpdir(), "agentcore-hub-pack-"));
    let pack: PolicyPack;
    before(() => {
        buildPolicy(folder);
    });
    beforeEach(() => {
        pack = new PolicyPack(new PackProcess(join(folder, "provider")));
    });
    afterEach(() => {
        pack.stop();
    });
    after(() => {
        rmSync(folder, { recursive: true });
    });

    it("finds what a resource breaks, and nothing in one that keeps every rule", async () => {
        const [found, ...others] = await pack.analyze(open);
        assert.deepEqual(others, []);
        assert.deepEqual(found, {
            pack: "agentcore-hub-provider",
            policy: "function-url-authenticated",
            level: "mandatory",
            severity: "critical",
            message: found?.message,
            urn: open.urn,
        });
        assert.match(found.message, /^authorizationType: got NONE; must be AWS_IAM; /);
        assert.deepEqual(
            await pack.analyze(resource({ ...open.properties, authorizationType: "AWS_IAM" })),
            [],
        );
    });

    it("judges a stack as a whole, and names the resource", async () => {
        const role = "urn:pulumi:provider::agentcore-hub::pulumi:providers:aws::aws";
        const provider = {
            ...resource({ region: "us-east-1" }),
            ...{ urn: role, type: "pulumi:providers:aws", name: "aws" },
        };
        const found = await pack.analyzeStack([provider]);
        assert.deepEqual(
            found.map(({ policy, urn }) => [policy, urn]),
            [["provider-account-pinned", role]],
        );
    });

    it("keeps to the config that it was told last", async () => {
        const name = "function-url-authenticated";
        for (const [settings, levels] of [
            [{ [name]: { level: "disabled", properties: {} } }, []],
            [{ [name]: { level: "advisory", properties: {} } }, ["advisory"]],
            [{}, ["mandatory"]],
        ] as const) {
            pack.configure(settings);
            const found = await pack.analyze(open);
            assert.deepEqual(
                found.map(({ level }) => level),
                levels,
            );
        }
    });

    it("is not asked again about a resource that stayed the same", async () => {
        const process = new PackProcess(join(folder, "provider"));
        const asked = new PolicyPack(process);
        const found = await asked.analyze(open);
        process.stop();
        assert.deepEqual(await asked.analyze({ ...open }), found);
    });

    it("is an error by name where it could not start, with what it wrote", async () => {
        const broken = mkdtempSync(join(tmpdir(), "agentcore-hub-broken-"));
        writeFileSync(join(broken, "index.js"), "throw new Error('no rules today');");
        const process = new PackProcess(broken);
        await assert.rejects(new PolicyPack(process).analyze(open), {
            name: "PackFailed",
            message: /^The policy pack in .*agentcore-hub-broken-\w+ ended: [^]*no rules today/,
        });
        rmSync(broken, { recursive: true });
        const missing = new PackProcess(join(broken, "gone"));
        await assert.rejects(new PolicyPack(missing).analyzeStack([]), { name: "PackFailed" });
    });

    it("is an error by name when it ends while it is asked", async () => {
        const process = new PackProcess(join(folder, "provider"));
        const dying = new PolicyPack(process);
        await dying.analyze(open);
        process.stop();
        await assert.rejects(dying.analyze(resource({ authorizationType: "AWS_IAM" })), {
            name: "PackFailed",
            message: /^The policy pack in .*provider ended: it wrote nothing$/,
        });
    });
});
