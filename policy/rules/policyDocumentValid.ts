import { readDocument, type StackDocument } from "../documents";
import { example } from "./examples";
import { undecided, violation, type Finding, type Rule } from "./rule";

/** What AWS would refuse, or read in another way than it looks. */
export const policyDocumentValid: Rule = {
    name: "policy-document-valid",
    pack: "both",
    severity: "high",
    level: "mandatory",
    scope: "resource",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html",
    description:
        "Every policy document follows IAM's grammar: no unknown element, no key twice, no operator that IAM does not have; in its version 2012-10-17, the only one with policy variables.",
    example: {
        fails: [
            example("rolePolicy", "developer-invoke-gateways", {
                policy: '{"Statement":[{"Effect":"Allow","Action":"bedrock-agentcore"}]}',
            }),
        ],
        passes: [
            example("rolePolicy", "developer-invoke-gateways", {
                policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"bedrock-agentcore:InvokeGateway","Resource":"arn:aws:bedrock-agentcore:us-east-1:111122223333:gateway/tools-a1b2c3d4e5"}]}',
            }),
        ],
    },
    check: (stack) =>
        stack.documents.flatMap((document) => {
            const read = readDocument(document);
            if (read.state === "read")
                return hasVersion(read.text) ? [] : [withoutVersion(document)];
            if (read.state === "unknown") return [undecided(document.urn, document.path)];
            return [
                {
                    urn: document.urn,
                    got: read.problem,
                    message: `${document.path}: ${read.problem}; write it as IAM's grammar has it`,
                },
            ];
        }),
};

function hasVersion(text: string): boolean {
    return (JSON.parse(text) as { Version?: unknown }).Version === "2012-10-17";
}

function withoutVersion({ urn, path }: StackDocument): Finding {
    return violation(urn, `${path}.Version`, {
        got: "none, or an older one",
        must: "2012-10-17",
        instead: 'write "Version": "2012-10-17" at the top of the document',
    });
}
