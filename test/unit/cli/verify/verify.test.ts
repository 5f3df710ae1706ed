import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { allowedBefore } from "../../../../cli/verify/verify";
import type { Expected } from "../../../../cli/verify/verifyExpected";
import { InvalidOptions } from "../../../../cli/invalidOptions";
import { hubAccount, hubConfig, spokeAccount, spokeConfig } from "../../../helpers/configs";
import { examples, VerifyHub } from "./verifyFixture";

const secondSpoke = "777788889999";

/** The Lambda target alone, granted to one role of the first spoke. */
function configure({ hub: { project } }: VerifyHub): void {
    const config = hubConfig([{ spoke: "consumer", roles: ["developer"] }]);
    const target = {
        lambda: "echo-tool",
        tools: ["echo_message"],
        examples: examples["echo-tools"],
    };
    const { tools } = config.gateways;
    project.config("provider", {
        ...config,
        gateways: { tools: { ...tools, targets: { "echo-tools": target } } },
    });
    project.config("consumer", spokeConfig(spokeAccount, ["developer", "auditor"]));
    project.config("guests", spokeConfig(secondSpoke, ["visitor"]));
}

describe("hub verify", function () {
    this.timeout(60_000);
    const verify = new VerifyHub();
    let expected: Expected;
    before(async () => {
        await verify.hub.start();
        configure(verify);
        await verify.deploy();
        expected = await verify.expected();
    });
    after(() => verify.hub.stop());

    /** Changes the cloud behind the program's back, for as long as a test takes. */
    async function tampered<T>(change: () => () => void, then: () => Promise<T>): Promise<T> {
        const undo = change();
        try {
            return await then();
        } finally {
            undo();
        }
    }

    const letIn = (arns: readonly string[]) => () => {
        const { agentcore } = verify.account(hubAccount);
        const { gatewayArn } = verify.hub.gateway();
        const before = agentcore.resourcePolicy(gatewayArn).text;
        const statement = {
            Effect: "Allow",
            Principal: { AWS: arns },
            Action: "bedrock-agentcore:InvokeGateway",
            Resource: gatewayArn,
        };
        agentcore.putResourcePolicy(
            gatewayArn,
            JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
        );
        return () => {
            agentcore.putResourcePolicy(gatewayArn, before);
        };
    };
    const withoutPolicy = (accountId: string, roleName: string) => () => {
        const { iam } = verify.account(accountId);
        const role = iam.role(roleName);
        const policies = [...role.inlinePolicies.keys()].map(
            (name) => [name, iam.rolePolicy(roleName, name)] as const,
        );
        for (const [name] of policies) iam.deleteRolePolicy(roleName, name);
        return () => {
            for (const [name, document] of policies) iam.putRolePolicy(roleName, name, document);
        };
    };
    const developer = `arn:aws:iam::${spokeAccount}:role/developer`;
    const auditor = `arn:aws:iam::${spokeAccount}:role/auditor`;

    it("holds for what the program deployed, case by case", async () => {
        const results = await verify.results(expected);
        assert.deepEqual(
            results.map(({ name, kind, expect, status, got, attempts }) => [
                ...[name, kind, expect, status, got, attempts],
            ]),
            [
                ["consumer-auditor → tools", "ungranted role", "refuse", "held", "HTTP 403", 1],
                [
                    ...["consumer-developer → tools", "allowed", "allow", "held"],
                    ...["1 tool; called echo-tools___echo_message", 1],
                ],
                ["guests-visitor → tools", "other spoke", "refuse", "held", "HTTP 403", 1],
                ["unsigned → tools", "unsigned", "refuse", "held", "HTTP 401", 1],
                ["wrong region → tools", "wrong region", "refuse", "held", "HTTP 401", 1],
                ["wrong service → tools", "wrong service", "refuse", "held", "HTTP 401", 1],
                ["expired session → tools", "expired session", "refuse", "held", "HTTP 401", 1],
            ],
        );
    });

    it("tells of a role that the program refuses and the cloud lets in, and of it alone", async () => {
        await tampered(letIn([developer, auditor]), async () => {
            assert.deepEqual(await verify.differing(expected), {
                "consumer-auditor → tools": "let in: HTTP 200",
            });
        });
    });

    it("tells of a role that lost its own policy, and of it alone", async () => {
        await tampered(withoutPolicy(spokeAccount, "developer"), async () => {
            assert.deepEqual(await verify.differing(expected), {
                "consumer-developer → tools": "HTTP 403",
            });
        });
    });

    it("tells of a gateway's role that lost its Lambda: the tool is listed, and its call fails", async () => {
        const { roleArn } = verify.hub.gateway();
        const roleName = roleArn.split("/").at(-1) ?? "";
        await tampered(withoutPolicy(hubAccount, roleName), async () => {
            const differing = await verify.differing(expected);
            assert.deepEqual(Object.keys(differing), ["consumer-developer → tools"]);
            assert.match(Object.values(differing)[0] ?? "", /^echo-tools___echo_message failed: /);
        });
    });

    it("tells of a tool that is missing and of one in excess", async () => {
        const { targets } = verify.hub.gateway();
        const target = [...targets.values()][0] ?? assert.fail();
        await tampered(
            () => {
                const before = target.tools;
                const tools = before.map((tool) => ({ ...tool, name: "other_tool" }));
                Object.assign(target, { tools });
                return () => Object.assign(target, { tools: before });
            },
            async () => {
                assert.deepEqual(await verify.differing(expected), {
                    "consumer-developer → tools":
                        "tools: echo-tools___echo_message missing; echo-tools___other_tool in excess",
                });
            },
        );
    });

    it("takes a role for revoked that the committed lock has as allowed", async () => {
        const locked = { "provider/tools": { tools: ["echo-tools___echo_message"] } };
        const pending = { "provider/tools": { tools: [], pending: true } };
        const access = { "consumer-auditor": locked, "guests-visitor": pending };
        verify.hub.project.file("access.lock.json", JSON.stringify({ version: 1, access }));
        const wasAllowed = allowedBefore(join(verify.hub.project.folder, "access.lock.json"));
        await tampered(letIn([developer, auditor]), async () => {
            const results = await verify.results({ ...expected, wasAllowed });
            assert.deepEqual(
                results.slice(0, 3).map(({ name, kind, status }) => [name, kind, status]),
                [
                    ["consumer-auditor → tools", "revoked role", "differs"],
                    ["consumer-developer → tools", "allowed", "held"],
                    ["guests-visitor → tools", "other spoke", "held"],
                ],
            );
        });
    });

    it("asks again until a change has come, and says how often", async () => {
        let time = 0;
        const pauses: number[] = [];
        await tampered(letIn([auditor]), async () => {
            const undo = letIn([developer]);
            const results = await verify.results(
                expected,
                { wait: "60" },
                {
                    now: () => time,
                    pause: (milliseconds) => {
                        pauses.push(milliseconds);
                        time += milliseconds;
                        // Both cases that differ wait: the change comes in their third round.
                        if (pauses.length === 6) undo();
                        return Promise.resolve();
                    },
                },
            );
            const changed = results.filter(({ attempts }) => attempts > 1);
            assert.deepEqual(
                changed.map(({ name, status }) => [name, status]),
                [
                    ["consumer-auditor → tools", "held"],
                    ["consumer-developer → tools", "held"],
                ],
            );
            // Each of the two by itself: whichever is asked sooner, its pauses double.
            assert.equal(pauses.filter((one) => one === 1000).length, 2);
            assert.ok(pauses.every((one) => [1000, 2000, 4000, 8000].includes(one)));
        });
    });

    it("stops asking when the time is over", async () => {
        let time = 0;
        await tampered(letIn([developer, auditor]), async () => {
            const pause = (milliseconds: number) => {
                time += milliseconds;
                return Promise.resolve();
            };
            const results = await verify.results(
                expected,
                { wait: "5" },
                { now: () => time, pause },
            );
            const differing = results.filter(({ status }) => status === "differs");
            assert.deepEqual(
                differing.map(({ name, attempts }) => [name, attempts]),
                // After 0, 1, 3 and 5 s.
                [["consumer-auditor → tools", 4]],
            );
            assert.equal(time, 5000);
        });
    });

    it("does not verify by a profile of another role, or by one that is not there", async () => {
        const results = await verify.results(expected, {
            profile: ["consumer-auditor=consumer-developer", "guests-visitor=nobody"],
        });
        assert.deepEqual(
            results
                .filter(({ status }) => status !== "held")
                .map(({ name, status, got }) => [name, status, got]),
            [
                [
                    ...["consumer-auditor → tools", "notVerified"],
                    `profile consumer-developer is arn:aws:sts::${spokeAccount}:assumed-role/developer/consumer-developer, no session of ${auditor}: give the right one by --profile consumer-auditor=<profile>`,
                ],
                [
                    ...["guests-visitor → tools", "notVerified"],
                    "no credentials by profile nobody: Could not resolve credentials using profile: [nobody] in configuration/credentials file(s).; the local cloud has a profile for each role of config whose assumedBy names an AdminRole",
                ],
            ],
        );
    });

    it("answers in its first line and its exit code, and says how to go on", async () => {
        const held = await verify.run(expected);
        assert.equal(held.code, 0);
        assert.match(held.stdout, /^verified: 7 of 7 cases hold\n/);
        await tampered(letIn([developer, auditor]), async () => {
            const { code, stdout } = await verify.run(expected);
            assert.equal(code, 1);
            assert.match(stdout, /^NOT as the program says: 1 of 7 cases differs\n/);
            assert.match(
                stdout,
                /consumer-auditor → tools \(profile consumer-auditor\): let in: HTTP 200; request ([\w-]+)\n {4}npm run hub -- explain \1\n/,
            );
        });
        const unverified = { profile: ["consumer-auditor=nobody"] };
        assert.equal((await verify.run(expected, unverified)).code, 0);
        assert.equal((await verify.run(expected, { ...unverified, strict: true })).code, 1);
    });

    it("fails where nothing could be verified", async () => {
        const profile = ["consumer-auditor", "consumer-developer", "guests-visitor"].map(
            (name) => `${name}=nobody`,
        );
        const gateways = expected.inventory.gateways.map((gateway) => ({
            ...gateway,
            stack: "gone",
        }));
        const elsewhere = { ...expected, inventory: { ...expected.inventory, gateways } };
        const { code, stdout } = await verify.run(elsewhere, { profile });
        assert.equal(code, 2);
        assert.match(stdout, /^nothing was verified; 7 not verified\n/);
    });

    it("writes JSON and JUnit", async () => {
        await tampered(letIn([developer, auditor]), async () => {
            const junit = join(verify.hub.project.folder, "verify.xml");
            const { stdout } = await verify.run(expected, { json: true, junit });
            const { answer, summary, cases } = JSON.parse(stdout) as {
                answer: string;
                summary: object;
                cases: { name: string; status: string; requestId: string }[];
            };
            assert.equal(answer, "NOT as the program says: 1 of 7 cases differs");
            assert.deepEqual(summary, {
                ...{ asked: 7, held: 6, differs: 1, notVerified: 0, skipped: 0 },
            });
            const failed = cases.find(({ status }) => status === "differs") ?? assert.fail();
            const xml = readFileSync(junit, "utf8");
            assert.match(xml, /<testsuites name="hub verify" tests="7" failures="1" errors="0"/);
            const names = [...xml.matchAll(/<testcase classname="tools" name="([^"]+)"/g)];
            assert.deepEqual(
                names.map(([, name]) => name),
                cases.map(({ name }) => name),
            );
            const text = `<failure message="let in: HTTP 200" type="ungranted role">expected refuse; got let in: HTTP 200 (request ${failed.requestId})</failure>`;
            assert.ok(xml.includes(text), xml);
        });
    });

    it("names the options that it cannot use", async () => {
        for (const [options, message] of [
            [{ wait: "soon" }, /--wait: got soon; must be a whole number of seconds, 0-3600/],
            [{ json: true, junit: "-" }, /only one can be on stdout/],
            [
                { profile: ["consumer-auditr=x"] },
                /--profile: got consumer-auditr=x; .*as consumer-auditor, /,
            ],
            [{ stackExport: ["/nowhere"] }, /--stack-export: got \/nowhere; must be a file/],
        ] as const) {
            await assert.rejects(verify.run(expected, options), (error) => {
                assert.ok(error instanceof InvalidOptions);
                assert.match(error.message, message);
                return true;
            });
        }
    });
});
