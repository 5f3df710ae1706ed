import { randomBytes } from "node:crypto";
import { evaluateTrust, explain } from "../../access";
import { accountOfArn } from "../../agentcore/arn";
import { limits } from "../../agentcore/limits";
import { AwsError, notEmulated } from "../awsError";
import type { LocalAccount } from "./account";
import { uniqueId, type Role } from "./iam";
import { requireWellFormed } from "./policyText";
import { requestContext, type RequestOrigin } from "./requestContext";
import type { SessionKey } from "./sessionKey";

/** STS over all accounts: sessions of roles, held in memory. */
export class Sts {
    readonly #keys = new Map<string, SessionKey>();
    readonly #serviceSessions = new Map<string, SessionKey>();
    /** By trust policy, which a change replaces; a call of a tool asks twice. */
    readonly #admitted = new WeakMap<Role["trust"], Map<string, boolean>>();
    #sweepAt = 1024;

    constructor(
        private readonly accounts: ReadonlyMap<string, LocalAccount>,
        private readonly now: () => number,
    ) {}

    key(accessKeyId: string): SessionKey | undefined {
        return this.#keys.get(accessKeyId);
    }

    /** A session without asking a trust policy: for the generated administrator profiles. */
    session(account: LocalAccount, role: Role, sessionName: string): SessionKey {
        return this.#issue(account, role, sessionName, { chained: false });
    }

    /** A session that ended a minute ago: what AWS says to it need not be waited for. */
    expiredSession(account: LocalAccount, role: Role): SessionKey {
        const expiresAt = this.now() - 60_000;
        return this.#issue(account, role, "expired", { chained: true, expiresAt });
    }

