import { at, unknown, type StackResource } from "../resource";
import { undecided, violation, type Finding, type Violation } from "./rule";

/**
 * What a rule finds in one property of each of some resources.
 *
 * @param judge says nothing of a value that is right; `undefined` is what is not there.
 */
export function propertyFindings(
    resources: readonly StackResource[],
    path: string | ((resource: StackResource) => string),
    judge: (value: unknown, resource: StackResource) => Violation | undefined,
): Finding[] {
    return resources.flatMap((resource) => {
        const { urn, props } = resource;
        const place = typeof path === "string" ? path : path(resource);
        const value = at(props, place);
        if (value === unknown) return [undecided(urn, place)];
        const wrong = judge(value ?? undefined, resource);
        return wrong === undefined ? [] : [violation(urn, place, wrong)];
    });
}
