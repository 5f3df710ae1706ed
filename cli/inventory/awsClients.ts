import {
    BedrockAgentCoreControlClient,
    GetAgentRuntimeCommand,
    GetGatewayCommand,
    GetGatewayTargetCommand,
    GetResourcePolicyCommand,
    ListGatewaysCommand,
    ListGatewayTargetsCommand,
    type GetGatewayCommandOutput,
    type GetGatewayTargetCommandOutput,
} from "@aws-sdk/client-bedrock-agentcore-control";
import {
    GetAccountAuthorizationDetailsCommand,
    IAMClient,
    type GroupDetail,
    type IAMClientConfig,
    type ManagedPolicyDetail,
    type RoleDetail,
    type UserDetail,
} from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { fromIni } from "@aws-sdk/credential-provider-ini";
import { defaultProvider } from "@aws-sdk/credential-provider-node";
import type { Endpoints } from "../../local/cloud";

/** An account to read, and as whom. */
export interface AwsAccount {
    id: string;
    /** Where its gateways are looked for. */
    regions: readonly string[];
    /** The AWS profile, for credentials where none are given, and for messages. */
    profile?: string;
    /** @default the profile's; without one, the environment's */
    credentials?: NonNullable<IAMClientConfig["credentials"]>;
}

/** Where AWS's services are, if not where the SDK looks for them. */
export type AwsEndpoints = Partial<Pick<Endpoints, "sts" | "iam" | "bedrockAgentcoreControl">>;

/** Runs what it is given, a few at once. */
export type Limit = <Result>(run: () => Promise<Result>) => Promise<Result>;

/** What GetAccountAuthorizationDetails says on all its pages. */
export interface AuthorizationDetails {
    roles: readonly RoleDetail[];
    users: readonly UserDetail[];
    groups: readonly GroupDetail[];
    /** The account's own, and those of AWS that are attached. */
    policies: readonly ManagedPolicyDetail[];
}

/** No read of these takes long. */
const timeouts = { connectionTimeout: 10_000, requestTimeout: 60_000 } as const;
/** IAM allows few of its reads at once (IAM user guide, reference_iam-quotas); the SDK waits between attempts. */
const maxAttempts = 5;

/** The reads of one account, through the AWS SDK. */
export class AccountReader {
    readonly #controls = new Map<string, BedrockAgentCoreControlClient>();

    constructor(
        readonly account: AwsAccount,
        private readonly endpoints: AwsEndpoints,
        private readonly limit: Limit,
    ) {}

    /** The account of the credentials; this needs no permission (STS API reference). */
    async callerAccount(): Promise<string | undefined> {
        const client = new STSClient(this.#config(this.#home, this.endpoints.sts));
        const { Account } = await this.limit(() => client.send(new GetCallerIdentityCommand({})));
        return Account;
    }

    async authorizationDetails(): Promise<AuthorizationDetails> {
        const client = new IAMClient(this.#config(this.#home, this.endpoints.iam));
        const pages = await pagesOf(
            (Marker) =>
                this.limit(() =>
                    client.send(
                        new GetAccountAuthorizationDetailsCommand({
                            ...(Marker !== undefined && { Marker }),
                        }),
                    ),
                ),
            ({ IsTruncated, Marker }) => (IsTruncated === true ? Marker : undefined),
        );
        return {
            roles: pages.flatMap(({ RoleDetailList = [] }) => RoleDetailList),
            users: pages.flatMap(({ UserDetailList = [] }) => UserDetailList),
            groups: pages.flatMap(({ GroupDetailList = [] }) => GroupDetailList),
            policies: pages.flatMap(({ Policies = [] }) => Policies),
        };
    }

    /** The ids of a region's gateways. */
    async gatewayIds(region: string): Promise<string[]> {
        const pages = await pagesOf(
            (nextToken) =>
                this.limit(() =>
                    this.#control(region).send(
                        new ListGatewaysCommand({ ...(nextToken !== undefined && { nextToken }) }),
                    ),
                ),
            ({ nextToken }) => nextToken,
        );
        return pages.flatMap(({ items = [] }) => items.flatMap(({ gatewayId }) => gatewayId ?? []));
    }

    gateway(region: string, gatewayIdentifier: string): Promise<GetGatewayCommandOutput> {
        return this.limit(() =>
            this.#control(region).send(new GetGatewayCommand({ gatewayIdentifier })),
        );
    }

    /** The ids and names of a gateway's targets. */
    async targets(
        region: string,
        gatewayIdentifier: string,
    ): Promise<{ id: string; name: string }[]> {
        const pages = await pagesOf(
            (nextToken) =>
                this.limit(() =>
                    this.#control(region).send(
                        new ListGatewayTargetsCommand({
                            gatewayIdentifier,
                            ...(nextToken !== undefined && { nextToken }),
                        }),
                    ),
                ),
            ({ nextToken }) => nextToken,
        );
        return pages.flatMap(({ items = [] }) =>
            items.flatMap(({ targetId: id, name = id }) =>
                id === undefined ? [] : [{ id, name: name ?? id }],
            ),
        );
    }

