import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { accessHtml } from "../../../../cli/access/accessHtml";
import { accessJson } from "../../../../cli/access/accessJson";
import { accessJsonSchema } from "../../../../cli/access/accessJsonSchema";
import { accessMarkdown } from "../../../../cli/access/accessMarkdown";
import { accessMermaid } from "../../../../cli/access/accessMermaid";
import { accessTable } from "../../../../cli/access/accessTable";
import {
    caller,
    gateway,
    grant,
    hub,
    plain,
    reportOf,
    roleArn,
    serviceRole,
    spoke,
} from "./accessFixture";

const fromHome = { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } };
const evil = "<script>alert(1)</script>";

/** One of each: allowed, conditional, refused, pending; a target that nobody gets to. */
const whole = reportOf({
    principals: [
        caller("developer"),
        caller("analyst"),
        caller("auditor"),
        serviceRole(["calculator"]),
    ],
    gateways: [
        gateway("tools", [
            grant(["developer"]),
            { ...grant(["analyst"], fromHome), Sid: "FromHome" },
        ]),
    ],
    pending: [
        {
            ...{ principal: "consumer-agent", stack: "consumer", role: "agent" },
            ...{ gateway: "tools-team/tools", reason: "the role is not there yet" },
        },
    ],
    unread: ["account 777788889999: no credentials"],
});

/** Names as somebody outside may write them. */
const hostile = reportOf({
    principals: [
        caller("developer", ["tools"], { name: `a|b\`${evil}"]\n\u001b[31m@me`, kind: "other" }),
    ],
    gateways: [gateway("tools", [grant(["developer"])], { name: `x|y${evil}"}` })],
    unread: [`<img src=x onerror=alert(1)> [a](https://example.com)`],
});

describe("the report of hub access", () => {
    it("answers in its first line, and says that it is not complete", () => {
        assert.equal(
            whole.answer,
            "2 principals may call 1 tool of gateway tools; 1 of them under conditions; 1 is pending; 1 is refused (incomplete: 1 thing could not be read)",
        );
    });

    it("says nobody where nobody may call, or what they may call is not reached", () => {
        const gateways = [gateway("tools", [grant(["developer"])])];
        const unreached = reportOf({
            principals: [caller("developer"), serviceRole([])],
            gateways,
        });
        assert.equal(unreached.answer, "nobody may call a tool of gateway tools; 1 is refused");
        assert.equal(reportOf({}).answer, "there is no gateway to call");
    });

    it("names the principal that it was asked for", () => {
        const of = (role: string) =>
            reportOf(
                {
                    principals: [caller("developer"), caller("analyst"), caller("auditor")],
                    gateways: [
                        gateway("tools", [
                            grant(["developer"]),
                            { ...grant(["analyst"], fromHome), Sid: "FromHome" },
                        ]),
                    ],
                },
                { principals: new Set([`consumer-${role}`]) },
            ).answer;
        assert.equal(of("developer"), "consumer-developer may call 2 tools of gateway tools");
        assert.equal(
            of("analyst"),
            "consumer-analyst may call 2 tools of gateway tools; under conditions",
        );
        assert.equal(of("auditor"), "consumer-auditor may call no tool of gateway tools");
    });

    it("counts the tools and gateways that somebody may call", () => {
        const { answer } = reportOf({
            principals: [caller("developer", ["a", "b", "c"])],
            gateways: [
                gateway("a", [grant(["developer"])]),
                gateway("b", [grant(["developer"])]),
                gateway("c", []),
            ],
        });
        assert.equal(answer, "1 principal may call 4 tools of 2 gateways");
    });

    it("leaves out roles of no spoke that may call nothing, and counts them", () => {
        assert.deepEqual(
            whole.principals.map(({ name }) => name),
            ["consumer-agent", "consumer-analyst", "consumer-auditor", "consumer-developer"],
        );
        assert.equal(whole.hidden, 1);
        assert.match(plain(accessTable(whole)), /1 other role may call nothing \(--all shows it\)/);
    });

    it("does not say that policies decide where a token or nothing does", () => {
        const report = reportOf({
            principals: [caller("developer", [])],
            gateways: [
                gateway("jwt", [], { authorizerType: "CUSTOM_JWT" }),
                gateway("open", [], { authorizerType: "NONE" }),
            ],
        });
        assert.deepEqual(
            report.principals.map(({ cells }) => cells.map(({ access }) => access))[0],
            ["conditional", "allowed"],
        );
        assert.match(
            plain(accessTable(report)),
            /authorizer NONE: anyone may call it,\s+whatever policies say/,
        );
    });
});

