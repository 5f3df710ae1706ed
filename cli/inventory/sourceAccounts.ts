import { fromIni } from "@aws-sdk/credential-provider-ini";
import type { Project } from "../../engine/stacks";
import type { Connection } from "../../local/connection";
import { InvalidOptions } from "../invalidOptions";
import type { AwsAccount } from "./awsClients";
import { closest } from "../../agentcore/closest";

/**
 * The accounts that `--aws` reads: those of the project's stacks, and those that `--profile` names besides.
 *
 * @throws InvalidOptions
 */
export function awsAccounts(
    { profile = [], region = [] }: { profile?: readonly string[]; region?: readonly string[] },
    project: Project | undefined,
): AwsAccount[] {
    const profiles = profilesOf(profile, project);
    const stacks = project?.stacks ?? [];
    const ids = new Set([...stacks.map(({ settings }) => settings.accountId), ...profiles.keys()]);
    if (ids.size === 0) {
        throw new InvalidOptions(
            "--aws: got no account to read; run it in the project's folder, or give --profile <account id>=<profile> and --region",
        );
    }
    return [...ids].sort().map((id) => {
        const own = stacks.filter(({ settings }) => settings.accountId === id);
        const regions = region.length > 0 ? region : own.map(({ settings }) => settings.region);
        if (regions.length === 0) {
            throw new InvalidOptions(
                `--region: got nothing for account ${id}, of which the project has no stack; must be the region of its gateways`,
            );
        }
        const named = profiles.get(id);
        return {
            id,
            regions: [...new Set(regions)].sort(),
            ...(named !== undefined && { profile: named }),
        };
    });
}

/** The accounts of a running local cloud, each as its administrator. */
export function localAccounts(connection: Connection, project: Project | undefined): AwsAccount[] {
    const { accounts, awsConfigFile, awsCredentialsFile } = connection;
    const stacks = project?.stacks ?? [];
    return Object.entries(accounts).map(([profile, id]) => {
        const regions = stacks
            .filter(({ settings }) => settings.accountId === id)
            .map(({ settings }) => settings.region);
        return {
            ...{ id, profile },
            regions: [...new Set([connection.region, ...regions])].sort(),
            credentials: fromIni({
                profile,
                configFilepath: awsConfigFile,
                filepath: awsCredentialsFile,
                // Each deployment writes them anew.
                ignoreCache: true,
            }),
        };
    });
}

function profilesOf(written: readonly string[], project: Project | undefined): Map<string, string> {
    const stacks = new Map(
        (project?.stacks ?? []).map(({ name, settings }) => [name, settings.accountId]),
    );
    const profiles = new Map<string, string>();
    for (const one of written) {
        const [, account = "", profile = ""] = /^([^=]+)=(.+)$/.exec(one) ?? [];
        const id = /^\d{12}$/.test(account) ? account : stacks.get(account);
        if (id === undefined) {
            const near = closest(account, [...stacks.keys(), ...new Set(stacks.values())]);
            throw new InvalidOptions(
                `--profile: got ${one}; must be <account id or stack>=<profile>${near.length === 0 ? "" : `, of ${near.join(", ")}`}`,
            );
        }
        const before = profiles.get(id);
        if (before !== undefined && before !== profile) {
            throw new InvalidOptions(
                `--profile: got ${before} and ${profile} for account ${id}; must be one`,
            );
        }
        profiles.set(id, profile);
    }
    return profiles;
}
