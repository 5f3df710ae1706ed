import assert from "node:assert/strict";
import { actionPattern, arnPattern, resourcePattern, wildcard } from "../../../access/match";

type Row = [pattern: string, matches: string[], differs: string[]];

const resource: Row[] = [
    ["arn:aws:s3:::box/a", ["arn:aws:s3:::box/a"], ["arn:aws:s3:::box/ab", "arn:aws:s3:::box/"]],
    ["*", ["anything", "arn:aws:s3:::box", ""], []],
    ["box/*", ["box/a:b"], ["abox/a", "arn:aws:s3:::box/a"]],
    // In the first five segments a star that does not end its segment stays in it, and so does each question mark.
    [
        "arn:aws:tools:us-*t-1:1:tool/a",
        ["arn:aws:tools:us-east-1:1:tool/a", "arn:aws:tools:us-t-1:1:tool/a"],
        ["arn:aws:tools:us-east:t-1:1:tool/a", "arn:aws:tools:us-eas-1:1:tool/a"],
    ],
    [
        "arn:aws:tools:us?east-1:1:tool/a",
        ["arn:aws:tools:us-east-1:1:tool/a"],
        ["arn:aws:tools:us:east-1:1:tool/a", "arn:aws:tools:useast-1:1:tool/a"],
    ],
    ["arn:aws:tools:u?:1:tool:a", ["arn:aws:tools:us:1:tool:a"], ["arn:aws:tools:u::1:tool:a"]],
    // One that ends its segment reaches over colons, also where it ends the pattern.
    [
        "arn:aws:tools:us-*:tool/a",
        ["arn:aws:tools:us-east-1:1:tool/a", "arn:aws:tools:us-:tool/a"],
        ["arn:aws:tools:us-east-1:1:tool/ab", "arn:aws:tools:eu-west-1:1:tool/a"],
    ],
    ["arn:aws:tools:*", ["arn:aws:tools:us-east-1:1:tool/a"], ["arn:aws:tool:us-east-1:1:a"]],
    ["arn:aws:tools:us*", ["arn:aws:tools:us-east-1:1:tool/a"], ["arn:aws:tools:eu:1:tool/a"]],
    // A star in its segment after one that takes as much as it must, and more than once.
    [
        "arn:aws:tools:*:1*3:tool/a",
        ["arn:aws:tools:us-east-1:123:tool/a", "arn:aws:tools:x:13:y:13:tool/a"],
        ["arn:aws:tools:us-east-1:1:3:tool/a", "arn:aws:tools:us-east-1:124:tool/a"],
    ],
    [
        "arn:aws:tools:a*b*c:1:tool/*/x?",
        ["arn:aws:tools:abc:1:tool/p:q/xy", "arn:aws:tools:aXbbYcc:1:tool//xy"],
        [
            "arn:aws:tools:acb:1:tool/p/xy",
            "arn:aws:tools:abc:1:tool/p/x",
            "arn:aws:tools:ab:c:1:tool/p/xy",
        ],
    ],
    // After the fifth colon every wildcard reaches over colons.
    [
        "arn:aws:tools:us-*t-1:1:f?a*z",
        ["arn:aws:tools:us-east-1:1:f:a:b:z"],
        ["arn:aws:tools:us-east-1:1:fa:b:z", "arn:aws:tools:us-east-1:1:f:a:b"],
    ],
];

