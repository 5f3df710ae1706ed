import type { Inventory, InventoryPrincipal, PrincipalKind } from "../../access/inventory";
import { hasUnknown } from "../../policy/resource";
import { stackGateways } from "./stackGateways";
import { namedByPolicies } from "./stackNamed";
import { stackPending } from "./stackPending";
import { stackPrincipals } from "./stackPrincipals";
import type { Reading, StackState } from "./stackState";

export type { StackState } from "./stackState";

/** What is there and who may use it, by what stacks deployed. */
export function stacksInventory(
    stacks: readonly StackState[],
    options: Partial<Pick<Reading, "whyUnknown" | "toolsOf">> = {},
): Inventory {
    const { whyUnknown = "is not known before its stack is deployed", toolsOf = () => undefined } =
        options;
    const reading: Reading = { stacks, whyUnknown, toolsOf, unread: [] };
    reading.unread.push(...unknownOutputs(reading));
    const gateways = stackGateways(reading).sort((one, other) =>
        one.name.localeCompare(other.name),
    );
    const own = stackPrincipals(reading);
    const principals = [...own, ...namedByPolicies(gateways, own)].sort(
        (one, other) =>
            kinds.indexOf(one.kind) - kinds.indexOf(other.kind) ||
            one.name.localeCompare(other.name),
    );
    return {
        accounts: accountsOf(stacks, principals, gateways).map((id) => ({ id })),
        principals,
        gateways,
        pending: stackPending(stacks, gateways),
        unread: [...new Set(reading.unread)],
    };
}

/** Who is called what stands in these: without them, roles go by their ARNs. */
function unknownOutputs({ stacks, whyUnknown }: Reading): string[] {
    return stacks.flatMap(({ name, outputs }) =>
        ["roles", "operators", "gateways", "pendingGrants", "pendingGateways"]
            .filter((output) => hasUnknown(outputs[output]))
            .map((output) => `stack ${name}: output ${output} ${whyUnknown}`),
    );
}

/** Those that config names come first. */
const kinds: readonly PrincipalKind[] = ["caller", "agent", "operator", "hubRole", "other"];

function accountsOf(
    stacks: readonly StackState[],
    principals: readonly InventoryPrincipal[],
    gateways: Inventory["gateways"],
): string[] {
    const ids = [
        ...stacks.map(({ outputs, settings }) => settings?.accountId ?? outputs["account"]),
        ...gateways.map(({ accountId }) => accountId),
        ...principals.map(({ principal }) =>
            principal.type === "service" ? undefined : principal.accountId,
        ),
    ];
    const isId = (id: unknown): id is string => typeof id === "string" && /^\d{12}$/.test(id);
    return [...new Set(ids.filter(isId))].sort();
}