describe("the table of hub access", () => {
    it("shows who may call, on what, by whom and why not", () => {
        assert.equal(
            plain(accessTable(whole, { width: 100 })),
            `${whole.answer}

gateway tools (stack provider, account 111122223333, us-east-1)
  calculator: calculator___add_numbers
  echo-tools: refused to everyone: the gateway's role may not lambda:InvokeFunction on
    arn:aws:lambda:us-east-1:111122223333:function:echo-tools (echo-tools___echo_message)
┌────────────────────┬─────────────┬───────────────────────────────────────────────────────────────┐
│ principal          │ access      │ on what, by whom, or why not                                  │
├────────────────────┼─────────────┼───────────────────────────────────────────────────────────────┤
│ consumer-agent     │ pending     │ the role is not there yet                                     │
├────────────────────┼─────────────┼───────────────────────────────────────────────────────────────┤
│ consumer-analyst   │ conditional │ from 10.0.0.0/8                                               │
│                    │             │ by analyst-policy: InvokeGateways                             │
│                    │             │ by the gateway's policy: FromHome                             │
├────────────────────┼─────────────┼───────────────────────────────────────────────────────────────┤
│ consumer-auditor   │ refused     │ the gateway's policy does not let it in                       │
├────────────────────┼─────────────┼───────────────────────────────────────────────────────────────┤
│ consumer-developer │ allowed     │ by developer-policy: InvokeGateways                           │
│                    │             │ by the gateway's policy: HubGrants                            │
└────────────────────┴─────────────┴───────────────────────────────────────────────────────────────┘

1 other role may call nothing (--all shows it)
not read: account 777788889999: no credentials
only roles of the stacks are here; --local and --aws read those of whole accounts
`,
        );
    });

    it("has a column for each gateway while there is room, and then a table for each", () => {
        const of = (...names: string[]) =>
            plain(
                accessTable(
                    reportOf({
                        principals: [caller("developer", names)],
                        gateways: names.map((name) => gateway(name, [grant(["developer"])])),
                    }),
                ),
            );
        assert.match(of("a", "b"), /│ principal +│ a +│ b +│/);
        const many = of("a", "b", "c", "d", "e", "f");
        assert.equal(many.match(/│ principal +│ access +│ on what/g)?.length, 6);
    });

    it("fits, whatever names and widths there are", () => {
        const report = reportOf({
            principals: [
                caller("developer", ["tools"], { name: "x".repeat(300) }),
                caller("auditor", ["tools"], { name: roleArn("team/of/Administrators") }),
            ],
            gateways: [gateway("tools", [grant(["developer"])]), gateway("y".repeat(200), [])],
            unread: [`gateway ${"z".repeat(200)}`, "one word after the other ".repeat(20)],
        });
        for (const [width, most] of [
            [20, 60],
            [80, 80],
            [100, 100],
            [500, 120],
        ] as const) {
            const lines = plain(accessTable(report, { width })).split("\n");
            const framed = lines.filter((line) => /^[┌├│└]/.test(line));
            assert.equal(new Set(framed.map((line) => line.length)).size, 1);
            for (const line of lines.slice(1)) assert.ok(line.length <= most, line);
        }
    });

    it("has the ARNs of roles without what they have in common, and their accounts", () => {
        const admins = [hub, spoke].map((account) => `arn:aws:iam::${account}:role/AdminRole`);
        const report = reportOf({
            principals: admins.map((name) => caller("developer", ["tools"], { name })),
            gateways: [gateway("tools", [grant(["developer"])])],
        });
        const text = plain(accessTable(report, { width: 80 }));
        assert.match(text, /│ …111122223333:role\/AdminRole │ allowed +│/);
        assert.match(text, /│ …444455556666:role\/AdminRole │ allowed +│/);
    });

    it("passes no control character on to the terminal", () => {
        assert.doesNotMatch(
            plain(accessTable(hostile)),
            /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/,
        );
    });

    it("lists of many refused ones those that one side allows", () => {
        const strangers = Array.from({ length: 20 }, (_, at) => caller(`stranger${at}`, []));
        const text = (all: boolean) =>
            plain(
                accessTable(
                    reportOf({
                        principals: [...strangers, caller("auditor")],
                        gateways: [gateway("tools", [])],
                    }),
                    { all },
                ),
            );
        assert.match(text(false), /consumer-auditor/);
        assert.match(text(false), /20 others are refused \(--all lists them\)/);
        assert.doesNotMatch(text(false), /consumer-stranger/);
        assert.match(text(true), /consumer-stranger19/);
    });
});

