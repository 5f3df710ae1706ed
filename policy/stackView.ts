import { parseArn, regionOfArn } from "../agentcore/arn";
import { runtimeOfUrl, isRuntimeArn } from "../agentcore/runtime";
import type { StackDocument } from "./documents";
import {
    attachmentTypes,
    awsProviderTypes,
    functionTypes,
    gatewayTypes,
    identityPolicyTypes,
    resourcePolicyTypes,
    roleTypes,
    runtimeTypes,
    targetTypes,
} from "./kinds";
import { at, listOf, unknown, type Props, type StackResource } from "./resource";

/** A role, and who uses it. */
export interface Role {
    resource: StackResource;
    name: unknown;
    arn: unknown;
    trust: StackDocument;
}

/** A gateway, or a runtime, or a function: something with a role that AWS takes on. */
export interface Worker {
    kind: "gateway" | "runtime" | "function";
    resource: StackResource;
    /** The name that config gave it. */
    name: unknown;
    id: unknown;
    arn: unknown;
    /** The property with its role, and the role: `unknown` before the update, `undefined` where the stack has none. */
    roleProperty: string;
    role: Role | typeof unknown | undefined;
}

/** A gateway's target, and what its calls are authorized on. */
export interface Target {
    resource: StackResource;
    lambdaArn: unknown;
    endpoint: unknown;
    /** The runtime and qualifier of an endpoint that is one's. */
    runtime?: { runtimeArn: string; qualifier: string };
}

/** A resource policy of a gateway, a runtime or an endpoint. */
export interface ResourcePolicy {
    resource: StackResource;
    resourceArn: unknown;
    document: StackDocument;
}

/** A stack as the rules see it, wherever it comes from. Everything is read when it is first asked for. */
export class StackView {
    readonly #known = new Map<string, unknown>();
    readonly #byUrn: ReadonlyMap<string, StackResource>;

    constructor(readonly resources: readonly StackResource[]) {
        this.#byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
    }

    /** The stack's name. */
    get stack(): string {
        const [, , rest = ""] = this.resources[0]?.urn.split(":", 3) ?? [];
        return rest;
    }

    /** The stack's outputs, where they are there. */
    get outputs(): Props {
        return this.ofTypes(["pulumi:pulumi:Stack"])[0]?.props ?? {};
    }

    /** The resources of these types. */
    ofTypes(types: readonly string[]): StackResource[] {
        return this.resources.filter(({ type }) => types.includes(type));
    }

