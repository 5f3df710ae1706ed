import type { Settings } from "../settings";
import { consumerAccount, type ConsumerOutputs } from "./consumer";
import { providerAccount, type ProviderOutputs } from "./provider";

/**
 * Declares what one account's stack contains.
 *
 * @returns the stack's outputs.
 */
export function deployAccount(settings: Settings): Promise<ProviderOutputs | ConsumerOutputs> {
    return settings.role === "provider" ? providerAccount(settings) : consumerAccount(settings);
}
