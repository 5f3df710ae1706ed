import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { delimiter, join } from "node:path";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import { parse } from "yaml";
import { deployAccount } from "../../accounts/account";
import { deployStack, type StackResult } from "../../engine/inProcess";
import { readSettings } from "../../settings";
import type { ServedAccount } from "../../local/cloud";
import { LocalHub } from "../helpers/localHub";
import { repository } from "../helpers/project";
import { ProviderProxy, type BeforeChange } from "./providerProxy";
import { pulumiCli } from "./pulumiCli";

/** What a stack declares. */
export type Program = () => Promise<Record<string, unknown>>;

/** A local cloud that the Pulumi CLI deploys to, by the Automation API; the in-process engine can, too. */
export class PulumiHub extends LocalHub {
    readonly #proxies = new Map<string, ProviderProxy>();

    constructor() {
        super();
        for (const file of programFiles) {
            symlinkSync(join(repository, file), join(this.project.folder, file));
        }
    }

    override async stop(): Promise<void> {
        for (const proxy of this.#proxies.values()) proxy.stop();
        await super.stop();
    }

    override async account(id: string): Promise<ServedAccount> {
        const account = await super.account(id);
        const proxy = this.#proxies.get(id);
        if (proxy === undefined) return account;
        return { ...account, providerPorts: proxy.ports, providers: proxy.services };
    }

    /** Has a function asked before each change of an account, whichever engine makes it. */
    async intercept(accountId: string, beforeChange: BeforeChange): Promise<void> {
        const proxy =
            this.#proxies.get(accountId) ??
            (await ProviderProxy.start(await super.account(accountId)));
        this.#proxies.set(accountId, proxy);
        proxy.beforeChange = beforeChange;
    }

    /** The environment of a Pulumi CLI for stacks of one account. */
    async environment(accountId: string): Promise<Record<string, string>> {
        const { providerPorts } = await this.account(accountId);
        const { folder } = await pulumiCli();
        const backend = join(this.project.folder, ".pulumi-backend");
        mkdirSync(backend, { recursive: true });
        return {
            PATH: [folder, process.env["PATH"] ?? ""].join(delimiter),
            PULUMI_HOME: join(this.project.folder, ".pulumi-home"),
            PULUMI_BACKEND_URL: `file://${backend}`,
            PULUMI_CONFIG_PASSPHRASE: "passphrase of the tests",
            PULUMI_SKIP_UPDATE_CHECK: "true",
            PULUMI_DEBUG_PROVIDERS: Object.entries(providerPorts)
                .map(([name, port]) => `${name}:${port}`)
                .join(","),
        };
    }

    /** A stack file's stack under the CLI; without a program, that of this repository. */
    async stack(name: string, program: Program = shipped): Promise<Stack> {
        const { command } = await pulumiCli();
        // Accounts are named in the order in which they are made.
        await this.target();
        return LocalWorkspace.createOrSelectStack(
            { stackName: name, projectName: "agentcore-hub", program },
            {
                workDir: this.project.folder,
                envVars: await this.environment(this.accountOf(name)),
                pulumiCommand: command,
            },
        );
    }

    /** The state of a stack under the CLI, as it stands on the disk. */
    stateText(name: string): string {
        const stacks = join(this.project.folder, ".pulumi-backend", ".pulumi", "stacks");
        return readFileSync(join(stacks, "agentcore-hub", `${name}.json`), "utf8");
    }

    /** Runs a program on the in-process engine, as a stack file's stack. */
    async deployProgram(name: string, program: Program): Promise<StackResult> {
        const target = await this.target();
        const stack = target.project.stacks.find((candidate) => candidate.name === name);
        if (stack === undefined) throw new Error(`No stack ${name}`);
        return deployStack({
            project: target.project.name,
            projectFolder: target.project.folder,
            stack: name,
            config: stack.config,
            backend: target.backend,
            providers: await target.providers(stack),
            program,
            onEvent: () => undefined,
        });
    }

    /** The account that a stack file pins. */
    accountOf(stack: string): string {
        const text = readFileSync(join(this.project.folder, `Pulumi.${stack}.yaml`), "utf8");
        const { config } = parse(text) as { config: Record<string, { id: string }> };
        return config["agentcore-hub:account"]?.id ?? "";
    }
}

/** What the CLI looks for in a project's folder. */
export const programFiles = [
    ...["index.ts", "package.json", "node_modules", "tsconfig.json", "tsconfig.pulumi.json"],
];

/** The program of this repository. */
const shipped: Program = async () => ({ ...(await deployAccount(readSettings())) });
