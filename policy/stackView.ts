import { parseArn, regionOfArn } from "../agentcore/arn";
import type { StackDocument } from "./documents";
import { awsProviderTypes } from "./kinds";
import { pinnedAccounts } from "./providers";
import type { Props, StackResource } from "./resource";
import { resourcePoliciesIn, type ResourcePolicy } from "./resourcePolicies";
import { identityDocumentsIn, RolePolicies, type ManagedPolicy } from "./rolePolicies";
import { rolesIn, type Role } from "./roles";
import { isTargetOf, targetsIn, type Target } from "./targets";
import { workersIn, type Worker } from "./workers";

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

    /** The resource of a URN. */
    byUrn(urn: string): StackResource | undefined {
        return this.#byUrn.get(urn);
    }

    get roles(): readonly Role[] {
        return this.#once("roles", () => rolesIn(this.resources));
    }

    get gateways(): readonly Worker[] {
        return this.#ofKind("gateway");
    }

    get runtimes(): readonly Worker[] {
        return this.#ofKind("runtime");
    }

    get functions(): readonly Worker[] {
        return this.#ofKind("function");
    }

    /** All that has a role that AWS takes on. */
    get workers(): readonly Worker[] {
        return this.#once("workers", () => workersIn(this.resources, this.roles));
    }

    /** Whose role a role is. */
    workersOf(role: Role): Worker[] {
        return this.workers.filter((worker) => worker.role === role);
    }

    get targets(): readonly Target[] {
        return this.#once("targets", () => targetsIn(this.resources));
    }

    /** The targets of a gateway; of any, where theirs is not known yet. */
    targetsOf(gateway: Worker): Target[] {
        return this.targets.filter((target) => isTargetOf(target, gateway));
    }

    get resourcePolicies(): readonly ResourcePolicy[] {
        return this.#once("resourcePolicies", () => resourcePoliciesIn(this.resources));
    }

    /** Every policy of a role, user, group or permission set. */
    get identityDocuments(): readonly StackDocument[] {
        return this.#once("identityDocuments", () => this.resources.flatMap(identityDocumentsIn));
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
        return this.#once(`documentsOf ${role.resource.urn}`, () =>
            this.#rolePolicies.documentsOf(role),
        );
    }

    /** The managed policies of a role, with the resource where the stack has it. */
    managedPoliciesOf(role: Role): ManagedPolicy[] {
        return this.#rolePolicies.managedOf(role);
    }

    /** Whether a policy is there of which it is not known yet whose it is. */
    get hasPoliciesOfUnknownRoles(): boolean {
        return this.#once("hasPoliciesOfUnknownRoles", () => this.#rolePolicies.hasUnknownOwner);
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

    get #rolePolicies(): RolePolicies {
        return this.#once("rolePolicies", () => new RolePolicies(this.resources, this.roles));
    }

    #ofKind(kind: Worker["kind"]): readonly Worker[] {
        return this.#once(kind, () => this.workers.filter((worker) => worker.kind === kind));
    }

    #once<T>(key: string, read: () => T): T {
        if (!this.#known.has(key)) this.#known.set(key, read());
        return this.#known.get(key) as T;
    }
}