    get roles(): readonly Role[] {
        return this.#once("roles", () =>
            this.ofTypes(Object.keys(roleTypes)).map((resource) => {
                const { name, trust } = roleTypes[resource.type as keyof typeof roleTypes];
                return {
                    resource,
                    name: resource.props[name],
                    arn: resource.props["arn"] ?? unknown,
                    trust: documentAt(resource, trust, "trust"),
                };
            }),
        );
    }

    get gateways(): readonly Worker[] {
        return this.#workers("gateway", Object.keys(gatewayTypes), "roleArn", (resource) => ({
            name: resource.props["name"],
            id: resource.props[gatewayTypes[resource.type as keyof typeof gatewayTypes].id],
            arn: resource.props["gatewayArn"] ?? unknown,
        }));
    }

    get runtimes(): readonly Worker[] {
        return this.#workers("runtime", runtimeTypes, "roleArn", ({ props }) => ({
            name: props["agentRuntimeName"],
            id: props["agentRuntimeId"],
            arn: props["agentRuntimeArn"] ?? unknown,
        }));
    }

    get functions(): readonly Worker[] {
        return this.#workers("function", Object.keys(functionTypes), "role", (resource) => {
            const name =
                resource.props[functionTypes[resource.type as keyof typeof functionTypes].name];
            return { name, id: name, arn: resource.props["arn"] ?? unknown };
        });
    }

    /** All that has a role that AWS takes on. */
    get workers(): readonly Worker[] {
        return this.#once("workers", () => [...this.gateways, ...this.runtimes, ...this.functions]);
    }

    /** Whose role a role is. */
    workersOf(role: Role): Worker[] {
        return this.workers.filter((worker) => worker.role === role);
    }

    /** The targets of a gateway; of any, where theirs is not known yet. */
    targetsOf(gateway: Worker): Target[] {
        const own = ({ props, madeFrom }: StackResource): boolean => {
            const { gatewayIdentifier } = props;
            if (
                gatewayIdentifier !== unknown &&
                gateway.id !== undefined &&
                gateway.id !== unknown
            ) {
                return gatewayIdentifier === gateway.id || gatewayIdentifier === gateway.arn;
            }
            return madeFrom?.["gatewayIdentifier"]?.includes(gateway.resource.urn) ?? true;
        };
        return this.targets.filter(({ resource }) => own(resource));
    }

    get targets(): readonly Target[] {
        return this.#once("targets", () =>
            this.ofTypes(targetTypes).map((resource) => {
                const mcp = at(resource.props, "targetConfiguration.mcp");
                const endpoint = at(mcp, "mcpServer.endpoint");
                const runtime = typeof endpoint === "string" ? runtimeAt(endpoint) : undefined;
                return {
                    resource,
                    lambdaArn: at(mcp, "lambda.lambdaArn"),
                    endpoint,
                    ...(runtime !== undefined && { runtime }),
                };
            }),
        );
    }

    get resourcePolicies(): readonly ResourcePolicy[] {
        return this.#once("resourcePolicies", () =>
            this.ofTypes(resourcePolicyTypes).map((resource) => ({
                resource,
                resourceArn: resource.props["resourceArn"],
                document: documentAt(resource, "policy", "resource"),
            })),
        );
    }

    /** Every policy of a role, user, group or permission set. */
    get identityDocuments(): readonly StackDocument[] {
        return this.#once("identityDocuments", () =>
            this.resources.flatMap((resource) => [
                ...inlineDocuments(resource),
                ...ownDocument(resource),
            ]),
        );
    }

    /** Every document of the stack. */
    get documents(): readonly StackDocument[] {
        return this.#once("documents", () => [
            ...this.roles.map(({ trust }) => trust),
            ...this.identityDocuments,
            ...this.resourcePolicies.map(({ document }) => document),
        ]);
    }

    /** The policies of one role: inline, named and attached. */
    documentsOf(role: Role): readonly StackDocument[] {
        return this.#once(`documentsOf ${role.resource.urn}`, () => {
            const attached = new Set(
                this.managedPoliciesOf(role).flatMap(({ policy }) => policy?.urn ?? []),
            );
            return [
                ...inlineDocuments(role.resource),
                ...this.resources.flatMap((resource) => {
                    const { roles } = identityPolicyTypes[resource.type] ?? {};
                    const isOwn =
                        attached.has(resource.urn) ||
                        (roles !== undefined && this.#names(resource, role));
                    return isOwn ? ownDocument(resource) : [];
                }),
            ];
        });
    }

    /** The managed policies of a role, with the resource where the stack has it. */
    managedPoliciesOf(
        role: Role,
    ): { urn: string; path: string; arn: unknown; policy?: StackResource }[] {
        const { resource } = role;
        const placed = (of: StackResource, property: string) =>
            listOf(of.props[property]).map((arn) => {
                const policy = this.#policyAt(of, property, arn);
                return {
                    urn: of.urn,
                    path: property,
                    arn,
                    ...(policy !== undefined && { policy }),
                };
            });
        return [
            ...placed(resource, "managedPolicyArns"),
            ...this.resources.flatMap((attachment) => {
                const { roles, policies } = attachmentTypes[attachment.type] ?? {};
                if (roles === undefined || policies === undefined) return [];
                return this.#names(attachment, role) ? placed(attachment, policies) : [];
            }),
        ];
    }

    /** The account of a resource: its provider's, or that of the ARN of a role of the stack. */
    accountOf(resource: StackResource): string | undefined {
        const [pinned] = pinnedAccounts(this.providerOf(resource) ?? {});
        if (pinned !== undefined) return pinned;
        const { account } = this.outputs;
        if (typeof account === "string") return account;
        for (const { arn } of [...this.roles, ...this.workers]) {
            if (typeof arn === "string") return parseArn(arn)?.accountId;
        }
        return undefined;
    }

    /** The region of a resource: its provider's, or its own ARN's. */
    regionOf(resource: StackResource): string | undefined {
        const region = this.providerOf(resource)?.["region"];
        if (typeof region === "string") return region;
        for (const { arn } of this.workers) {
            if (typeof arn === "string") return regionOfArn(arn);
        }
        return undefined;
    }

    /** The properties of a resource's provider. */
    providerOf(resource: StackResource): Props | undefined {
        if (resource.provider !== undefined) return resource.provider.props;
        const own = resource.type.startsWith("aws-native:")
            ? awsProviderTypes[1]
            : awsProviderTypes[0];
        return this.ofTypes([own])[0]?.props;
    }

    /** The role that a property names: `undefined` where the stack has no such role. */
    roleAt(resource: StackResource, property: string): Worker["role"] {
        const value = resource.props[property];
        if (value === undefined) return undefined;
        const byMaking = this.roles.filter(({ resource: { urn } }) =>
            resource.madeFrom?.[property]?.includes(urn),
        );
        if (value === unknown) return byMaking.length === 1 ? byMaking[0] : unknown;
        const named = this.roles.find(({ arn, name }) => value === arn || value === name);
        const notYet = this.roles.filter(({ arn }) => arn === unknown);
        return named ?? byMaking.find(({ arn }) => arn === unknown) ?? byName(value, notYet);
    }

    /** Whether a policy is there of which it is not known yet whose it is. */
    get hasPoliciesOfUnknownRoles(): boolean {
        return this.#once("hasPoliciesOfUnknownRoles", () =>
            this.resources.some((resource) => {
                const { type } = resource;
                const property = identityPolicyTypes[type]?.roles ?? attachmentTypes[type]?.roles;
                if (property === undefined || resource.props[property] === undefined) return false;
                if (this.roles.some((role) => this.#names(resource, role))) return false;
                const isNamed = resource.props[property] !== unknown;
                return !isNamed || this.roles.some(({ name }) => name === unknown);
            }),
        );
    }

    /** Whether a property of a policy or an attachment names a role. */
    #names(resource: StackResource, role: Role): boolean {
        return this.#rolesNamed.get(resource)?.includes(role) === true;
    }

    /** The roles that each policy and attachment names: read once, because a stack may have many of both. */
    get #rolesNamed(): ReadonlyMap<StackResource, readonly Role[]> {
        return this.#once("rolesNamed", () => {
            const byName = new Map<unknown, Role>();
            for (const role of this.roles) {
                for (const key of [role.name, role.arn]) if (key !== unknown) byName.set(key, role);
            }
            return new Map(
                this.resources.flatMap((resource): [StackResource, Role[]][] => {
                    const { type, props, madeFrom } = resource;
                    const property =
                        identityPolicyTypes[type]?.roles ?? attachmentTypes[type]?.roles;
                    if (property === undefined) return [];
                    const roles = listOf(props[property]).flatMap((one) => {
                        if (one !== unknown) return byName.get(one) ?? [];
                        return this.roles.filter(
                            (role) => madeFrom?.[property]?.includes(role.resource.urn) === true,
                        );
                    });
                    return [[resource, roles]];
                }),
            );
        });
    }

    #policyAt(resource: StackResource, property: string, arn: unknown): StackResource | undefined {
        const made = resource.madeFrom?.[property] ?? [];
        return this.resources.find((policy) => {
            const own = identityPolicyTypes[policy.type]?.arn;
            if (own === undefined) return false;
            return arn === unknown ? made.includes(policy.urn) : policy.props[own] === arn;
        });
    }

    #workers(
        kind: Worker["kind"],
        types: readonly string[],
        roleProperty: string,
        read: (resource: StackResource) => { name: unknown; id: unknown; arn: unknown },
    ): readonly Worker[] {
        return this.#once(kind, () =>
            this.ofTypes(types).map((resource) => ({
                kind,
                resource,
                roleProperty,
                role: this.roleAt(resource, roleProperty),
                ...read(resource),
            })),
        );
    }

    #once<T>(key: string, read: () => T): T {
        if (!this.#known.has(key)) this.#known.set(key, read());
        return this.#known.get(key) as T;
    }

    /** The resource of a URN. */
    byUrn(urn: string): StackResource | undefined {
        return this.#byUrn.get(urn);
    }
}

