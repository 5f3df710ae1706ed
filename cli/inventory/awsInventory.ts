import { parsePolicyDocument, type NamedDocument } from "../../access";
import { anyAccount } from "../../access/assumption";
import type {
    Inventory,
    InventoryAccount,
    InventoryGateway,
    InventoryPrincipal,
    PrincipalKind,
} from "../../access/inventory";
import {
    AccountReader,
    atMost,
    type AuthorizationDetails,
    type AwsAccount,
    type AwsEndpoints,
} from "./awsClients";
import { profileText, unreadNote } from "./awsFailure";
import { readGateways } from "./awsGateways";
import { principalsOf } from "./awsPrincipals";
import { configPending } from "./configPending";
import { principalNames, type NamedStack, type PrincipalIdentity } from "./names";
import type { OrganizationPolicies } from "./sourcePolicies";
import { namedByPolicies } from "./stackNamed";

export type { AwsAccount, AwsEndpoints } from "./awsClients";

/** What {@link awsInventory} takes. */
export interface AwsInventoryArgs {
    accounts: readonly AwsAccount[];
    /** @default AWS's own, or what the environment says */
    endpoints?: AwsEndpoints;
    /** Of the project, for names and kinds. */
    stacks: readonly NamedStack[];
    /** What an SCP or RCP refuses does not wait for a deployment. */
    organization?: OrganizationPolicies;
    /** The tools of a target whose configuration does not say them, as its gateway has them. */
    toolsOf?: (gatewayArn: string, targetName: string) => readonly string[] | undefined;
    onProgress?: (text: string) => void;
}

/** Credentials of other accounts than those that they were given for. */
export class WrongAccount extends Error {
    constructor(readonly problems: readonly string[]) {
        super(problems.join("\n"));
        this.name = "WrongAccount";
    }
}

/** Requests under way at once, over all accounts. */
const requestsAtOnce = 6;

/**
 * What is there and who may use it, by what AWS answers to reads: IAM's roles, users and policies, and AgentCore's
 * gateways, targets and resource policies. What cannot be read is said in `unread`, and the rest goes on.
 *
 * A policy's text has the unique id of a role that was deleted in place of its ARN, so that a role made anew under that
 * name is not taken for granted. Service-linked roles are left out: nobody but their service can take them on.
 *
 * @throws WrongAccount before anything is read.
 */
export async function awsInventory(args: AwsInventoryArgs): Promise<Inventory> {
    const { stacks, endpoints = {}, toolsOf = () => undefined, onProgress } = args;
    // The SDK's advice on Node versions is not the user's concern here.
    process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
    const unread: string[] = [];
    const limit = atMost(requestsAtOnce);
    const all = args.accounts.map((account) => new AccountReader(account, endpoints, limit));
    const readers = await identified(all, unread);
    const progress = ({ account }: AccountReader, what: string) => {
        onProgress?.(`account ${account.id}: ${what}`);
    };
    const [details, { gateways, runtimeRoles, lists }] = await Promise.all([
        readDetails([...readers.values()], unread, progress),
        readGateways({ stacks, readers, toolsOf, unread, progress }),
    ]);
    const working = new Set([...gateways.map(({ roleArn }) => roleArn), ...runtimeRoles]);
    const nameOf = principalNames(stacks, working);
    const read = [...details.values()].map((one) => principalsOf(one, nameOf));
    const own = withHubRoles(
        read.flatMap(({ principals }) => principals),
        stacks,
    );
    // Of an account that is read all are there already; whom a policy names besides is not there.
    const others = namedByPolicies(gateways, own)
        .filter(({ principal: one }) => one.type === "service" || !details.has(one.accountId))
        .map((one) => named(one, nameOf));
    const principals = [...own, ...others].sort(byKindAndName);
    const accounts = accountsOf(args, principals, gateways);
    return {
        ...{ accounts, principals, gateways },
        pending: configPending(
            { accounts, principals, gateways },
            { stacks, nameOf, lists, readAccounts: new Set(details.keys()) },
        ),
        unread: [...new Set([...unread, ...read.flatMap((one) => one.unread)])].sort(),
    };
}

