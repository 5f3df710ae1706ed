import type {
    GetGatewayCommandOutput,
    GetGatewayTargetCommandOutput,
} from "@aws-sdk/client-bedrock-agentcore-control";
import type { NamedDocument } from "../../access";
import type { InventoryGateway, InventoryTarget } from "../../access/inventory";
import { accountOfArn, regionOfArn } from "../../agentcore/arn";
import { runtimeEndpointArn } from "../../agentcore/runtime";
import { targetTypes } from "../../policy/kinds";
import type { Props } from "../../policy/resource";
import { targetsIn, type Target } from "../../policy/targets";
import type { AccountReader } from "./awsClients";
import { unreadNote } from "./awsFailure";
import { checkedDocument } from "./awsPrincipals";
import { gatewayNames, type NamedStack } from "./names";
import { inventoryTarget, policyOf, type Callees, type ResourcePolicyRead } from "./stackTargets";

/** What gateways are read with. */
export interface GatewayReading {
    stacks: readonly NamedStack[];
    /** Of all accounts that can be read, by id. */
    readers: ReadonlyMap<string, AccountReader>;
    /** The tools of a target whose configuration does not say them, as its gateway has them. */
    toolsOf: (gatewayArn: string, targetName: string) => readonly string[] | undefined;
    /** What could not be read, as it comes up. */
    unread: string[];
    progress: (reader: AccountReader, what: string) => void;
}

/** The gateways of all accounts, and the roles that the runtimes behind them work with. */
export interface GatewaysRead {
    gateways: InventoryGateway[];
    runtimeRoles: string[];
    lists: readonly GatewayList[];
}

/** The gateways that there are in a region of an account, also those that could not be read. */
export interface GatewayList {
    accountId: string;
    region: string;
    ids: readonly string[];
}

interface ReadGateway {
    arn: string;
    output: GetGatewayCommandOutput;
    resourcePolicy?: NamedDocument | "unread";
    targets: readonly (Target | InventoryTarget)[];
}

/**
 * The gateways of accounts with their targets, as AgentCore's control plane has them. Of a gateway of which the policy
 * cannot be read that is said, and it may let in anyone.
 *
 * Of the policies of functions and APIs nothing is read: in the gateway's own account they are taken to say nothing, so
 * that the role's policies decide alone; another account's are named as not read.
 */
export async function readGateways(reading: GatewayReading): Promise<GatewaysRead> {
    const readers = [...reading.readers.values()];
    const lists: GatewayList[] = [];
    const found = await Promise.all(readers.map((reader) => gatewaysOf(reader, reading, lists)));
    const gateways = found.flat();
    const runtimes = await readRuntimes(gateways, reading);
    const callees: Callees = {
        ...runtimes,
        policies: new Map([
            ...runtimes.policies,
            ...gateways.flatMap(({ arn, resourcePolicy }): [string, ResourcePolicyRead][] =>
                resourcePolicy === undefined ? [] : [[arn, resourcePolicy]],
            ),
        ]),
        gateways: new Map(gateways.map(({ arn, output }) => [output.gatewayUrl, arn])),
    };
    return {
        gateways: gateways
            .map((gateway) => inventoryGateway(gateway, callees, reading))
            .sort((one, other) => one.name.localeCompare(other.name)),
        runtimeRoles: runtimes.roles,
        lists,
    };
}

async function gatewaysOf(
    reader: AccountReader,
    reading: GatewayReading,
    lists: GatewayList[],
): Promise<ReadGateway[]> {
    const { account } = reader;
    const byRegion = account.regions.map(async (region) => {
        const ids = await attempt(
            () => reader.gatewayIds(region),
            (error) =>
                reading.unread.push(
                    unreadNote(
                        account,
                        {
                            what: `the gateways of ${region}`,
                            action: "bedrock-agentcore:ListGateways",
                        },
                        error,
                    ),
                ),
        );
        if (ids !== undefined) lists.push({ accountId: account.id, region, ids });
        reading.progress(reader, `gateways in ${region}: ${ids?.length ?? 0}`);
        return Promise.all((ids ?? []).map((id) => readGateway(reader, region, id, reading)));
    });
    return (await Promise.all(byRegion)).flat().flatMap((gateway) => gateway ?? []);
}

async function readGateway(
    reader: AccountReader,
    region: string,
    id: string,
    reading: GatewayReading,
): Promise<ReadGateway | undefined> {
    const note = (what: string, action: string) => (error: unknown) =>
        reading.unread.push(
            unreadNote(reader.account, { what, action: `bedrock-agentcore:${action}` }, error),
        );
    const output = await attempt(
        () => reader.gateway(region, id),
        note(`gateway ${id} of ${region}`, "GetGateway"),
    );
    const arn = output?.gatewayArn;
    if (output === undefined || arn === undefined) return undefined;
    const resourcePolicy = await readPolicy(
        reader,
        arn,
        `the resource policy of gateway ${id}`,
        reading.unread,
    );
    if (output.authorizerType !== "AWS_IAM") {
        reading.unread.push(
            `gateway ${id}: its authorizer is ${output.authorizerType ?? "not known"}: not IAM decides who may call it`,
        );
    }
    const listed = await attempt(
        () => reader.targets(region, id),
        note(`the targets of gateway ${id}`, "ListGatewayTargets"),
    );
    const targets = (listed ?? []).map(async (target) => {
        const read = await attempt(
            () => reader.target(region, id, target.id),
            note(`target ${target.name} of gateway ${id}`, "GetGatewayTarget"),
        );
        return read === undefined ? unreadTarget(target.name) : targetIn(read);
    });
    return {
        ...{ arn, output },
        ...(resourcePolicy !== undefined && { resourcePolicy }),
        targets: await Promise.all(targets),
    };
}

