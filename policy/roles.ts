import { documentAt, type StackDocument } from "./documents";
import { roleTypes } from "./kinds";
import { unknown, type StackResource } from "./resource";

/** A role, and who may take it on. */
export interface Role {
    resource: StackResource;
    name: unknown;
    arn: unknown;
    trust: StackDocument;
}

/** The roles among resources. */
export function rolesIn(resources: readonly StackResource[]): Role[] {
    return resources.flatMap((resource) => {
        const known = Object.entries(roleTypes).find(([type]) => type === resource.type)?.[1];
        if (known === undefined) return [];
        return {
            resource,
            name: resource.props[known.name],
            arn: resource.props["arn"] ?? unknown,
            trust: documentAt(resource, known.trust, "trust"),
        };
    });
}

/** The one of some roles that a property names: `undefined` where it is none of them. */
export function roleAt(
    roles: readonly Role[],
    { props, madeFrom }: StackResource,
    property: string,
): Role | typeof unknown | undefined {
    const value = props[property];
    if (value === undefined) return undefined;
    const byMaking = roles.filter(({ resource: { urn } }) => madeFrom?.[property]?.includes(urn));
    if (value === unknown) return byMaking.length === 1 ? byMaking[0] : unknown;
    const named = roles.find(({ arn, name }) => value === arn || value === name);
    const notYet = roles.filter(({ arn }) => arn === unknown);
    return named ?? byMaking.find(({ arn }) => arn === unknown) ?? byName(value, notYet);
}

/** Of roles whose ARN is not known yet, the one that an ARN names; `unknown` where it may be one without a name. */
function byName(arn: unknown, roles: readonly Role[]): Role | typeof unknown | undefined {
    const name = String(arn).split("/").at(-1);
    return (
        roles.find((role) => role.name === name) ??
        (roles.some((role) => role.name === unknown) ? unknown : undefined)
    );
}
