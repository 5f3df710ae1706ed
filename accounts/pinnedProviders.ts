import { Provider as AwsProvider } from "@pulumi/aws/provider";
import { Provider as AwsNativeProvider } from "@pulumi/aws-native/provider";
import { Provider as CommandProvider } from "@pulumi/command/provider";
import { Provider as DockerBuildProvider } from "@pulumi/docker-build/provider";
import type { Region } from "@pulumi/aws";
import type { Region as NativeRegion } from "@pulumi/aws-native";
import type { ProviderResource } from "@pulumi/pulumi/resource";

/** The providers of a stack that builds and pushes code: those of AWS, Docker and commands on this machine. */
export function buildProviders(): ProviderResource[] {
    return [new DockerBuildProvider("docker-build"), new CommandProvider("command")];
}

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