describe("the JSON of hub access", () => {
    const json = JSON.parse(accessJson(whole)) as Record<string, unknown>;

    it("has the answer, what was not read, and how many are not shown", () => {
        const { gateways: _gateways, principals: _principals, ...facts } = json;
        assert.deepEqual(facts, {
            ...{ scope: "stacks", notInConfig: [] },
            ...{ version: 1, answer: whole.answer, source: "the program", complete: false },
            ...{ unread: ["account 777788889999: no credentials"], hidden: 1 },
        });
    });

    it("has each principal at each gateway, by whom it is granted and on what", () => {
        const [, analyst, auditor] = json["principals"] as { access: object[] }[];
        const grants = (sid: string) => [
            { layer: "identity", document: "analyst-policy", index: 0, sid: "InvokeGateways" },
            { layer: "resource", document: "tools-grants", index: 1, sid, principalMatch: "role" },
        ];
        assert.deepEqual(analyst, {
            ...{ name: "consumer-analyst", kind: "caller", stack: "consumer", role: "analyst" },
            ...{ account: "444455556666", arn: roleArn("analyst") },
            access: [
                {
                    ...{ gateway: "tools", access: "conditional", conditions: ["from 10.0.0.0/8"] },
                    on: [
                        {
                            ...{ kind: "sourceAddress", key: "aws:SourceIp" },
                            ...{ operator: "IpAddress", values: ["10.0.0.0/8"], effect: "Allow" },
                            ...{ layer: "resource", document: "tools-grants", index: 1 },
                            sid: "FromHome",
                        },
                    ],
                    grantedBy: grants("FromHome"),
                },
            ],
        });
        const reason = "the gateway's policy does not let it in";
        assert.deepEqual(auditor?.access, [{ gateway: "tools", access: "refused", reason }]);
    });

    it("has tools once, with their gateway", () => {
        const [first] = json["gateways"] as { targets: Record<string, unknown>[] }[];
        assert.deepEqual(
            first?.targets.map(({ name, access, tools }) => ({ name, access, tools })),
            [
                { name: "calculator", access: "allowed", tools: ["calculator___add_numbers"] },
                { name: "echo-tools", access: "refused", tools: ["echo-tools___echo_message"] },
            ],
        );
        assert.equal(accessJson(whole).match(/calculator___add_numbers/g)?.length, 1);
    });

    it("is the same in whatever order things were read", () => {
        const of = (names: string[], roles: string[]) =>
            accessJson(
                reportOf({
                    principals: roles.map((role) => caller(role, ["a", "b"])),
                    gateways: names.map((name) => gateway(name, [grant(["x"])])),
                }),
            );
        assert.equal(of(["a", "b"], ["x", "y"]), of(["b", "a"], ["y", "x"]));
    });

    it("has the shape that is documented, whatever there is", () => {
        for (const report of [whole, hostile, reportOf({})]) {
            const given: unknown = JSON.parse(accessJson(report));
            assert.deepEqual(accessJsonSchema.parse(given), given);
        }
    });

    it("shows every name as it is", () => {
        const { principals } = JSON.parse(accessJson(hostile)) as {
            principals: { name: string }[];
        };
        assert.equal(principals[0]?.name, hostile.principals[0]?.name);
    });
});

