import { randomBytes } from "node:crypto";
import type { NamedDocument } from "../../access";
import { limits } from "../../agentcore/limits";
import { AwsError } from "../awsError";
import { requireWellFormed } from "./policyText";
import type { PrincipalDirectory } from "./principals";
import { refuseProblems } from "./refuse";

/** A policy as it was stored, with the unique ids that stood behind its role and user ARNs then. */
export interface StoredPolicy {
    text: string;
    principalIds: Record<string, string>;
}

/** A role of one account. */
export interface Role {
    roleName: string;
    path: string;
    arn: string;
    roleId: string;
    description: string;
    maxSessionSeconds: number;
    createdAt: Date;
    /** Read by policies as `aws:PrincipalTag/<key>`. */
    tags: Readonly<Record<string, string>>;
    trust: StoredPolicy;
    inlinePolicies: Map<string, string>;
    /** Managed policies by ARN, with their text. */
    attachedPolicies: Map<string, string>;
    /** The managed policy that limits what the others allow. */
    permissionsBoundary?: { arn: string; document: string };
}

/** What CreateRole takes. */
export interface RoleInput {
    roleName: string;
    path?: string;
    assumeRolePolicyDocument: string;
    description?: string;
    maxSessionSeconds?: number;
    tags?: Readonly<Record<string, string>>;
}

/** IAM of one account: roles with inline policies. Errors are IAM's own codes. */
export class Iam {
    readonly #roles = new Map<string, Role>();

    constructor(
        private readonly account: { id: string; partition: string },
        private readonly directory: PrincipalDirectory,
        private readonly now: () => number,
    ) {}

    createRole(input: RoleInput): Role {
        refuseProblems("aws:iam/role:Role", roleProperties(input), invalid);
        const key = input.roleName.toLowerCase();
        if (this.#roles.has(key)) {
            throw new AwsError(
                "EntityAlreadyExists",
                `Role with name ${input.roleName} already exists.`,
                409,
            );
        }
        const path = input.path ?? "/";
        const role: Role = {
            roleName: input.roleName,
            path,
            arn: `arn:${this.account.partition}:iam::${this.account.id}:role${path}${input.roleName}`,
            roleId: `AROA${uniqueId(17)}`,
            description: input.description ?? "",
            maxSessionSeconds: input.maxSessionSeconds ?? limits.sessionSeconds.min,
            createdAt: new Date(this.now()),
            tags: input.tags ?? {},
            trust: this.#trust(input.assumeRolePolicyDocument),
            inlinePolicies: new Map(),
            attachedPolicies: new Map(),
        };
        this.#roles.set(key, role);
        return role;
    }

    updateRole(roleName: string, change: Partial<Omit<RoleInput, "roleName" | "path">>): Role {
        const role = this.role(roleName);
        const document = change.assumeRolePolicyDocument;
        refuseProblems(
            "aws:iam/role:Role",
            roleProperties({ assumeRolePolicyDocument: role.trust.text, ...change, roleName }),
            invalid,
        );
        if (document !== undefined) role.trust = this.#trust(document);
        role.description = change.description ?? "";
        role.tags = change.tags ?? {};
        role.maxSessionSeconds = change.maxSessionSeconds ?? limits.sessionSeconds.min;
        return role;
    }

    /** @throws AwsError NoSuchEntity */
    role(roleName: string): Role {
        const role = this.findRole(roleName);
        if (role === undefined) {
            throw new AwsError(
                "NoSuchEntity",
                `The role with name ${roleName} cannot be found.`,
                404,
            );
        }
        return role;
    }

    findRole(roleName: string): Role | undefined {
        return this.#roles.get(roleName.toLowerCase());
    }

    roleByArn(arn: string): Role | undefined {
        // A role's name is unique in its account, and the last part of its ARN.
        const role = this.findRole(arn.slice(arn.lastIndexOf("/") + 1));
        return role?.arn === arn ? role : undefined;
    }

