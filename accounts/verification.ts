import { Provider as CommandProvider } from "@pulumi/command/provider";
import type { Input, Resource } from "@pulumi/pulumi";
import type { ProviderResource } from "@pulumi/pulumi/resource";
import { AccessVerification, type VerificationRole } from "../components/accessVerification";
import type { GatewaySettings, OtherStack, ProviderSettings } from "../settings";
import { member, readOtherStack } from "./otherStack";

/** A gateway as the hub's stack has made it. */
interface MadeGateway {
    gatewayUrl: Input<string>;
    gatewayArn: Input<string>;
}

/** The last step of a hub's deployment, where config asks for it: its gateways are called as the spokes' roles. */
export async function verification(
    settings: ProviderSettings,
    gateways: Readonly<Record<string, MadeGateway>>,
    { providers, dependsOn }: { providers: readonly ProviderResource[]; dependsOn: Resource[] },
): Promise<void> {
    const { verify, accountId, region } = settings;
    if (verify === undefined || Object.keys(gateways).length === 0) return;
    const spokes = await Promise.all(
        Object.entries(settings.spokes).map(async ([name, spoke]) => ({
            ...{ name, spoke },
            outputs: (await readOtherStack(spoke)) ?? {},
        })),
    );
    const hasCommands = providers.some((provider) => provider instanceof CommandProvider);
    new AccessVerification(
        "access",
        {
            ...{ accountId, region, waitSeconds: verify.waitSeconds },
            gateways: Object.entries(gateways).map(
                ([name, { gatewayUrl: url, gatewayArn: arn }]) => ({
                    ...{ name, url, arn },
                    roles: spokes.flatMap((spoke) => rolesOf(spoke, settings.gateways[name])),
                }),
            ),
        },
        {
            providers: [...providers, ...(hasCommands ? [] : [new CommandProvider("command")])],
            dependsOn,
        },
    );
}

/** The roles that a spoke's stack has, and whether the gateway grants them. */
function rolesOf(
    { name, spoke, outputs }: { name: string; spoke: OtherStack; outputs: unknown },
    gateway: GatewaySettings | undefined,
): VerificationRole[] {
    const grants = gateway?.grants ?? [];
    const isOpen = grants.some(
        (grant) => grant.kind === "account" && grant.account === spoke.account,
    );
    const stack = spoke.stack.split("/").at(-1) ?? spoke.stack;
    return Object.entries(member(outputs, "roles") ?? {}).map(([role, arn]) => {
        const granted = grants.some(
            (grant) =>
                (grant.kind === "spoke" && grant.spoke === name && grant.roles.includes(role)) ||
                (grant.kind === "principals" && grant.principals.includes(String(arn))),
        );
        const references = Object.keys(member(member(outputs, "clientConfiguration"), role) ?? {});
        const known = references.map((reference) =>
            member(member(member(outputs, "gateways"), reference), "arn"),
        );
        return {
            name: `${stack}-${role}`,
            granted,
            gateways: known.filter((one): one is string => typeof one === "string"),
            ...(isOpen && !granted && { skip: `account ${spoke.account} is granted as a whole` }),
        };
    });
}
