import { listOf, type Props } from "./resource";

/** The accounts that a provider works in; a provider keeps lists as JSON. */
export function pinnedAccounts(provider: Props): string[] {
    const { allowedAccountIds } = provider;
    let list: unknown = allowedAccountIds;
    if (typeof allowedAccountIds === "string") {
        try {
            list = JSON.parse(allowedAccountIds);
        } catch {
            list = [];
        }
    }
    return listOf(list).filter((one): one is string => typeof one === "string");
}
