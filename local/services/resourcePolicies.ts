import { shown } from "../../agentcore/shown";
import type { Assumptions } from "../../agentcore/openFacts";
import { AwsError, validation } from "../awsError";
import type { StoredPolicy } from "./iam";
import { requireWellFormed } from "./policyText";
import type { PrincipalDirectory } from "./principals";
import { refuseProblems } from "./refuse";

/** A resource that takes a policy of its own, and what the policy may be about. */
export interface PolicyOwner {
    resourceArn: string;
    /** For messages: "gateway", "runtime", "runtime endpoint". */
    kind: string;
    /** The actions that its policy may name (devguide, resource-based-policies; sure). */
    actions: readonly string[];
}

/**
 * PutResourcePolicy: the policy with the ids behind its principals, once it is one that AWS takes.
 *
 * @throws AwsError ValidationException
 */
export function resourcePolicyOf(
    owner: PolicyOwner,
    policy: string,
    deps: { directory: PrincipalDirectory; assumptions: Assumptions },
): StoredPolicy {
    refuseProblems(
        "aws-native:bedrockagentcore:ResourcePolicy",
        { resourceArn: owner.resourceArn, policy },
        validation,
    );
    checkResourcePolicy(owner, policy);
    const isChecked = deps.assumptions.resourcePolicyPrincipals === "mustExist";
    return {
        text: policy,
        principalIds: deps.directory.bind(policy, isChecked ? "resource" : "unchecked"),
    };
}

/** GetResourcePolicy's and DeleteResourcePolicy's answer where there is none. */
export function noResourcePolicy(resourceArn: string): AwsError {
    return new AwsError("ResourceNotFoundException", `${resourceArn} has no resource policy`, 404);
}

/** What is answered for an ARN that is no resource of the account. */
export function unknownResource(resourceArn: string, accountId: string): AwsError {
    return new AwsError(
        "ResourceNotFoundException",
        `${resourceArn} was not found in account ${accountId}`,
        404,
    );
}

interface PolicyStatement {
    Resource?: unknown;
    NotResource?: unknown;
    Action?: unknown;
    NotAction?: unknown;
}

/** Exact own ARN, and this resource's actions only (devguide, resource-based-policies; sure). */
export function checkResourcePolicy(owner: PolicyOwner, policy: string): void {
    const { resourceArn, kind, actions } = owner;
    requireWellFormed(policy, "resource", (problem) =>
        validation(`The resource policy is malformed: ${problem}`),
    );
    const { Statement } = JSON.parse(policy) as { Statement: PolicyStatement | PolicyStatement[] };
    const problems = [Statement].flat().flatMap((statement, index) => {
        const place = `Statement[${index}]`;
        return [
            ...absent(`${place}.NotResource`, statement.NotResource, "Resource"),
            ...absent(`${place}.NotAction`, statement.NotAction, "Action"),
            ...others(statement.Resource, [resourceArn]).map(
                (resource) =>
                    `${place}.Resource: got ${shown(resource)}; must be the ${kind}'s exact ARN ${resourceArn}`,
            ),
            ...others(statement.Action, actions).map(
                (action) =>
                    `${place}.Action: got ${shown(action)}; must be ${actions.join(" or ")}`,
            ),
        ];
    });
    if (problems.length > 0) throw validation(problems.join("; "));
}

function absent(path: string, value: unknown, instead: string): string[] {
    if (value === undefined) return [];
    return [`${path}: got ${shown(value)}; must be absent, with ${instead} in its place`];
}

/** The members of an element that are none of the allowed ones. */
function others(element: unknown, allowed: readonly string[]): unknown[] {
    if (element === undefined) return [];
    return [element].flat().filter((member) => !allowed.includes(member as string));
}
