import { documentAt, type StackDocument } from "./documents";
import { attachmentTypes, identityPolicyTypes, inlinePolicyTypes } from "./kinds";
import { at, listOf, unknown, type StackResource } from "./resource";
import type { Role } from "./roles";

/** A managed policy where a role gets it, with its resource where the stack has that. */
export interface ManagedPolicy {
    urn: string;
    path: string;
    arn: unknown;
    policy?: StackResource;
}

/** The policies that a resource holds: inline ones of a role, and its own where it is a policy. */
export function identityDocumentsIn(resource: StackResource): StackDocument[] {
    return [...inlineDocuments(resource), ...ownDocument(resource)];
}

/** The property of a policy or an attachment that says whose it is. */
export function rolesProperty(type: string): string | undefined {
    return identityPolicyTypes[type]?.roles ?? attachmentTypes[type]?.roles;
}

/** Which policies each role has: inline, named and attached. */
export class RolePolicies {
    readonly #resources: readonly StackResource[];
    readonly #roles: readonly Role[];
    /** The roles that each policy and attachment names: read once, because a stack may have many of both. */
    readonly #rolesNamed: ReadonlyMap<StackResource, readonly Role[]>;

    constructor(resources: readonly StackResource[], roles: readonly Role[]) {
        this.#resources = resources;
        this.#roles = roles;
        this.#rolesNamed = rolesNamed(resources, roles);
    }

    /** The documents of one role. */
    documentsOf(role: Role): StackDocument[] {
        const attached = new Set(this.managedOf(role).flatMap(({ policy }) => policy?.urn ?? []));
        return [
            ...inlineDocuments(role.resource),
            ...this.#resources
                .filter(
                    (resource) =>
                        attached.has(resource.urn) ||
                        (identityPolicyTypes[resource.type] !== undefined &&
                            this.#names(resource, role)),
                )
                .flatMap(ownDocument),
        ];
    }

    /** The managed policies of one role. */
    managedOf(role: Role): ManagedPolicy[] {
        return [
            ...this.#managedAt(role.resource, "managedPolicyArns"),
            ...this.#resources.flatMap((attachment) => {
                const { policies } = attachmentTypes[attachment.type] ?? {};
                if (policies === undefined || !this.#names(attachment, role)) return [];
                return this.#managedAt(attachment, policies);
            }),
        ];
    }

    /** Whether a policy is there of which it is not known yet whose it is. */
    get hasUnknownOwner(): boolean {
        return this.#resources.some((resource) => {
            const property = rolesProperty(resource.type);
            if (property === undefined || resource.props[property] === undefined) return false;
            if (this.#roles.some((role) => this.#names(resource, role))) return false;
            const isNamed = resource.props[property] !== unknown;
            return !isNamed || this.#roles.some(({ name }) => name === unknown);
        });
    }

    #names(resource: StackResource, role: Role): boolean {
        return this.#rolesNamed.get(resource)?.includes(role) === true;
    }

    #managedAt(resource: StackResource, path: string): ManagedPolicy[] {
        return listOf(resource.props[path]).map((arn) => {
            const policy = this.#policyAt(resource, path, arn);
            return { urn: resource.urn, path, arn, ...(policy !== undefined && { policy }) };
        });
    }

    #policyAt(resource: StackResource, property: string, arn: unknown): StackResource | undefined {
        const made = resource.madeFrom?.[property] ?? [];
        return this.#resources.find((policy) => {
            const own = identityPolicyTypes[policy.type]?.arn;
            if (own === undefined) return false;
            return arn === unknown ? made.includes(policy.urn) : policy.props[own] === arn;
        });
    }
}

function rolesNamed(
    resources: readonly StackResource[],
    roles: readonly Role[],
): ReadonlyMap<StackResource, readonly Role[]> {
    const byName = new Map<unknown, Role>();
    for (const role of roles) {
        for (const key of [role.name, role.arn]) if (key !== unknown) byName.set(key, role);
    }
    return new Map(
        resources.flatMap((resource): [StackResource, Role[]][] => {
            const { type, props, madeFrom } = resource;
            const property = rolesProperty(type);
            if (property === undefined) return [];
            const named = listOf(props[property]).flatMap((one) => {
                if (one !== unknown) return byName.get(one) ?? [];
                return roles.filter(
                    (role) => madeFrom?.[property]?.includes(role.resource.urn) === true,
                );
            });
            return [[resource, named]];
        }),
    );
}

function ownDocument(resource: StackResource): StackDocument[] {
    const known = identityPolicyTypes[resource.type];
    if (known === undefined) return [];
    const { document, isOptional = false } = known;
    if (isOptional && (resource.props[document] ?? undefined) === undefined) return [];
    return [documentAt(resource, document, "identity")];
}

function inlineDocuments({ urn, type, props }: StackResource): StackDocument[] {
    const known = inlinePolicyTypes[type];
    if (known === undefined) return [];
    const { list, document } = known;
    return listOf(props[list]).flatMap((one, index) => {
        const value = at(one, document);
        // A provider may give back an entry without a name and a policy.
        if (value === undefined) return [];
        return { urn, path: `${list}[${index}].${document}`, kind: "identity", value };
    });
}
