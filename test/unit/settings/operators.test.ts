import assert from "node:assert/strict";
import { InvalidSettings, parseSettings, type Settings } from "../../../settings";
import { repository } from "../../helpers/project";

const admin = "arn:aws:iam::111122223333:role/AdminRole";
const assumedBy = [admin];

const hub = (operators?: object, region = "us-east-1") => ({
    "aws:region": region,
    "agentcore-hub:account": { role: "provider", id: "111122223333" },
    ...(operators !== undefined && { "agentcore-hub:operators": operators }),
});

const spoke = (operators: object, more: object = {}) => ({
    "aws:region": "us-east-1",
    "agentcore-hub:account": { role: "consumer", id: "444455556666" },
    "agentcore-hub:hubs": { team: { account: "111122223333", stack: "provider" } },
    "agentcore-hub:operators": operators,
    ...more,
});

const parsed = (config: Record<string, unknown>): Settings => parseSettings(config, repository);

const problemsOf = (config: Record<string, unknown>): readonly string[] => {
    try {
        parsed(config);
    } catch (error) {
        if (error instanceof InvalidSettings) return error.problems;
        throw error;
    }
    return [];
};

const addressProblem = (range: string): string | undefined => {
    const [problem, ...others] = problemsOf(
        hub({ readOnly: { assumedBy, sourceAddresses: [range] } }),
    );
    assert.deepEqual(others, []);
    return problem;
};