/** The accounts whose credentials are theirs. @throws WrongAccount */
async function identified(
    readers: readonly AccountReader[],
    unread: string[],
): Promise<Map<string, AccountReader>> {
    const problems: string[] = [];
    const found = await Promise.all(
        readers.map(async (reader): Promise<[string, AccountReader][]> => {
            const { account } = reader;
            try {
                const id = await reader.callerAccount();
                if (id === account.id) return [[account.id, reader]];
                problems.push(
                    `account ${account.id}: got ${profileText(account)} of account ${id ?? "none"}; must be credentials of account ${account.id}: name another profile by --profile ${account.id}=<profile>`,
                );
            } catch (error) {
                const all = { what: "the account", action: "sts:GetCallerIdentity" };
                unread.push(unreadNote(account, all, error));
            }
            return [];
        }),
    );
    if (problems.length > 0) throw new WrongAccount(problems.sort());
    return new Map(found.flat());
}

/** What IAM says of each account; of one that cannot be read, nothing. */
async function readDetails(
    readers: readonly AccountReader[],
    unread: string[],
    progress: (reader: AccountReader, what: string) => void,
): Promise<Map<string, AuthorizationDetails>> {
    const found = await Promise.all(
        readers.map(async (reader): Promise<[string, AuthorizationDetails][]> => {
            const { account } = reader;
            try {
                const details = await reader.authorizationDetails();
                progress(reader, `roles and users: ${details.roles.length + details.users.length}`);
                return [[account.id, details]];
            } catch (error) {
                const action = "iam:GetAccountAuthorizationDetails";
                unread.push(unreadNote(account, { what: "its roles and policies", action }, error));
                return [];
            }
        }),
    );
    return new Map(found.flat());
}

/** The services that a hub's roles work for. */
const hubServices: readonly string[] = ["bedrock-agentcore.amazonaws.com", "lambda.amazonaws.com"];

/** In a hub's account a role that only AgentCore and Lambda may take on is one of the hub's: its trust says so. */
function withHubRoles(
    principals: readonly InventoryPrincipal[],
    stacks: readonly NamedStack[],
): InventoryPrincipal[] {
    const hubs = new Set(
        stacks.flatMap(({ settings }) => (settings.role === "provider" ? settings.accountId : [])),
    );
    return principals.map((one) => {
        const { kind, principal, trust } = one;
        const isOfHub = principal.type === "role-session" && hubs.has(principal.accountId);
        const isHubRole = kind === "other" && isOfHub && trust !== undefined && isOfServices(trust);
        return isHubRole ? { ...one, kind: "hubRole" } : one;
    });
}

function isOfServices({ document }: NamedDocument): boolean {
    return parsePolicyDocument(document, "trust").statements.every(({ principal }) => {
        const { written = [], services } = principal?.element ?? {};
        return written.every((name) => services?.has(name) && hubServices.includes(name));
    });
}

/** As config names it, where it does. */
function named(
    one: InventoryPrincipal,
    nameOf: (arn: string) => PrincipalIdentity,
): InventoryPrincipal {
    return one.principal.type === "role-session"
        ? { ...one, ...nameOf(one.principal.roleArn) }
        : one;
}

/** Those that config names come first. */
const kinds: readonly PrincipalKind[] = ["caller", "agent", "operator", "hubRole", "other"];

function byKindAndName(one: InventoryPrincipal, other: InventoryPrincipal): number {
    return (
        kinds.indexOf(one.kind) - kinds.indexOf(other.kind) || one.name.localeCompare(other.name)
    );
}

/** All accounts that are in question, with the organization's policies on them. */
function accountsOf(
    { accounts, organization }: AwsInventoryArgs,
    principals: readonly InventoryPrincipal[],
    gateways: readonly InventoryGateway[],
): InventoryAccount[] {
    const ids = [
        ...accounts.map(({ id }) => id),
        ...gateways.map(({ accountId }) => accountId),
        ...principals.flatMap(({ principal }) =>
            principal.type === "service" ? [] : principal.accountId,
        ),
    ].filter((id) => id !== anyAccount);
    return [...new Set(ids)].sort().map((id) => ({ id, ...organization?.get(id) }));
}
