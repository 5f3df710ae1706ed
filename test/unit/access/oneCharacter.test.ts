import assert from "node:assert/strict";
import { evaluate, MalformedPolicy, type RequestPrincipal } from "../../../access";
import {
    gatewayResourcePolicy,
    invokeGatewayStatement,
    policyDocument,
} from "../../../access/statements";

const gatewayArn = "arn:aws:bedrock-agentcore:us-east-1:111122223333:gateway/tools-abcdefghij";
const principal: RequestPrincipal = {
    type: "role-session",
    accountId: "444455556666",
    roleArn: "arn:aws:iam::444455556666:role/developer",
    roleId: "AROADEVELOPER00000001",
    sessionName: "work",
    sessionArn: "arn:aws:sts::444455556666:assumed-role/developer/work",
};
const request = {
    principal,
    action: "bedrock-agentcore:InvokeGateway",
    resource: gatewayArn,
    resourceAccountId: "111122223333",
};
const identity = JSON.stringify(policyDocument([invokeGatewayStatement([gatewayArn])]));
const resource = JSON.stringify(
    policyDocument([
        gatewayResourcePolicy({
            gatewayArn,
            principals: [principal.roleArn],
            roleIds: [principal.roleId],
        }),
    ]),
);

function decide(identityText: string, resourceText: string): string {
    try {
        return evaluate(request, {
            identity: [{ name: "identity", document: identityText }],
            resource: { name: "resource", document: resourceText },
        }).decision;
    } catch (error) {
        if (error instanceof MalformedPolicy) return "malformed";
        throw error;
    }
}

/**
 * The document with one character of a member's value changed, left out, doubled or in its other case, for
 * each of its characters. Only an action's case may change, because IAM does not regard it.
 */
function* mutations(document: string, member: string): Generator<string> {
    const value = new RegExp(`"${member}":(?:\\{"AWS":)?\\[?"([^"]*)"`).exec(document);
    const text = value?.[1] ?? assert.fail(`no ${member}`);
    const start = (value?.index ?? 0) + (value?.[0].length ?? 0) - 1 - text.length;
    for (let at = start; at < start + text.length; at++) {
        const character = document.charAt(at);
        const changes = [character === "x" ? "y" : "x", "", character + character];
        const upper = character.toUpperCase();
        const otherCase = character === upper ? character.toLowerCase() : upper;
        if (member !== "Action" && otherCase !== character) changes.push(otherCase);
        for (const change of changes) {
            yield document.slice(0, at) + change + document.slice(at + 1);
        }
    }
}

describe("one changed character of the program's own grant", () => {
    it("is not there to begin with", () => {
        assert.equal(decide(identity, resource), "allow");
    });

    for (const member of ["Effect", "Action", "Resource"]) {
        it(`in the caller's ${member} refuses the call`, () => {
            for (const mutation of mutations(identity, member)) {
                assert.notEqual(decide(mutation, resource), "allow", mutation);
            }
        });
    }
    for (const member of ["Effect", "Principal", "Action", "Resource"]) {
        it(`in the hub's ${member} refuses the call`, () => {
            for (const mutation of mutations(resource, member)) {
                assert.notEqual(decide(identity, mutation), "allow", mutation);
            }
        });
    }

    it("lets the case of an action change, as IAM does", () => {
        const upper = (document: string) =>
            document.replace("bedrock-agentcore:InvokeGateway", (action) => action.toUpperCase());
        assert.equal(decide(upper(identity), upper(resource)), "allow");
    });
});
