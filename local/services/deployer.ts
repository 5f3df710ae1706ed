import type { DeployerRequest } from "../../deployer/requests";
import { AwsError } from "../awsError";
import type { LocalAccount } from "./account";
import type { Authorizer } from "./authorizer";
import { credentialEnvironment, type SessionKey } from "./sessionKey";
import type { Sts } from "./sts";

/** Who an account's providers act as: what they do is decided by that role's policies. */
export class Deployer {
    #key: SessionKey;
    #asked = 0;

    constructor(
        private readonly account: LocalAccount,
        roleName: string,
        private readonly services: { sts: Sts; authorizer: Authorizer },
    ) {
        this.#key = this.#session(roleName);
    }

    get key(): SessionKey {
        return this.#key;
    }

    /** Has the providers act as another role of the account from now on. */
    become(roleName: string): void {
        this.#key = this.#session(roleName);
    }

    /**
     * Refuses what the deployer is not allowed, before anything of it is done.
     *
     * @param what the operation that needs it, for the message.
     * @throws AwsError AccessDenied in AWS's own words, for the first that is lacking.
     */
    require(requests: readonly DeployerRequest[], what: string): void {
        for (const request of requests) {
            this.#asked += 1;
            const { decision, message } = this.services.authorizer.decide(this.#key, {
                ...request,
                resourceAccountId: this.account.id,
                requestId: `deployer-${this.account.id}-${this.#asked}`,
            });
            if (decision.decision === "allow") continue;
            throw new AwsError("AccessDenied", `${message} (${what})`, 403);
        }
    }

    /** The deployer's credentials, for the processes that its deployment starts. */
    environment(): Record<string, string> {
        return credentialEnvironment(this.#key);
    }

    #session(roleName: string): SessionKey {
        const role = this.account.iam.role(roleName);
        return this.services.sts.session(this.account, role, "deployer");
    }
}
