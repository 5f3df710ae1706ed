import assert from "node:assert/strict";
import fc from "fast-check";
import { anySessionOf } from "../../../access/inventory";
import { decideOpen, type OpenDecision } from "../../../access/openDecision";
import type { AccessPolicies, AccessRequest } from "../../../access";
import { anyAccount } from "../../../access/assumption";
import { contexts } from "../../oracle/conditionArbitraries";
import { scenarios } from "../../oracle/arbitraries";
import { naiveDecision } from "../../oracle/naiveEvaluator";

const runs = Number(process.env["ORACLE_RUNS"] ?? 3_000);
const gateway = "arn:aws:bedrock-agentcore:us-east-1:111122223333:gateway/tools-a1b2c3d4e5";
const developer = "arn:aws:iam::444455556666:role/developer";

describe("decisions that hold for every request", function () {
    this.timeout(20_000 + 10 * runs);

    it("are the second evaluator's for whatever a request brings", () => {
        const seen = { allowed: 0, refused: 0, conditional: 0 };
        fc.assert(
            fc.property(
                scenarios.filter(({ request }) => request.principal.type !== "root"),
                fc.array(contexts, { minLength: 1, maxLength: 4 }),
                ({ request, policies }, others) => {
                    const settled = partOf(request.context ?? {}, isSettled);
                    const { access } = decideOpen(
                        { ...asAnySession(request), context: settled },
                        policies,
                    );
                    seen[access] += 1;
                    for (const other of others) {
                        const open = partOf(other, (key) => !isSettled(key));
                        const word = naiveDecision(
                            { ...request, context: { ...open, ...settled } },
                            policies,
                        );
                        if (access === "allowed") assert.equal(word, "allow");
                        if (access === "refused") assert.notEqual(word, "allow");
                    }
                },
            ),
            { numRuns: runs },
        );
        // None of the three is so rare that it was not tried.
        assert.ok(Math.min(...Object.values(seen)) > runs / 100, JSON.stringify(seen));
    });

    it("are the second evaluator's where nothing is open", () => {
        fc.assert(
            fc.property(scenarios, ({ request, policies }) => {
                const plain = { ...request, context: {} };
                const { access } = decideOpen(plain, policies);
                if (access === "conditional") return;
                assert.equal(access === "allowed", naiveDecision(plain, policies) === "allow");
            }),
            { numRuns: runs },
        );
    });

    it("name the source address, the endpoint and the time that access depends on", () => {
        const decided = decide(
            allow({
                IpAddress: { "aws:SourceIp": "10.0.0.0/8" },
                StringEquals: { "aws:SourceVpce": "vpce-1" },
                DateLessThan: { "aws:CurrentTime": "2027-01-01T00:00:00Z" },
            }),
        );
        assert.equal(decided.access, "conditional");
        assert.deepEqual(
            decided.on.map((one) => ("key" in one ? [one.kind, one.key, one.values] : one)),
            [
                ["sourceAddress", "aws:SourceIp", ["10.0.0.0/8"]],
                ["endpoint", "aws:SourceVpce", ["vpce-1"]],
                ["time", "aws:CurrentTime", ["2027-01-01T00:00:00Z"]],
            ],
        );
    });

    it("decide what the principal and the gateway decide", () => {
        const own = { StringEquals: { "aws:PrincipalAccount": "444455556666" } };
        const others = { StringEquals: { "aws:PrincipalAccount": "777788889999" } };
        const region = { StringEquals: { "aws:RequestedRegion": "eu-west-1" } };
        const secure = { Bool: { "aws:SecureTransport": "true" } };
        assert.equal(decide(allow(own)).access, "allowed");
        assert.equal(decide(allow(others)).access, "refused");
        assert.equal(decide(allow(region)).access, "refused");
        assert.equal(decide(allow(secure)).access, "allowed");
    });

    it("decide by the tags that a principal is known to have, and not by those it is not", () => {
        const blue = { StringEquals: { "aws:PrincipalTag/team": "blue" } };
        const withTag = (team: string) => {
            const context = { ...question().context, "aws:PrincipalTag/team": team };
            return decideOpen({ ...question(), context }, policies(allow(blue))).access;
        };
        assert.deepEqual([withTag("blue"), withTag("red")], ["allowed", "refused"]);
        assert.equal(decide(allow(blue)).access, "conditional");
    });

    it("know which keys no request of a role has", () => {
        for (const key of ["aws:SourceArn", "aws:SourceAccount", "aws:username"]) {
            assert.equal(decide(allow({ StringEquals: { [key]: "any" } })).access, "refused");
            assert.equal(decide(allow({ Null: { [key]: "true" } })).access, "allowed");
        }
    });

    it("name the deny alone where an allow holds for every request", () => {
        const deny = {
            ...allow()[0],
            Effect: "Deny",
            Condition: { Bool: { "aws:MultiFactorAuthPresent": "false" } },
        };
        const inside = allow({ IpAddress: { "aws:SourceIp": "10.0.0.0/8" } });
        assert.deepEqual(pick(decide([...allow(), ...inside, deny])).on, [
            "mfa aws:MultiFactorAuthPresent",
        ]);
        assert.deepEqual(pick(decide([...inside, deny])).on, [
            "sourceAddress aws:SourceIp",
            "mfa aws:MultiFactorAuthPresent",
        ]);
    });

    it("name a condition by its own key where its value has a variable", () => {
        const decided = decide(
            allow({ StringEquals: { "aws:PrincipalAccount": "${aws:SourceIdentity}" } }),
        );
        assert.deepEqual(pick(decided).on, ["session aws:PrincipalAccount"]);
    });

    it("leave out conditions of a statement beside one that allows without", () => {
        const withCondition = allow({ IpAddress: { "aws:SourceIp": "10.0.0.0/8" } });
        const both = [...withCondition, ...allow()];
        assert.deepEqual(pick(decide(both)), { access: "allowed", on: [] });
    });

    it("take a deny by condition for what may refuse", () => {
        const deny = { ...allow()[0], Effect: "Deny" };
        const outside = {
            ...deny,
            Condition: { NotIpAddress: { "aws:SourceIp": "10.0.0.0/8" } },
        };
        const decided = decide([...allow(), outside]);
        assert.equal(decided.access, "conditional");
        assert.deepEqual(
            decided.on.map((one) => "effect" in one && [one.effect, one.statement.index]),
            [["Deny", 1]],
        );
        assert.equal(decide([...allow(), deny]).access, "refused");
    });

    it("depend on the session where a policy names one", () => {
        const session = "arn:aws:sts::444455556666:assumed-role/developer/work";
        const decided = decide([{ ...allow()[0], Principal: { AWS: session } }]);
        assert.equal(decided.access, "conditional");
        assert.deepEqual(pick(decided).on, ["session sts:RoleSessionName"]);
        const other = "arn:aws:sts::444455556666:assumed-role/auditor/work";
        assert.equal(decide([{ ...allow()[0], Principal: { AWS: other } }]).access, "refused");
    });

    it("depend on a policy that was not read, which may allow and may deny", () => {
        const unread = ["arn:aws:iam::aws:policy/PowerUserAccess"];
        const on = [{ kind: "unreadPolicy", policy: unread[0] }];
        const denied = decideOpen(question(), policies(allow(), []), { identity: unread });
        assert.deepEqual({ access: denied.access, on: denied.on }, { access: "conditional", on });
        const allowed = decideOpen(question(), policies(allow()), { identity: unread });
        assert.deepEqual({ access: allowed.access, on: allowed.on }, { access: "conditional", on });
        assert.equal(decideOpen(question(), policies([]), { identity: unread }).access, "refused");
    });

    it("ask of anyone and of an account's principals what they are", () => {
        const statement = {
            ...allow()[0],
            Principal: "*",
            Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } },
        };
        const ofRole = {
            ...allow()[0],
            Principal: { AWS: "arn:aws:iam::444455556666:root" },
            Condition: { ArnEquals: { "aws:PrincipalArn": developer } },
        };
        const ask = (accountId: string, one: object) =>
            pick(
                decideOpen(
                    { ...question(), principal: { type: "root", accountId } },
                    policies([one]),
                    { identity: ["its own policies"] },
                ),
            );
        assert.deepEqual(ask(anyAccount, statement), {
            access: "conditional",
            on: ["organization aws:PrincipalOrgID", "unreadPolicy"],
        });
        assert.deepEqual(ask("444455556666", ofRole), {
            access: "conditional",
            on: ["other aws:PrincipalArn", "unreadPolicy"],
        });
        assert.equal(ask("777788889999", ofRole).access, "refused");
    });
});

