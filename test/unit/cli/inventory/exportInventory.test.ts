import assert from "node:assert/strict";
import { accessMatrix } from "../../../../access/matrix";
import { exportInventory } from "../../../../cli/inventory/exportInventory";
import { stacksInventory } from "../../../../cli/inventory/stacksInventory";
import { InvalidExport } from "../../../../cli/stackExport";
import { readProject, type Project } from "../../../../engine/stacks";
import type { ResourceRecord } from "../../../../engine/stackState";
import { LocalHub } from "../../../helpers/localHub";
import {
    changed,
    encrypted,
    exportOf,
    resourcesOf,
    rowsOf,
    stackOf,
    type TestResource,
} from "./stackStates";

describe("the inventory of exported stacks", function () {
    this.timeout(60_000);
    const hub = new LocalHub();
    let states: Record<"provider" | "consumer", readonly ResourceRecord[]>;
    let project: Project;
    before(async () => {
        await hub.start();
        await hub.deployAll();
        states = {
            provider: await resourcesOf(hub, "provider"),
            consumer: await resourcesOf(hub, "consumer"),
        };
        project = readProject(hub.project.folder);
    });
    after(() => hub.stop());
    const file = (name: string, resources: readonly TestResource[]) => ({
        file: name,
        text: exportOf(resources),
    });
    const both = () => [file("hub.json", states.provider), file("spoke.json", states.consumer)];
    const refuses = (
        files: Parameters<typeof exportInventory>[0],
        message: string,
        of: Project | undefined = project,
    ) => {
        assert.throws(
            () => exportInventory(files, of),
            (error) => error instanceof InvalidExport && error.message === message,
        );
    };

    it("has the matrix of the program that was deployed, in whatever order", () => {
        const program = stacksInventory(
            project.stacks.map(({ name, settings }) =>
                stackOf(name, states[name as keyof typeof states], settings),
            ),
        );
        for (const files of [both(), both().reverse()]) {
            const exported = exportInventory(files, project);
            assert.deepEqual(exported, program);
            assert.deepEqual(accessMatrix(exported), accessMatrix(program));
        }
        assert.equal(rowsOf(program)["consumer-developer tools"], "allowed");
    });

    it("needs no project", () => {
        const rows = rowsOf(exportInventory(both()));
        assert.equal(rows["consumer-developer tools"], "allowed");
        assert.equal(rows["consumer-auditor tools"], "refused");
    });

    it("knows of one stack what it has", () => {
        const { gateways, principals } = exportInventory([both()[0] ?? { file: "", text: "" }]);
        assert.equal(gateways.length, 1);
        // The roles that its grants name are those of a stack that was not read.
        assert.deepEqual(
            principals.filter(({ kind }) => kind === "other").map(({ name }) => name),
            ["arn:aws:iam::444455556666:role/agent", "arn:aws:iam::444455556666:role/developer"],
        );
    });

    it("says what is encrypted and what to do, and shows none of it", () => {
        const spoke = changed(
            states.consumer,
            "developer-invoke-gateways",
            "policy",
            () => encrypted,
        );
        const inventory = exportInventory([file("hub.json", states.provider), file("s", spoke)]);
        assert.equal(inventory.unread.length, 1);
        assert.match(
            inventory.unread[0] ?? "",
            /^role developer, inline policy \S+: developer-invoke-gateways\.policy is encrypted; write the export with --show-secrets$/,
        );
        assert.ok(!JSON.stringify(inventory).includes(encrypted.ciphertext));
        const outputs = changed(
            states.consumer,
            "agentcore-hub-consumer",
            "roles",
            () => encrypted,
        );
        assert.deepEqual(exportInventory([file("s", outputs)]).unread, [
            "stack consumer: output roles is encrypted; write the export with --show-secrets",
        ]);
    });

    it("reads secrets that are shown, without a word of them", () => {
        const shown = changed(states.consumer, "developer-invoke-gateways", "policy", (policy) => ({
            ...{ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" },
            plaintext: JSON.stringify(policy),
        }));
        const inventory = exportInventory([file("hub.json", states.provider), file("s", shown)]);
        assert.equal(rowsOf(inventory)["consumer-developer tools"], "allowed");
        assert.deepEqual(inventory.unread, []);
    });

    it("refuses a stack of another project", () => {
        const other = JSON.parse(
            JSON.stringify(states.consumer).replaceAll("::agentcore-hub::", "::shop::"),
        ) as ResourceRecord[];
        refuses(
            [file("hub.json", states.provider), file("shop.json", other)],
            `shop.json: got a stack of project shop; must be what \`pulumi stack export\` writes of a stack of project agentcore-hub, as ${hub.project.folder.split("/").at(-1) ?? ""}/Pulumi.yaml has it`,
        );
        assert.throws(
            () => exportInventory([file("hub.json", states.provider), file("shop.json", other)]),
            /^InvalidExport: shop\.json: got a stack of project shop; .* of project agentcore-hub, as hub\.json has it$/,
        );
    });

    it("refuses one stack twice", () => {
        refuses(
            [...both(), file("again.json", states.provider)],
            "again.json: got stack provider, as in hub.json; must be what `pulumi stack export` writes of another stack",
        );
    });

    it("refuses a stack that was never deployed", () => {
        refuses(
            [...both(), file("new.json", [])],
            "new.json: deployment.resources: got none; must be what `pulumi stack export` writes of a deployed stack",
        );
    });

    it("refuses what is no export", () => {
        refuses(
            [{ file: "-", text: "hello" }],
            'stdin: got "hello", which is not JSON; must be what `pulumi stack export` writes',
        );
        refuses(
            [file("odd.json", [{ urn: "photos", type: "aws:s3/bucket:Bucket" }])],
            'odd.json: deployment.resources[0].urn: got "photos"; must be what `pulumi stack export` writes',
        );
    });
});