    target(
        region: string,
        gatewayIdentifier: string,
        targetId: string,
    ): Promise<GetGatewayTargetCommandOutput> {
        return this.limit(() =>
            this.#control(region).send(
                new GetGatewayTargetCommand({ gatewayIdentifier, targetId }),
            ),
        );
    }

    /** The policy of a gateway, runtime or endpoint; `undefined` where it has none. */
    async resourcePolicy(region: string, resourceArn: string): Promise<string | undefined> {
        try {
            const { policy } = await this.limit(() =>
                this.#control(region).send(new GetResourcePolicyCommand({ resourceArn })),
            );
            return policy === "" ? undefined : policy;
        } catch (error) {
            if (error instanceof Error && error.name === "ResourceNotFoundException") {
                return undefined;
            }
            throw error;
        }
    }

    /** The ARN of a runtime's execution role. */
    async runtimeRole(region: string, agentRuntimeId: string): Promise<string | undefined> {
        const { roleArn } = await this.limit(() =>
            this.#control(region).send(new GetAgentRuntimeCommand({ agentRuntimeId })),
        );
        return roleArn;
    }

    /** IAM is global, and STS answers alike in each region: any of the account's partition will do. */
    get #home(): string {
        return this.account.regions[0] ?? "us-east-1";
    }

    #control(region: string): BedrockAgentCoreControlClient {
        const known = this.#controls.get(region);
        if (known !== undefined) return known;
        const client = new BedrockAgentCoreControlClient(
            this.#config(region, this.endpoints.bedrockAgentcoreControl),
        );
        this.#controls.set(region, client);
        return client;
    }

    #config(region: string, endpoint: string | undefined) {
        const { profile, credentials } = this.account;
        const { sts } = this.endpoints;
        // Of the calls that credentials are got with.
        const clientConfig = { region, ...(sts !== undefined && { endpoint: sts }) };
        return {
            ...{ region, maxAttempts, requestHandler: timeouts },
            ...(endpoint !== undefined && { endpoint }),
            credentials:
                credentials ??
                (profile === undefined
                    ? defaultProvider({ clientConfig })
                    : fromIni({ profile, clientConfig })),
        };
    }
}

/** @param count how many run at once; the others wait for their turn. */
export function atMost(count: number): Limit {
    const waiting: (() => void)[] = [];
    let running = 0;
    return async (run) => {
        if (running >= count) await new Promise<void>((resolve) => waiting.push(resolve));
        else running += 1;
        try {
            return await run();
        } finally {
            const next = waiting.shift();
            // The place of who leaves goes to the next one, who does not count again.
            if (next === undefined) running -= 1;
            else next();
        }
    };
}

async function pagesOf<Page>(
    ask: (marker: string | undefined) => Promise<Page>,
    nextOf: (page: Page) => string | undefined,
): Promise<Page[]> {
    const pages: Page[] = [];
    let marker: string | undefined;
    do {
        const page = await ask(marker);
        pages.push(page);
        marker = nextOf(page);
    } while (marker !== undefined);
    return pages;
}
