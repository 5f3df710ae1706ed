import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import type { Inventory } from "../../../../access/inventory";
import { accessDifferences } from "../../../../cli/access/accessDifference";
import { lockOf, lockText, parseLock, type AccessLock } from "../../../../cli/access/accessLock";
import { accessOutput, checkOptions } from "../../../../cli/access/accessOutput";
import { caller, gateway, grant, inventory, reportOf, serviceRole } from "./accessFixture";

const fromHome = { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } };
const lockIn = (more: Partial<Inventory>): AccessLock => lockOf(reportOf(more, { all: true }));
const words = (before: Partial<Inventory>, after: Partial<Inventory>): string[] =>
    accessDifferences(lockIn(before), lockIn(after)).map(({ text }) => text);

const developer = caller("developer");
const granted = { principals: [developer], gateways: [gateway("tools", [grant(["developer"])])] };
const refused = { principals: [developer], gateways: [gateway("tools", [])] };
const half = { ...granted, principals: [developer, serviceRole(["calculator"])] };
const conditional = {
    principals: [developer],
    gateways: [gateway("tools", [grant(["developer"], fromHome)])],
};

describe("access.lock.json", () => {
    it("has principals, gateways and tools by name, sorted, and no id", () => {
        const lock = lockIn({
            ...{ principals: [caller("developer"), caller("auditor")] },
            gateways: [gateway("tools", [grant(["developer"], fromHome)])],
            pending: [
                {
                    ...{ principal: "consumer-agent", stack: "consumer", role: "agent" },
                    ...{ gateway: "tools", reason: "not there" },
                },
            ],
        });
        const conditions = ["from 10.0.0.0/8"];
        assert.equal(
            lockText(lock),
            `${JSON.stringify(
                {
                    version: 1,
                    access: {
                        "consumer-agent": { "provider/tools": { tools: [], pending: true } },
                        "consumer-auditor": {},
                        "consumer-developer": {
                            "provider/tools": {
                                tools: [],
                                conditional: {
                                    calculator___add_numbers: conditions,
                                    "echo-tools___echo_message": conditions,
                                },
                            },
                        },
                    },
                },
                undefined,
                2,
            )}\n`,
        );
    });

    it("has of roles that no spoke has those that may call", () => {
        const stranger = { name: "arn:aws:iam::444455556666:role/x", kind: "other" as const };
        const { access } = lockIn({
            principals: [caller("a", ["tools"], stranger)],
            gateways: [gateway("tools", [grant(["a"])])],
        });
        assert.deepEqual(Object.keys(access), [stranger.name]);
    });

    it("has no tool that the gateway does not get to", () => {
        assert.deepEqual(lockIn(half).access["consumer-developer"], {
            "provider/tools": { tools: ["calculator___add_numbers"] },
        });
    });
});

