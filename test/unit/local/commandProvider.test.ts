import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { ProviderClient } from "../../../engine/providerClient";
import { account, otherAccount, Providers, types, urnOf, type Inputs } from "./providersFixture";

const urn = urnOf(types.command);
/** Prints what a command is given, as JSON. */
const print = `
const { argv, env } = process;
let stdin = "";
process.stdin.on("data", (data) => (stdin += data)).on("end", () => {
    console.log(JSON.stringify({ args: argv.slice(1), cwd: process.cwd(), env, stdin }));
});`;

interface Printed {
    args: string[];
    cwd: string;
    env: Record<string, string>;
    stdin: string;
}

describe("the provider of command:local:Command", () => {
    let providers: Providers;
    let client: ProviderClient;
    beforeEach(async () => {
        providers = await new Providers().start();
        client = await providers.client(types.command);
    });
    afterEach(() => providers.stop());

    const printed = async (inputs: Inputs): Promise<Printed> => {
        const { outputs } = await providers.create(types.command, inputs);
        return JSON.parse(outputs["stdout"] as string) as Printed;
    };

    it("runs the command by a shell, and keeps what it writes without the last line break", async () => {
        const { id, outputs } = await providers.create(types.command, {
            create: "echo one; echo two; echo aside >&2",
        });
        assert.match(id, /^command[0-9a-f]{8}$/);
        assert.equal(outputs["stdout"], "one\ntwo");
        assert.equal(outputs["stderr"], "aside");
        assert.equal(outputs["create"], "echo one; echo two; echo aside >&2");
    });

    it("gives it its interpreter, folder, environment and input", async () => {
        const dir = join(providers.folder, "work");
        mkdirSync(dir);
        const given = await printed({
            create: "argument",
            interpreter: [process.execPath, "-e", print],
            dir,
            environment: { LEVEL: "info" },
            stdin: "text",
        });
        assert.deepEqual(given.args, ["argument"]);
        assert.equal(given.cwd, dir);
        assert.equal(given.env["LEVEL"], "info");
        assert.equal(given.env["PATH"], process.env["PATH"]);
        assert.equal(given.stdin, "text");
    });

    it("runs it in the program's folder, which the engine tells", async () => {
        const dir = join(providers.folder, "program");
        mkdirSync(join(dir, "bin"), { recursive: true });
        await client.handshake(dir);
        const { outputs } = await providers.create(types.command, { create: "pwd" });
        assert.equal(outputs["stdout"], dir);
        const below = await providers.create(types.command, { create: "pwd", dir: "bin" });
        assert.equal(below.outputs["stdout"], join(dir, "bin"));
    });

    it("lets it reach the account that it is deployed to, and no other", async () => {
        assert.equal(process.env["AWS_PROFILE"], undefined);
        process.env["AWS_PROFILE"] = "production";
        try {
            const node = [process.execPath, "-e"];
            const { env } = await printed({ create: print, interpreter: node });
            assert.equal(env["AWS_PROFILE"], undefined);
            assert.equal(env["AWS_ENDPOINT_URL_STS"], providers.cloud.endpoints.sts);
            assert.equal(env["AWS_CONFIG_FILE"], "/dev/null");
            assert.equal(env["AWS_SHARED_CREDENTIALS_FILE"], "/dev/null");
            const whoami = `
                import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
                const client = new STSClient({ region: "us-east-1" });
                const { Account } = await client.send(new GetCallerIdentityCommand({}));
                console.log(Account);`;
            for (const id of [account, otherAccount]) {
                const { outputs } = await providers.create(
                    types.command,
                    {
                        create: whoami,
                        interpreter: [...node.slice(0, 1), "--input-type=module", "-e"],
                    },
                    id,
                );
                assert.equal(outputs["stdout"], id);
            }
        } finally {
            delete process.env["AWS_PROFILE"];
        }
    });

    it("refuses it by name a service that is not modelled, and does not let it ask AWS", async () => {
        const { env } = await printed({ create: print, interpreter: [process.execPath, "-e"] });
        // The AWS SDK's rule: a service's own endpoint, or else this one, with the operation's path after it.
        const endpoint = env["AWS_ENDPOINT_URL"] ?? assert.fail();
        assert.equal(new URL(endpoint).host, new URL(providers.cloud.url).host);
        for (const [method, path] of [
            ["POST", "/"],
            ["GET", "/buckets?list-type=2"],
            ["PUT", "/2020-05-31/distribution"],
        ] as const) {
            const response = await fetch(`${endpoint}${path}`, { method });
            assert.equal(response.status, 501);
            assert.equal(response.headers.get("x-amzn-errortype"), "NotEmulated");
            const { message } = (await response.json()) as { message: string };
            assert.ok(message.startsWith(`NotEmulated: ${method} ${path}. `), message);
        }
    });

    it("fails where the command fails, with how it ended and all that it wrote", async () => {
        await assert.rejects(
            providers.create(types.command, { create: "echo one; echo two >&2; exit 3" }),
            {
                message: 'exit status 3: running "echo one; echo two >&2; exit 3":\none\ntwo\n',
            },
        );
        await assert.rejects(providers.create(types.command, { create: "kill -9 $$" }), {
            message: 'signal: SIGKILL: running "kill -9 $$":\n',
        });
        await assert.rejects(
            providers.create(types.command, { create: "a", interpreter: ["no-such-program"] }),
            /spawn no-such-program ENOENT: running "a"/,
        );
        await assert.rejects(
            providers.create(types.command, { create: "true", dir: "no-such-folder" }),
            /running "true"/,
        );
    });

    it("runs update's command for an update, or create's, with what the last one wrote", async () => {
        const made = await providers.create(types.command, { create: "echo created" });
        const update = (inputs: Inputs) => client.update(urn, made, inputs);
        const echo = 'echo "after $PULUMI_COMMAND_STDOUT"';
        assert.equal((await update({ create: "false", update: echo }))["stdout"], "after created");
        assert.equal((await update({ create: echo }))["stdout"], "after created");
        assert.equal((await update({}))["stdout"], "created");
    });

    it("runs delete's command, and nothing where there is none", async () => {
        const file = join(providers.folder, "deleted");
        const inputs = {
            create: "echo created",
            delete: `echo "$PULUMI_COMMAND_STDOUT" > ${file}`,
        };
        const made = await providers.create(types.command, inputs);
        assert.equal(existsSync(file), false);
        await client.delete(urn, made);
        assert.equal(readFileSync(file, "utf8"), "created\n");
        await client.delete(urn, await providers.create(types.command, { create: "true" }));
        await assert.rejects(
            client.delete(urn, await providers.create(types.command, { delete: "exit 1" })),
            /exit status 1/,
        );
    });

    it("replaces it where a trigger changes, and updates it where anything else does", async () => {
        const made = await providers.create(types.command, { create: "true", triggers: ["1"] });
        const diff = (inputs: Inputs) => client.diff(urn, made, inputs, []);
        assert.equal(await diff({ create: "true", triggers: ["1"] }), "same");
        assert.equal(await diff({ create: "true", triggers: ["2"] }), "replace");
        assert.equal(await diff({ create: "true", triggers: [] }), "replace");
        assert.equal(await diff({ create: "echo", triggers: ["1"] }), "update");
        assert.equal(
            await diff({ create: "true", triggers: ["1"], environment: { A: "1" } }),
            "update",
        );
    });

    it("sees no change in a trigger that is the same archive elsewhere", async () => {
        const archive = (path: string) => ({ create: "true", triggers: [{ path, hash: "a" }] });
        const made = await providers.create(types.command, archive("/one"));
        assert.equal(await client.diff(urn, made, archive("/two"), []), "same");
    });

    it("ends what still runs, and what that started, when the cloud stops", async () => {
        const file = join(providers.folder, "pid");
        writeFileSync(file, "");
        const watcher = watch(file);
        const started = new Promise<void>((resolve) => {
            watcher.on("change", () => {
                if (readFileSync(file, "utf8").endsWith("\n")) resolve();
            });
        });
        const create = providers.create(types.command, {
            create: `sleep 1000 & echo $! > ${file}; wait`,
        });
        const failed = assert.rejects(create);
        await started;
        watcher.close();
        await providers.cloud.stop();
        await failed;
        const pid = Number(readFileSync(file, "utf8"));
        assert.ok(pid > 0);
        // Its pipes are closed a moment before it is gone.
        const deadline = performance.now() + 5000;
        while (isRunning(pid) && performance.now() < deadline) await setTimeout(5);
        assert.equal(isRunning(pid), false);
        rmSync(file);
    });
});

/** Whether a process runs; one that has ended and was not yet waited for does not. */
function isRunning(pid: number): boolean {
    try {
        return !/^\d+ \(.*\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
    } catch {
        return false;
    }
}
