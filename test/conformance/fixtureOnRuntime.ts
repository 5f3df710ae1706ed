import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { build } from "esbuild";
import { credentialsOf, LocalHub } from "../helpers/localHub";
import { mcpServerFolder } from "../helpers/mcpServerProcess";
import { FixtureServer } from "./fixtureServer";
import { SigningShim } from "./signingShim";

const accounts = { hub: "111122223333", spoke: "444455556666" };
const workload = "conformance";

/**
 * The fixture as a workload of its own: an image on the local Runtime, behind the local gateway, called by a spoke's
 * role that is granted it.
 */
export class FixtureOnRuntime {
    private constructor(
        private readonly hub: LocalHub,
        readonly shim: SigningShim,
    ) {}

    static async start(): Promise<FixtureOnRuntime> {
        const hub = await new LocalHub().start();
        await addWorkload(hub.project.folder);
        hub.project.config("provider", {
            account: { role: "provider", id: accounts.hub },
            spokes: { consumer: { account: accounts.spoke, stack: "consumer" } },
            gateways: {
                tools: {
                    targets: { [workload]: { mcpServer: workload } },
                    grants: [{ spoke: "consumer", roles: ["developer"] }],
                },
            },
        });
        // The shipped spoke, but for its agent: no workload of that name is here.
        hub.project.config("consumer", {
            account: { role: "consumer", id: accounts.spoke },
            hubs: { hub: { account: accounts.hub, stack: "provider" } },
            callers: {
                developer: {
                    gateways: ["hub/tools"],
                    assumedBy: [`arn:aws:iam::${accounts.spoke}:role/AdminRole`],
                },
            },
        });
        await inFolder(hub.project.folder, () => hub.deployAll());
        const shim = await SigningShim.start({
            gatewayUrl: hub.gateway().gatewayUrl,
            credentials: credentialsOf(hub.session(accounts.spoke, "developer")),
            target: workload,
        });
        return new FixtureOnRuntime(hub, shim);
    }

    async stop(): Promise<void> {
        await this.shim.stop();
        await this.hub.stop();
    }
}

/** The program finds its workloads where it runs, as under Pulumi. */
async function inFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
    const before = process.cwd();
    process.chdir(folder);
    try {
        return await work();
    } finally {
        process.chdir(before);
    }
}

/** Puts the fixture where the shipped workloads are linked: its bundle, in the shipped server's image. */
async function addWorkload(projectFolder: string): Promise<void> {
    rmSync(join(projectFolder, "workloads"));
    const folder = join(projectFolder, "workloads", workload);
    mkdirSync(folder, { recursive: true });
    cpSync(join(mcpServerFolder, "Dockerfile"), join(folder, "Dockerfile"));
    writeFileSync(join(folder, "tools.json"), JSON.stringify(await declaredTools()));
    await build({
        entryPoints: [join(__dirname, "fixtureMain.ts")],
        outfile: join(folder, "dist", "server.mjs"),
        ...{ bundle: true, platform: "node", format: "esm", target: "node20", logLevel: "error" },
    });
}

/** What the fixture says of its tools, but for the one with references. */
async function declaredTools(): Promise<unknown[]> {
    const server = await FixtureServer.start({ withReferences: false });
    const client = new Client({ name: "declarations", version: "1.0.0" });
    try {
        await client.connect(new StreamableHTTPClientTransport(new URL(server.url)));
        return (await client.listTools()).tools;
    } finally {
        await client.close();
        await server.stop();
    }
}
