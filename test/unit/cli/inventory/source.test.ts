import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readInventory, type SourceOptions } from "../../../../cli/inventory/source";
import { awsAccounts } from "../../../../cli/inventory/sourceAccounts";
import { readProject } from "../../../../engine/stacks";
import { LocalHub } from "../../../helpers/localHub";
import { exportOf, resourcesOf, rowsOf, toolRows } from "./stackStates";

describe("the source of an inventory", function () {
    this.timeout(60_000);
    const hub = new LocalHub();
    let exports: string[];
    before(async () => {
        await hub.start();
        await hub.deployAll();
        await (await hub.target()).writeConnection();
        exports = ["provider", "consumer"].map((stack) =>
            join(hub.project.folder, `${stack}.json`),
        );
        for (const stack of ["provider", "consumer"]) {
            hub.project.file(`${stack}.json`, exportOf(await resourcesOf(hub, stack)));
        }
    });
    after(() => hub.stop());
    const read = (options: SourceOptions, folder = hub.project.folder) =>
        readInventory({ json: true, ...options }, folder);
    const written = (name: string, text: string) => {
        hub.project.file(name, text);
        return join(hub.project.folder, name);
    };
    const refuses = async (options: SourceOptions, message: string) => {
        await assert.rejects(read(options), { name: "InvalidOptions", message });
    };
    const statement = (effect: string, action: string) => ({
        Version: "2012-10-17",
        Statement: [{ Effect: effect, Action: action, Resource: "*" }],
    });
    const everything = statement("Allow", "*");
    const noGateways = statement("Deny", "bedrock-agentcore:InvokeGateway");
    const forAll = (document: ReturnType<typeof statement>) => ({
        ...document,
        Statement: document.Statement.map((one) => ({ ...one, Principal: "*" })),
    });

    it("is the program in this folder, where no other is named", async () => {
        const { source, project, inventory, failures } = await read({});
        assert.deepEqual([source, project?.folder, failures], ["program", hub.project.folder, []]);
        assert.equal(rowsOf(inventory)["consumer-developer tools"], "allowed");
    });

    it("is exports, with the project beside them for names", async () => {
        const { source, project, inventory } = await read({ stackExport: exports });
        assert.deepEqual([source, project?.name], ["export", "agentcore-hub"]);
        assert.equal(
            toolRows(inventory, "consumer-developer")["calculator___add_numbers"],
            "allowed",
        );
    });

    it("is exports alone in a folder without a project", async () => {
        const folder = mkdtempSync(join(tmpdir(), "agentcore-hub-exports-"));
        try {
            const found = await read({ stackExport: exports }, folder);
            assert.equal("project" in found, false);
            assert.equal(toolRows(found.inventory, "consumer-agent")["calculator___*"], "allowed");
            writeFileSync(join(folder, "Pulumi.yaml"), "name: shop\nruntime: nodejs\n");
            assert.equal("project" in (await read({ stackExport: exports }, folder)), false);
        } finally {
            rmSync(folder, { recursive: true });
        }
    });

    it("is the running local cloud, which answers as the program does", async () => {
        const { source, inventory } = await read({
            ...{ local: true, stateFolder: hub.project.stateFolder },
        });
        const { inventory: exported } = await read({ stackExport: exports });
        assert.equal(source, "local");
        const ofConfig = ({ principals }: typeof inventory) =>
            principals
                .filter(({ stack }) => stack !== undefined)
                .map(({ name, kind }) => [name, kind]);
        assert.deepEqual(
            ofConfig(inventory).filter(([, kind]) => kind !== "hubRole"),
            ofConfig(exported).filter(([, kind]) => kind !== "hubRole"),
        );
        for (const name of ["consumer-developer", "consumer-agent", "consumer-auditor"]) {
            assert.deepEqual(toolRows(inventory, name), toolRows(exported, name));
        }
    });

    it("does not call pending what the organization's policies refuse", async () => {
        const file = join(hub.project.folder, "Pulumi.provider.yaml");
        const shipped = readFileSync(file, "utf8");
        writeFileSync(file, shipped.replace("[developer, agent]", "[developer, agent, auditor]"));
        const local = { local: true, stateFolder: hub.project.stateFolder };
        const pendingWith = async (options: SourceOptions) =>
            (await read({ ...local, ...options })).inventory.pending.map(
                ({ principal }) => principal,
            );
        try {
            assert.deepEqual(await pendingWith({}), ["consumer-auditor"]);
            const none = written("nothing.json", JSON.stringify(noGateways));
            assert.deepEqual(await pendingWith({ scp: [`444455556666=${none}`] }), []);
        } finally {
            writeFileSync(file, shipped);
        }
    });

    describe("refuses options", () => {
        it("that name two sources", async () => {
            await refuses(
                { stackExport: exports, aws: true },
                "got --stack-export and --aws; must be one of them, or none for the program in this folder",
            );
            await refuses(
                { local: true, aws: true },
                "got --local and --aws; must be one of them, or none for the program in this folder",
            );
        });

        it("of AWS with another source", async () => {
            await refuses(
                { local: true, profile: ["provider=dev"] },
                "--profile goes with --aws: nothing else is read by account",
            );
            await refuses(
                { region: ["eu-west-1"] },
                "--region goes with --aws: nothing else is read by account",
            );
        });

        it("that name no file, or no cloud that runs", async () => {
            await assert.rejects(read({ stackExport: ["missing.json"] }), {
                name: "InvalidOptions",
                message:
                    /^--stack-export: got missing\.json; must be a file to read: Error: ENOENT/,
            });
            const stateFolder = join(hub.project.folder, "nowhere");
            await refuses(
                { local: true, stateFolder },
                `no local cloud is running in ${stateFolder}; start one with: npm run local -- --serve`,
            );
        });
    });

    describe("has the organization's policies", () => {
        const rowOf = async (options: SourceOptions) => {
            const { inventory } = await read({ stackExport: exports, ...options });
            return rowsOf(inventory)["consumer-developer tools"];
        };

        it("of the caller's account, each level of its own", async () => {
            const all = written("all.json", JSON.stringify(everything));
            const none = written("none.json", JSON.stringify(noGateways));
            const list = written("list.json", JSON.stringify([everything, noGateways]));
            const of = (...files: string[]) => ({
                scp: files.map((file) => `444455556666=${file}`),
            });
            assert.equal(await rowOf(of(all)), "allowed");
            assert.equal(await rowOf(of(all, none)), "refused");
            assert.equal(await rowOf(of(list)), "refused");
            // A level that allows nothing lets nothing through.
            assert.equal(await rowOf(of(none)), "refused");
            assert.equal(await rowOf({ scp: [`consumer=${list}`] }), "refused");
            assert.equal(await rowOf({ scp: [`provider=${list}`] }), "allowed");
        });

        it("of the gateway's account, with AWS's own on each level", async () => {
            const none = written("rcp.json", JSON.stringify(forAll(noGateways)));
            const s3 = written("s3.json", JSON.stringify(forAll(statement("Deny", "s3:*"))));
            assert.equal(await rowOf({ rcp: [`111122223333=${none}`] }), "refused");
            assert.equal(await rowOf({ rcp: [`111122223333=${s3}`] }), "allowed");
            const { inventory } = await read({
                stackExport: exports,
                rcp: [`provider=${s3}`, `provider=${none}`],
            });
            const account = inventory.accounts.find(({ id }) => id === "111122223333");
            assert.deepEqual(
                account?.rcp?.map((level) => level.map(({ name }) => name)),
                [
                    ["RCPFullAWSAccess", s3],
                    ["RCPFullAWSAccess", none],
                ],
            );
        });

        it("or says what is wrong with them", async () => {
            const wrong = written("wrong.json", '{"Statement":{"Effect":"Allow","Action":"x"}}');
            const halves = written("halves.json", '[{"Statement": []');
            const empty = written("empty.json", "[]");
            const numbers = written("numbers.json", "[1]");
            const all = written("all.json", JSON.stringify(everything));
            await assert.rejects(read({ scp: [`consumer=${wrong}`] }), {
                name: "InvalidOptions",
                message: new RegExp(`^--scp: ${wrong}: Statement(?:\\[0\\])?`),
            });
            await assert.rejects(read({ rcp: [`consumer=${halves}`] }), {
                name: "InvalidOptions",
                message: new RegExp(`^--rcp: ${halves}: got what is not JSON \\(`),
            });
            await refuses(
                { scp: [`consumer=${empty}`] },
                `--scp: ${empty}: got an empty list; must be a policy document, or a list of them`,
            );
            await refuses(
                { scp: [`consumer=${numbers}`] },
                `--scp: ${numbers}: [0]: got 1; must be a policy document, or a list of them`,
            );
            await refuses(
                { scp: [all] },
                `--scp: got ${all}; must be <account>=<file>, such as 111122223333=root-scp.json`,
            );
            await refuses(
                { scp: [`consumr=${all}`] },
                "--scp: got consumr; must be an account id of 12 digits, or a stack of the project: consumer, provider",
            );
            await refuses(
                { stackExport: exports, rcp: [`999900001111=${all.replace("all", "s3")}`] },
                "--rcp: got account 999900001111, which nothing that was read is of; must be one of 111122223333, 444455556666",
            );
            await assert.rejects(read({ scp: ["consumer=missing.json"] }), {
                name: "InvalidOptions",
                message: /^--scp: got missing\.json; must be a file to read: Error: ENOENT/,
            });
        });
    });

    describe("in AWS has the accounts", () => {
        const project = () => readProject(hub.project.folder);

        it("of the project's stacks, with their regions and named profiles", () => {
            assert.deepEqual(awsAccounts({ profile: ["consumer=dev"] }, project()), [
                { id: "111122223333", regions: ["us-east-1"] },
                { id: "444455556666", regions: ["us-east-1"], profile: "dev" },
            ]);
        });

        it("that profiles name besides, in the regions that are given", () => {
            const region = ["eu-west-1", "eu-central-1"];
            const one = { id: "777788889999", regions: region.toSorted(), profile: "other" };
            assert.deepEqual(awsAccounts({ profile: ["777788889999=other"], region }, undefined), [
                one,
            ]);
        });

        it("or says what is missing", () => {
            const refusesAccounts = (
                args: Parameters<typeof awsAccounts>[0],
                of: Parameters<typeof awsAccounts>[1],
                message: string,
            ) => {
                assert.throws(() => awsAccounts(args, of), { name: "InvalidOptions", message });
            };
            refusesAccounts(
                {},
                undefined,
                "--aws: got no account to read; run it in the project's folder, or give --profile <account id>=<profile> and --region",
            );
            refusesAccounts(
                { profile: ["777788889999=other"] },
                project(),
                "--region: got nothing for account 777788889999, of which the project has no stack; must be the region of its gateways",
            );
            refusesAccounts(
                { profile: ["consumre=dev"] },
                project(),
                "--profile: got consumre=dev; must be <account id or stack>=<profile>, of consumer, provider, 111122223333",
            );
            refusesAccounts(
                { profile: ["consumer=dev", "444455556666=prod"] },
                project(),
                "--profile: got dev and prod for account 444455556666; must be one",
            );
        });
    });
});
