import assert from "node:assert/strict";
import fc from "fast-check";
import { evaluate } from "../../../access";
import { additions, scenarios, type Layer, type Scenario } from "../../oracle/arbitraries";
import { contexts, negations, singleConditions } from "../../oracle/conditionArbitraries";
import {
    added,
    everything,
    naming,
    oneByOne,
    parse,
    reordered,
    withDocument,
    withEachDocument,
    withEachStatement,
    written,
} from "../../oracle/transformations";
import type { ConditionBlock, Decision, Policies, Request } from "../../oracle/types";
import { accounts } from "../../oracle/universe";

const numRuns = 300;

describe("access, whatever is asked and allowed", () => {
    it("refuses what any layer denies", () => {
        const layers = fc.constantFrom<Layer>(...entityLayers, ...resourceLayers, "scp");
        const place = fc.tuple(scenarios, layers).filter(([{ request }, layer]) => {
            const { type } = request.principal;
            const isEntity = type === "role-session" || type === "user";
            return (
                isEntity || resourceLayers.includes(layer) || (type === "root" && layer === "scp")
            );
        });
        check(place, ([{ request, policies }, layer]) => {
            const denying = withDocument(policies, layer, everything("Deny", layer));
            assert.equal(decide(request, denying), "explicitDeny");
        });
    });

    it("keeps access when a policy gets one Allow more", () => {
        check(additions("Allow"), (addition) => {
            const { request, policies } = addition;
            const more = added(addition);
            fc.pre(more !== undefined);
            const [before, after] = [decide(request, policies), decide(request, more)];
            assert.ok(after === before || (before === "implicitDeny" && after === "allow"), after);
        });
    });

    it("gives no access when a policy gets one Deny more", () => {
        check(additions("Deny"), (addition) => {
            const { request, policies } = addition;
            const more = added(addition);
            fc.pre(more !== undefined);
            const [before, after] = [decide(request, policies), decide(request, more)];
            assert.ok(after === before || after === "explicitDeny", after);
        });
    });

    it("needs both sides between accounts", () => {
        check(scenarios.filter(isBetweenAccounts), ({ request, policies }) => {
            const { resource: _resource, ...withoutResource } = policies;
            assert.notEqual(decide(request, withoutResource), "allow");
            if (request.principal.type !== "root") {
                assert.notEqual(decide(request, { ...policies, identity: [] }), "allow");
            }
        });
    });

    it("is content with both sides between accounts", () => {
        check(scenarios.filter(isBetweenAccounts), ({ request }) => {
            const own = { name: "own", document: everything("Allow", "identity") };
            const resource = { name: "resource", document: everything("Allow", "resource") };
            assert.equal(decide(request, { identity: [own], resource }), "allow");
            assert.equal(decide(request, { identity: [own] }), "implicitDeny");
        });
    });

    it("decides alike whatever the accounts' ids are", () => {
        const id = fc.stringMatching(/^[0-9]{12}$/);
        const ids = fc.uniqueArray(id, { minLength: 3, maxLength: 3 });
        check(fc.tuple(scenarios, ids), ([scenario, fresh]) => {
            const renamed = JSON.parse(
                JSON.stringify(scenario).replace(new RegExp(accounts.join("|"), "g"), (old) =>
                    String(fresh[accounts.findIndex((account) => account === old)]),
                ),
            ) as Scenario;
            decidesAlike(scenario, renamed);
        });
    });

    it("decides alike in any order of documents, statements, lists and keys", () => {
        check(fc.tuple(scenarios, fc.nat()), ([{ request, policies }, seed]) => {
            let last = seed;
            const draw = () => (last = (last * 48_271 + 11) % 2_147_483_647);
            const parsed = withEachDocument(policies, (each) => ({
                ...each,
                document: parse(each),
            }));
            const again = { request: reordered(request, draw), policies: reordered(parsed, draw) };
            decidesAlike({ request, policies }, again);
        });
    });

    it("decides alike of a document as an object, as text, and as text once more", () => {
        check(scenarios, ({ request, policies }) => {
            const object = written(policies, (json) => json);
            const text = written(policies, (json) => JSON.stringify(json));
            const spaced = written(policies, (json) => `\r\n${JSON.stringify(json, null, "\t")} `);
            const escaped = written(policies, (json) =>
                JSON.stringify(json).replaceAll(/"[^"]*"/g, (part) =>
                    part.replaceAll("a", "\\u0061"),
                ),
            );
            for (const form of [object, text, spaced, escaped, text, object]) {
                decidesAlike({ request, policies }, { request, policies: form });
            }
        });
    });

    it("decides alike of one statement with lists and of one for each of their elements", () => {
        check(scenarios, ({ request, policies }) => {
            const split = withEachStatement(policies, oneByOne);
            decidesAlike({ request, policies }, { request, policies: split });
        });
    });

    it("decides alike of one identity policy and of one for each statement", () => {
        check(scenarios, ({ request, policies }) => {
            const identity = policies.identity.flatMap((each) => {
                const { Statement: statements, ...rest } = parse(each);
                return [statements].flat().map((statement) => ({
                    ...each,
                    document: { ...rest, Statement: [statement] },
                }));
            });
            decidesAlike({ request, policies }, { request, policies: { ...policies, identity } });
        });
    });

    it("takes actions in any case", () => {
        check(scenarios, ({ request, policies }) => {
            const upper = { ...request, action: request.action.toUpperCase() };
            const lower = withEachStatement(policies, ({ Action, NotAction, ...rest }) => [
                {
                    ...rest,
                    ...(Action !== undefined && { Action: lowered(Action) }),
                    ...(NotAction !== undefined && { NotAction: lowered(NotAction) }),
                },
            ]);
            decidesAlike({ request, policies }, { request: upper, policies: lower });
        });
    });

    it("keeps access when a limit is taken away", () => {
        const limits = fc.constantFrom<Layer>("boundary", "session", "scp", "rcp");
        check(fc.tuple(scenarios, limits), ([{ request, policies }, limit]) => {
            const { [limit]: _taken, ...rest } = policies;
            if (decide(request, policies) === "allow") {
                assert.equal(decide(request, { identity: [], ...rest }), "allow");
            }
        });
    });

    it("binds no service by service control policies", () => {
        const asked = scenarios.filter(({ request }) => request.principal.type === "service");
        check(asked, ({ request, policies }) => {
            const { scp: _scp, ...rest } = policies;
            const denied = withDocument(rest, "scp", everything("Deny", "scp"));
            assert.equal(decide(request, denied), decide(request, rest));
        });
    });

    it("keeps access when an Allow names anyone and when a Deny exempts one more", () => {
        check(scenarios, ({ request, policies }) => {
            const wider = withEachStatement(policies, (statement, layer) => {
                const { NotPrincipal, ...rest } = statement;
                if (NotPrincipal !== undefined) {
                    return [{ ...rest, NotPrincipal: naming(NotPrincipal, accounts[0]) }];
                }
                const isGrant = layer === "resource" && statement.Effect === "Allow";
                return [isGrant ? { ...statement, Principal: { AWS: "*" } } : statement];
            });
            const [before, after] = [decide(request, policies), decide(request, wider)];
            assert.ok(before !== "allow" || after === "allow", after);
        });
    });
});

