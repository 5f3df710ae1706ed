import { accountOfArn } from "../../agentcore/arn";
import { AwsError } from "../awsError";

/** What the directory needs of an account: its roles. */
interface RoleSource {
    iam: { roleByArn: (arn: string) => { roleId: string } | undefined };
}

/**
 * Finds the unique ids behind role ARNs over all accounts: AWS stores the id, so that a role made anew
 * under an old name does not inherit its grants
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html; sure for
 * trust policies, inferred for AgentCore resource policies).
 */
export class PrincipalDirectory {
    constructor(private readonly accounts: ReadonlyMap<string, RoleSource>) {}

    /**
     * The ids behind a document's role ARNs. A principal of an account that is not in the local cloud stays
     * unbound; nobody can call as it here.
     *
     * @param kind `unchecked` leaves a role that is not there unbound.
     * @throws AwsError when a role of a local account is not there, as AWS refuses it.
     */
    bind(document: string, kind: "trust" | "resource" | "unchecked"): Record<string, string> {
        const ids: Record<string, string> = {};
        for (const arn of principalArns(document)) {
            if (!/^arn:[^:]+:iam::\d{12}:(role|user)\//.test(arn)) continue;
            const account = this.accounts.get(accountOfArn(arn) ?? "");
            if (account === undefined) continue;
            const role = account.iam.roleByArn(arn);
            if (role === undefined && kind === "unchecked") continue;
            if (role === undefined) {
                const message = `Invalid principal in policy: "AWS":"${arn}"`;
                throw kind === "trust"
                    ? new AwsError("MalformedPolicyDocument", message, 400)
                    : new AwsError("ValidationException", message, 400);
            }
            ids[arn] = role.roleId;
        }
        return ids;
    }
}

interface PrincipalStatement {
    Principal?: string | { AWS?: string | string[] };
}

function principalArns(document: string): string[] {
    const { Statement } = JSON.parse(document) as {
        Statement: PrincipalStatement | PrincipalStatement[];
    };
    return [Statement].flat().flatMap(({ Principal }) => {
        if (typeof Principal !== "object") return [];
        return Principal.AWS === undefined ? [] : [Principal.AWS].flat();
    });
}
