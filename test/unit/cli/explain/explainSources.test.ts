import assert from "node:assert/strict";
import { join } from "node:path";
import { explainPair, type ExplainOptions } from "../../../../cli/explain/explain";
import { readInventory } from "../../../../cli/inventory/source";
import {
    developer,
    hubAccount,
    hubConfig,
    spokeAccount,
    spokeConfig,
} from "../../../helpers/configs";
import { runHub } from "../../../helpers/hubProcess";
import { exportOf, resourcesOf } from "../inventory/stackStates";
import { ExplainedHub, layersOf, unwrapped } from "./explainFixture";

const policy = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const invoke = "bedrock-agentcore:InvokeGateway";
const everything = { Effect: "Allow", Action: "*", Resource: "*" };
const developerArn = `arn:aws:iam::${spokeAccount}:role/developer`;

describe("a principal's access is explained", function () {
    this.timeout(60_000);
    let hub: ExplainedHub;
    let stackExport: string[];
    before(async () => {
        hub = await new ExplainedHub().start();
        const { project } = hub;
        project.config("provider", hubConfig([developer]));
        project.config("consumer", spokeConfig(spokeAccount, ["developer", "auditor"]));
        await hub.deployAll();
        await (await hub.target()).writeConnection();
        for (const stack of ["provider", "consumer"]) {
            project.file(`${stack}.json`, exportOf(await resourcesOf(hub, stack)));
        }
        project
            .file("root.json", policy(everything))
            .file("s3.json", policy({ ...everything, Action: "s3:*" }))
            .file("office.json", policy(everything, { ...officeOnly, Sid: "OfficeOnly" }))
            .file("no-gateways.json", policy({ ...everything, Sid: "No", ...denied }))
            .file(
                "closed.json",
                policy({ ...everything, Sid: "Closed", ...denied, Principal: "*" }),
            )
            .file("broken.json", "{");
        stackExport = ["provider", "consumer"].map((stack) => path(`${stack}.json`));
    });
    after(() => hub.stop());
    const denied = { Effect: "Deny", Action: invoke };
    const officeOnly = {
        ...{ Effect: "Deny", Action: invoke, Resource: "*" },
        Condition: { NotIpAddress: { "aws:SourceIp": "203.0.113.0/24" } },
    };
    const path = (name: string) => join(hub.project.folder, name);
    const explain = async (principal: string, options: ExplainOptions = {}) => {
        const { folder } = hub.project;
        const source = options.local === true ? options : { stackExport, ...options };
        return explainPair(await readInventory(source, folder), { principal, ...options });
    };

    it("from exports and from the running local cloud alike, with config's lines", async () => {
        const { stateFolder } = hub.project;
        const exported = await explain("consumer-auditor");
        const local = await explain("consumer-auditor", { local: true, stateFolder });
        for (const [report, command] of [
            [exported, "npm run hub -- deploy provider"],
            [local, "npm run hub -- deploy provider --local"],
        ] as const) {
            assert.deepEqual(layersOf(report), { identity: "allow", resource: "implicitDeny" });
            const [change] = report.changes;
            assert.ok(report.changes.length === 1 && change?.kind === "config");
            assert.equal(change.edits[0]?.key, "gateways.tools.grants");
            assert.equal(change.deploy.command, command);
        }
        assert.deepEqual(exported.steps, local.steps);
    });

    it("with a level of SCPs that does not allow it: the statement that the level needs, in its file", async () => {
        const scp = ["root.json", "s3.json"].map((file) => `consumer=${path(file)}`);
        const report = await explain("consumer-developer", { scp });
        assert.deepEqual(layersOf(report), {
            ...{ identity: "allow", resource: "allow", scp: "implicitDeny" },
        });
        const [change] = report.changes;
        assert.ok(report.changes.length === 1 && change?.kind === "statement");
        assert.deepEqual(
            [change.layer, change.level, change.document, change.accountId],
            ["scp", 2, path("s3.json"), spokeAccount],
        );
        assert.deepEqual(change.statement.Condition, {
            ArnEquals: { "aws:PrincipalArn": developerArn },
        });
        assert.ok(
            unwrapped(report).includes(
                `\n  whoever administers the AWS Organization: ${path("s3.json")}, or another one of level 2 (from the root on) of account ${spokeAccount}, needs\n`,
            ),
        );
        const mended = JSON.stringify([
            { Version: "2012-10-17", Statement: [{ ...everything, Action: "s3:*" }] },
            { Version: "2012-10-17", Statement: [change.statement] },
        ]);
        hub.project.file("mended.json", mended);
        const both = [`consumer=${path("root.json")}`, `consumer=${path("mended.json")}`];
        assert.equal((await explain("consumer-developer", { scp: both })).answer, "allowed");
    });

    it("with an SCP that denies it: by the file and the account, and what else lacks only beside its end", async () => {
        const scp = [`consumer=${path("root.json")}`, `consumer=${path("no-gateways.json")}`];
        const report = await explain("consumer-auditor", { scp });
        const [deny] = report.denies;
        assert.deepEqual(
            [deny?.layer, deny?.document, deny?.sid, deny?.accountId],
            ["scp", path("no-gateways.json"), "No", spokeAccount],
        );
        const text = unwrapped(report);
        assert.ok(
            text.includes(
                `\ndecided by: an explicit deny, ${path("no-gateways.json")}, statement No (account ${spokeAccount}); it was meant, so it is not undone here\n`,
            ),
        );
        assert.match(
            text,
            /\nto be allowed, beside the end of that deny \(without it, this does not help\):\n {2}Pulumi\.provider\.yaml:\d+ {2}gateways\.tools\.grants: /,
        );
        assert.doesNotMatch(text, /\nto be allowed:/);
    });

    it("with an SCP that denies it from elsewhere: by calling from there alone", async () => {
        const scp = [`consumer=${path("office.json")}`];
        const context = ["aws:SourceIp=198.51.100.7"];
        const open = await explain("consumer-developer", { scp });
        assert.deepEqual([open.answer, open.on.length], ["conditional", 1]);
        const refused = await explain("consumer-developer", { scp, context });
        assert.deepEqual([refused.answer, refused.denies[0]?.sid], ["refused", "OfficeOnly"]);
        const inside = ["aws:SourceIp=203.0.113.9"];
        const allowed = await explain("consumer-developer", { scp, context: inside });
        assert.equal(allowed.answer, "allowed");
    });

    it("with an RCP that denies it: by the file and the gateway's account", async () => {
        const report = await explain("consumer-developer", {
            rcp: [`provider=${path("closed.json")}`],
        });
        assert.deepEqual(
            report.denies.map(({ layer, document, accountId }) => [layer, document, accountId]),
            [["rcp", path("closed.json"), hubAccount]],
        );
        assert.deepEqual(report.changes, []);
    });

    it("with a session policy that does not allow it: whoever takes on the role widens it", async () => {
        const sessionPolicy = path("s3.json");
        const report = await explain("consumer-developer", { sessionPolicy });
        const [change] = report.changes;
        assert.ok(report.changes.length === 1 && change?.kind === "statement");
        assert.deepEqual([change.layer, change.document], ["session", sessionPolicy]);
        assert.match(change.administeredBy, /whoever takes on the role/);
        for (const [file, rule] of [
            ["broken.json", /^--session-policy: .*broken\.json: /],
            ["missing.json", /^--session-policy: got .*missing\.json; must be a file to read/],
        ] as const) {
            await assert.rejects(explain("consumer-developer", { sessionPolicy: path(file) }), {
                name: "InvalidOptions",
                message: rule,
            });
        }
    });

    it("and compared with what is expected: what depends on the request is neither", async () => {
        const hubs = (expect: string, more: readonly string[] = []) =>
            runHub(hub.project.folder, [
                ...["explain", "--principal", "consumer-developer", "--expect", expect],
                ...stackExport.flatMap((file) => ["--stack-export", file]),
                ...more,
            ]);
        const office = ["--scp", `consumer=${path("office.json")}`];
        const inside = [...office, "--context", "aws:SourceIp=203.0.113.9"];
        const results = await Promise.all([
            ...[hubs("allow"), hubs("deny")],
            ...[hubs("allow", office), hubs("deny", office), hubs("allow", inside)],
        ]);
        assert.deepEqual(
            results.map(({ code }) => code),
            [0, 1, 1, 1, 0],
        );
        assert.match(
            results[2]?.stderr ?? "",
            /^hub: expected allow, and got: conditional: consumer-developer may call tools /,
        );
        const wrong = await hubs("maybe");
        assert.equal(wrong.code, 2);
        assert.match(wrong.stderr, /--expect: got maybe; must be allow or deny/);
        const long = (results[1]?.stdout ?? "").split("\n").filter((line) => line.length > 120);
        assert.deepEqual(long, []);
    });
});
