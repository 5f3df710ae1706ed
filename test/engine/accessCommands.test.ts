import {
    BedrockAgentCoreControlClient,
    PutResourcePolicyCommand,
} from "@aws-sdk/client-bedrock-agentcore-control";
import { fromIni } from "@aws-sdk/credential-provider-ini";
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { gatewayResourcePolicy, policyDocument } from "../../access/statements";
import { readConnection } from "../../local/connection";
import { HubProcess, runHub, type HubResult } from "../helpers/hubProcess";
import { repository, TestProject } from "../helpers/project";
import { programFiles } from "./pulumiHub";
import { pulumiCli, pulumiOrSkip } from "./pulumiCli";

const run = promisify(execFile);
const auditor = ["--principal", "consumer-auditor", "--gateway", "tools"];

/** The shipped stacks, whose hub verifies its access, on a cloud that one engine has deployed to. */
class ServedHub {
    readonly project = new TestProject();
    #served!: HubProcess;
    #path = "";

    async start(engine: "pulumi" | "in-process"): Promise<this> {
        const { folder } = await pulumiCli();
        const shims = join(repository, "test", "engine", "shims");
        this.#path = [folder, shims, process.env["PATH"] ?? ""].join(delimiter);
        for (const file of programFiles) {
            symlinkSync(join(repository, file), join(this.project.folder, file));
        }
        const key = "  agentcore-hub:verify: { waitSeconds: 0 }\n";
        this.project.file("Pulumi.provider.yaml", `${this.text("Pulumi.provider.yaml")}${key}`);
        const serve = ["local", "--serve", "--port", "0", "--engine", engine];
        this.#served = new HubProcess(this.project.folder, serve, {
            environment: { PATH: this.#path },
        });
        await this.#served.until("Serving");
        return this;
    }

    async stop(): Promise<void> {
        await this.#served.interrupt();
        this.project.remove();
    }

    text(file: string): string {
        return readFileSync(join(this.project.folder, file), "utf8");
    }

    hub(...args: string[]): Promise<HubResult> {
        return this.hubWith({}, ...args);
    }

    hubWith(environment: Record<string, string>, ...args: string[]): Promise<HubResult> {
        return runHub(this.project.folder, args, {
            environment: { PATH: this.#path, ...environment },
        });
    }

    /** An answer, without the suffixes that AWS and Pulumi give to names. */
    async answer(...args: string[]): Promise<{ code: number | null; text: string }> {
        const { code, stdout } = await this.hub(...args);
        return {
            code,
            text: stdout
                .replace(/\btools-[a-z0-9]{10}\b/g, "tools-<id>")
                .replace(/-[0-9a-f]{7}\b/g, "-<suffix>")
                .replace(/\bHubGrants[0-9a-f]{8}\b/g, "HubGrants<ids>"),
        };
    }

    async pulumi(stack: string, ...args: string[]): Promise<string> {
        const { stdout: environment } = await this.hub("env", stack, "--json");
        const { stdout } = await run("pulumi", [...args, "-s", stack, "--non-interactive"], {
            cwd: this.project.folder,
            env: {
                ...process.env,
                ...(JSON.parse(environment) as Record<string, string>),
                PATH: this.#path,
            },
            maxBuffer: 64 * 1024 * 1024,
        });
        return stdout;
    }
}