const arn: Row[] = [
    ["*", ["anything", "arn:aws:s3:::box", ""], []],
    ["**", [], ["anything"]],
    ["a", [], ["a"]],
    ["arn:aws:s3", [], ["arn:aws:s3"]],
    [":aws:s3:::box", [], [":aws:s3:::box"]],
    ["urn:aws:s3:::box", [], ["urn:aws:s3:::box"]],
    ["urn:aws:s3:::b*", [], ["urn:aws:s3:::box"]],
    ["arn:aws:s3:::box", ["arn:aws:s3:::box"], ["arn:aws:s3:::boxes", "arn:aws:s3:::bo"]],
    ["arn:aws:s3:::b*", ["arn:aws:s3:::box", "arn:aws:s3:::b:c"], ["arn:aws:s3::1:box"]],
    ["arn:aws:s3:::?ox", ["arn:aws:s3:::box"], ["arn:aws:s3:::boxx", "xarn:aws:s3:::box"]],
    ["*:aws:s3:::box", ["arn:aws:s3:::box"], ["urn:aws:s3:::box", "arn:aws:s3:::b"]],
    [
        "a?n:aws:*:::box",
        ["arn:aws:s3:::box"],
        ["arn:aws:s3:::b", "arn:cn:s3:::box", "aan:aws:s3:::box"],
    ],
    [
        "arn:aws:iam:*:1:role/a",
        ["arn:aws:iam::1:role/a", "arn:aws:iam:x:1:role/a"],
        [
            "arn:aws:iam:x:y:1:role/a",
            "arn:aws:iam::2:role/a",
            "arn:aws:iam::1:role/b",
            "arn:aws:iam::1",
        ],
    ],
    [
        "arn:aws:iam::*:role/*:*",
        ["arn:aws:iam::1:role/a:b"],
        ["arn:aws:iam::1:role/a", "arn:aws:iam"],
    ],
    [
        "arn:aws:*:::*",
        ["arn:aws:s3:::box", "arn:aws:s3:::"],
        ["arn:aws:s3::box", "aws:aws:s3:::box"],
    ],
];

const text: Row[] = [
    ["", [""], ["a"]],
    ["a", ["a"], ["", "aa", "A"]],
    ["a*", ["a", "ab", "a*"], ["", "ba"]],
    ["?", ["a", "?", "*"], ["", "ab"]],
    ["*?", ["a", "ab"], [""]],
    ["?*?", ["ab", "abc"], ["a"]],
    ["a*b*c", ["abc", "aXbYc", "abbcc", "a:b:c"], ["ac", "abcd", "acb"]],
    ["*a*a*", ["aa", "xaya"], ["a", "xay"]],
    ["**a", ["a", "xa"], ["ax"]],
];

describe("a pattern", () => {
    for (const [kind, compile, rows] of [
        ["of resources", resourcePattern, resource],
        ["of ARNs", arnPattern, arn],
        ["of text", wildcard, text],
        ["of actions", actionPattern, [["S3:Get*", ["s3:getobject"], ["s3:putobject"]]] as Row[]],
    ] as const) {
        for (const [pattern, matches, differs] of rows) {
            it(`${kind}, ${pattern}, matches these and no others`, () => {
                const matcher = compile(pattern);
                // Twice each, and in turn: what is remembered of one text must not speak for another.
                for (const turn of [1, 2]) {
                    for (const one of matches) assert.equal(matcher(one), true, `${turn} ${one}`);
                    for (const one of differs) assert.equal(matcher(one), false, `${turn} ${one}`);
                }
            });
        }
    }

    it("has no wildcards in what is put in verbatim", () => {
        const pieces = [
            { text: "arn:aws:s3:::", verbatim: false },
            { text: "*", verbatim: true },
            { text: "?", verbatim: false },
        ];
        for (const compile of [resourcePattern, arnPattern, wildcard]) {
            assert.equal(compile(pieces)("arn:aws:s3:::*a"), true);
            assert.equal(compile(pieces)("arn:aws:s3:::ba"), false);
        }
    });

    it("of many stars takes no longer than its length times the text's", () => {
        const start = process.cpuUsage().user;
        for (const pattern of [
            `${"a*".repeat(500)}b`,
            `arn:aws:a*b${"*:*".repeat(20)}:${"a*".repeat(300)}c`,
        ]) {
            assert.equal(resourcePattern(pattern)(`arn:aws:a${"a".repeat(2000)}`), false);
            assert.equal(wildcard(pattern)("a".repeat(2000)), false);
        }
        // Going back to every star would take longer than anyone waits.
        assert.ok(process.cpuUsage().user - start < 5_000_000);
    });
});