describe("the settings of operators' roles", () => {
    it("are none where config asks for none", () => {
        assert.deepEqual(parsed(hub()).operators, {});
    });

    it("have fixed names, an hour, any address, and neither keys nor schemas, unless config says otherwise", () => {
        const { operators } = parsed(hub({ management: { assumedBy }, readOnly: { assumedBy } }));
        assert.deepEqual(operators, {
            management: {
                roleName: "GatewayManagement",
                assumedBy,
                sourceAddresses: [],
                maxSessionSeconds: 3600,
                kmsKeys: [],
                schemaObjects: [],
                credentialProviders: false,
            },
            readOnly: {
                roleName: "GatewayReadOnly",
                assumedBy,
                sourceAddresses: [],
                maxSessionSeconds: 3600,
            },
        });
    });

    it("take what config gives", () => {
        const management = {
            roleName: "tools-admin",
            assumedBy: ["arn:aws-us-gov:iam::111122223333:user/ops"],
            sourceAddresses: ["203.0.113.0/24", "2001:db8::/32"],
            maxSessionSeconds: 7200,
            kmsKeys: ["arn:aws-us-gov:kms:us-gov-west-1:999988887777:key/mrk-1234abcd"],
            schemaObjects: ["arn:aws-us-gov:s3:::tool-schemas/echo/tools.json"],
            credentialProviders: true,
        };
        assert.deepEqual(parsed(hub({ management }, "us-gov-west-1")).operators, { management });
    });

    it("take what is the machine's own, for the local cloud, and one address", () => {
        for (const range of ["127.0.0.0/8", "::1/128", "198.51.100.7/32"]) {
            assert.equal(addressProblem(range), undefined, range);
        }
    });

    it("refuse a range that is none, or does not start where it says", () => {
        for (const range of [
            "203.0.113.9",
            "office",
            "203.0.113.0/33",
            "10.1/16",
            "0x7f.0.0.0/8",
        ]) {
            assert.equal(
                addressProblem(range),
                `operators.readOnly.sourceAddresses[0]: got "${range}"; must be a CIDR range, such as 203.0.113.0/24`,
            );
        }
        assert.match(
            addressProblem("203.0.113.9/24") ?? "",
            /must be a range by its first address, 203\.0\.113\.0\/24$/,
        );
        assert.match(
            addressProblem("2001:db8::1/32") ?? "",
            /must be a range by its first address, 2001:db8::\/32$/,
        );
    });

    it("refuse a range of everyone, and one that AWS never sees", () => {
        for (const range of ["0.0.0.0/0", "::/0"]) {
            assert.match(addressProblem(range) ?? "", /must be a range of some addresses/);
        }
        for (const range of ["10.0.0.0/8", "192.168.1.0/24", "fd00::/8", "100.64.0.0/10"]) {
            assert.match(addressProblem(range) ?? "", /must be a range of public addresses/, range);
        }
    });

    it("refuse who is not exact, keys that are an alias or elsewhere, and objects with wildcards, all at once", () => {
        const problems = problemsOf(
            hub({
                management: {
                    assumedBy: ["arn:aws:iam::111122223333:root"],
                    kmsKeys: [
                        "arn:aws:kms:us-east-1:111122223333:alias/tools",
                        "arn:aws:kms:eu-west-1:111122223333:key/1234abcd",
                        "arn:aws:kms:us-east-1:111122223333:key/*",
                    ],
                    schemaObjects: ["arn:aws:s3:::tool-schemas/*", "arn:aws:s3:::tool-schemas"],
                },
                readOnly: { assumedBy, sourceAddresses: ["203.0.113.0/24", "203.0.113.0/24"] },
            }),
        );
        const key =
            "must be the exact ARN of a KMS key, arn:aws:kms:us-east-1:<account>:key/<id>; no alias";
        const object =
            "must be the exact ARN of an S3 object, arn:aws:s3:::<bucket>/<key>, without wildcards";
        assert.deepEqual(problems, [
            `operators.management.kmsKeys[0]: got "arn:aws:kms:us-east-1:111122223333:alias/tools"; ${key}`,
            `operators.management.kmsKeys[1]: got "arn:aws:kms:eu-west-1:111122223333:key/1234abcd"; ${key}`,
            `operators.management.kmsKeys[2]: got "arn:aws:kms:us-east-1:111122223333:key/*"; ${key}`,
            `operators.management.schemaObjects[0]: got "arn:aws:s3:::tool-schemas/*"; ${object}`,
            `operators.management.schemaObjects[1]: got "arn:aws:s3:::tool-schemas"; ${object}`,
            'operators.management.assumedBy[0]: got "arn:aws:iam::111122223333:root"; must be the exact ARN of a role or user in partition aws, without wildcards',
            "operators.readOnly.sourceAddresses: got 203.0.113.0/24 and 203.0.113.0/24; must be different ranges",
        ]);
    });

    it("refuse an operator that nobody may be, and a key that there is not", () => {
        assert.deepEqual(problemsOf(hub({ management: { assumedBy: [], invoke: true } })), [
            "operators.management.assumedBy: got []; must be exact ARNs of roles or users",
            "operators.management.invoke: got an unknown key; must be absent",
        ]);
    });

    it("refuse the management role in a spoke, and say where it belongs", () => {
        assert.deepEqual(problemsOf(spoke({ management: { assumedBy } })), [
            `operators.management: got {"assumedBy":["${admin}"]}; must be absent in a spoke, which has no gateways: configure it in the hub's stack`,
        ]);
        assert.deepEqual(Object.keys(parsed(spoke({ readOnly: { assumedBy } })).operators), [
            "readOnly",
        ]);
    });

    it("refuse a name that another role of the stack has", () => {
        const same = { assumedBy, roleName: "Operator" };
        assert.deepEqual(problemsOf(hub({ management: same, readOnly: same })), [
            "operators: got Operator and Operator; must be different role names (IAM ignores case)",
        ]);
        const callers = {
            "agentcore-hub:callers": { operator: { gateways: ["team/tools"], assumedBy } },
        };
        assert.deepEqual(problemsOf(spoke({ readOnly: same }, callers)), [
            "operators: got operator and Operator; must be different role names (IAM ignores case)",
        ]);
        const agent = { "agentcore-hub:agent": { invokedBy: assumedBy } };
        assert.deepEqual(problemsOf(spoke({ readOnly: { assumedBy, roleName: "agent" } }, agent)), [
            "operators: got agent and agent; must be different role names (IAM ignores case)",
        ]);
    });
});
