import assert from "node:assert/strict";
import {
    evaluate,
    evaluateTrust,
    explain,
    explainAccess,
    explainShort,
    explainTrust,
    type DecisionWord,
    type Explanation,
    type Layer,
    type RequestPrincipal,
} from "../../../access";
import conditionCases from "../../cases/access/conditions.json";
import evaluateCases from "../../cases/access/evaluate.json";
import organizationCases from "../../cases/access/organizations.json";
import trustCases from "../../cases/access/trust.json";

const gatewayArn = "arn:aws:bedrock-agentcore:us-east-1:111122223333:gateway/tools-abcdefghij";

function role(accountId: string, path: string, roleId: string): RequestPrincipal {
    const name = path.split("/").at(-1) ?? "";
    return {
        type: "role-session",
        accountId,
        roleArn: `arn:aws:iam::${accountId}:role/${path}`,
        roleId,
        sessionName: "work",
        sessionArn: `arn:aws:sts::${accountId}:assumed-role/${name}/work`,
    };
}

/** The principals that the tables name. */
const principals: Record<string, RequestPrincipal> = {
    developer: role("444455556666", "developer", "AROADEVELOPER00000001"),
    auditor: role("444455556666", "auditor", "AROAAUDITOR0000000001"),
    pathed: role("444455556666", "team/reader", "AROAREADER00000000001"),
    spokeAdmin: role("444455556666", "AdminRole", "AROASPOKEADMIN0000001"),
    hubAdmin: role("111122223333", "AdminRole", "AROAHUBADMIN000000001"),
    user: {
        type: "user",
        accountId: "444455556666",
        userArn: "arn:aws:iam::444455556666:user/ann",
        userId: "AIDAANN00000000000001",
    },
    root: { type: "root", accountId: "444455556666" },
    service: { type: "service", service: "bedrock-agentcore.amazonaws.com" },
};

interface EvaluateCase {
    name: string;
    source: string;
    principal: string;
    action?: string;
    resource?: string;
    context?: Record<string, string | string[]>;
    policies: {
        identity: object[];
        resource?: object;
        boundary?: object;
        session?: object[];
        scp?: object[][];
        rcp?: object[][];
        principalIds?: Record<string, string>;
    };
    expected: DecisionWord;
    lacking: Layer[];
}

interface TrustCase {
    name: string;
    principal: string;
    trust: object;
    identity: object[];
    principalIds?: Record<string, string>;
    context?: Record<string, string>;
    expected: DecisionWord;
    lacking: Layer[];
}

let documents = 0;
/** Each document has an Id of its own, so that none is known from an earlier case. */
const named = (document: object) => ({
    name: "test",
    document: { ...document, Id: String(documents++) },
});
const principalOf = (name: string) => principals[name] ?? assert.fail(`no principal ${name}`);

describe("access decisions", () => {
    const cases = [...evaluateCases, ...organizationCases] as unknown as EvaluateCase[];
    for (const entry of cases) {
        it(entry.name, () => {
            const { policies, resource = gatewayArn } = entry;
            const [, resourceAccountId = "111122223333"] = /:(\d{12}):/.exec(resource) ?? [];
            const request = {
                principal: principalOf(entry.principal),
                action: entry.action ?? "bedrock-agentcore:InvokeGateway",
                resource,
                resourceAccountId,
                ...(entry.context !== undefined && { context: entry.context }),
            };
            const levels = (documents: object[][]) => documents.map((level) => level.map(named));
            const decision = explainAccess(request, {
                identity: policies.identity.map(named),
                ...(policies.scp !== undefined && { scp: levels(policies.scp) }),
                ...(policies.rcp !== undefined && { rcp: levels(policies.rcp) }),
                ...(policies.resource !== undefined && {
                    resource: {
                        ...named(policies.resource),
                        ...(policies.principalIds !== undefined && {
                            principalIds: policies.principalIds,
                        }),
                    },
                }),
                ...(policies.boundary !== undefined && { boundary: named(policies.boundary) }),
                ...(policies.session !== undefined && { session: policies.session.map(named) }),
            });
            assert.deepEqual(
                { decision: decision.decision, lacking: decision.lacking },
                { decision: entry.expected, lacking: entry.lacking },
            );
            if (decision.decision !== "allow") {
                assert.match(explain(decision, request), /is not authorized to perform: /);
                assert.notEqual(explainShort(decision), "");
            }
            assertExplained(decision);
        });
    }
});

/** Each layer's word follows from its statements, so that an explanation cannot say other than the decision. */
function assertExplained({ layers }: Explanation): void {
    for (const { decision, statement, statements } of layers) {
        const matched = statements.filter(({ outcome }) => outcome === "matched");
        if (decision === "explicitDeny") {
            assert.ok(matched.some(({ effect }) => effect === "Deny"));
        } else if (decision === "allow") {
            assert.ok(matched.length > 0 && matched.every(({ effect }) => effect === "Allow"));
        }
        const named = matched.some(({ index, document }) => {
            return index === statement?.index && document === statement.document;
        });
        assert.equal(named, statement !== undefined);
        assert.ok(
            statements.every(({ unmet, outcome }) => unmet.length > 0 !== (outcome === "matched")),
        );
    }
}

describe("conditions", () => {
    for (const { name, condition, context, holds } of conditionCases) {
        it(name, () => {
            const decision = evaluate(
                {
                    principal: principalOf("developer"),
                    action: "bedrock-agentcore:InvokeGateway",
                    resource: gatewayArn,
                    resourceAccountId: "444455556666",
                    context: context,
                },
                {
                    identity: [
                        named({
                            Version: "2012-10-17",
                            Statement: {
                                Effect: "Allow",
                                Action: "*",
                                Resource: "*",
                                Condition: condition,
                            },
                        }),
                    ],
                },
            );
            assert.equal(decision.decision, holds ? "allow" : "implicitDeny");
        });
    }
});

describe("role trust decisions", () => {
    for (const entry of trustCases as unknown as TrustCase[]) {
        it(entry.name, () => {
            const request = {
                principal: principalOf(entry.principal),
                roleArn: "arn:aws:iam::444455556666:role/developer",
                roleAccountId: "444455556666",
                trust: {
                    ...named(entry.trust),
                    ...(entry.principalIds !== undefined && { principalIds: entry.principalIds }),
                },
                policies: { identity: entry.identity.map(named) },
                ...(entry.context !== undefined && { context: entry.context }),
            };
            const { decision, lacking } = evaluateTrust(request);
            assert.deepEqual(
                { decision, lacking },
                { decision: entry.expected, lacking: entry.lacking },
            );
            const explanation = explainTrust(request);
            assert.deepEqual(
                { decision, lacking },
                { decision: explanation.decision, lacking: explanation.lacking },
            );
            assertExplained(explanation);
        });
    }
});
