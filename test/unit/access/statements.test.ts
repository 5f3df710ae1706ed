import assert from "node:assert/strict";
import { parsePolicyDocument } from "../../../access";
import {
    callerTrust,
    gatewayResourcePolicy,
    invokeFunctionStatement,
    invokeGatewayStatement,
    policyDocument,
    serviceTrust,
    writeLogsStatement,
} from "../../../access/statements";

describe("the gateway's grant statement", () => {
    const arn = (name: string) => `arn:aws:iam::444455556666:role/${name}`;
    const statement = (roleIds: string[], principals = [arn("b"), arn("a"), arn("b")]) =>
        gatewayResourcePolicy({ gatewayArn: "arn:gateway", principals, roleIds });

    it("folds principals, sorted and once each", () => {
        assert.deepEqual(statement([]).Principal, { AWS: [arn("a"), arn("b")] });
    });

    it("changes when a role is made anew, and not with the order", () => {
        const before = statement(["AROA1", "AROA2"]);
        assert.deepEqual(statement(["AROA2", "AROA1"], [arn("a"), arn("b")]), before);
        assert.notEqual(statement(["AROA1", "AROA3"]).Sid, before.Sid);
    });
});

describe("the program's statements", () => {
    const gatewayArn = "arn:aws:bedrock-agentcore:us-east-1:111122223333:gateway/tools-abcdefghij";
    const functionArn = "arn:aws:lambda:us-east-1:111122223333:function:echo";
    const logGroupArn = "arn:aws:logs:us-east-1:111122223333:log-group:/aws/lambda/echo";
    const roleArn = "arn:aws:iam::444455556666:role/developer";

    it("allow one action each on exactly the resources given", () => {
        assert.deepEqual(invokeGatewayStatement([gatewayArn, gatewayArn]), {
            Sid: "InvokeGateways",
            Effect: "Allow",
            Action: "bedrock-agentcore:InvokeGateway",
            Resource: [gatewayArn],
        });
        assert.deepEqual(invokeFunctionStatement([functionArn]), {
            Sid: "InvokeTargets",
            Effect: "Allow",
            Action: "lambda:InvokeFunction",
            Resource: [functionArn],
        });
        assert.deepEqual(writeLogsStatement(logGroupArn), {
            Sid: "WriteLogs",
            Effect: "Allow",
            Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
            Resource: `${logGroupArn}:*`,
        });
    });

    it("trust a service for one source, and lambda without one", () => {
        const service = "bedrock-agentcore.amazonaws.com";
        const source = { accountId: "111122223333", arn: gatewayArn };
        assert.deepEqual(serviceTrust({ service, source }).Condition, {
            StringEquals: { "aws:SourceAccount": "111122223333" },
            ArnLike: { "aws:SourceArn": gatewayArn },
        });
        assert.deepEqual(serviceTrust({ service: "lambda.amazonaws.com" }), {
            Effect: "Allow",
            Principal: { Service: "lambda.amazonaws.com" },
            Action: "sts:AssumeRole",
        });
    });

    it("are documents of their kind", () => {
        parsePolicyDocument(
            policyDocument([
                invokeGatewayStatement([gatewayArn]),
                invokeFunctionStatement([functionArn]),
                writeLogsStatement(logGroupArn),
            ]),
            "identity",
        );
        parsePolicyDocument(policyDocument([callerTrust([roleArn])]), "trust");
        parsePolicyDocument(
            policyDocument([
                gatewayResourcePolicy({ gatewayArn, principals: [roleArn], roleIds: [] }),
            ]),
            "resource",
        );
    });
});
