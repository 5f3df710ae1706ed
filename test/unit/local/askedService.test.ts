import assert from "node:assert/strict";
import { askedService } from "../../../local/http/askedService";

const scope = (service: string) => `AKIAX/20260101/us-east-1/${service}/aws4_request`;
const authorization = `AWS4-HMAC-SHA256 Credential=${scope("dynamodb")}, SignedHeaders=host, Signature=0`;

describe("A request to a service that is not emulated", () => {
    const cases: [what: string, headers: Record<string, string>, url: string, named: string][] = [
        ["by its method and path alone", {}, "/x", "POST /x"],
        ["by its signature's scope", { authorization }, "/", "POST / (dynamodb)"],
        [
            "by its target too",
            { authorization, "x-amz-target": "DynamoDB_20120810.ListTables" },
            "/",
            "POST / (dynamodb DynamoDB_20120810.ListTables)",
        ],
        ["by its target alone", { "x-amz-target": "A.B" }, "/", "POST / (A.B)"],
        ["without what is no name", { "x-amz-target": "<script>" }, "/", "POST /"],
        ["without what is no scope", { authorization: "Bearer x" }, "/", "POST /"],
    ];
    for (const [what, headers, url, named] of cases) {
        it(`is named ${what}`, () => {
            assert.equal(askedService({ method: "POST", headers }, url), named);
        });
    }

    it("is named by the scope of its presigned URL", () => {
        const url = `/?X-Amz-Credential=${encodeURIComponent(scope("sqs"))}&X-Amz-Signature=0`;
        assert.equal(askedService({ method: "GET", headers: {} }, url), `GET ${url} (sqs)`);
    });
});
