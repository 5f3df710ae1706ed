import type { InventoryPrincipal } from "../../access/inventory";
import { partitionOf } from "../../agentcore/limits";
import type { Grant, ProviderSettings } from "../../settings";
import type { NamedStack } from "./names";
import { wholeAccount } from "./stackNamed";

/** Whom config lets call a gateway. */
export interface ConfigGrant {
    hub: NamedStack & { settings: ProviderSettings };
    configName: string;
    arn: string;
    accountId: string;
    /** Where all of an account is granted: it is there. */
    account?: InventoryPrincipal;
    /** The spoke's stack, where it is one of the project. */
    spoke?: NamedStack;
    /** What deploys the role: a stack, where config knows it. */
    spokeName?: string;
    role: string;
}

/** All that the hubs of a project grant, an element for each principal. */
export function grantsOf(stacks: readonly NamedStack[]): ConfigGrant[] {
    return stacks.flatMap((stack) => {
        const { settings } = stack;
        if (settings.role !== "provider") return [];
        return Object.entries(settings.gateways).flatMap(([configName, { grants }]) =>
            grants.flatMap((grant) =>
                principalsOf(grant, settings, stacks).map((one) => ({
                    ...{ hub: { ...stack, settings }, configName },
                    ...one,
                })),
            ),
        );
    });
}

/** The principals of a grant, by the ARNs that they have or are to have. */
function principalsOf(
    grant: Grant,
    { spokes, region }: ProviderSettings,
    stacks: readonly NamedStack[],
): Omit<ConfigGrant, "hub" | "configName">[] {
    const partition = partitionOf(region);
    if (grant.kind === "account") {
        const { account: accountId } = grant;
        const account = wholeAccount(accountId, partition);
        return [{ arn: account.name, accountId, account, role: "root" }];
    }
    if (grant.kind === "principals") {
        return grant.principals.map((arn) => ({
            ...{ arn, accountId: arn.split(":")[4] ?? "" },
            role: arn.slice(arn.lastIndexOf("/") + 1),
        }));
    }
    const declared = spokes[grant.spoke];
    if (declared === undefined) return [];
    const { account: accountId } = declared;
    const spokeName = declared.stack.slice(declared.stack.lastIndexOf("/") + 1);
    const spoke = stacks.find(
        ({ name, settings }) => name === spokeName && settings.accountId === accountId,
    );
    return grant.roles.map((role) => ({
        arn: `arn:${partition}:iam::${accountId}:role/${role}`,
        ...{ accountId, role, spokeName },
        ...(spoke !== undefined && { spoke }),
    }));
}