describe("the Markdown of hub access", () => {
    it("has the answer, a matrix, and folded by whom", () => {
        const [answer, , head, , ...rows] = accessMarkdown(whole).split("\n");
        assert.equal(answer?.startsWith("**2 principals may call 1 tool of gateway tools;"), true);
        assert.equal(head, "| principal | tools |");
        assert.deepEqual(rows.slice(0, 4), [
            "| consumer-agent | pending: the role is not there yet |",
            "| consumer-analyst | from 10.0.0.0/8 |",
            "| consumer-auditor | refused |",
            "| consumer-developer | allowed |",
        ]);
        assert.match(accessMarkdown(whole), /<details><summary>gateway tools/);
        assert.match(accessMarkdown(whole), /- not read: account 777788889999: no credentials/);
    });

    it("shows names as text: no markup, no cell more, no mention", () => {
        const text = accessMarkdown(hostile);
        assert.doesNotMatch(text, /<(?!\/?details>|\/?summary>)/);
        assert.doesNotMatch(text, /@me|https:/);
        const bars = text
            .split("\n")
            .filter((line) => line.startsWith("|"))
            .map((line) => line.replace(/\\\|/g, "").split("|").length);
        assert.deepEqual(bars, [4, 4, 4, 5, 5, 5]);
    });
});