describe("what differs from access.lock.json", () => {
    const cases: [string, Partial<Inventory>, Partial<Inventory>, string[]][] = [
        ["nothing", granted, granted, []],
        [
            "all tools more",
            refused,
            granted,
            ["consumer-developer gains all 2 tools of gateway tools"],
        ],
        [
            "all tools less",
            granted,
            refused,
            ["consumer-developer loses all 2 tools of gateway tools"],
        ],
        ["a tool more", half, granted, ["consumer-developer gains echo-tools___echo_message"]],
        ["a tool less", granted, half, ["consumer-developer loses echo-tools___echo_message"]],
        [
            "a condition less",
            conditional,
            granted,
            [
                "consumer-developer may now call gateway tools from any address; was: from 10.0.0.0/8",
            ],
        ],
        [
            "a condition more",
            granted,
            conditional,
            [
                "consumer-developer may now call gateway tools only from 10.0.0.0/8; was: without conditions",
            ],
        ],
        [
            "tools under a condition",
            refused,
            conditional,
            ["consumer-developer gains all 2 tools of gateway tools (from 10.0.0.0/8)"],
        ],
        [
            "a principal more that may call nothing",
            granted,
            { ...granted, principals: [developer, caller("auditor")] },
            ["consumer-auditor is new, and may call nothing"],
        ],
        [
            "a principal more",
            { ...granted, principals: [] },
            granted,
            ["consumer-developer, which is new, gains all 2 tools of gateway tools"],
        ],
        [
            "a principal less",
            granted,
            { ...granted, principals: [] },
            ["consumer-developer, which is gone, loses all 2 tools of gateway tools"],
        ],
        [
            "a principal less that could call nothing",
            refused,
            { ...refused, principals: [] },
            ["consumer-developer is gone; it could call nothing"],
        ],
        [
            "a principal that waits",
            refused,
            { ...refused, pending: [pendingOf("developer")] },
            ["consumer-developer now waits for gateway tools"],
        ],
        [
            "a principal that does not wait any more",
            { ...refused, pending: [pendingOf("developer")] },
            refused,
            ["consumer-developer does not wait any more for gateway tools"],
        ],
        [
            "what was waited for",
            { ...refused, pending: [pendingOf("developer")] },
            granted,
            ["consumer-developer gains all 2 tools of gateway tools"],
        ],
    ];
    for (const [name, before, after, expected] of cases) {
        it(`says ${name}`, () => {
            assert.deepEqual(words(before, after), expected);
        });
    }

    it("says the gateway of a tool that two have", () => {
        const of = (functions: string[]) => ({
            principals: [caller("developer", ["a", "b"]), serviceRole(functions)],
            gateways: [gateway("a", [grant(["developer"])]), gateway("b", [grant(["developer"])])],
        });
        assert.deepEqual(words(of(["calculator"]), of(["calculator", "echo-tools"])), [
            "consumer-developer gains echo-tools___echo_message of gateway a",
            "consumer-developer gains echo-tools___echo_message of gateway b",
        ]);
    });

    it("says the stack of a gateway where two stacks have one of its name", () => {
        const of = (roles: string[]) => ({
            principals: [caller("developer", ["a", "b"])],
            gateways: ["a", "b"].map((name) => ({
                ...gateway(name, [grant(name === "a" ? ["developer"] : roles)]),
                ...{ configName: "tools", stack: `hub-${name}` },
            })),
        });
        assert.deepEqual(words(of(["nobody"]), of(["developer"])), [
            "consumer-developer gains all 2 tools of gateway hub-b/tools",
        ]);
    });

    it("is nothing of what was written, and one pair where one pair changed", () => {
        const grants = fc.array(fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }), {
            ...{ minLength: 3, maxLength: 3 },
        });
        const change = fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 4 }));
        fc.assert(
            fc.property(grants, change, (given, [at, who]) => {
                const lock = lockIn(granting(given));
                const read = parseLock("access.lock.json", lockText(lock));
                assert.deepEqual(accessDifferences(read, lockIn(granting(given))), []);
                const changed = given.map((row, gatewayAt) =>
                    row.map((is, role) => (gatewayAt === at && role === who ? !is : is)),
                );
                const found = accessDifferences(read, lockIn(granting(changed)));
                assert.deepEqual(
                    found.map(({ principal, gateway: where, change: what }) => [
                        ...[principal, where, what],
                    ]),
                    [
                        [
                            ...[`consumer-role${who}`, `provider/gateway${at}`],
                            given[at]?.[who] === true ? "loses" : "gains",
                        ],
                    ],
                );
            }),
            { numRuns: 50 },
        );
    });
});

describe("a lock that cannot be read", () => {
    const cases: [string, string, RegExp][] = [
        ["cut off", '{\n  "version": 1,\n  "acc', /^a\.json:3: got no valid JSON \(\w+\); write a/],
        ["empty", "", /^a\.json:1: got no valid JSON/],
        [
            "of a newer version",
            '{\n  "version": 2\n}',
            /^a\.json:2: got version 2; must be 1: a newer/,
        ],
        ["of no version", '{ "access": {} }', /^a\.json:1: version: .*; write a\.json again with/],
        [
            "with a key of its own",
            '{ "version": 1,\n "access": {\n "a": { "b": { "tools": [], "x": 1 } } } }',
            /^a\.json:3: access\.a\.b: Unrecognized key: "x"/,
        ],
        [
            "with a key twice, as of a merge",
            '{ "version": 1, "access": {\n "a": {},\n "a": {} } }',
            /^a\.json:3: got "a" twice; write a\.json again with/,
        ],
    ];
    for (const [name, text, message] of cases) {
        it(`is refused with its line: ${name}`, () => {
            assert.throws(() => parseLock("a.json", text), { name: "InvalidAccessLock", message });
        });
    }
});

