import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { HubProcess, runHub } from "../helpers/hubProcess";
import { TestProject } from "../helpers/project";

/** `hub local --serve` in a process of its own, in a project of its own. */
export class ServedHub {
    readonly project = new TestProject();
    readonly #process = new HubProcess(this.folder, [
        ...["local", "--serve", "--port", "0", "--json"],
    ]);
    /** What it tells clients to export. */
    environment: Record<string, string> = {};
    gateway = { arn: "", url: "" };
    agent = { arn: "", url: "" };

    /** Waits until the story is told and the stacks are deployed. */
    async start(): Promise<this> {
        await this.#process.until('"step":"done"');
        const file = join(this.project.stateFolder, "connection.json");
        const connection = JSON.parse(readFileSync(file, "utf8")) as {
            awsConfigFile: string;
            awsCredentialsFile: string;
            gateways: Record<string, { arn: string; url: string }>;
            agents: Record<string, { arn: string; url: string }>;
        };
        this.environment = {
            AWS_CONFIG_FILE: connection.awsConfigFile,
            AWS_SHARED_CREDENTIALS_FILE: connection.awsCredentialsFile,
        };
        this.gateway = connection.gateways["tools"] ?? assert.fail("no gateway");
        this.agent = connection.agents["agent"] ?? assert.fail("no agent");
        return this;
    }

    get folder(): string {
        return this.project.folder;
    }

    /** Deploys the hub with another config and, after the work, as it was. */
    async withConfig(change: (shipped: string) => string, work: () => Promise<void>) {
        const shipped = readFileSync(join(this.folder, providerConfig), "utf8");
        await this.#deploy(change(shipped));
        try {
            await work();
        } finally {
            await this.#deploy(shipped);
        }
    }

    async stop(): Promise<void> {
        await this.#process.interrupt();
        this.project.remove();
    }

    async #deploy(config: string): Promise<void> {
        this.project.file(providerConfig, config);
        const { code, stderr } = await runHub(this.folder, ["deploy", "--local"]);
        assert.equal(code, 0, stderr);
    }
}

const providerConfig = "Pulumi.provider.yaml";
