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
    const rolesAt = (gateway: GatewaySettings | undefined) => {
        const roles = spokes.flatMap((spoke) => rolesOf(spoke, accountId, gateway));
        return grantsNobody(roles, gateway) ? roles.map(unasked) : roles;
    };
    new AccessVerification(
        "access",
        {
            ...{ accountId, region, waitSeconds: verify.waitSeconds },
            gateways: Object.entries(gateways).map(
                ([name, { gatewayUrl: url, gatewayArn: arn }]) => ({
                    ...{ name, url, arn, roles: rolesAt(settings.gateways[name]) },
                }),
            ),
        },
        {
            providers: [...providers, ...(hasCommands ? [] : [new CommandProvider("command")])],
            dependsOn,
        },
    );
}

/** Whether no grant comes to a principal yet, so that the gateway has no resource policy. */
function grantsNobody(
    roles: readonly VerificationRole[],
    gateway: GatewaySettings | undefined,
): boolean {
    const isPending = gateway?.grants.every(({ kind }) => kind === "spoke") ?? true;
    return isPending && !roles.some(({ granted }) => granted);
}

/** Pulumi deletes last: a resource policy of before is still there in this step, and holding it against the update would keep it. */
function unasked(role: VerificationRole): VerificationRole {
    const skip =
        "the gateway grants nobody any more, and what it granted before goes after this step";
    return { skip, ...role };
}

/** The roles that a spoke's stack has, and whether the gateway grants them. */
function rolesOf(
    { name, spoke, outputs }: { name: string; spoke: OtherStack; outputs: unknown },
    hubAccount: string,
    gateway: GatewaySettings | undefined,
): VerificationRole[] {
    const grants = gateway?.grants ?? [];
    const open = openTo(spoke.account, hubAccount, grants);
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
        const id = member(member(outputs, "roleIds"), role);
        return {
            ...{ name: `${stack}-${role}`, arn: String(arn), granted },
            ...(typeof id === "string" && { id }),
            gateways: known.filter((one): one is string => typeof one === "string"),
            ...(open !== undefined && !granted && { skip: open }),
        };
    });
}

/** Why an account's own policies decide who of it gets in. */
function openTo(
    account: string,
    hubAccount: string,
    grants: GatewaySettings["grants"],
): string | undefined {
    // Within one account either policy is enough (IAM user guide, reference_policies_evaluation-logic).
    if (account === hubAccount) return "it is of the gateway's own account, which needs no grant";
    const isOpen = grants.some((grant) => grant.kind === "account" && grant.account === account);
    return isOpen ? `account ${account} is granted as a whole` : undefined;
}
