import assert from "node:assert/strict";
import fc from "fast-check";
import { AwsError } from "../../local/awsError";
import type { Gateway } from "../../local/services/agentcoreControl";
import { hubAccount, spokeAccount } from "../helpers/configs";
import type { Fuzzed, FuzzCloud } from "./fuzzCloud";
import type { Answer } from "./httpClient";
import { mutated, type Mutation } from "./mutations";
import { mustBeRefused } from "./naiveReading";
import { hardPolicies, policyMutations } from "./policyTexts";
import { target, withInput, type FuzzTarget } from "./target";

type Store = "PutResourcePolicy" | "PutRolePolicy" | "AssumeRole" | "a body";

interface Input {
    store: Store;
    policy: number;
    mutation: Mutation;
    hard: string | null;
}

/** Where a policy can be stored: the text is refused by the service's protocol, or stored as it is. */
export function stores(cloud: FuzzCloud): FuzzTarget {
    const gateway = cloud.fuzzedGateway("stores");
    const fuzzed = { role: cloud.role(spokeAccount, "auditor"), key: cloud.caller("denied") };
    const put = storesOf(cloud, gateway);
    const inputs: fc.Arbitrary<Input> = fc.record({
        store: fc.constantFrom<Store>("PutResourcePolicy", "PutRolePolicy", "AssumeRole", "a body"),
        policy: fc.nat(1),
        mutation: policyMutations,
        hard: hardPolicies,
    });
    return target("stores", inputs, async ({ store, policy, mutation, hard }) => {
        const of = store === "PutRolePolicy" || store === "AssumeRole" ? "identity" : "resource";
        const valid = JSON.stringify(policies(gateway, fuzzed)[of][policy]);
        const text = hard ?? mutated(valid, mutation);
        const outcome = await put[store](text);
        withInput(`${store} of`, text, () => {
            cloud.assertNoFault();
            if (outcome === "stored") assert.equal(mustBeRefused(text), undefined, "was stored");
            if (text === valid && store !== "a body") assert.equal(outcome, "stored");
        });
    });
}

function policies({ gatewayArn }: Gateway, { key }: Fuzzed) {
    const Action = "bedrock-agentcore:InvokeGateway";
    const statement = { Sid: "A1", Effect: "Allow", Action, Resource: gatewayArn };
    const Condition = {
        StringEquals: { "aws:PrincipalTag/team": ["blue", "red"] },
        IpAddress: { "aws:SourceIp": "127.0.0.0/8" },
    };
    const [Version, Principal] = ["2012-10-17", { AWS: [key.principal.roleArn] }];
    return {
        identity: [
            { Version, Statement: statement },
            { Version, Statement: [{ ...statement, Condition }] },
        ],
        resource: [
            { Version, Statement: { ...statement, Principal } },
            { Version, Statement: [{ ...statement, Principal, Condition }] },
        ],
    };
}

type Outcome = "stored" | "refused";

function storesOf(
    cloud: FuzzCloud,
    { gatewayArn }: Gateway,
): Record<Store, (text: string) => Outcome | Promise<Outcome>> {
    const path = `/bedrock-agentcore-control/resourcepolicy/${encodeURIComponent(gatewayArn)}`;
    let keys = 0;
    const putBody = (body: string) =>
        cloud.ask(cloud.caller("admin"), { method: "PUT", path, body });
    return {
        PutResourcePolicy: async (text) => {
            const answer = await putBody(
                Buffer.from(JSON.stringify({ policy: text })).toString("latin1"),
            );
            if (answer.httpStatus !== 201) return refusedInJson(answer);
            const { body } = await cloud.ask(cloud.caller("admin"), { method: "GET", path });
            assert.deepEqual(JSON.parse(body), { policy: text });
            return "stored";
        },
        PutRolePolicy: (text) => putRolePolicy(cloud, text),
        AssumeRole: async (text) => {
            const answer = await query(cloud, "sts", {
                Action: "AssumeRole",
                RoleArn: `arn:aws:iam::${hubAccount}:role/AdminRole`,
                RoleSessionName: "fuzz",
                Policy: text,
            });
            if (answer.httpStatus !== 200) return refusedInXml(answer);
            // Two days later the keys are expired, and forgotten when the next one is made.
            if (++keys % 100 === 0) cloud.now += 2 * 86_400_000;
            return "stored";
        },
        "a body": async (text) => {
            const answer = await putBody(Buffer.from(text).toString("latin1"));
            return refusedInJson(answer);
        },
    };
}

/** As the providers put it; over HTTP the local cloud's IAM has reads only, and says so. */
async function putRolePolicy(cloud: FuzzCloud, text: string): Promise<Outcome> {
    const input = { RoleName: "fuzzed", PolicyName: "stored", PolicyDocument: text };
    const answer = await query(cloud, "iam", { Action: "PutRolePolicy", ...input });
    assert.equal(answer.httpStatus, 501);
    assert.match(answer.body, /<Code>NotEmulated<\/Code>/);
    const { iam } = cloud.account(hubAccount);
    try {
        iam.putRolePolicy("AdminRole", "stored", text);
    } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        assert.ok(error.httpStatus >= 400 && error.httpStatus < 500);
        return "refused";
    }
    assert.equal(iam.rolePolicy("AdminRole", "stored"), text);
    iam.deleteRolePolicy("AdminRole", "stored");
    return "stored";
}

function query(
    cloud: FuzzCloud,
    service: "iam" | "sts",
    input: Record<string, string>,
): Promise<Answer> {
    return cloud.ask(cloud.caller("admin"), {
        path: `/${service}`,
        service,
        body: new URLSearchParams({ Version: "2010-05-08", ...input }).toString(),
    });
}

function refusedInJson({ httpStatus, headers, body }: Answer): Outcome {
    assert.ok(httpStatus >= 400 && httpStatus < 500, `status ${httpStatus}: ${body}`);
    const { message, __type } = JSON.parse(body) as Record<string, unknown>;
    assert.equal(typeof message, "string");
    assert.equal(__type, headers["x-amzn-errortype"]);
    return "refused";
}

function refusedInXml({ httpStatus, body }: Answer): Outcome {
    assert.ok(httpStatus >= 400 && httpStatus < 500, `status ${httpStatus}: ${body}`);
    assert.match(body, /^<ErrorResponse><Error>.*<Code>\w+<\/Code>.*<\/ErrorResponse>$/s);
    return "refused";
}