describe("a condition, whatever the request's keys are", () => {
    it("holds exactly where its negation does not", () => {
        const positive = singleConditions.filter(([operator]) => negations.has(operator));
        check(fc.tuple(positive, contexts), ([[operator, key, values], context]) => {
            const opposite = negations.get(operator) ?? "";
            assert.notEqual(
                holds({ [operator]: { [key]: values } }, context),
                holds({ [opposite]: { [key]: values } }, context),
            );
        });
    });

    it("holds with IfExists where the key is missing or the plain one holds", () => {
        const plain = singleConditions.filter(([operator]) => !operator.endsWith("IfExists"));
        check(fc.tuple(plain, contexts), ([[operator, key, values], context]) => {
            const isMissing = holds({ Null: { [key]: "true" } }, context);
            assert.equal(
                holds({ [`${operator}IfExists`]: { [key]: values } }, context),
                isMissing || holds({ [operator]: { [key]: values } }, context),
            );
        });
    });

    it("holds of one value that is not empty with or without a quantifier", () => {
        const plain = singleConditions.filter(([operator]) => !operator.includes(":"));
        check(fc.tuple(plain, contexts), ([[operator, key, values], context]) => {
            const single = Object.fromEntries(
                Object.entries(context).map(([name, held]) => [name, [held].flat().slice(0, 1)]),
            );
            fc.pre(holds({ Null: { [key]: "false" } }, single));
            fc.pre(!holds({ StringEquals: { [key]: "" } }, single));
            const unquantified = holds({ [operator]: { [key]: values } }, single);
            for (const quantifier of ["ForAllValues", "ForAnyValue"]) {
                const quantified = { [`${quantifier}:${operator}`]: { [key]: values } };
                assert.equal(holds(quantified, single), unquantified);
            }
        });
    });

    it("holds of several values where it holds of one of them, or of none when negated", () => {
        const plain = singleConditions.filter(([operator]) => !operator.includes("All"));
        check(fc.tuple(plain, contexts), ([[operator, key, values], context]) => {
            const each = [values]
                .flat()
                .map((value) => holds({ [operator]: { [key]: value } }, context));
            const isNegated = /Not/.test(operator) && !operator.includes(":");
            const expected = isNegated ? each.every(Boolean) : each.some(Boolean);
            fc.pre(!/ForAny.*Not/.test(operator));
            assert.equal(holds({ [operator]: { [key]: values } }, context), expected);
        });
    });
});

const entityLayers: Layer[] = ["identity", "boundary", "session"];
const resourceLayers: Layer[] = ["resource", "rcp"];

function check<T>(arbitrary: fc.Arbitrary<T>, property: (value: T) => void): void {
    fc.assert(fc.property(arbitrary, property), { numRuns });
}

function decide(request: Request, policies: Policies): Decision {
    return evaluate(request, policies).decision;
}

function decidesAlike(one: Scenario, other: Scenario): void {
    assert.equal(decide(other.request, other.policies), decide(one.request, one.policies));
}

function isBetweenAccounts({ request: { principal, resourceAccountId } }: Scenario): boolean {
    return principal.type !== "service" && principal.accountId !== resourceAccountId;
}

function lowered(actions: string | readonly string[]): string[] {
    return [actions].flat().map((action) => action.toLowerCase());
}

/** Whether the condition holds for a user of the first account. */
function holds(condition: ConditionBlock, context: NonNullable<Request["context"]>): boolean {
    const [accountId] = accounts;
    const principal = {
        type: "user" as const,
        accountId,
        userArn: `arn:aws:iam::${accountId}:user/ann`,
        userId: "AIDAANN00000000000001",
    };
    const resource = "arn:aws:store:::box/alpha";
    const statement = { Effect: "Allow", Action: "*", Resource: "*", Condition: condition };
    const document = { Version: "2012-10-17", Statement: statement };
    const request = { principal, action: "store:GetItem", resource, context };
    const decision = decide(
        { ...request, resourceAccountId: accountId },
        { identity: [{ name: "condition", document }] },
    );
    return decision === "allow";
}
