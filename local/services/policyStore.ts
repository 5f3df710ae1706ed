import { runtimeOfArn } from "../../agentcore/runtime";
import type { LocalAccount } from "./account";
import type { StoredPolicy } from "./iam";

/** The resource policy of one ARN: of a gateway, or of a runtime or its endpoint. */
export interface PolicyStore {
    put: (policy: string) => StoredPolicy;
    /** @throws AwsError ResourceNotFoundException */
    get: () => StoredPolicy;
    /** The policy's text, where there is one. */
    find: () => string | undefined;
    delete: () => void;
}

/** Where an account keeps the policy of a resource. */
export function policyStore(
    { agentcore, agentRuntimes }: LocalAccount,
    resourceArn: string,
): PolicyStore {
    if (runtimeOfArn(resourceArn) === undefined) {
        return {
            put: (policy) => agentcore.putResourcePolicy(resourceArn, policy),
            get: () => agentcore.resourcePolicy(resourceArn),
            find: () => agentcore.gatewayByArn(resourceArn)?.resourcePolicy?.text,
            delete: () => {
                agentcore.deleteResourcePolicy(resourceArn);
            },
        };
    }
    return {
        put: (policy) => agentRuntimes.putResourcePolicy(resourceArn, policy),
        get: () => agentRuntimes.getResourcePolicy(resourceArn),
        find: () => {
            const document = agentRuntimes.policyDocument(resourceArn)?.document;
            return typeof document === "string" ? document : undefined;
        },
        delete: () => {
            agentRuntimes.deleteResourcePolicy(resourceArn);
        },
    };
}