    /**
     * AssumeRole: the role's trust policy must allow the caller, even within one account.
     *
     * @throws AwsError AccessDenied, ValidationError, MalformedPolicyDocument
     */
    assumeRole(
        caller: SessionKey,
        input: Readonly<Record<string, string>>,
        origin?: RequestOrigin,
    ): SessionKey {
        const { RoleArn = "", RoleSessionName = "", Policy, DurationSeconds, ExternalId } = input;
        for (const name of Object.keys(input)) {
            if (/^(PolicyArns|Tags|TransitiveTagKeys|ProvidedContexts|SerialNumber)/.test(name)) {
                throw notEmulated(`sts:AssumeRole ${name}`);
            }
        }
        const { pattern, rule } = limits.roleSessionName;
        if (!pattern.test(RoleSessionName)) {
            throw new AwsError("ValidationError", `RoleSessionName must be ${rule}`, 400);
        }
        const account = this.accounts.get(accountOfArn(RoleArn) ?? "");
        const role = account?.iam.roleByArn(RoleArn);
        if (account === undefined || role === undefined) throw denied(caller, RoleArn);
        const decision = evaluateTrust({
            principal: caller.principal,
            roleArn: RoleArn,
            roleAccountId: account.id,
            trust: {
                name: `role ${role.roleName}, trust policy`,
                document: role.trust.text,
                principalIds: role.trust.principalIds,
            },
            policies: this.policiesOf(caller),
            context: {
                ...requestContext({
                    caller,
                    tags: this.tagsOf(caller),
                    resourceAccountId: account.id,
                    now: this.now(),
                    ...(origin !== undefined && { origin }),
                }),
                "sts:RoleSessionName": RoleSessionName,
                ...(ExternalId !== undefined && { "sts:ExternalId": ExternalId }),
            },
        });
        if (decision.decision !== "allow") {
            throw denied(
                caller,
                RoleArn,
                explain(decision, {
                    principal: caller.principal,
                    action: "sts:AssumeRole",
                    resource: RoleArn,
                    resourceAccountId: account.id,
                }),
            );
        }
        if (Policy !== undefined) {
            requireWellFormed(
                Policy,
                "identity",
                (message) => new AwsError("MalformedPolicyDocument", message, 400),
            );
        }
        const longest = caller.chained ? limits.sessionSeconds.min : role.maxSessionSeconds;
        const seconds = DurationSeconds === undefined ? 3600 : Number(DurationSeconds);
        if (!(seconds >= 900 && seconds <= longest)) {
            throw new AwsError(
                "ValidationError",
                `The requested DurationSeconds exceeds the MaxSessionDuration set for this role: got ${seconds}; must be 900-${longest}`,
                400,
            );
        }
        return this.#issue(account, role, RoleSessionName, {
            chained: true,
            expiresAt: this.now() + seconds * 1000,
            ...(Policy !== undefined && { sessionPolicy: Policy }),
        });
    }

    /** A service's session of a role, where the role's trust policy admits the service for this source. */
    serviceSession(
        roleArn: string,
        service: string,
        source: { accountId: string; arn: string },
        sessionName: string,
    ): SessionKey | undefined {
        const account = this.accounts.get(accountOfArn(roleArn) ?? "");
        const role = account?.iam.roleByArn(roleArn);
        if (account === undefined || role === undefined) return undefined;
        if (!this.#admits(role, account.id, service, source)) return undefined;
        const id = `${role.roleId}/${sessionName}`;
        const kept = this.#serviceSessions.get(id);
        if (kept !== undefined && (kept.expiresAt ?? 0) > this.now() + 3600_000) return kept;
        const key = this.#issue(account, role, sessionName, {
            chained: false,
            expiresAt: this.now() + limits.sessionSeconds.max * 1000,
        });
        this.#serviceSessions.set(id, key);
        return key;
    }

    /** Whether a role's trust policy admits the service for this source. */
    #admits(
        role: Role,
        roleAccountId: string,
        service: string,
        source: { accountId: string; arn: string },
    ): boolean {
        const bySource = this.#admitted.get(role.trust) ?? new Map<string, boolean>();
        this.#admitted.set(role.trust, bySource);
        const key = `${service} ${source.accountId} ${source.arn}`;
        const known = bySource.get(key);
        if (known !== undefined) return known;
        const { decision } = evaluateTrust({
            principal: { type: "service", service },
            roleArn: role.arn,
            roleAccountId,
            trust: {
                name: `role ${role.roleName}, trust policy`,
                document: role.trust.text,
                principalIds: role.trust.principalIds,
            },
            policies: { identity: [] },
            context: { "aws:SourceAccount": source.accountId, "aws:SourceArn": source.arn },
        });
        bySource.set(key, decision === "allow");
        return decision === "allow";
    }

    /** The tags of a session's role, as they are now. */
    tagsOf({ principal }: SessionKey): Readonly<Record<string, string>> {
        const role = this.accounts.get(principal.accountId)?.iam.roleByArn(principal.roleArn);
        return role?.roleId === principal.roleId ? role.tags : {};
    }

    /** A session's identity policies (none once its role is gone) and its session policy. */
    policiesOf(key: SessionKey) {
        const { roleArn, roleId, accountId } = key.principal;
        const iam = this.accounts.get(accountId)?.iam;
        const role = iam?.roleByArn(roleArn);
        const isThere = iam !== undefined && role?.roleId === roleId;
        const boundary = isThere ? iam.boundary(role) : undefined;
        return {
            identity: isThere ? iam.identityPolicies(role) : [],
            ...(boundary !== undefined && { boundary }),
            ...(key.sessionPolicy !== undefined && {
                session: [{ name: "session policy", document: key.sessionPolicy }],
            }),
        };
    }

    #issue(
        account: LocalAccount,
        role: Role,
        sessionName: string,
        rest: { chained: boolean; expiresAt?: number; sessionPolicy?: string },
    ): SessionKey {
        this.#forgetExpired();
        const key: SessionKey = {
            accessKeyId: `ASIA${uniqueId(16)}`,
            secretAccessKey: randomBytes(30).toString("base64"),
            sessionToken: randomBytes(96).toString("base64"),
            principal: {
                type: "role-session",
                accountId: account.id,
                roleArn: role.arn,
                roleId: role.roleId,
                sessionName,
                sessionArn: `arn:${account.partition}:sts::${account.id}:assumed-role/${role.roleName}/${sessionName}`,
            },
            issuedAt: this.now(),
            ...rest,
        };
        this.#keys.set(key.accessKeyId, key);
        return key;
    }

    /**
     * Keeps expired keys for a day at least, so that their use is answered as expired and not as unknown. Looks
     * again when there are twice as many keys, so that it costs the same for each session.
     */
    #forgetExpired(): void {
        if (this.#keys.size < this.#sweepAt) return;
        const before = this.now() - 86_400_000;
        for (const [id, { expiresAt }] of this.#keys) {
            if (expiresAt !== undefined && expiresAt < before) this.#keys.delete(id);
        }
        this.#sweepAt = Math.max(1024, 2 * this.#keys.size);
    }
}

function denied(caller: SessionKey, roleArn: string, message?: string): AwsError {
    return new AwsError(
        "AccessDenied",
        message ??
            `User: ${caller.principal.sessionArn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
        403,
    );
}
