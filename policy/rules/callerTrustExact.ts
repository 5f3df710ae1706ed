import { isExactPrincipalArn } from "../../agentcore/arn";
import { readDocument, statementsOf } from "../documents";
import { example, policy, spoke } from "./examples";
import { undecided, violation, type Rule } from "./rule";

/** Who takes on a role is known by name. */
export const callerTrustExact: Rule = {
    name: "caller-trust-exact",
    pack: "both",
    severity: "critical",
    level: "mandatory",
    scope: "resource",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
    description:
        "The trust of a role names the exact roles and users that may take it on, or a service: no account, no wildcard, and no statement that is about other actions than sts:AssumeRole and its tags.",
    example: {
        fails: [
            example("role", "developer-role", {
                assumeRolePolicy: policy({
                    Effect: "Allow",
                    Principal: { AWS: `arn:aws:iam::${spoke.account}:root` },
                    Action: "sts:AssumeRole",
                }),
            }),
        ],
        passes: [
            example("role", "developer-role", {
                assumeRolePolicy: policy({
                    Effect: "Allow",
                    Principal: { AWS: spoke.admin },
                    Action: "sts:AssumeRole",
                }),
            }),
        ],
    },
    check: (stack) =>
        stack.roles.flatMap(({ trust }) => {
            if (readDocument(trust).state === "unknown") return [undecided(trust.urn, trust.path)];
            return statementsOf(trust).flatMap(({ statement, place }) => {
                const { element } = statement.principal ?? {};
                const people = (element?.written ?? []).filter(
                    (written) => element?.services.has(written) !== true,
                );
                const { action } = statement;
                const isAssumeRole =
                    action.name === "Action" && action.written.every((one) => actions.has(one));
                return [
                    ...people
                        .filter((written) => !isExactPrincipalArn(written))
                        .map((got) =>
                            violation(trust.urn, `${place}.Principal`, {
                                got,
                                must: "the exact ARN of a role or user",
                                instead: "name the roles and users that are meant",
                            }),
                        ),
                    ...(isAssumeRole
                        ? []
                        : [
                              violation(trust.urn, `${place}.${action.name}`, {
                                  got: action.written.join(", "),
                                  must: "sts:AssumeRole",
                                  instead: "write that",
                              }),
                          ]),
                ];
            });
        }),
};

const actions = new Set(["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]);
