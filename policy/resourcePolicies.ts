import { documentAt, type StackDocument } from "./documents";
import { resourcePolicyTypes } from "./kinds";
import type { StackResource } from "./resource";

/** A resource policy of a gateway, a runtime or an endpoint. */
export interface ResourcePolicy {
    resource: StackResource;
    resourceArn: unknown;
    document: StackDocument;
}

/** The resource policies among resources. */
export function resourcePoliciesIn(resources: readonly StackResource[]): ResourcePolicy[] {
    const types: readonly string[] = resourcePolicyTypes;
    return resources
        .filter(({ type }) => types.includes(type))
        .map((resource) => ({
            resource,
            resourceArn: resource.props["resourceArn"],
            document: documentAt(resource, "policy", "resource"),
        }));
}
