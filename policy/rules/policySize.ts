import { limits } from "../../agentcore/limits";
import { readDocument, type StackDocument } from "../documents";
import { identityPolicyTypes } from "../kinds";
import { hasUnknown } from "../resource";
import type { Role } from "../roles";
import type { StackView } from "../stackView";
import { allow, example, hub, policy } from "./examples";
import { undecided, violation, type Finding, type Rule } from "./rule";

const quotas = {
    inline: limits.roleInlinePolicyCharacters.max,
    trust: limits.trustPolicyCharacters.max,
    resource: limits.resourcePolicyCharacters.max,
    /** A managed policy (IAM quotas page). */
    managed: 6144,
} as const;

/** A policy that is too long fails where it is put, after others were. */
export const policySize: Rule = {
    name: "policy-size",
    pack: "both",
    severity: "medium",
    level: "mandatory",
    scope: "stack",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
    description: `Policies are as long as AWS takes them: ${quotas.resource} characters for a gateway, a runtime or an endpoint, ${quotas.inline} for all inline policies of a role, ${quotas.managed} for a managed policy, ${quotas.trust} for a trust.`,
    example: {
        fails: [
            example("rolePolicy", "developer-invoke-gateways", {
                policy: policy(
                    allow("bedrock-agentcore:InvokeGateway", Array<string>(200).fill(hub.gateway)),
                ),
            }),
        ],
        passes: [
            example("rolePolicy", "developer-invoke-gateways", {
                policy: policy(allow("bedrock-agentcore:InvokeGateway", hub.gateway)),
            }),
        ],
    },
    check: (stack) => [
        ...stack.roles.flatMap((role) => [
            ...ofOne(role.trust, quotas.trust),
            ...ofInline(stack, role),
        ]),
        ...stack.resourcePolicies.flatMap(({ document }) => ofOne(document, quotas.resource)),
        ...stack.identityDocuments
            .filter(
                ({ urn }) => identityPolicyTypes[stack.byUrn(urn)?.type ?? ""]?.arn !== undefined,
            )
            .flatMap((document) => ofOne(document, quotas.managed)),
    ],
};

function ofOne(document: StackDocument, max: number): Finding[] {
    const { urn, path } = document;
    const size = sizeOf(document);
    if (size === undefined) return hasUnknown(document.value) ? [undecided(urn, path)] : [];
    return size > max ? [tooLong(urn, path, size, max)] : [];
}

function ofInline(stack: StackView, role: Role): Finding[] {
    const inline = stack
        .documentsOf(role)
        .filter(({ urn }) => identityPolicyTypes[stack.byUrn(urn)?.type ?? ""]?.arn === undefined);
    const sizes = inline.map(sizeOf);
    const unread = inline.filter(({ value }) => hasUnknown(value));
    const size = sizes.reduce<number>((sum, one) => sum + (one ?? 0), 0);
    const { urn } = role.resource;
    if (size > quotas.inline) return [tooLong(urn, "inline policies", size, quotas.inline)];
    return unread.map((document) => undecided(document.urn, document.path));
}

/** White space is not counted. */
function sizeOf(document: StackDocument): number | undefined {
    const read = readDocument(document);
    return read.state === "read" ? read.text.replace(/\s/g, "").length : undefined;
}

function tooLong(urn: string, path: string, size: number, max: number): Finding {
    return violation(urn, path, {
        got: `${size} characters`,
        must: `at most ${max}, without white space`,
        instead: `take out ${size - max} characters${max === quotas.inline ? ", or put statements into a managed policy of this stack" : ""}`,
    });
}