describe("hub access with a lock", () => {
    let folder: string;
    let file: string;
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "agentcore-hub-lock-"));
        file = join(folder, "access.lock.json");
    });
    afterEach(() => {
        rmSync(folder, { recursive: true });
    });
    const read = (more: Partial<Inventory>, failures = 0) => ({
        ...{ inventory: inventory(more), source: "the program", failures },
    });

    it("writes it, and finds it the same", () => {
        const { text, code } = accessOutput(read(granted), { writeLock: file });
        assert.equal(text, `wrote ${file}: 1 principal may call 2 tools of gateway tools\n`);
        assert.equal(code, 0);
        assert.equal(readFileSync(file, "utf8").endsWith("}\n"), true);
        const checked = accessOutput(read(granted), { check: file });
        assert.deepEqual([checked.code, checked.text], [0, `access is what ${file} says\n`]);
    });

    it("ends with 1 where access differs, says how, and what to do", () => {
        accessOutput(read(refused), { writeLock: file });
        const { text, code } = accessOutput(read(granted), { check: file });
        assert.equal(code, 1);
        assert.equal(
            text,
            [
                `access differs from ${file}: 1 difference`,
                "  consumer-developer gains all 2 tools of gateway tools",
                `If this is meant: \`npm run hub -- access --write-lock ${file}\`, then commit ${file}.`,
                "",
            ].join("\n"),
        );
    });

    it("says the difference as Markdown and as one JSON object", () => {
        accessOutput(read(half), { writeLock: file });
        const markdown = accessOutput(read(granted), { check: file, format: "markdown" });
        assert.match(markdown.text, /^\*\*access differs from .*: 1 difference\*\*\n\n/);
        assert.match(
            markdown.text,
            /\n- consumer-developer gains echo-tools\\_\\_\\_echo\\_message\n/,
        );
        const json = accessOutput(read(granted), { check: file, json: true });
        assert.deepEqual(JSON.parse(json.text), {
            ...{ version: 1, answer: `access differs from ${file}: 1 difference`, lock: file },
            ...{ same: false, complete: true, unread: [] },
            differences: [
                {
                    ...{ principal: "consumer-developer", gateway: "provider/tools" },
                    ...{ change: "gains", tools: ["echo-tools___echo_message"] },
                    ...{ conditions: [], formerly: [] },
                    text: "consumer-developer gains echo-tools___echo_message",
                },
            ],
        });
    });

    it("ends with 2 where not everything was read, unless what was read differs", () => {
        const unread = { ...granted, unread: ["account 777788889999: no credentials"] };
        accessOutput(read(granted), { writeLock: file });
        const same = accessOutput(read(unread), { check: file });
        assert.equal(same.code, 2);
        assert.match(
            same.text,
            /\(incomplete: 1 thing could not be read\)\n {2}not read: account 7/,
        );
        assert.deepEqual(same.diagnostics, ["not read: account 777788889999: no credentials"]);
        const less = { ...refused, unread: unread.unread };
        assert.equal(accessOutput(read(less), { check: file }).code, 1);
        assert.equal(accessOutput(read(less, 1), { check: file }).code, 2);
        assert.equal(accessOutput(read(unread, 1), {}).code, 2);
        assert.equal(accessOutput(read(unread), {}).code, 0);
    });

    it("is not written of half of what there is", () => {
        const unread = { ...granted, unread: ["stack provider was not deployed to its end"] };
        writeFileSync(file, "as it was");
        assert.throws(() => accessOutput(read(unread, 1), { writeLock: file }), {
            name: "InvalidOptions",
            message: /is not written, because .*:\n {2}stack provider was not deployed to its end/,
        });
        assert.equal(readFileSync(file, "utf8"), "as it was");
    });

    it("says where there is none", () => {
        assert.throws(() => accessOutput(read(granted), { check: file }), {
            name: "InvalidAccessLock",
            message: /there is none; write it with `npm run hub -- access --write-lock`/,
        });
    });
});

describe("the options of hub access", () => {
    const refusals: [object, RegExp][] = [
        [{ format: "yaml" }, /^--format: got yaml; must be one of table, json, markdown, mermaid/],
        [{ format: "html", json: true }, /^got --json and --format html; must be one of them/],
        [{ check: true, writeLock: true }, /^got --check and --write-lock; must be one of them/],
        [{ check: true, format: "html" }, /^--format: got html with --check; must be table, json/],
        [{ check: true, principal: "x" }, /^got --check with --principal or --gateway; a lock is/],
        [{ writeLock: "x", gateway: "x" }, /^got --write-lock with --principal or --gateway/],
        [{ writeLock: "x", output: "y" }, /^got --write-lock with --output; must be --write-lock/],
    ];
    for (const [options, message] of refusals) {
        it(`refuses ${JSON.stringify(options)}`, () => {
            assert.throws(
                () => {
                    checkOptions(options);
                },
                { name: "InvalidOptions", message },
            );
        });
    }

    const read = { inventory: inventory(granted), source: "the program", failures: 0 };

    it("name the closest of those that there are", () => {
        assert.throws(() => accessOutput(read, { gateway: "tool" }), {
            name: "InvalidOptions",
            message: "--gateway: got tool; must be one that there is, as tools",
        });
        assert.throws(() => accessOutput(read, { principal: "consumer-dev" }), {
            message:
                /^--principal: got consumer-dev; must be one that there is, as consumer-developer/,
        });
    });

    it("show one principal, refused or not, and say where config has it", () => {
        const placesOf = () => ["Pulumi.provider.yaml:19"];
        const { text } = accessOutput(
            { ...read, placesOf },
            { principal: "consumer-developer", gateway: "tools", json: true },
        );
        const { principals } = JSON.parse(text) as { principals: { access: object[] }[] };
        assert.equal(principals.length, 1);
        assert.deepEqual((principals[0]?.access[0] as { places: string[] }).places, placesOf());
    });
});

function pendingOf(role: string) {
    return {
        ...{ principal: `consumer-${role}`, stack: "consumer", role },
        ...{ gateway: "tools", reason: "the gateway does not grant it yet" },
    };
}

function granting(rows: readonly (readonly boolean[])[]): Partial<Inventory> {
    const names = rows.map((_, at) => `gateway${at}`);
    const roles = (rows[0] ?? []).map((_, at) => `role${at}`);
    return {
        principals: roles.map((role) => caller(role, names)),
        gateways: rows.map((row, at) => {
            const granted = roles.filter((_, role) => row[role] === true);
            return gateway(names[at] ?? "", granted.length === 0 ? [] : [grant(granted)]);
        }),
    };
}
