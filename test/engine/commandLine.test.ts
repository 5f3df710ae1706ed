import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { delimiter } from "node:path";
import { promisify } from "node:util";
import { hubAccount } from "../helpers/configs";
import { repository } from "../helpers/project";
import { assertEmpty, assertSame, comparable } from "./cloudState";
import { pulumiOrSkip } from "./pulumiCli";
import { PulumiHub } from "./pulumiHub";

const run = promisify(execFile);

describe("Plain Pulumi commands against a local cloud", () => {
    before(function () {
        return pulumiOrSkip(this);
    });
    let hub: PulumiHub;
    before(async () => {
        hub = await new PulumiHub().start();
        await hub.target();
        await pulumi("stack", "init", "provider");
    });
    after(() => hub.stop());

    const pulumi = async (...args: string[]): Promise<string> => {
        const environment = await hub.environment(hubAccount);
        const shims = join(repository, "test", "engine", "shims");
        const { stdout } = await run("pulumi", [...args, "--non-interactive"], {
            cwd: hub.project.folder,
            env: {
                ...process.env,
                ...environment,
                PATH: [environment["PATH"], shims].join(delimiter),
            },
        });
        return stdout;
    };
    const services = () => hub.cloud.accounts.get(hubAccount) ?? assert.fail();

    it("preview --policy-pack judges the program, and leaves the cloud empty", async () => {
        const pack = join(repository, "dist", "policy", "provider");
        const shown = await pulumi("preview", "-s", "provider", "--policy-pack", pack);
        assert.match(shown, /Policies:\n.*agentcore-hub-provider@/);
        assert.match(shown, /\+ 32 to create/);
        assertEmpty(services());
    });

    it("up makes what the engine of this process makes, and stack output tells of it", async () => {
        await pulumi("up", "-s", "provider", "--yes", "--skip-preview");
        const outputs = JSON.parse(await pulumi("stack", "output", "-s", "provider", "--json")) as {
            gateways: { tools: { gatewayUrl: string } };
        };
        assert.equal(outputs.gateways.tools.gatewayUrl, hub.gateway().gatewayUrl);
        const other = await new PulumiHub().start();
        try {
            await other.deploy("provider");
            assertSame(comparable(hub.cloud), comparable(other.cloud));
        } finally {
            await other.stop();
        }
    });

    it("preview, refresh and destroy work on it", async () => {
        await pulumi("preview", "-s", "provider", "--expect-no-changes");
        const [group = assert.fail()] = services().logs.logGroups();
        services().logs.setRetention(group.name, 1);
        const shown = await pulumi("refresh", "-s", "provider", "--yes", "--skip-preview");
        assert.match(shown, /~ 1 updated/);
        await assert.rejects(pulumi("preview", "-s", "provider", "--expect-no-changes"));
        await pulumi("destroy", "-s", "provider", "--yes", "--skip-preview");
        assertEmpty(services());
    });
});
