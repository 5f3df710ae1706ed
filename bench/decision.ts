/**
 * One access decision with 50 statements on each side, cold and warm, as a ratio to merely reading the two
 * documents, which an evaluator that keeps nothing has to do for each request. The bound is 10 µs warm.
 */
import { evaluate, type AccessPolicies, type AccessRequest } from "../access";

const statements = 50;
const gateway = (number: number) =>
    `arn:aws:bedrock-agentcore:us-east-1:111122223333:gateway/tools${number}-abcdefghij`;
const roleArn = "arn:aws:iam::444455556666:role/developer";

const identity = {
    Version: "2012-10-17",
    Statement: Array.from({ length: statements }, (_, number) => ({
        Sid: `Invoke${number}`,
        Effect: "Allow",
        Action: "bedrock-agentcore:InvokeGateway",
        Resource: [gateway(number), `arn:aws:lambda:*:444455556666:function:tool-${number}-*`],
    })),
};
const resource = {
    Version: "2012-10-17",
    Statement: Array.from({ length: statements }, (_, number) => ({
        Sid: `Grant${number}`,
        Effect: "Allow",
        Principal: {
            AWS:
                number === statements - 1
                    ? roleArn
                    : `arn:aws:iam::${444455556000 + number}:role/r`,
        },
        Action: "bedrock-agentcore:InvokeGateway",
        Resource: gateway(statements - 1),
        Condition: { IpAddress: { "aws:SourceIp": "127.0.0.0/8" } },
    })),
};
const request: AccessRequest = {
    principal: {
        type: "role-session",
        accountId: "444455556666",
        roleArn,
        roleId: "AROADEVELOPER00000001",
        sessionName: "work",
        sessionArn: "arn:aws:sts::444455556666:assumed-role/developer/work",
    },
    action: "bedrock-agentcore:InvokeGateway",
    resource: gateway(statements - 1),
    resourceAccountId: "111122223333",
    context: { "aws:SourceIp": "127.0.0.1" },
};

/** The last statement of each side decides, so that all of them are looked at. */
function policies(): AccessPolicies {
    return {
        identity: [{ name: "identity", document: JSON.stringify(identity) }],
        resource: { name: "resource", document: JSON.stringify(resource) },
    };
}

function microseconds(times: number, run: () => void): number {
    const start = process.hrtime.bigint();
    for (let time = 0; time < times; time++) run();
    return Number(process.hrtime.bigint() - start) / 1000 / times;
}

function main(): void {
    const stored = policies();
    const decide = () => {
        if (evaluate(request, stored).decision !== "allow") throw new Error("not allowed");
    };
    const cold = microseconds(1, decide);
    microseconds(20_000, decide);
    const warm = Array.from({ length: 21 }, () => microseconds(5_000, decide));
    const texts = [identity, resource].map((document) => JSON.stringify(document));
    const parse = Array.from({ length: 21 }, () =>
        microseconds(200, () => {
            for (const text of texts) JSON.parse(text);
        }),
    );
    const sorted = (values: number[]) => [...values].sort((one, other) => one - other);
    const [low = 0, middle = 0, high = 0] = [0, 10, 20].map((at) => sorted(warm)[at]);
    const reference = sorted(parse)[10] ?? 0;
    console.log(
        `decision, ${statements} statements on each side: ${middle.toFixed(1)} µs warm (${low.toFixed(1)}-${high.toFixed(1)}; bound 10), ${cold.toFixed(0)} µs cold (documents compiled)`,
    );
    console.log(
        `ratio to JSON.parse of the same two documents: ${(middle / reference).toFixed(2)} (${reference.toFixed(0)} µs)`,
    );
    process.exitCode = middle <= 10 ? 0 : 1;
}

main();