function question(): AccessRequest {
    return {
        principal: anySessionOf(developer, "AROADEVELOPER"),
        action: "bedrock-agentcore:InvokeGateway",
        resource: gateway,
        resourceAccountId: "111122223333",
        context: { "aws:RequestedRegion": "us-east-1", "aws:SecureTransport": "true" },
    };
}

function allow(Condition?: object): object[] {
    return [
        {
            Effect: "Allow",
            Principal: { AWS: developer },
            Action: "bedrock-agentcore:InvokeGateway",
            Resource: gateway,
            ...(Condition && { Condition }),
        },
    ];
}

function policies(resource: readonly object[], identity?: readonly object[]): AccessPolicies {
    const own = { Effect: "Allow", Action: "bedrock-agentcore:InvokeGateway", Resource: gateway };
    const document = (Statement: readonly object[]) => ({ Version: "2012-10-17", Statement });
    const documents = identity ?? [own];
    return {
        identity: documents.length === 0 ? [] : [{ name: "invoke", document: document(documents) }],
        ...(resource.length > 0 && {
            resource: { name: "resource policy", document: document(resource) },
        }),
    };
}

function decide(resource: readonly object[]): OpenDecision {
    return decideOpen(question(), policies(resource));
}

function pick({ access, on }: OpenDecision) {
    return { access, on: on.map((one) => ("key" in one ? `${one.kind} ${one.key}` : one.kind)) };
}

/** A session of which nothing is known but its role. */
function asAnySession(request: AccessRequest): AccessRequest {
    const { principal } = request;
    if (principal.type !== "role-session") return request;
    return { ...request, principal: anySessionOf(principal.roleArn, principal.roleId) };
}

/** Keys that the evaluator takes for the same in each request. */
function isSettled(key: string): boolean {
    return /^aws:(?:securetransport|sourcearn|username|principalarn)$/i.test(key);
}

function partOf(
    context: NonNullable<AccessRequest["context"]>,
    belongs: (key: string) => boolean,
): Record<string, string | readonly string[]> {
    return Object.fromEntries(Object.entries(context).filter(([key]) => belongs(key)));
}
