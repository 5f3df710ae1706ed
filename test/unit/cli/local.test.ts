import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { readProject } from "../../../engine/stacks";
import { HubProcess, runHub, type HubResult } from "../../helpers/hubProcess";
import { TestProject } from "../../helpers/project";

interface Event {
    step: string;
    status?: string;
    [key: string]: unknown;
}
const eventsOf = ({ stdout }: HubResult) =>
    stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Event);

describe("hub local", function () {
    this.timeout(60_000);
    let project: TestProject;
    beforeEach(() => {
        project = new TestProject();
    });
    afterEach(() => {
        project.remove();
    });

    it("tells the story as JSON events: refused, ok, refused, the agent's answer, done", async () => {
        const result = await runHub(project.folder, ["local", "--json"]);
        assert.equal(result.code, 0, result.stderr);
        const events = eventsOf(result);
        const calls = events.filter(({ step }) => step === "call");
        const echo = "echo-tools___echo_message";
        assert.deepEqual(
            calls.map(({ as, principal, gateway, tool, outcome, httpStatus, result }) => ({
                as,
                principal,
                gateway,
                tool,
                outcome,
                httpStatus,
                result,
            })),
            (
                [
                    ["developer", echo, "refused", 403, null],
                    ["developer", echo, "ok", 200, { message: "Hello from 444455556666" }],
                    ["developer", "calculator___add_numbers", "ok", 200, 4],
                    ["auditor", echo, "refused", 403, null],
                ] as const
            ).map(([role, tool, outcome, httpStatus, answer]) => ({
                as: `consumer-${role}`,
                principal: `arn:aws:sts::444455556666:assumed-role/${role}/consumer-${role}`,
                gateway: "tools",
                tool,
                outcome,
                httpStatus,
                result: answer,
            })),
        );
        assert.deepEqual(events.at(-1), { step: "done", status: "ok" });
        const asked = events.find(({ step }) => step === "ask");
        assert.equal(asked?.["as"], "account-b");
        assert.equal(asked["outcome"], "ok");
        assert.match(String(asked["response"]), /Hello, Ann!/);
        const told = ["call", "ask", "done", "engine"];
        for (const event of events.filter(({ step }) => !told.includes(step))) {
            assert.equal(event.status, "ok");
            assert.equal(typeof event["ms"], "number");
        }
    });

    it("says to people who lacked what", async () => {
        const { code, stdout } = await runHub(project.folder, ["local"]);
        assert.equal(code, 0);
        assert.match(
            stdout,
            /consumer-developer calls echo-tools___echo_message {2}✗ HTTP 403\n +The resource's side lacks an allow: the resource policy of arn:aws:bedrock-agentcore:us-east-1:111122223333:gateway\/tools-[a-z0-9]{10} \(account 111122223333\) does not name arn:aws:iam::444455556666:role\/developer/,
        );
        assert.match(stdout, /✓ \{"message":"Hello from 444455556666"\}/);
    });

    it("ends with the gateway's reason where the agent is not granted", async () => {
        const shipped = readFileSync(join(project.folder, "Pulumi.provider.yaml"), "utf8");
        const grants = shipped.replace("[developer, agent]", "[developer]");
        project.file("Pulumi.provider.yaml", grants);
        const { code, stdout, stderr } = await runHub(project.folder, ["local"]);
        assert.equal(code, 2);
        assert.match(stdout, /does not name arn:aws:iam::444455556666:role\/agent/);
        assert.match(
            stderr,
            /agent is asked: got failed: The gateway http:\/\/127\.0\.0\.1:\d+\/gateway\/tools-\w+\/mcp refused the agent \(HTTP 403\)/,
        );
    });

    it("stops at what the hub's policy pack refuses, with what to write instead", async () => {
        const { code, stdout, stderr } = await runHub(loosened(project).folder, ["local"]);
        assert.equal(code, 2);
        assert.match(stdout, /✗ Deploy provider/);
        assert.doesNotMatch(stdout, /Deploy consumer/);
        assert.equal(
            stderr,
            "hub: Stack provider: aws-native:bedrockagentcore:ResourcePolicy (tools-grants): agentcore-hub-provider resource-policy-exact-principals: tools-grants: policy.Statement[0].Principal: got arn:aws:iam::444455556666:root; must be the exact ARN of a role or user, or this account with a condition ArnEquals aws:PrincipalArn of such ARNs; write arn:aws:iam::444455556666:role/<name> for each role that is meant\n",
        );
    });

    it("gives advice, and goes on, where Policy.<stack>.json says so", async () => {
        loosened(project).file(
            "Policy.provider.json",
            JSON.stringify({ "resource-policy-exact-principals": "advisory" }),
        );
        const result = await runHub(project.folder, ["local", "--json"]);
        const found = eventsOf(result).filter(({ step }) => step === "policy");
        assert.deepEqual(
            found.map(({ stack, pack, policy, level, severity }) => [
                ...[stack, pack, policy, level, severity],
            ]),
            [
                [
                    ...["provider", "agentcore-hub-provider", "resource-policy-exact-principals"],
                    ...["advisory", "critical"],
                ],
            ],
        );
        assert.match(result.stderr, /^advice: provider: agentcore-hub-provider resource-policy/);
        // The whole account may call now, and the story expects a refusal.
        assert.match(result.stderr, /consumer-developer calls .*: got ok \(HTTP 200\)/);
    });

    it("says with its line what is wrong with Policy.<stack>.json", async () => {
        project.file("Policy.provider.json", '{\n    "gateway-invoke-exakt": "advisory"\n}\n');
        const { code, stderr } = await runHub(project.folder, ["local"]);
        assert.equal(code, 2);
        assert.match(
            stderr,
            /^hub: Policy\.provider\.json:2: gateway-invoke-exakt: got a rule that the provider pack does not have; must be .*gateway-invoke-exact/,
        );
    });

    it("fails when the spoke's own policy is not what the story needs", async () => {
        project.config("consumer", {
            account: { role: "consumer", id: "444455556666" },
            hubs: { other: { account: "999988887777", stack: "other" } },
            callers: {
                developer: {
                    gateways: ["other/tools"],
                    assumedBy: ["arn:aws:iam::444455556666:role/AdminRole"],
                },
            },
        });
        const { code, stderr } = await runHub(project.folder, ["local"]);
        assert.equal(code, 2);
        assert.match(stderr, /consumer-developer calls .*: got refused \(HTTP 403\); must be ok/);
    });

    it("refuses an encrypted value of another namespace, which AWS's deployment may have", async () => {
        const shipped = readFileSync(join(project.folder, "Pulumi.provider.yaml"), "utf8");
        project.file("Pulumi.provider.yaml", `${shipped}  other:token: { secure: AAAB }\n`);
        assert.deepEqual(readProject(project.folder).stacks[0]?.encrypted, ["other:token"]);
        const { code, stderr } = await runHub(project.folder, ["local"]);
        assert.equal(code, 2);
        assert.equal(
            stderr,
            "hub: Pulumi.provider.yaml: other:token: got an encrypted value (secure:); the local cloud has no key to it: must be plain, or absent\n",
        );
    });

    it("tells a project's problems with file, path and rule, before anything starts", async () => {
        project.file(
            "Pulumi.provider.yaml",
            "config:\n  aws:region: us-east-1\n  agentcore-hub:account: { role: provider, id: '1' }\n  agentcore-hub:token: { secure: AAAB }\n",
        );
        const secret = await runHub(project.folder, ["local"]);
        assert.equal(secret.code, 2);
        assert.match(
            secret.stderr,
            /Pulumi\.provider\.yaml: agentcore-hub:token: got an encrypted value/,
        );
        project.file(
            "Pulumi.provider.yaml",
            "config:\n  aws:region: us-east-1\n  agentcore-hub:account: { role: provider, id: '1' }\n",
        );
        const digits = await runHub(project.folder, ["local"]);
        assert.match(
            digits.stderr,
            /Pulumi\.provider\.yaml: account\.id: got "1"; must be 12 digits/,
        );
        project.file("Pulumi.provider.yaml", "config:\n  a:b: 1\n  a:b: 2\n");
        const twice = await runHub(project.folder, ["local"]);
        assert.match(twice.stderr, /Pulumi\.provider\.yaml: Map keys must be unique at line 3/);
        assert.equal(existsSync(project.stateFolder), false);
    });

    it("names a spoke that is pinned to another account than its stack's", async () => {
        const file = join(project.folder, "Pulumi.provider.yaml");
        project.file(
            "Pulumi.provider.yaml",
            readFileSync(file, "utf8").replace("444455556666", "444455556667"),
        );
        const { code, stderr } = await runHub(project.folder, ["local"]);
        assert.equal(code, 2);
        assert.match(
            stderr,
            /Pulumi\.provider\.yaml: spokes\.consumer\.account: got "444455556667"; must be "444455556666", the account of stack consumer/,
        );
    });

    it("says what to do where its folder cannot be made, and ends", async () => {
        project.file(".hub", "a file");
        const result = await runHub(project.folder, ["local"]);
        assert.equal(result.code, 2);
        assert.match(
            result.stderr,
            /^hub: \w+ \S+\/\.hub\/local: a file stands where a folder should be; move it, or choose another --state-folder \(ENOTDIR\)\n$/,
        );
    });

    // As a disk that is full: at the connection file, in the backend, at the function's code.
    for (const blocks of [0, 4, 16]) {
        it(`ends when no file may have more than ${blocks} blocks, and names what failed`, async () => {
            const result = await runHub(project.folder, ["local"], { fileBlocks: blocks });
            assert.equal(result.code, 2, result.stdout);
            assert.match(result.stderr, /^hub: .*EFBIG/m);
            assert.match(result.stdout, /✗ (?:An AWS on this machine|Deploy provider)/);
        });
    }

    it("says that a port is in use", async () => {
        const other = createServer().listen(0, "127.0.0.1");
        await new Promise((resolve) => other.once("listening", resolve));
        const { port } = other.address() as { port: number };
        const { code, stderr } = await runHub(project.folder, ["local", "--port", String(port)]);
        other.close();
        assert.equal(code, 2);
        assert.match(stderr, new RegExp(`Port ${port} is in use on 127\\.0\\.0\\.1`));
    });

    it("never empties a folder that is not its own", async () => {
        const { code, stderr } = await runHub(project.folder, ["local", "--state-folder", "."]);
        assert.equal(code, 2);
        assert.match(stderr, /--state-folder: got .*, which has files of others/);
        assert.equal(existsSync(join(project.folder, "Pulumi.yaml")), true);
    });

    it("refuses options that it does not have", async () => {
        const { code, stderr } = await runHub(project.folder, ["local", "--engine", "tofu"]);
        assert.equal(code, 2);
        assert.match(stderr, /--engine: got tofu; must be auto, pulumi or in-process/);
    });
});

