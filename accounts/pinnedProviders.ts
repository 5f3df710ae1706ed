import { Provider as AwsProvider } from "@pulumi/aws/provider";
import { Provider as AwsNativeProvider } from "@pulumi/aws-native/provider";
import type { Region } from "@pulumi/aws";
import type { Region as NativeRegion } from "@pulumi/aws-native";
import type { ProviderResource } from "@pulumi/pulumi/resource";

/**
 * Both AWS providers of a stack, pinned to its account: with the credentials of any other account
 * they refuse to work, before anything is read or changed.
 */
export function pinnedProviders(settings: {
    accountId: string;
    region: string;
}): ProviderResource[] {
    const allowedAccountIds = [settings.accountId];
    return [
        new AwsProvider("aws", { region: settings.region as Region, allowedAccountIds }),
        new AwsNativeProvider("aws-native", {
            region: settings.region as NativeRegion,
            allowedAccountIds,
        }),
    ];
}
