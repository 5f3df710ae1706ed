import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ResourceRecord } from "../../../engine/stackState";
import { runHub } from "../../helpers/hubProcess";
import { LocalHub } from "../../helpers/localHub";
import { repository } from "../../helpers/project";

/** What Pulumi marks an encrypted value with. */
const secret = {
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    ciphertext: "v1:5o6OQ6q0XhI=:v1:l8sDNxMwzYB0QX2w:0mXk0k9yWw==",
};

describe("hub policy --export", function () {
    this.timeout(60_000);
    const hub = new LocalHub();
    let states: Record<"provider" | "consumer", readonly ResourceRecord[]>;
    before(async () => {
        await hub.start();
        await hub.deployAll();
        const { backend } = await hub.target();
        states = {
            provider: backend.read("provider")?.resources ?? [],
            consumer: backend.read("consumer")?.resources ?? [],
        };
    });
    after(() => hub.stop());

    /** The file that `pulumi stack export` writes of these resources. */
    const exported = (resources: readonly Partial<ResourceRecord>[]) =>
        JSON.stringify(
            {
                version: 3,
                deployment: {
                    manifest: { time: "2026-11-21T09:00:00Z", magic: "", version: "v3.248.0" },
                    secrets_providers: { type: "passphrase" },
                    resources: resources.map(({ needs, ...resource }) => ({
                        ...resource,
                        dependencies: needs,
                    })),
                    metadata: {},
                },
            },
            undefined,
            4,
        );
    const judged = (pack: string, text: string, ...args: string[]) => {
        hub.project.file("export.json", text);
        return runHub(hub.project.folder, [
            ...["policy", "--export", "export.json", "--pack", pack],
            ...args,
        ]);
    };
    const changed = (name: string, key: string, value: unknown) =>
        states.provider.map((resource) =>
            resource.urn.endsWith(`::${name}`)
                ? {
                      ...resource,
                      inputs: { ...resource.inputs, [key]: value },
                      outputs: { ...resource.outputs, [key]: value },
                  }
                : resource,
        );

    it("says that every rule holds in the shipped stacks", async () => {
        for (const [pack, rules] of [
            ["provider", 43],
            ["consumer", 37],
        ] as const) {
            const { code, stdout } = await judged(pack, exported(states[pack]));
            const resources = states[pack].length;
            assert.equal(code, 0, stdout);
            assert.equal(
                stdout,
                `ok: ${rules} rules hold in 1 stack (${resources} resources)\n\n${pack} (${pack} pack, export.json): ${resources} resources\n`,
            );
        }
    });

    it("fails by what is deployed, at the resource's line of the file", async () => {
        const text = exported(changed("tools-gateway", "exceptionLevel", "DEBUG"));
        const { code, stdout } = await judged("provider", text, "--sarif", "policy.sarif");
        const line = text.split("\n").findIndex((one) => /"urn": .*::tools-gateway"/.test(one)) + 1;
        assert.equal(code, 1);
        assert.ok(stdout.includes(`    export.json:${line} https://`), stdout);
        assert.match(
            readFileSync(join(hub.project.folder, "policy.sarif"), "utf8"),
            new RegExp(`"uri": "export.json"\\s+},\\s+"region": {\\s+"startLine": ${line}\\s`),
        );
    });

    it("reports what is encrypted as undecided, and with --strict fails", async () => {
        const text = exported(changed("tools-grants", "policy", secret));
        const { code, stdout } = await judged("provider", text);
        assert.equal(code, 0);
        assert.match(stdout, /^ok: 43 rules hold in 1 stack \(\d+ resources\), \d+ undecided\n/);
        assert.match(
            stdout,
            /\n {2}undecided resource-policy-exact-principals \(critical\): tools-grants\n {4}policy: got a value that is encrypted; must be plain to be judged; write the export with --show-secrets\n/,
        );
        assert.equal((await judged("provider", text, "--strict")).code, 1);
    });

    it("takes a pack's config, and the export from stdin", () => {
        hub.project.file("policy.json", '{ "gateway-debug-off": "disabled" }');
        const run = (...args: string[]) =>
            spawnSync(
                process.execPath,
                [
                    join(repository, "bin", "hub.js"),
                    ...["policy", "--export", "-", "--pack", "provider", ...args],
                ],
                {
                    cwd: hub.project.folder,
                    // Without CI, for which the output would have colors.
                    env: { PATH: process.env["PATH"] },
                    encoding: "utf8",
                    input: exported(changed("tools-gateway", "exceptionLevel", "DEBUG")),
                },
            );
        const plain = run();
        assert.equal(plain.status, 1);
        assert.match(plain.stdout, /provider \(provider pack, stdin\): 1 violation/);
        const told = run("--config", "policy.json");
        assert.equal(told.status, 0);
        assert.match(told.stdout, /^ok: 42 rules hold/);
    });

    it("judges the stack of another program", async () => {
        const urn = "urn:pulumi:prod::shop::aws:s3/bucket:Bucket::photos";
        const { code, stdout } = await judged(
            "provider",
            exported([{ urn, type: "aws:s3/bucket:Bucket", custom: true, id: "photos" }]),
        );
        assert.equal(code, 0);
        assert.match(stdout, /\nprod \(provider pack, export\.json\): 1 resource\n$/);
    });

    for (const [what, text, problem] of [
        ["no JSON", "hello", 'got "hello", which is not JSON'],
        ["nothing", "", "got nothing, which is not JSON"],
        ["another file", '{ "a": 1 }', "deployment: got nothing"],
        ["a list", "[]", "deployment: got nothing"],
        ["an empty stack", '{ "deployment": {} }', "deployment.resources: got none"],
        [
            "a resource without a URN",
            '{ "deployment": { "resources": [{ "type": "a:b:C" }] } }',
            "deployment.resources[0]: got a resource without urn",
        ],
    ] as const) {
        it(`refuses ${what}, by name`, async () => {
            const { code, stdout, stderr } = await judged("provider", text);
            assert.deepEqual([code, stdout], [2, ""]);
            assert.ok(stderr.startsWith(`hub: export.json: ${problem}; must be what `), stderr);
        });
    }
});