describe("hub local --serve", function () {
    this.timeout(60_000);
    let project: TestProject;
    let hub: HubProcess;
    before(async () => {
        project = new TestProject();
        hub = new HubProcess(project.folder, ["local", "--serve", "--port", "0", "--json"]);
        await hub.until('"step":"done"');
    });
    after(async () => {
        await hub.interrupt();
        project.remove();
    });
    const call = (profile: string) =>
        runHub(project.folder, [
            "call",
            "echo-tools___echo_message",
            '{"message":"hi"}',
            "--local",
            "--as",
            profile,
        ]);

    it("writes the connection that other things rely on", () => {
        const connection = JSON.parse(
            readFileSync(join(project.stateFolder, "connection.json"), "utf8"),
        ) as Record<string, unknown>;
        assert.deepEqual(connection["accounts"], {
            "account-a": "111122223333",
            "account-b": "444455556666",
        });
        assert.deepEqual(connection["profiles"], [
            "account-a",
            "account-b",
            "consumer-auditor",
            "consumer-developer",
        ]);
        assert.equal(connection["engine"], "in-process");
        assert.equal(connection["region"], "us-east-1");
        assert.deepEqual(Object.keys(connection["endpoints"] as object), [
            "sts",
            "bedrockAgentcore",
            "bedrockAgentcoreControl",
            "bedrockRuntime",
            "iam",
            "lambda",
        ]);
        const { tools } = connection["gateways"] as Record<string, Record<string, string>>;
        assert.match(
            tools?.["arn"] ?? "",
            /^arn:aws:bedrock-agentcore:us-east-1:111122223333:gateway\//,
        );
        assert.match(
            tools?.["url"] ?? "",
            /^http:\/\/127\.0\.0\.1:\d+\/gateway\/tools-[a-z0-9]{10}\/mcp$/,
        );
    });

    it("answers hub tools and hub call: yes with 0, no with 1 and the reason", async () => {
        const tools = await runHub(project.folder, [
            "tools",
            "--local",
            "--as",
            "consumer-developer",
        ]);
        assert.deepEqual(tools.stdout.trimEnd().split("\n"), [
            "echo-tools___echo_message: Echo back a message for testing",
            "calculator___add_numbers: Add two whole numbers",
            "calculator___multiply_numbers: Multiply two whole numbers",
            "calculator___greet_user: Greet a user by name",
        ]);
        const granted = await call("consumer-developer");
        assert.deepEqual([granted.code, granted.stdout], [0, '{"message":"hi"}\n']);
        const refused = await call("consumer-auditor");
        assert.deepEqual([refused.code, refused.stdout], [1, "refused: HTTP 403\n"]);
        assert.match(refused.stderr, /does not name arn:aws:iam::444455556666:role\/auditor/);
        const nobody = await call("nobody");
        assert.equal(nobody.code, 2);
        assert.match(nobody.stderr, /profile: \[nobody\]/);
    });

    it("takes config changes from a second terminal: grant, revoke, a new spoke", async () => {
        const file = join(project.folder, "Pulumi.provider.yaml");
        const shipped = readFileSync(file, "utf8");
        project.file("Pulumi.provider.yaml", shipped.replace("[developer, agent]", "[auditor]"));
        const deployed = await runHub(project.folder, ["deploy", "--local"]);
        assert.equal(deployed.code, 0, deployed.stderr);
        assert.equal((await call("consumer-auditor")).code, 0);
        assert.equal((await call("consumer-developer")).code, 1);

        project.config("team2", {
            account: { role: "consumer", id: "777788889999" },
            hubs: { "tools-team": { account: "111122223333", stack: "provider" } },
            callers: {
                reader: {
                    gateways: ["tools-team/tools"],
                    assumedBy: ["arn:aws:iam::777788889999:role/AdminRole"],
                },
            },
        });
        project.file(
            "Pulumi.provider.yaml",
            shipped
                .replace(
                    "  agentcore-hub:gateways:",
                    '    team2: { account: "777788889999", stack: team2 }\n  agentcore-hub:gateways:',
                )
                .replace(
                    "roles: [developer, agent] }",
                    "roles: [developer, agent] }\n        - { spoke: team2, roles: [reader] }",
                ),
        );
        const grown = await runHub(project.folder, ["deploy", "--local"]);
        assert.equal(grown.code, 0, grown.stderr);
        assert.equal((await call("team2-reader")).code, 0);
        assert.equal((await call("consumer-developer")).code, 0);
        assert.equal((await call("consumer-auditor")).code, 1);
    });

    it("fails a full deployment that leaves a grant pending", async () => {
        const file = join(project.folder, "Pulumi.provider.yaml");
        const text = readFileSync(file, "utf8");
        project.file(
            "Pulumi.provider.yaml",
            text.replace("[developer, agent]", "[developer, nobody]"),
        );
        const deployed = await runHub(project.folder, ["deploy", "--local"]);
        project.file("Pulumi.provider.yaml", text);
        assert.equal(deployed.code, 1);
        assert.match(
            deployed.stderr,
            /pending: provider: grant on gateway tools: role nobody: stack consumer has no such role; it has agent, auditor, developer\./,
        );
    });

    it("keeps what is deployed when config is bad", async () => {
        const file = join(project.folder, "Pulumi.provider.yaml");
        const text = readFileSync(file, "utf8");
        project.file("Pulumi.provider.yaml", text.replace("spoke: consumer", "spoke: stranger"));
        const deployed = await runHub(project.folder, ["deploy", "--local"]);
        project.file("Pulumi.provider.yaml", text);
        assert.equal(deployed.code, 2);
        assert.match(deployed.stderr, /grants\[0\]\.spoke: got "stranger"; must be declared/);
        assert.equal((await call("consumer-developer")).code, 0);
    });

    it("does not start twice in one folder", async () => {
        const { code, stderr } = await runHub(project.folder, ["local"]);
        assert.equal(code, 2);
        assert.match(stderr, new RegExp(`already \\(process ${hub.pid}, http`));
    });

    it("destroys, and says then that there is no gateway", async () => {
        const destroyed = await runHub(project.folder, ["destroy", "--local"]);
        assert.equal(destroyed.code, 0, destroyed.stderr);
        assert.match(
            destroyed.stdout,
            /^ +✓ team2 .* deleted .*\n +✓ consumer .* deleted .*\n +✓ provider .* deleted .*\n$/,
        );
        const after = await call("account-b");
        assert.equal(after.code, 2);
        assert.match(after.stderr, /--gateway: got nothing; must be one of none/);
    });
});

