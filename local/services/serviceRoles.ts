import { evaluate, evaluateTrust, type RequestPrincipal } from "../../access";
import { accountOfArn, regionOfArn } from "../../agentcore/arn";
import type { Iam, Role } from "./iam";
import { requestContext } from "./requestContext";

/** Whether a service may assume a role that it was given. */
export type Assumability = "admitted" | "refused" | "missing" | "otherAccount";

/** What services ask about the roles that they are given: may they assume them, and what may these do? */
export class ServiceRoles {
    constructor(
        private readonly account: { id: string; partition: string },
        private readonly iam: Iam,
        private readonly now: () => number,
    ) {}

    /** Asks the role's trust policy, for the resource on whose behalf the service assumes the role. */
    assumability(roleArn: string, service: string, sourceArn: string): Assumability {
        if (accountOfArn(roleArn) !== this.account.id) return "otherAccount";
        const role = this.iam.roleByArn(roleArn);
        if (role === undefined) return "missing";
        const { decision } = evaluateTrust({
            principal: { type: "service", service },
            roleArn,
            roleAccountId: this.account.id,
            trust: {
                name: `role ${role.roleName}, trust policy`,
                document: role.trust.text,
                principalIds: role.trust.principalIds,
            },
            policies: { identity: [] },
            context: { "aws:SourceAccount": this.account.id, "aws:SourceArn": sourceArn },
        });
        return decision === "allow" ? "admitted" : "refused";
    }

    /** Whether the role's own policies allow a session of the service to do this in the role's account. */
    allows(roleArn: string, sessionName: string, action: string, resource: string): boolean {
        const role = this.iam.roleByArn(roleArn);
        if (role === undefined) return false;
        const region = regionOfArn(resource);
        const principal = this.#session(role, sessionName);
        const { decision } = evaluate(
            {
                principal,
                action,
                resource,
                resourceAccountId: this.account.id,
                context: requestContext({
                    caller: {
                        principal,
                        issuedAt: this.now(),
                        chained: false,
                        accessKeyId: "",
                        secretAccessKey: "",
                    },
                    tags: role.tags,
                    resourceAccountId: this.account.id,
                    now: this.now(),
                    ...(region !== undefined && { region }),
                }),
            },
            { identity: this.iam.identityPolicies(role) },
        );
        return decision === "allow";
    }

    #session(role: Role, sessionName: string): RequestPrincipal & { type: "role-session" } {
        return {
            type: "role-session",
            accountId: this.account.id,
            roleArn: role.arn,
            roleId: role.roleId,
            sessionName,
            sessionArn: `arn:${this.account.partition}:sts::${this.account.id}:assumed-role/${role.roleName}/${sessionName}`,
        };
    }
}
