import { at, unknown } from "../resource";
import { missingOf } from "../rolePermissions";
import { repositoryArnOf } from "../runtimePermissions";
import { allow, example, hub, policy } from "./examples";
import { excessOfWorkers } from "./roleExcess";
import { undecided, violation, type Rule } from "./rule";

/** A runtime reads its own code. */
export const runtimeRoleCode: Rule = {
    name: "runtime-role-code",
    pack: "both",
    severity: "medium",
    level: "mandatory",
    scope: "stack",
    page: "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-permissions.html",
    description:
        "A runtime's role pulls images from the repository of its own image, or reads its own archive; and has all that it needs for its image.",
    example: {
        fails: [
            example("rolePolicy", "mcp-server-read-code", {
                policy: policy(
                    allow(
                        ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
                        "arn:aws:ecr:us-east-1:111122223333:repository/*",
                    ),
                ),
            }),
        ],
        passes: [
            example("rolePolicy", "mcp-server-read-code", {
                policy: policy(
                    allow(["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], hub.repository),
                    allow("ecr:GetAuthorizationToken", "*"),
                ),
            }),
        ],
    },
    check: (stack, config) => [
        ...excessOfWorkers(stack, config, ["runtime"], ["code"]),
        ...stack.runtimes.flatMap(({ resource, role }) => {
            const uri = at(resource.props, `${container}.containerUri`);
            if (typeof uri !== "string" || role === undefined || role === unknown) return [];
            const repository = repositoryArnOf(uri);
            const needs = [
                ...["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"].map(
                    (action) => [action, repository ?? "*"] as const,
                ),
                ["ecr:GetAuthorizationToken", "*"] as const,
            ];
            const missing = missingOf(stack, role, needs);
            if (missing === undefined)
                return [undecided(resource.urn, `${container}.containerUri`)];
            return missing.map(([action, arn]) =>
                violation(resource.urn, `${container}.containerUri`, {
                    got: `${uri}, which ${role.resource.name} may not pull`,
                    must: `allowed to it by ${action}`,
                    instead: `add ${action} on ${arn} to the role's policy; AWS tries it when the runtime is made`,
                }),
            );
        }),
    ],
};

const container = "agentRuntimeArtifact.containerConfiguration";
