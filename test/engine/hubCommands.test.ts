import assert from "node:assert/strict";
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { HubProcess, runHub, type HubResult } from "../helpers/hubProcess";
import { repository, TestProject } from "../helpers/project";
import { programFiles } from "./pulumiHub";
import { pulumiCli, pulumiOrSkip } from "./pulumiCli";

const shims = join(repository, "test", "engine", "shims");

/** The PATH of somebody who has the Pulumi CLI. */
async function withCli(): Promise<Record<string, string>> {
    const { folder } = await pulumiCli();
    return { PATH: [folder, shims, process.env["PATH"] ?? ""].join(delimiter) };
}

/** A project with the program's files, as the CLI wants them. */
function programProject(): TestProject {
    const project = new TestProject();
    for (const file of programFiles) {
        symlinkSync(join(repository, file), join(project.folder, file));
    }
    return project;
}

const eventsOf = ({ stdout }: HubResult) =>
    stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, unknown>);

describe("hub local with the Pulumi CLI", () => {
    before(function () {
        return pulumiOrSkip(this);
    });

    it("takes it by itself, and tells the same story", async () => {
        const project = new TestProject();
        const result = await runHub(project.folder, ["local", "--json"], {
            environment: await withCli(),
        });
        assert.equal(result.code, 0, result.stderr);
        const events = eventsOf(result);
        assert.match(String(events[0]?.["why"]), /^Pulumi CLI 3\.\d+\.\d+, .*pulumi$/);
        assert.deepEqual(
            events
                .filter(({ step }) => step === "call" || step === "ask")
                .map(({ as, outcome }) => `${String(as)} ${String(outcome)}`),
            [
                ...["consumer-developer refused", "consumer-developer ok", "consumer-developer ok"],
                ...["consumer-auditor refused", "account-b ok"],
            ],
        );
        project.remove();
    });

    it("is not made to: --engine in-process", async () => {
        const project = new TestProject();
        const result = await runHub(project.folder, ["local", "--json", "--engine", "in-process"], {
            environment: await withCli(),
        });
        assert.equal(eventsOf(result)[0]?.["engine"], "in-process");
        project.remove();
    });
});

