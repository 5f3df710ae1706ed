import { limits } from "../../agentcore/limits";
import { awsProviderTypes } from "../kinds";
import { pinnedAccounts } from "../providers";
import { unknown } from "../resource";
import type { StackView } from "../stackView";
import { example, hub } from "./examples";
import { several, shown, undecided, violation, type Finding, type Rule } from "./rule";

/** With the credentials of the wrong account nothing is read and nothing is changed. */
export const providerAccountPinned: Rule = {
    name: "provider-account-pinned",
    pack: "both",
    severity: "high",
    level: "mandatory",
    scope: "stack",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    description:
        "Every AWS provider of the stack works in one account, the stack's, by allowedAccountIds, and in a region that it says.",
    config: ["allowedAccounts", "allowedRegions"],
    example: {
        fails: [example("aws", "aws", { region: "us-east-1", allowedAccountIds: [] })],
        passes: [example("aws", "aws", { region: "us-east-1", allowedAccountIds: [hub.account] })],
    },
    check: (stack, { allowedRegions }) => {
        const providers = stack.ofTypes(awsProviderTypes);
        const accounts = [...new Set(providers.flatMap(({ props }) => pinnedAccounts(props)))];
        return providers.flatMap(({ urn, props }) => {
            if (props["allowedAccountIds"] === unknown)
                return [undecided(urn, "allowedAccountIds")];
            return [
                ...accountFindings(stack, urn, pinnedAccounts(props), accounts),
                ...regionFindings(urn, props["region"], allowedRegions),
            ];
        });
    },
};

function accountFindings(
    { outputs }: StackView,
    urn: string,
    pinned: readonly string[],
    accounts: readonly string[],
): Finding[] {
    const { account } = outputs;
    const must =
        typeof account === "string"
            ? `["${account}"], the stack's account`
            : "one account, the same for all AWS providers";
    const [only] = pinned;
    const isOne = pinned.length === 1 && limits.accountId.pattern.test(only ?? "");
    const isOwn = typeof account === "string" ? only === account : accounts.length === 1;
    if (isOne && isOwn) return [];
    const got = several(pinned, "nothing");
    return [
        violation(urn, "allowedAccountIds", {
            got,
            must,
            instead: "write it, so that another account's credentials change nothing",
        }),
    ];
}

function regionFindings(urn: string, region: unknown, allowed?: readonly string[]): Finding[] {
    if (region === unknown) return [undecided(urn, "region")];
    const isRegion = typeof region === "string" && /^[a-z]{2}(?:-[a-z]+)+-\d$/.test(region);
    if (isRegion && (allowed?.includes(region) ?? true)) return [];
    const must = allowed === undefined ? "a region" : `one of ${several(allowed)}`;
    return [
        violation(urn, "region", { got: shown(region), must, instead: "write it, as us-east-1" }),
    ];
}