describe("Ctrl-C", function () {
    this.timeout(60_000);

    it("ends a served cloud and its children, with 130", async () => {
        const project = new TestProject();
        const hub = new HubProcess(project.folder, ["local", "--serve", "--port", "0"]);
        await hub.until("Serving");
        const children = childrenOf(hub.pid);
        if (process.platform === "linux") assert.notEqual(children.length, 0);
        const { code } = await hub.interrupt();
        assert.equal(code, 130);
        assert.equal(existsSync(join(project.stateFolder, "connection.json")), false);
        for (const child of children)
            assert.throws(() => process.kill(child, 0), { code: "ESRCH" });
        project.remove();
    });
});

describe("A kill that nobody can catch", function () {
    this.timeout(60_000);

    it("leaves no policy pack behind", async () => {
        const project = new TestProject();
        const hub = new HubProcess(project.folder, ["local", "--serve", "--empty", "--port", "0"]);
        await hub.until("Serving");
        const children = childrenOf(hub.pid);
        if (process.platform === "linux") assert.equal(children.length, 2);
        process.kill(hub.pid, "SIGKILL");
        await hub.ended;
        while (children.some(isThere)) await setTimeout(20);
        project.remove();
    });
});

function isThere(pid: number): boolean {
    // A zombie is gone: nobody here waits for it.
    const stat = `/proc/${pid}/stat`;
    return existsSync(stat) && !/\) Z /.test(readFileSync(stat, "utf8"));
}

/** The processes whose parent this is, by Linux's /proc; none elsewhere. */
function childrenOf(pid: number): number[] {
    const file = `/proc/${pid}/task/${pid}/children`;
    return existsSync(file)
        ? readFileSync(file, "utf8").trim().split(" ").filter(Boolean).map(Number)
        : [];
}

/** A hub that grants a whole account besides. */
function loosened(project: TestProject): TestProject {
    const shipped = readFileSync(join(project.folder, "Pulumi.provider.yaml"), "utf8");
    return project.file(
        "Pulumi.provider.yaml",
        `${shipped}        - { account: "444455556666" }\n`,
    );
}