    roles(): Role[] {
        return [...this.#roles.values()];
    }

    deleteRole(roleName: string): void {
        const role = this.role(roleName);
        if (role.inlinePolicies.size > 0 || role.attachedPolicies.size > 0) {
            throw new AwsError(
                "DeleteConflict",
                "Cannot delete entity, must delete policies first.",
                409,
            );
        }
        this.#roles.delete(roleName.toLowerCase());
    }

    putRolePolicy(roleName: string, policyName: string, document: string): void {
        refuseProblems(
            "aws:iam/rolePolicy:RolePolicy",
            { role: roleName, name: policyName, policy: document },
            invalid,
        );
        const role = this.role(roleName);
        requireWellFormed(document, "identity", malformed);
        const others = [...role.inlinePolicies].filter(([name]) => name !== policyName);
        const size = [...others.map(([, text]) => text), document]
            .map((text) => text.replace(/\s/g, "").length)
            .reduce((sum, length) => sum + length, 0);
        const { max } = limits.roleInlinePolicyCharacters;
        if (size > max) {
            throw new AwsError(
                "LimitExceeded",
                `Maximum policy size of ${max} bytes exceeded for role ${roleName}: ${size}`,
                409,
            );
        }
        role.inlinePolicies.set(policyName, document);
    }

    rolePolicy(roleName: string, policyName: string): string {
        const text = this.role(roleName).inlinePolicies.get(policyName);
        if (text === undefined) {
            throw new AwsError(
                "NoSuchEntity",
                `The role policy with name ${policyName} cannot be found.`,
                404,
            );
        }
        return text;
    }

    deleteRolePolicy(roleName: string, policyName: string): void {
        this.rolePolicy(roleName, policyName);
        this.role(roleName).inlinePolicies.delete(policyName);
    }

    /** The identity policies of a role, named for explanations. */
    identityPolicies(role: Role): NamedDocument[] {
        const inline = [...role.inlinePolicies].map(([name, document]) => ({
            name: `role ${role.roleName}, inline policy ${name}`,
            document,
        }));
        const attached = [...role.attachedPolicies].map(([arn, document]) => ({
            name: `role ${role.roleName}, managed policy ${arn}`,
            document,
        }));
        return [...inline, ...attached];
    }

    /** What a role's policies are limited to. */
    boundary({ roleName, permissionsBoundary }: Role): NamedDocument | undefined {
        if (permissionsBoundary === undefined) return undefined;
        const { arn, document } = permissionsBoundary;
        return { name: `role ${roleName}, permissions boundary ${arn}`, document };
    }

    putRolePermissionsBoundary(roleName: string, arn: string, document: string): void {
        const role = this.role(roleName);
        requireWellFormed(document, "identity", malformed);
        role.permissionsBoundary = { arn, document };
    }

    #trust(document: string): StoredPolicy {
        requireWellFormed(document, "trust", malformed);
        const { max } = limits.trustPolicyCharacters;
        if (document.replace(/\s/g, "").length > max) {
            throw new AwsError(
                "LimitExceeded",
                `Cannot exceed quota for ACLSizePerRole: ${max}`,
                409,
            );
        }
        return { text: document, principalIds: this.directory.bind(document, "trust") };
    }
}

function malformed(message: string): AwsError {
    return new AwsError("MalformedPolicyDocument", message, 400);
}

function invalid(message: string): AwsError {
    return new AwsError("ValidationError", message, 400);
}

/** CreateRole's input in the names of the constraints. */
function roleProperties(input: RoleInput): Record<string, unknown> {
    return {
        name: input.roleName,
        path: input.path,
        assumeRolePolicy: input.assumeRolePolicyDocument,
        description: input.description,
        maxSessionDuration: input.maxSessionSeconds,
        tags: input.tags,
    };
}

/** Random upper-case letters and digits, as in AWS's unique ids and access keys. */
export function uniqueId(length: number): string {
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    return [...randomBytes(length)].map((byte) => alphabet[byte % 32]).join("");
}