describe("the flowchart of hub access", () => {
    it("draws principals by account, gateways and targets, and what it is on", () => {
        assert.equal(
            accessMermaid({ ...whole, unread: [] }),
            `flowchart LR
    %% ${whole.answer}
    %% 1 other role may call nothing (--all shows it)
    %% only roles of the stacks are here; --local and --aws read those of whole accounts
    subgraph a0["account 444455556666"]
        p1["consumer-analyst"]
        p3["consumer-developer"]
    end
    subgraph a1["stack consumer"]
        p0["consumer-agent"]
    end
    g0{{"gateway tools"}}
    t0_0("calculator: calculator___add_numbers")
    p0 -.->|"pending"| g0
    p1 -.->|"from 10.0.0.0/8"| g0
    p3 --> g0
    g0 --> t0_0
    linkStyle 1 stroke-dasharray: 8 4
    linkStyle 0 stroke-dasharray: 1 4
`,
        );
    });

    it("draws what is refused only when all is asked for", () => {
        const text = accessMermaid(whole, { all: true });
        assert.match(text, /p2 --x g0\n/);
        assert.match(
            text,
            /g0 --x\|"the gateway#39;s role may not lambda:InvokeFunction on arn:aws:/,
        );
        assert.match(accessMermaid(whole), /not read: account 777788889999: no credentials/);
    });

    it("takes no name for syntax", () => {
        const text = accessMermaid(hostile);
        const labels = [...text.matchAll(/"([^"]*)"/g)].map(([, label = ""]) => label);
        for (const label of labels) assert.match(label, /^(?:[\w .,:/-]|#\d+;)*$/);
        assert.doesNotMatch(text.replace(/"[^"]*"|%%.*/g, ""), /script|alert/);
    });
});

describe("the page of hub access", () => {
    const page = accessHtml(whole);

    it("has a table with caption and headers, and each access as a word", () => {
        assert.match(page, /<caption>Who may call which gateway<\/caption>/);
        assert.match(page, /<th scope="col">tools<\/th>/);
        assert.match(page, /<th scope="row">consumer-analyst<br>/);
        assert.match(
            page,
            /<td class="conditional"><b>conditional<\/b><br><small>from 10\.0\.0\.0\/8<br>/,
        );
        assert.match(page, /<li>not read: account 777788889999: no credentials<\/li>/);
    });

    it("loads nothing, and runs the script only whose hash it says", () => {
        const [, script = ""] = /<script>([^]*?)<\/script>/.exec(page) ?? [];
        const hash = createHash("sha256").update(script).digest("base64");
        assert.match(page, /default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-/);
        assert.ok(page.includes(`'sha256-${hash}'`));
        assert.doesNotMatch(page, /(?:src|href|url)\s*[=(]|@import|https?:/i);
    });

    it("is well-formed, with names as text", () => {
        const text = accessHtml(hostile);
        assert.deepEqual(unbalanced(text), []);
        assert.equal(text.match(/<script/g)?.length, 1);
        assert.doesNotMatch(text, /<img|\u001b/);
        assert.match(text, /&#60;script&#62;alert\(1\)&#60;\/script&#62;/);
    });
});

describe("what is beside the answer", () => {
    const grantText = "not in config: anyone may call tools of gateway tools by its policy, ByHand";
    const report = reportOf(
        {
            principals: [caller("developer")],
            gateways: [
                gateway("tools", [grant(["developer"])], {
                    targets: [
                        ...[{ name: "calculator", kind: "mcpServer" as const, calls: [] }].map(
                            (target) => ({ ...target, unknownPolicies: [] }),
                        ),
                    ],
                }),
            ],
        },
        {
            scope: "accounts",
            notInConfig: [
                {
                    ...{ kind: "grant", gateway: "tools", principal: "*", text: grantText },
                    statement: { document: "tools-grants", index: 1, sid: "ByHand" },
                },
            ],
        },
    );
    const star = "___* stands for tools that only the target knows";
    const times = (text: string, what: string) => text.split(what).length - 1;

    it("says once, in each format for people, what config has not and what the star is", () => {
        for (const text of [
            plain(accessTable(report)),
            accessMarkdown(report).replace(/\\/g, ""),
            accessHtml(report),
            accessMermaid(report),
        ]) {
            assert.equal(times(text, grantText), 1, text);
            assert.equal(times(text, star), 1, text);
            assert.equal(times(text, "only roles of the stacks are here"), 0);
        }
        assert.equal(times(plain(accessTable(whole)), star), 0);
        assert.equal(times(accessHtml(whole), "only roles of the stacks are here"), 1);
        assert.equal(times(accessMarkdown(whole), "only roles of the stacks are here"), 1);
    });

    it("stands in the JSON as data", () => {
        const given = accessJsonSchema.parse(JSON.parse(accessJson(report)));
        assert.equal(given.scope, "accounts");
        assert.deepEqual(given.notInConfig, [
            {
                ...{ kind: "grant", gateway: "tools", principal: "*", text: grantText },
                ...{ document: "tools-grants", index: 1, sid: "ByHand" },
            },
        ]);
    });

    it("is cut after twenty for people", () => {
        const many = { ...report, notInConfig: Array(25).fill(report.notInConfig[0]) };
        const text = plain(accessTable(many));
        assert.equal(times(text, grantText), 20);
        assert.match(text, /not in config: 5 things more \(--json\)/);
    });
});

/** Elements that are not closed in the order in which they were opened. */
function unbalanced(page: string): string[] {
    const withoutText = page.replace(/<(script|style)>[^]*?<\/\1>/g, "<$1></$1>");
    const empty = new Set(["meta", "br", "input", "!doctype"]);
    const open: string[] = [];
    for (const [, slash, name = ""] of withoutText.matchAll(/<(\/?)([!\w]+)[^>]*>/g)) {
        if (empty.has(name)) continue;
        if (slash === "") open.push(name);
        else if (open.pop() !== name) return [name];
    }
    return open;
}
