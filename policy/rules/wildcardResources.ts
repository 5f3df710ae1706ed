import { unscopedActions } from "../../agentcore/unscopedActions";
import { isPattern, type PlacedStatement } from "../documents";
import { isOfOperatorsResource } from "../operators";
import { hasNamespace } from "../runtimePermissions";
import type { StackView } from "../stackView";
import { allow, example, hub, policy } from "./examples";
import { several, violation, type Finding, type Rule } from "./rule";
import { statementFindings } from "./statementFindings";

const unscoped = new Set(Object.keys(unscopedActions).map((action) => action.toLowerCase()));

/** A wildcard is there because AWS demands it. */
export const wildcardResources: Rule = {
    name: "wildcard-resources",
    pack: "both",
    severity: "high",
    level: "mandatory",
    scope: "resource",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html",
    description: `Identity policies name exact resources. The wildcards that AWS demands: ${Object.keys(unscopedActions).join(", ")} on *, the streams of one log group, a model of any region behind one inference profile, and what operators manage and read in their own account and region.`,
    example: {
        fails: [
            example("rolePolicy", "developer-invoke-gateways", {
                policy: policy(allow("s3:GetObject", "*")),
            }),
        ],
        passes: [
            example("rolePolicy", "developer-invoke-gateways", {
                policy: policy(allow("bedrock-agentcore:InvokeGateway", hub.gateway)),
            }),
        ],
    },
    check: (stack) =>
        statementFindings(stack.identityDocuments, (placed) => inStatement(stack, placed)),
};

function inStatement(stack: StackView, placed: PlacedStatement): Finding[] {
    const { document, statement, place } = placed;
    const { resource, action } = statement;
    const path = `${place}.${resource?.name ?? "Resource"}`;
    const rule = {
        must: `exact ARNs; * is for ${[...Object.keys(unscopedActions)].join(", ")} alone, in a statement of their own`,
        instead: "write the ARN of each resource that is meant",
    };
    if (resource === undefined) return [];
    if (resource.name === "NotResource") {
        return [
            violation(document.urn, path, { got: `all but ${several(resource.written)}`, ...rule }),
        ];
    }
    const isUnscoped =
        action.name === "Action" &&
        action.written.every(
            (one) => unscoped.has(one.toLowerCase()) && hasNamespace(one, statement),
        );
    return resource.written
        .filter((written) => isPattern(written) && !(written === "*" && isUnscoped))
        .filter((written) => !isLogStreams(written) && !isModelOfAnyRegion(written, placed))
        .filter((written) => !isOfOperatorsResource(stack, placed, written))
        .map((written) =>
            violation(document.urn, path, {
                got: `${written} for ${several(action.written)}`,
                ...rule,
            }),
        );
}

/** The streams of a group (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html). */
function isLogStreams(resource: string): boolean {
    return /^arn:aws[a-z-]*:logs:[a-z0-9-]+:\d{12}:log-group:[^*?$]+(?::\*|:log-stream:\*)$/.test(
        resource,
    );
}

/**
 * A model behind a profile of several regions; what the condition must be is for `runtime-role-gateways-and-models` to
 * say (https://docs.aws.amazon.com/bedrock/latest/userguide/geographic-cross-region-inference.html).
 */
function isModelOfAnyRegion(resource: string, { statement }: PlacedStatement): boolean {
    return (
        /^arn:aws[a-z-]*:bedrock:\*::foundation-model\/[^*?$]+$/.test(resource) &&
        statement.conditions.some(({ key }) => key.toLowerCase() === "bedrock:inferenceprofilearn")
    );
}