describe("hub deploy by the Pulumi CLI", function () {
    this.timeout(300_000);
    let project: TestProject;
    let served: HubProcess;
    let environment: Record<string, string>;
    before(async function () {
        await pulumiOrSkip(this);
        project = programProject();
        const cli = await withCli();
        const serve = ["local", "--serve", "--empty", "--port", "0"];
        served = new HubProcess(project.folder, serve, { environment: cli });
        await served.until("Serving");
        const { stdout } = await runHub(project.folder, ["env", "provider", "--json"]);
        environment = { ...cli, ...(JSON.parse(stdout) as Record<string, string>) };
    });
    after(async () => {
        await served.interrupt();
        project.remove();
    });
    const hub = (args: readonly string[], other: Record<string, string> = {}) =>
        runHub(project.folder, args, { environment: { ...environment, ...other } });

    it("prints what to export, quoted for a shell", async () => {
        const { stdout, code } = await runHub(project.folder, ["env", "consumer"]);
        assert.equal(code, 0);
        assert.match(stdout, /^export AWS_CONFIG_FILE=\/\S+\nexport AWS_PROFILE=account-b\n/);
        assert.match(stdout, /^export PULUMI_DEBUG_PROVIDERS=aws:\d+,aws-native:\d+,/m);
        const unknown = await runHub(project.folder, ["env", "nobody"]);
        assert.equal(unknown.code, 2);
        assert.match(unknown.stderr, /^hub: stack: got nobody; must be one of provider, consumer/);
    });

    it("shows first, asks, and deploys", async () => {
        const shown = await hub(["deploy", "provider", "--preview"]);
        assert.equal(shown.code, 0, shown.stderr);
        assert.match(shown.stdout, /\+ create tools-gateway aws-native:bedrockagentcore:Gateway\n/);
        assert.match(shown.stdout, /\n {4}21 created\n$/);
        const unasked = await hub(["deploy", "provider"]);
        assert.equal(unasked.code, 2);
        assert.match(unasked.stderr, /got no --yes; without a terminal nobody can be asked/);
        const { code, stdout, stderr } = await hub(["deploy", "provider", "--yes"]);
        assert.equal(code, 0, stderr);
        assert.match(stdout, /✓ provider 21 created/);
        assert.match(stderr, /hub: pending: provider: grant on gateway tools/);
        const strict = await hub(["deploy", "provider", "--yes", "--strict"]);
        assert.equal(strict.code, 1);
        assert.match(strict.stdout, /✓ provider 21 unchanged/);
    });

    it("names both accounts where the credentials are another one's, and how to go on", async () => {
        const { code, stderr } = await hub(["deploy", "--yes"]);
        assert.equal(code, 2);
        assert.match(
            stderr,
            /hub: Stack consumer: .*the credentials are of account 111122223333; the stack is pinned to 444455556666/,
        );
        assert.match(
            stderr,
            /deployed: provider; not yet: consumer\. What was made is kept: correct the cause, and run hub deploy again\.\n$/,
        );
    });

    it("is stopped by the policy pack, before anything is changed", async () => {
        const file = join(project.folder, "Pulumi.provider.yaml");
        const before = readFileSync(file, "utf8");
        const shipped = readFileSync(join(repository, "Pulumi.provider.yaml"), "utf8");
        writeFileSync(file, `${shipped}        - { account: "444455556666" }\n`);
        const { code, stderr } = await hub(["deploy", "provider", "--preview"]);
        assert.equal(code, 2);
        assert.match(
            stderr,
            /^hub: Stack provider: agentcore-hub-provider resource-policy-exact-principals: tools-grants: policy\.Statement\[0\]\.Principal: got arn:aws:iam::444455556666:root; must be /m,
        );
        writeFileSync(file, before);
    });

    it("says what the CLI lacks: a passphrase, a backend, a stack that is free", async () => {
        const noPassphrase = await hub(["deploy", "provider", "--yes"], {
            PULUMI_CONFIG_PASSPHRASE: "another",
        });
        assert.equal(noPassphrase.code, 2);
        assert.match(noPassphrase.stderr, /^hub: Stack provider: .*incorrect passphrase/m);
        const noBackend = await hub(["deploy", "provider", "--yes"], { PULUMI_BACKEND_URL: "" });
        assert.match(noBackend.stderr, /^hub: Stack provider: .*(login|PULUMI_ACCESS_TOKEN)/m);
        const running = hub(["deploy", "provider", "--yes"]);
        await untilLocked(environment["PULUMI_BACKEND_URL"]?.replace("file://", "") ?? "");
        const locked = await hub(["deploy", "provider", "--yes"]);
        assert.equal(locked.code, 2);
        assert.match(locked.stderr, /^hub: Stack provider: .*locked/m);
        assert.equal((await running).code, 0);
    });

    it("takes profiles for stacks that are there", async () => {
        const { code, stderr } = await hub(["deploy", "--profile", "nobody=admin", "--yes"]);
        assert.equal(code, 2);
        assert.match(
            stderr,
            /^hub: --profile: got nobody=admin; must be <stack>=<profile>, with a stack of provider, consumer/,
        );
    });

    it("shows what goes, and deletes it", async () => {
        const shown = await hub(["destroy", "provider", "--preview"]);
        assert.match(shown.stdout, /- delete tools-gateway .*\n/);
        const { code, stdout, stderr } = await hub(["destroy", "provider", "--yes"]);
        assert.equal(code, 0, stderr);
        assert.match(stdout, /✓ provider 21 deleted/);
    });

    it("is the CLI's too where the cloud is local, and says so where there is none", async () => {
        const { code, stderr } = await runHub(project.folder, ["deploy", "--local"], {
            environment: { PATH: "/usr/bin:/bin" },
        });
        assert.equal(code, 2);
        assert.match(
            stderr,
            /^hub: no pulumi on the PATH: the running local cloud is deployed to by the Pulumi CLI/,
        );
    });
});

/** Until a deployment of the file backend holds its lock. */
async function untilLocked(backend: string): Promise<void> {
    const locks = join(backend, ".pulumi", "locks");
    for (;;) {
        const files = readdirSync(backend, { recursive: true, encoding: "utf8" });
        if (
            files.some(
                (file) => join(backend, file).startsWith(`${locks}/`) && file.endsWith(".json"),
            )
        ) {
            return;
        }
        await new Promise((resolve) => setImmediate(resolve));
    }
}
