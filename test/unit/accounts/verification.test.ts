import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectPolicies } from "../../../cli/deployerPolicy";
import { judgeProject } from "../../../cli/policyRun";
import { readProject } from "../../../engine/stacks";
import type { ResourceRecord } from "../../../engine/stackState";
import {
    admin,
    developer,
    hubAccount,
    hubConfig,
    spokeAccount,
    spokeConfig,
} from "../../helpers/configs";
import { LocalHub } from "../../helpers/localHub";
import { TestProject } from "../../helpers/project";

/** Nobody waits: on the local cloud a change holds at once. */
const verify = { verify: { waitSeconds: 0 } };

describe("a hub that verifies its access", function () {
    this.timeout(60_000);
    let hub: LocalHub;
    beforeEach(async () => {
        hub = await new LocalHub().start();
        hub.project
            .config("provider", { ...hubConfig([developer]), ...verify })
            .config("consumer", spokeConfig(spokeAccount, ["developer", "auditor"]));
    });
    afterEach(() => hub.stop());

    const step = async (): Promise<ResourceRecord | undefined> => {
        const { backend } = await hub.target();
        const resources = backend.read("provider")?.resources ?? [];
        return resources.find(({ urn }) => urn.endsWith("::access-verify"));
    };
    /** What the step wrote at its last run. */
    const told = async (): Promise<string[]> => {
        const { stdout } = ((await step()) ?? assert.fail()).outputs as { stdout: string };
        return stdout.split("\n");
    };
    const writeProfiles = async () => (await hub.target()).writeConnection();
    /** Hub, spoke, and hub again: the profiles of the spoke's roles are there at the third. */
    const deployAll = async () => {
        await hub.deploy("provider");
        await hub.deploy("consumer");
        await writeProfiles();
        return hub.deploy("provider");
    };
    const held = [
        "ok  unsigned → tools            refuse  HTTP 401",
        "ok  wrong region → tools        refuse  HTTP 401",
        "ok  wrong service → tools       refuse  HTTP 401",
    ];

    it("is deployed to an empty cloud with nothing but its signatures asked", async () => {
        await hub.deploy("provider");
        const noProfile = "not verified: no profile of a role that the gateway lets in";
        assert.deepEqual(await told(), [
            "verified: 1 of 1 hold; 2 not verified",
            "ok  unsigned → tools       refuse  HTTP 401",
            `--  wrong region → tools   refuse  ${noProfile}`,
            `--  wrong service → tools  refuse  ${noProfile}`,
        ]);
    });

    it("asks each role once its stack is there, after the grants are", async () => {
        // The grant is made by the same update that asks: before it, the developer gets 403.
        const { changes } = await deployAll();
        assert.deepEqual([changes.create, changes.update], [1, 1]);
        assert.deepEqual(await told(), [
            "verified: 5 of 5 hold",
            ...held,
            "ok  consumer-auditor → tools    refuse  HTTP 403",
            "ok  consumer-developer → tools  allow   HTTP 200",
        ]);
    });

    it("does not ask again where nothing has changed", async () => {
        await deployAll();
        const { changes } = await hub.deploy("provider");
        assert.deepEqual([changes.create, changes.update, changes.replace], [0, 0, 0]);
    });

    it("asks again for a role that was made anew under its name", async () => {
        await deployAll();
        await hub.destroy("consumer");
        await hub.deploy("consumer");
        const { changes } = await hub.deploy("provider");
        // The grants, and the step.
        assert.equal(changes.update, 2);
        assert.ok((await told()).includes("ok  consumer-developer → tools  allow   HTTP 200"));
    });

    it("fails where a gateway lets in whom the program refuses, with all that was asked", async () => {
        await deployAll();
        const { agentcore } = hub.cloud.accounts.get(hubAccount) ?? assert.fail();
        const { gatewayArn } = hub.gateway();
        const { text } = agentcore.resourcePolicy(gatewayArn);
        agentcore.putResourcePolicy(
            gatewayArn,
            text.replace(/"(arn:aws:iam::\d+:role\/)developer"/, '"$1developer","$1auditor"'),
        );
        hub.project.config("consumer", spokeConfig(spokeAccount, ["developer", "auditor", "more"]));
        await hub.deploy("consumer");
        await writeProfiles();
        await assert.rejects(hub.deploy("provider"), (error: Error) => {
            const [, table = ""] = /(NOT as the program says[^]*)/.exec(error.message) ?? [];
            assert.deepEqual(table.trimEnd().split("\n").slice(0, 7), [
                "NOT as the program says: 1 of 6",
                ...held,
                "NO  consumer-auditor → tools    refuse  HTTP 200",
                "ok  consumer-developer → tools  allow   HTTP 200",
                "ok  consumer-more → tools       refuse  HTTP 403",
            ]);
            return true;
        });
        // It failed, so it is asked again by the next update; by then it is right.
        agentcore.putResourcePolicy(gatewayArn, text);
        await hub.deploy("provider");
        assert.equal((await told())[0], "verified: 6 of 6 hold");
    });

    it("refuses a role whose grant is deleted, also with the gateway's last one", async () => {
        hub.project.config("provider", {
            ...hubConfig([{ ...developer, roles: ["developer", "auditor"] }]),
            ...verify,
        });
        await deployAll();
        hub.project.config("provider", { ...hubConfig([developer]), ...verify });
        await hub.deploy("provider");
        assert.ok((await told()).includes("ok  consumer-auditor → tools    refuse  HTTP 403"));
        // The policy is deleted after everything else of the update.
        hub.project.config("provider", { ...hubConfig([]), ...verify });
        await hub.deploy("provider");
        assert.match(
            (await told()).at(-1) ?? "",
            /^-- {2}consumer-developer → tools {2}refuse {2}not verified: the gateway grants nobody any more/,
        );
        assert.equal(await hub.statusOf(spokeAccount, "developer"), 403);
    });

    it("does not say of a role of the hub's own account that its gateway refuses it", async () => {
        // Within one account a role's own policy is enough.
        hub.project
            .config("provider", {
                ...hubConfig([{ principals: [admin(spokeAccount)] }]),
                spokes: { consumer: { account: hubAccount, stack: "consumer" } },
                ...verify,
            })
            .config("consumer", spokeConfig(hubAccount, ["developer"]));
        await deployAll();
        assert.equal(await hub.statusOf(hubAccount, "developer"), 200);
        assert.match(
            (await told()).at(-1) ?? "",
            /^-- {2}consumer-developer → tools .*not verified: it is of the gateway's own account/,
        );
    });

    it("has no such step unless config asks for it", async () => {
        hub.project.config("provider", hubConfig([developer]));
        await hub.deployAll();
        assert.equal(await step(), undefined);
        const { backend } = await hub.target();
        const types = backend.read("provider")?.resources.map(({ type }) => type) ?? [];
        assert.ok(!types.includes("agentcore-hub:index:AccessVerification"));
        assert.ok(!types.includes("command:local:Command"));
    });

    it("verifies the shipped stacks, of which nobody assumes the agent's role", async () => {
        hub.project.ship("provider");
        hub.project.ship("consumer");
        withVerify(hub.project);
        await deployAll();
        const lines = await told();
        assert.equal(lines[0], "verified: 5 of 5 hold; 1 not verified");
        assert.deepEqual(
            lines.filter((line) => line.startsWith("-- ")).map((line) => line.slice(0, 26)),
            ["--  consumer-agent → tools"],
        );
    });
});

describe("the shipped stacks with verify", function () {
    this.timeout(60_000);
    const project = new TestProject();
    before(() => {
        withVerify(project);
    });
    after(() => {
        project.remove();
    });

    it("are what the policy packs ask for", async () => {
        const reports = await judgeProject(readProject(project.folder), {
            today: "2026-01-01",
            onEvent: () => undefined,
            onStack: () => undefined,
        });
        for (const { failure, violations, undecided, asked } of reports) {
            assert.deepEqual([failure, violations, undecided], [undefined, [], []]);
            assert.ok(asked.length > 10);
        }
    });

    it("ask no more of their deployers: a role is asked with its own profile", async () => {
        const plain = new TestProject();
        const [withStep, without] = await Promise.all(
            [project, plain].map(({ folder }) =>
                projectPolicies(readProject(folder), () => undefined),
            ),
        );
        plain.remove();
        assert.deepEqual(withStep, without);
    });
});

/** The shipped hub, with the key. */
function withVerify(project: TestProject): void {
    const file = "Pulumi.provider.yaml";
    const text = readFileSync(join(project.folder, file), "utf8");
    project.file(file, `${text}  agentcore-hub:verify: { waitSeconds: 0 }\n`);
}