/** Of roles whose ARN is not known yet, the one that an ARN names; `unknown` where it may be one without a name. */
function byName(arn: unknown, roles: readonly Role[]): Role | typeof unknown | undefined {
    const name = String(arn).split("/").at(-1);
    return (
        roles.find((role) => role.name === name) ??
        (roles.some((role) => role.name === unknown) ? unknown : undefined)
    );
}

/** The accounts that a provider works in; a provider keeps lists as JSON. */
export function pinnedAccounts(provider: Props): string[] {
    const { allowedAccountIds } = provider;
    let list: unknown = allowedAccountIds;
    if (typeof allowedAccountIds === "string") {
        try {
            list = JSON.parse(allowedAccountIds);
        } catch {
            list = [];
        }
    }
    return listOf(list).filter((one): one is string => typeof one === "string");
}

function runtimeAt(endpoint: string): Target["runtime"] {
    const known = URL.canParse(endpoint) ? runtimeOfUrl(endpoint) : undefined;
    return known !== undefined && isRuntimeArn(known.runtimeArn) ? known : undefined;
}

function documentAt(
    resource: StackResource,
    path: string,
    kind: StackDocument["kind"],
): StackDocument {
    return { urn: resource.urn, path, kind, value: at(resource.props, path) };
}

function ownDocument(resource: StackResource): StackDocument[] {
    const known = identityPolicyTypes[resource.type];
    return known === undefined ? [] : [documentAt(resource, known.document, "identity")];
}

function inlineDocuments(resource: StackResource): StackDocument[] {
    const known = Object.entries(roleTypes).find(([type]) => type === resource.type)?.[1];
    if (known === undefined) return [];
    const { list, document } = known.inline;
    return listOf(resource.props[list]).flatMap((one, index) => {
        const value = at(one, document);
        // A provider may give back an entry without a name and a policy.
        if (value === undefined) return [];
        return {
            urn: resource.urn,
            path: `${list}[${index}].${document}`,
            kind: "identity",
            value,
        };
    });
}
