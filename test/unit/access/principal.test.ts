import assert from "node:assert/strict";
import { MalformedPolicy } from "../../../access";
import { compilePrincipal } from "../../../access/principal";

const account = "444455556666";
const iam = `arn:aws:iam::${account}`;
const sts = `arn:aws:sts::${account}`;

describe("a Principal element", () => {
    it("sorts names by what they name", () => {
        const element = compilePrincipal(
            {
                AWS: [
                    account,
                    "arn:aws-cn:iam::111122223333:root",
                    `${iam}:role/team/reader`,
                    `${iam}:user/ann`,
                    "AROAREADER00000000001",
                    "AIDAANN00000000000001",
                    `${sts}:assumed-role/reader/work`,
                    "AROAREADER00000000001:work",
                ],
                Service: ["lambda.amazonaws.com"],
                Federated: "accounts.google.com",
                CanonicalUser: "abc",
            },
            "Principal",
        );
        const { anyone, accounts, sessions, principals, services, written } = element;
        assert.equal(anyone, false);
        assert.deepEqual([...accounts], [account, "111122223333"]);
        assert.deepEqual(
            [...principals],
            [
                `${iam}:role/team/reader`,
                `${iam}:user/ann`,
                "AROAREADER00000000001",
                "AIDAANN00000000000001",
            ],
        );
        assert.deepEqual(
            [...sessions],
            [`${sts}:assumed-role/reader/work`, "AROAREADER00000000001:work"],
        );
        assert.deepEqual([...services], ["lambda.amazonaws.com"]);
        assert.equal(written.length, 11);
        assert.deepEqual(written.slice(-3), ["lambda.amazonaws.com", "accounts.google.com", "abc"]);
    });

    for (const written of ["*", { AWS: "*" }, { AWS: [account, "*"] }] as const) {
        it(`names anyone as ${JSON.stringify(written)}`, () => {
            const element = compilePrincipal(written, "Principal");
            assert.equal(element.anyone, true);
            assert.ok(element.written.includes("*"));
            assert.deepEqual(
                [...element.principals].filter((name) => name !== "*"),
                [],
            );
        });
    }

    for (const name of [
        "",
        "44445555666",
        `4${account}`,
        `${account}0`,
        `x${iam}:root`,
        `${iam}:root/x`,
        `${iam}:role/`,
        `${iam}:role/a*`,
        `${iam}:role/a b`,
        `${iam}:group/a`,
        `${iam}:role/a:b`,
        `arn:aws:iam:us-east-1:${account}:role/a`,
        `${sts}:assumed-role/reader`,
        `${sts}:assumed-role/reader/work/more`,
        `${sts}:assumed-role/reader/*`,
        `x${sts}:assumed-role/reader/work`,
        `${sts}:federated-user/a/b`,
        "AROA",
        "AXXAREADER00000000001",
        "xAROAREADER00000000001",
        "AROAREADER00000000001:",
        "AROAREADER00000000001:a b",
    ]) {
        it(`is refused with ${JSON.stringify(name)}`, () => {
            assert.throws(
                () => compilePrincipal({ AWS: [account, name] }, "Statement[0].Principal"),
                (error) =>
                    error instanceof MalformedPolicy &&
                    error.place === "Statement[0].Principal.AWS" &&
                    error.message.includes(`got ${name}; must be *, an account id`),
            );
        });
    }
});
