import { parseArn } from "../../agentcore/arn";
import type { RuleConfig } from "../config";
import { isPattern } from "../documents";
import { textsIn, unknownsIn, type StackResource } from "../resource";
import type { StackView } from "../stackView";
import { example, grants } from "./examples";
import { several, undecided, violation, type Finding, type Rule } from "./rule";

/** One digit of an account is soon mistyped. */
export const arnsOfKnownAccounts: Rule = {
    name: "arns-of-known-accounts",
    pack: "both",
    severity: "high",
    level: "mandatory",
    scope: "resource",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html",
    description:
        "Every ARN is of the resource's own account or of one that the config names, and of a region that it names; without config, of any.",
    config: ["allowedAccounts", "allowedRegions"],
    example: {
        fails: [
            example("resourcePolicy", "tools-grants", {
                policy: grants("arn:aws:iam::444455556667:role/developer"),
            }),
        ],
        passes: [
            example("resourcePolicy", "tools-grants", {
                policy: grants("arn:aws:iam::444455556666:role/developer"),
            }),
        ],
    },
    check: (stack, config) => {
        if (config.allowedAccounts === undefined && config.allowedRegions === undefined) return [];
        return stack.resources
            .filter(({ type }) => /^aws(?:-native)?:/.test(type))
            .flatMap((resource) => inResource(stack, resource, config));
    },
};

function inResource(
    stack: StackView,
    resource: StackResource,
    { allowedAccounts, allowedRegions }: RuleConfig,
): Finding[] {
    const { urn, props } = resource;
    const own = stack.accountOf(resource);
    const notes = unknownsIn(props).map((path) => undecided(urn, path));
    const strange = textsIn(props).flatMap(({ path, text }) =>
        [...new Set(decoded(text).match(arnForm) ?? [])].flatMap((arn) => {
            const { accountId = "", region = "" } = parseArn(arn) ?? {};
            const isStrange = (value: string, known: readonly string[] | undefined) =>
                value !== "" && !isPattern(value) && known !== undefined && !known.includes(value);
            const accounts = allowedAccounts && [...allowedAccounts, own ?? "", "aws"];
            const rule = [
                ...(isStrange(accountId, accounts)
                    ? [
                          {
                              must: `of account ${several([...(own === undefined ? [] : [own]), ...(allowedAccounts ?? [])])}`,
                              config: "allowedAccounts",
                          },
                      ]
                    : []),
                ...(isStrange(region, allowedRegions)
                    ? [
                          {
                              must: `of region ${several(allowedRegions ?? [])}`,
                              config: "allowedRegions",
                          },
                      ]
                    : []),
            ];
            return rule.map(({ must, config }) =>
                violation(urn, path, {
                    got: arn,
                    must,
                    instead: `correct it, or add what is meant to this rule's ${config}`,
                }),
            );
        }),
    );
    return [...notes, ...strange];
}

const arnForm = /arn:aws[a-z-]*:[a-z0-9-]+:[^:\s"]*:[^:\s"]*:[^\s"]+/g;

/** A runtime's URL has its ARN encoded. */
function decoded(text: string): string {
    return text.replace(/%(?:3A|2F)/gi, (code) => decodeURIComponent(code));
}