/** What it is and calls may be anything. */
function unreadTarget(name: string): InventoryTarget {
    return { name, kind: "other", calls: [], unknownPolicies: ["what the target calls"] };
}

/** A target as the stacks' readers take it: AWS's answer has the members of the Pulumi type. */
function targetIn(output: GetGatewayTargetCommandOutput): Target {
    const { name = "", targetConfiguration, credentialProviderConfigurations } = output;
    const props: Props = { name, targetConfiguration, credentialProviderConfigurations };
    const [target] = targetsIn([{ urn: name, type: targetTypes[0], name, props }]);
    if (target === undefined) throw new Error(`${targetTypes[0]} is no type of targets`);
    return target;
}

/** The policies of the runtimes that targets call, and of their endpoints, with the runtimes' roles. */
async function readRuntimes(
    gateways: readonly ReadGateway[],
    reading: GatewayReading,
): Promise<Pick<Callees, "runtimes" | "policies"> & { roles: string[] }> {
    const called = gateways.flatMap(({ targets }) =>
        targets.flatMap((target) => ("resource" in target ? (target.runtime ?? []) : [])),
    );
    const arns = called.flatMap(({ runtimeArn, qualifier }) => [
        runtimeArn,
        runtimeEndpointArn(runtimeArn, qualifier),
    ]);
    const runtimes = new Set(called.map(({ runtimeArn }) => runtimeArn));
    const policies = new Map<string, ResourcePolicyRead>();
    await Promise.all(
        [...new Set(arns)].map(async (arn) => {
            const policy = await runtimePolicy(arn, reading);
            if (policy !== undefined) policies.set(arn, policy);
        }),
    );
    const roles = [...runtimes].map((arn) => runtimeRole(arn, reading.readers));
    return { runtimes, policies, roles: (await Promise.all(roles)).flatMap((role) => role ?? []) };
}

async function runtimePolicy(
    arn: string,
    { readers, unread }: GatewayReading,
): Promise<ResourcePolicyRead | undefined> {
    const reader = readers.get(accountOfArn(arn) ?? "");
    if (reader === undefined) return "unread";
    return readPolicy(reader, arn, `resource policy of ${arn}`, unread);
}

/** The policy on a resource; `undefined` where it has none. */
async function readPolicy(
    reader: AccountReader,
    arn: string,
    what: string,
    unread: string[],
): Promise<ResourcePolicyRead | undefined> {
    const read = await attempt(
        async () => ({ text: await reader.resourcePolicy(regionOfArn(arn) ?? "", arn) }),
        (error) =>
            unread.push(
                unreadNote(
                    reader.account,
                    { what, action: "bedrock-agentcore:GetResourcePolicy" },
                    error,
                ),
            ),
    );
    if (read === undefined) return "unread";
    if (read.text === undefined) return undefined;
    const checked = checkedDocument(`resource policy of ${arn}`, read.text, "resource");
    if (!("problem" in checked)) return checked;
    unread.push(`${what}: not evaluated: ${checked.problem}`);
    return "unread";
}

/** It says what the role is for and decides nothing: without it the role is one among others. */
function runtimeRole(
    runtimeArn: string,
    readers: GatewayReading["readers"],
): Promise<string | undefined> {
    const reader = readers.get(accountOfArn(runtimeArn) ?? "");
    if (reader === undefined) return Promise.resolve(undefined);
    const id = runtimeArn.slice(runtimeArn.lastIndexOf("/") + 1);
    return attempt(
        () => reader.runtimeRole(regionOfArn(runtimeArn) ?? "", id),
        () => undefined,
    );
}

function inventoryGateway(
    { arn, output, resourcePolicy, targets }: ReadGateway,
    callees: Callees,
    { stacks, toolsOf }: GatewayReading,
): InventoryGateway {
    const identity = gatewayNames(stacks)(arn);
    const { settings } = stacks.find(({ name }) => name === identity.stack) ?? {};
    const configured =
        settings?.role === "provider" ? settings.gateways[identity.configName ?? ""] : undefined;
    const accountId = accountOfArn(arn) ?? "";
    const owner = { arn, accountId, settings: configured?.targets ?? {} };
    const { gatewayUrl: url, authorizerType, roleArn, policyEngineConfiguration } = output;
    return {
        ...identity,
        ...{ arn, accountId, region: regionOfArn(arn) ?? "" },
        ...(url !== undefined && { url }),
        authorizerType: authorizerType ?? "not known",
        roleArn: roleArn ?? "not known",
        ...policyOf(arn, resourcePolicy),
        ...(policyEngineConfiguration !== undefined && {
            policyEngine: {
                arn: policyEngineConfiguration.arn ?? "not known",
                // What is not known may refuse.
                mode: policyEngineConfiguration.mode ?? "ENFORCE",
            },
        }),
        targets: targets
            .map((target) =>
                "resource" in target
                    ? inventoryTarget(target, owner, callees, { toolsOf })
                    : target,
            )
            .sort((one, other) => one.name.localeCompare(other.name)),
    };
}

/** What came of it; `undefined`, and said, where it failed. */
async function attempt<Result>(
    run: () => Promise<Result>,
    onFailure: (error: unknown) => void,
): Promise<Result | undefined> {
    try {
        return await run();
    } catch (error) {
        onFailure(error);
        return undefined;
    }
}
