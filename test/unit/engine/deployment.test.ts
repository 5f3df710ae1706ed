import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Deployment } from "../../../engine/deployment";
import type { Registration } from "../../../engine/registration";
import { Backend, type Properties, type ResourceRecord } from "../../../engine/stackState";
import { LocalCloud } from "../../../local/cloud";

const policy = (count: number) =>
    JSON.stringify({
        rules: [
            {
                rulePriority: 1,
                selection: {
                    tagStatus: "any",
                    countType: "imageCountMoreThan",
                    countNumber: count,
                },
                action: { type: "expire" },
            },
        ],
    });

describe("one deployment", () => {
    let folder: string;
    let cloud: LocalCloud;
    let backend: Backend;
    beforeEach(async () => {
        folder = mkdtempSync(join(tmpdir(), "agentcore-hub-"));
        cloud = await LocalCloud.start({ port: 0, stateFolder: join(folder, "cloud") });
        backend = new Backend(join(folder, "backend"));
    });
    afterEach(async () => {
        await cloud.stop();
        rmSync(folder, { recursive: true });
    });

    /** Registers resources in their order, each with the provider of its package, and deletes what is left. */
    const deploy = async (...resources: (Partial<Registration> & { type: string })[]) => {
        const { providerPorts } = await cloud.account("111122223333");
        const events: string[] = [];
        const deployment = new Deployment({
            project: "project",
            projectFolder: folder,
            stack: "stack",
            backend,
            providers: providerPorts,
            onEvent: (event) => {
                if (event.kind === "resource" && !event.type.startsWith("pulumi:")) {
                    events.push(`${event.operation} ${event.name}`);
                }
            },
        });
        const made: ResourceRecord[] = [];
        try {
            const stack = await deployment.register(registration("pulumi:pulumi:Stack"));
            const providers = new Map<string, ResourceRecord>();
            for (const resource of resources) {
                const name = resource.type.split(":")[0] ?? "";
                const provider =
                    providers.get(name) ??
                    (await deployment.register({
                        ...registration(`pulumi:providers:${name}`),
                        parent: stack.urn,
                        inputs: { region: "us-east-1" },
                    }));
                providers.set(name, provider);
                made.push(
                    await deployment.register({
                        ...registration(resource.type),
                        parent: stack.urn,
                        provider: `${provider.urn}::${provider.id}`,
                        ...resource,
                    }),
                );
            }
            await deployment.deleteLeftovers();
        } finally {
            deployment.save();
            deployment.close();
        }
        return { made, events };
    };
    const repository = { type: "aws:ecr/repository:Repository", name: "images" };
    const lifecycle = (count: number) => ({
        type: "aws:ecr/lifecyclePolicy:LifecyclePolicy",
        name: "lifecycle",
        inputs: { repository: "images", policy: policy(count) },
    });
    const images = () => cloud.accounts.get("111122223333")?.images ?? assert.fail();

    it("deletes first what its provider says cannot stand beside its replacement", async () => {
        const named = { ...repository, inputs: { name: "images" } };
        await deploy(named, lifecycle(10));
        const { events } = await deploy(named, lifecycle(20));
        assert.deepEqual(events, ["same images", "delete lifecycle", "replace lifecycle"]);
        assert.equal(images().getLifecyclePolicy("images"), policy(20));
        assert.deepEqual((await deploy(named, lifecycle(20))).events, [
            "same images",
            "same lifecycle",
        ]);
        await deploy(named);
        assert.equal(images().getLifecyclePolicy("images"), undefined);
    });

    it("keeps it as gone where its replacement fails, and makes it with the next deployment", async () => {
        const named = { ...repository, inputs: { name: "images" } };
        await deploy(named, lifecycle(10));
        const other = { ...lifecycle(10), inputs: { repository: "nothing", policy: policy(10) } };
        await assert.rejects(deploy(named, other), /RepositoryNotFoundException/);
        const urns = backend.read("stack")?.resources.map(({ urn }) => urn.split("::").at(-1));
        assert.deepEqual(urns, ["stack", "aws", "images"]);
        const { events } = await deploy(named, lifecycle(10));
        assert.deepEqual(events, ["same images", "create lifecycle"]);
    });

    it("deletes first where the program says so, too", async () => {
        const inputs = (name: string) => ({ ...repository, inputs: { name } });
        await deploy({ ...inputs("one"), deleteBeforeReplace: true });
        const { events } = await deploy({ ...inputs("two"), deleteBeforeReplace: true });
        assert.deepEqual(events, ["delete images", "replace images"]);
        assert.deepEqual(
            images()
                .repositories()
                .map(({ repositoryName }) => repositoryName),
            ["two"],
        );
    });

    it("deletes nothing first that something else needs", async () => {
        const inputs = (name: string) => ({
            ...repository,
            inputs: { name },
            deleteBeforeReplace: true,
        });
        const { made } = await deploy(inputs("images"));
        const needing = { ...lifecycle(10), dependencies: [made[0]?.urn ?? ""] };
        await deploy(inputs("images"), needing);
        await assert.rejects(
            deploy(inputs("two"), needing),
            /must be deleted before it is replaced, and urn:\S+::lifecycle needs it/,
        );
        assert.notEqual(images().findRepository("images"), undefined);
    });

    it("takes aliases that nothing has, and refuses one that something has", async () => {
        const command = { type: "command:local:Command", inputs: { create: "true" } };
        const { made } = await deploy({ ...command, name: "one", aliases: ["urn:nothing"] });
        const aliases = [made[0]?.urn ?? ""];
        await assert.rejects(deploy({ ...command, name: "two", aliases }), {
            message: `got the alias ${aliases[0] ?? ""}, which is there; the in-process engine renames nothing: use the Pulumi CLI`,
        });
        // The name that it has by now counts first.
        const { events } = await deploy({ ...command, name: "one", aliases });
        assert.deepEqual(events, ["same one"]);
    });

    it("takes outputs that are secret where there are none, and refuses others", async () => {
        const command = (inputs: Properties, secretOutputs: string[]) => ({
            type: "command:local:Command",
            inputs,
            secretOutputs,
        });
        await deploy(command({ create: "true" }, ["stdin"]));
        const file = join(folder, "ran");
        await assert.rejects(
            deploy(command({ create: `touch ${file}`, stdin: "a" }, ["stdin"])),
            /^Error: stdin: got a secret; the in-process engine keeps its state unencrypted/,
        );
        await assert.rejects(
            deploy(command({ create: "echo a" }, ["stdout"])),
            /stdout: got a secret/,
        );
    });

    it("tells providers where the program stands", async () => {
        const { made } = await deploy({ type: "command:local:Command", inputs: { create: "pwd" } });
        assert.equal(made[0]?.outputs["stdout"], folder);
    });
});

function registration(type: string): Registration {
    return {
        type,
        name: type === "pulumi:pulumi:Stack" ? "stack" : (type.split(":").at(-1) ?? ""),
        parent: "",
        custom: type !== "pulumi:pulumi:Stack",
        inputs: {},
        dependencies: [],
        propertyDependencies: {},
        provider: "",
        replaceOnChanges: [],
        protect: false,
        retainOnDelete: false,
        deleteBeforeReplace: false,
        aliases: [],
        secretOutputs: [],
    };
}
