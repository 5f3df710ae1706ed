import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import {
    LocalWorkspace,
    type PulumiFn,
    type Stack as PulumiStack,
} from "@pulumi/pulumi/automation";
import { deployAccount } from "../accounts/account";
import type { Analyzer } from "../engine/analyzer";
import { deployStack, organization } from "../engine/inProcess";
import type { Project, Stack } from "../engine/stacks";
import { Backend } from "../engine/stackState";
import { LocalCloud } from "../local/cloud";
import { readSettings } from "../settings";
import { spokesProject } from "./spokesProject";

/** A hub whose spokes are there, to be deployed by the Pulumi CLI to a local cloud of its own. */
export class PulumiHub {
    private constructor(
        private readonly folder: string,
        private readonly cloud: LocalCloud,
        readonly stack: PulumiStack,
    ) {}

    /** Deploys the spokes by the in-process engine, and has the CLI know their outputs. */
    static async open(spokes: number): Promise<PulumiHub> {
        const folder = mkdtempSync(join(tmpdir(), "agentcore-hub-pulumi-"));
        const cloud = await LocalCloud.start({ port: 0, stateFolder: join(folder, "cloud") });
        const project = spokesProject(spokes);
        const [hub, ...others] = project.stacks;
        if (hub === undefined) throw new Error("Nothing to deploy");
        const state = folderIn(folder, "state");
        const backend = new Backend(join(folder, "backend"));
        // The hub's account is the first one, as in a deployment.
        await cloud.account(hub.settings.accountId);
        for (const spoke of others) {
            writeOutputs(state, project, spoke, await deployed(cloud, backend, project, spoke));
        }
        return new PulumiHub(folder, cloud, await openStack(folder, state, cloud, project, hub));
    }

    async close(): Promise<void> {
        await this.cloud.stop();
        rmSync(this.folder, { recursive: true, force: true });
    }
}

/** Deploys a whole hub with its spokes by the in-process engine; the hub's resources go to an analyzer. */
export async function analyzeHub(spokes: number, analyzer: Analyzer): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), "agentcore-hub-pack-"));
    const cloud = await LocalCloud.start({ port: 0, stateFolder: join(folder, "cloud") });
    const project = spokesProject(spokes);
    const [hub, ...others] = project.stacks;
    if (hub === undefined) throw new Error("Nothing to deploy");
    const backend = new Backend(join(folder, "backend"));
    await cloud.account(hub.settings.accountId);
    for (const spoke of others) await deployed(cloud, backend, project, spoke);
    await deployed(cloud, backend, project, hub, analyzer);
    await cloud.stop();
    rmSync(folder, { recursive: true, force: true });
}

async function deployed(
    cloud: LocalCloud,
    backend: Backend,
    project: Project,
    stack: Stack,
    analyzer?: Analyzer,
): Promise<object> {
    const account = await cloud.account(stack.settings.accountId);
    const { outputs } = await deployStack({
        project: project.name,
        projectFolder: project.folder,
        stack: stack.name,
        config: stack.config,
        backend,
        providers: account.providers ?? account.providerPorts,
        ...(analyzer !== undefined && { analyzer }),
        program: () => deployAccount(readSettings()),
        onEvent: () => undefined,
    });
    return outputs;
}

async function openStack(
    folder: string,
    state: string,
    cloud: LocalCloud,
    project: Project,
    { name, config, settings }: Stack,
): Promise<PulumiStack> {
    const { providerPorts } = await cloud.account(settings.accountId);
    const work = folderIn(folder, "work");
    symlinkSync(join(project.folder, "workloads"), join(work, "workloads"));
    return LocalWorkspace.createOrSelectStack(
        {
            stackName: name,
            projectName: project.name,
            program: (() => deployAccount(readSettings())) as PulumiFn,
        },
        {
            workDir: work,
            pulumiHome: folderIn(folder, "home"),
            projectSettings: {
                name: project.name,
                runtime: "nodejs",
                backend: { url: `file://${state}` },
            },
            stackSettings: { [name]: { config: { ...config } } },
            envVars: {
                PATH: [policyHost(folder), process.env["PATH"]].join(delimiter),
                PULUMI_CONFIG_PASSPHRASE: "of the bench",
                PULUMI_SKIP_UPDATE_CHECK: "true",
                PULUMI_DEBUG_PROVIDERS: Object.entries(providerPorts)
                    .map(([provider, port]) => `${provider}:${port}`)
                    .join(","),
            },
        },
    );
}

/** What starts packs where the CLI was installed without its language hosts, by what the pack's folder resolves. */
function policyHost(folder: string): string {
    const bin = folderIn(folder, "bin");
    const resolve = "require.resolve('@pulumi/pulumi/cmd/run-policy-pack')";
    writeFileSync(
        join(bin, "pulumi-analyzer-policy-nodejs"),
        `#!/bin/sh\nexec "${process.execPath}" "$("${process.execPath}" -p "${resolve}")" "$@"\n`,
        { mode: 0o755 },
    );
    return bin;
}

/** A stack in a file backend that has outputs, and nothing else. */
function writeOutputs(state: string, project: Project, stack: Stack, outputs: object): void {
    const type = "pulumi:pulumi:Stack";
    const resource = {
        urn: `urn:pulumi:${stack.name}::${project.name}::${type}::${project.name}-${stack.name}`,
        custom: false,
        type,
        outputs,
    };
    const manifest = { time: "2026-01-01T00:00:00Z", magic: "", version: "" };
    const checkpoint = {
        stack: `${organization}/${project.name}/${stack.name}`,
        latest: { manifest, resources: [resource] },
    };
    const stacks = folderIn(state, ".pulumi", "stacks", project.name);
    writeFileSync(join(state, ".pulumi", "meta.yaml"), "version: 1\n");
    writeFileSync(join(stacks, `${stack.name}.json`), JSON.stringify({ version: 3, checkpoint }));
}

function folderIn(...path: string[]): string {
    const folder = join(...path);
    mkdirSync(folder, { recursive: true });
    return folder;
}