describe("hub access, explain and verify after the Pulumi CLI", function () {
    this.timeout(300_000);
    let pulumi: ServedHub;
    let inProcess: ServedHub;
    before(async function () {
        await pulumiOrSkip(this);
        process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
        [pulumi, inProcess] = await Promise.all([
            new ServedHub().start("pulumi"),
            new ServedHub().start("in-process"),
        ]);
    });
    after(async () => {
        await Promise.all([pulumi.stop(), inProcess.stop()]);
    });

    const same = async (code: number, ...args: string[]): Promise<string> => {
        const [one, other] = await Promise.all([pulumi.answer(...args), inProcess.answer(...args)]);
        assert.deepEqual(one, other);
        assert.equal(one.code, code);
        return one.text;
    };

    it("hub verify holds, case by case", async () => {
        const text = await same(0, "verify", "--local");
        assert.match(text, /^verified: 9 of 9 cases hold\n/);
    });

    it("hub access reads the same matrix from both clouds", async () => {
        const text = await same(0, "access", "--local");
        assert.match(text, /consumer-developer +│ allowed/);
        assert.match(await same(0, "access", "--local", "--all"), /consumer-auditor +│ refused/);
    });

    it("hub explain says why a pair is refused, and what would change it", async () => {
        const text = await same(1, "explain", "--local", "--expect", "allow", ...auditor);
        assert.match(text, /^refused: /);
        assert.match(text, /Pulumi\.provider\.yaml/);
    });

    it("hub verify takes the outputs from what pulumi stack export writes", async () => {
        const stackExport: string[] = [];
        for (const stack of ["provider", "consumer"]) {
            pulumi.project.file(`${stack}.json`, await pulumi.pulumi(stack, "stack", "export"));
            stackExport.push("--stack-export", `${stack}.json`);
        }
        const exported = await pulumi.answer("verify", "--local", ...stackExport);
        assert.deepEqual(exported, await pulumi.answer("verify", "--local"));
        const access = await pulumi.answer("access", ...stackExport);
        assert.match(access.text, /consumer-developer +│ allowed/);
    });

    it("the hub's own step has asked at the end of its update, and changes nothing of a preview", async () => {
        const exported = JSON.parse(await pulumi.pulumi("provider", "stack", "export")) as {
            deployment: { resources: { urn: string; outputs?: { stdout?: string } }[] };
        };
        const step = exported.deployment.resources.find(({ urn }) =>
            urn.endsWith("::access-verify"),
        );
        assert.deepEqual(
            step?.outputs?.stdout?.split("\n").map((line) => line.split(" not verified: ")[0]),
            [
                "verified: 5 of 5 hold; 1 not verified",
                "ok  unsigned → tools            refuse  HTTP 401",
                "ok  wrong region → tools        refuse  HTTP 401",
                "ok  wrong service → tools       refuse  HTTP 401",
                "--  consumer-agent → tools      allow  ",
                "ok  consumer-auditor → tools    refuse  HTTP 403",
                "ok  consumer-developer → tools  allow   HTTP 200",
            ],
        );
        const { stdout } = await pulumi.hub("deploy", "provider", "--local", "--preview");
        assert.match(stdout, /unchanged\n$/);
    });

    it("hub verify on AWS reads the user's backend, and makes no stack in it", async () => {
        const { folder } = pulumi.project;
        const backend = join(folder, "empty-backend");
        mkdirSync(backend);
        const before = pulumi.text("Pulumi.provider.yaml");
        const { code, stdout, stderr } = await pulumi.hubWith(
            {
                PULUMI_BACKEND_URL: `file://${backend}`,
                PULUMI_CONFIG_PASSPHRASE: "passphrase of the tests",
                PULUMI_HOME: join(folder, "pulumi-home"),
                PULUMI_SKIP_UPDATE_CHECK: "true",
                AWS_EC2_METADATA_DISABLED: "true",
            },
            ...["verify", "--wait", "0"],
        );
        assert.equal(code, 2, stderr);
        assert.match(stdout, /^nothing was verified; 8 not verified\n/);
        assert.match(stdout, /gateway tools is not in its stack's outputs: deploy the stack first/);
        assert.equal(pulumi.text("Pulumi.provider.yaml"), before);
        const stacks = readdirSync(backend, { recursive: true, encoding: "utf8" });
        assert.deepEqual(
            stacks.filter((file) => /(provider|consumer)\.json/.test(file)),
            [],
        );
    });

    it("an update fails with what the step has found", async () => {
        const connection = readConnection(pulumi.project.stateFolder) ?? assert.fail();
        const { arn: gatewayArn } = connection.gateways["tools"] ?? assert.fail();
        const client = new BedrockAgentCoreControlClient({
            region: connection.region,
            endpoint: connection.endpoints.bedrockAgentcoreControl,
            credentials: fromIni({
                profile: "account-a",
                configFilepath: connection.awsConfigFile,
                filepath: connection.awsCredentialsFile,
                clientConfig: {
                    region: connection.region,
                    endpoint: connection.endpoints.sts,
                },
            }),
        });
        const principals = ["developer", "agent", "auditor"].map(
            (role) => `arn:aws:iam::444455556666:role/${role}`,
        );
        const statement = gatewayResourcePolicy({ gatewayArn, principals, roleIds: [] });
        await client.send(
            new PutResourcePolicyCommand({
                resourceArn: gatewayArn,
                policy: JSON.stringify(policyDocument([statement])),
            }),
        );
        const spoke = pulumi.text("Pulumi.consumer.yaml");
        const role = "arn:aws:iam::444455556666:role/AdminRole";
        const more = `    more: { gateways: [tools-team/tools], assumedBy: ["${role}"] }\n`;
        pulumi.project.file(
            "Pulumi.consumer.yaml",
            spoke.replace(/(agentcore-hub:callers:\n)/, `$1${more}`),
        );
        const verified = await pulumi.hub("verify", "--local");
        assert.equal(verified.code, 1, verified.stderr);
        assert.match(verified.stdout, /^NOT as the program says: 1 of /);
        const { code, stderr } = await pulumi.hub("deploy", "--local", "--yes");
        assert.equal(code, 2);
        assert.match(stderr, /Stack provider: /);
        assert.match(stderr, /^NO {2}consumer-auditor → tools +refuse {2}HTTP 200$/m);
    });
});
