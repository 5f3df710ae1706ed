import { randomBytes, timingSafeEqual } from "node:crypto";
import { maxInvocationBytes } from "../agentcore/runtimeFailures";
import { openAiModel, type LocalModels } from "./bedrock/openAiModel";
import { standInModel } from "./bedrock/standInModel";
import { PrincipalDirectory } from "./services/principals";
import { adminRoleName, newAccount, type LocalAccount } from "./services/account";
import { Authorizer } from "./services/authorizer";
import { Deployer } from "./services/deployer";
import { expiredSession, roleOfBody } from "./services/expiredSession";
import { Gateways } from "./services/gateways";
import { LambdaInvoker } from "./services/lambdaInvoker";
import { McpServers } from "./services/mcpServers";
import type { RuntimeSeconds } from "./services/runtimeHosts";
import { RequestLog } from "./services/requestLog";
import { Runtimes } from "./services/runtimes";
import { Sts } from "./services/sts";
import { ownPost } from "./gateway/ownPost";
import { bedrockRuntimeApi } from "./http/bedrockRuntimeApi";
import { json, xmlError, type HttpRequest, type HttpResponse } from "./http/exchange";
import { gatewayApi, refuseMcp } from "./http/gatewayApi";
import { iamApi, stsApi } from "./http/queryApi";
import { agentcoreControlApi, lambdaApi } from "./http/restApi";
import { runtimeApi } from "./http/runtimeApi";
import { HttpServer } from "./http/server";
import { serveProviders, type ProviderPorts, type ServedProviders } from "./providers/server";

/** What the local cloud takes. */
export interface LocalCloudOptions {
    /** The HTTP port; 0 takes any free one. */
    port: number;
    /** Folder for deployed code and logs; the cloud's own, emptied by who starts it. */
    stateFolder: string;
    now?: () => number;
    /** Bounds of a runtime's start and of its calls. @default AWS's */
    runtimeSeconds?: Partial<RuntimeSeconds>;
    /** A model server on this machine that Bedrock Runtime passes on to. @default the stand-in answers */
    models?: LocalModels;
    onError?: (error: unknown) => void;
}

/** An account of the local cloud, as clients need to know it. */
export interface ServedAccount {
    id: string;
    name: string;
    admin: { accessKeyId: string; secretAccessKey: string; sessionToken: string };
    providerPorts: ProviderPorts;
    /** The same providers, for an engine in the cloud's own process. */
    providers?: ServedProviders["services"];
}

/** Endpoints by service, as SDKs take them. */
export interface Endpoints {
    sts: string;
    bedrockAgentcore: string;
    bedrockAgentcoreControl: string;
    bedrockRuntime: string;
    iam: string;
    lambda: string;
}

/** Several AWS accounts on 127.0.0.1, in this process's memory. */
export class LocalCloud {
    /** Who may use the cloud's own endpoints (`/_hub/…`): whoever can read the connection file. */
    readonly token = randomBytes(24).toString("hex");
    readonly accounts = new Map<string, LocalAccount>();
    readonly sts: Sts;
    readonly requests: RequestLog;
    readonly authorizer: Authorizer;
    readonly gateways: Gateways;
    readonly runtimes: Runtimes;
    readonly #now: () => number;
    readonly #directory = new PrincipalDirectory(this.accounts);
    readonly #invoker: LambdaInvoker;
    readonly #mcpServers: McpServers;
    readonly #http: HttpServer;
    readonly #served = new Map<
        string,
        { account: ServedAccount; providers: ServedProviders; deployer: Deployer }
    >();
    #port = 0;

    private constructor(private readonly options: LocalCloudOptions) {
        this.#now = options.now ?? Date.now;
        this.sts = new Sts(this.accounts, this.#now);
        this.requests = new RequestLog(this.#now);
        this.authorizer = new Authorizer(this.sts, this.#now, this.requests);
        this.#invoker = new LambdaInvoker(this.accounts, this.sts, this.authorizer, () =>
            this.#endpointEnvironment(),
        );
        this.gateways = new Gateways(this.accounts, this.sts, this.authorizer, this.#invoker);
        this.runtimes = new Runtimes({
            accounts: this.accounts,
            sts: this.sts,
            authorizer: this.authorizer,
            endpointEnvironment: () => this.#endpointEnvironment(),
            onRefused: (id, reason) => {
                const request = this.requests.get(id);
                if (request !== undefined) request.reason = reason;
            },
            ...(options.runtimeSeconds !== undefined && { seconds: options.runtimeSeconds }),
        });
        this.#mcpServers = new McpServers({
            sts: this.sts,
            dataPlaneUrl: () => this.endpoints.bedrockAgentcore,
            post: ownPost((request) => this.#http.answer(request)),
            onCall: (parentId, requestId) => {
                this.requests.link(parentId, requestId);
            },
        });
        const keys = { keyOf: (id: string) => this.sts.key(id), now: this.#now };
        this.#http = new HttpServer(
            {
                sts: { answer: stsApi(this.sts, keys), refuse: xmlError },
                iam: { answer: iamApi(this.accounts, this.authorizer, keys), refuse: xmlError },
                lambda: lambdaApi(this.accounts, this.authorizer, keys),
                "bedrock-agentcore-control": agentcoreControlApi(
                    this.accounts,
                    this.authorizer,
                    keys,
                ),
                "bedrock-agentcore": {
                    answer: runtimeApi(this.runtimes, this.accounts, keys, this.requests),
                    maxBodyBytes: maxInvocationBytes,
                },
                "bedrock-runtime": bedrockRuntimeApi({
                    accounts: this.accounts,
                    authorizer: this.authorizer,
                    keys,
                    model:
                        options.models === undefined ? standInModel : openAiModel(options.models),
                }),
                gateway: {
                    answer: gatewayApi(this.gateways, keys, this.requests),
                    refuse: refuseMcp,
                },
                _hub: (request) => this.#hubApi(request),
            },
            options.onError ?? (() => undefined),
        );
    }

    /** @throws PortInUse, NotALoopbackUrl */
    static async start(options: LocalCloudOptions): Promise<LocalCloud> {
        const cloud = new LocalCloud(options);
        cloud.#port = await cloud.#http.listen(options.port);
        return cloud;
    }

    get url(): string {
        return `http://127.0.0.1:${this.#port}`;
    }

    get endpoints(): Endpoints {
        return {
            sts: `${this.url}/sts`,
            bedrockAgentcore: `${this.url}/bedrock-agentcore`,
            bedrockAgentcoreControl: `${this.url}/bedrock-agentcore-control`,
            bedrockRuntime: `${this.url}/bedrock-runtime`,
            iam: `${this.url}/iam`,
            lambda: `${this.url}/lambda`,
        };
    }

    /**
     * The account with this id, made on first use: its `AdminRole`, a session of it, its providers. The first
     * is named `account-a`, the next `account-b`, as in the articles.
     */
    async account(id: string): Promise<ServedAccount> {
        const served = this.#served.get(id);
        if (served !== undefined) return served.account;
        const name = `account-${this.accounts.size < 26 ? String.fromCharCode(97 + this.accounts.size) : this.accounts.size + 1}`;
        const account = newAccount(id, name, {
            directory: this.#directory,
            stateFolder: this.options.stateFolder,
            gatewayUrl: (gatewayId) => `${this.url}/gateway/${gatewayId}/mcp`,
            now: this.#now,
            mcpServers: this.#mcpServers,
            onRuntimeChange: (arn, runtime) => {
                this.runtimes.changed(arn, runtime);
            },
        });
        this.accounts.set(id, account);
        const key = this.sts.session(account, account.iam.role(adminRoleName), "session");
        const deployer = new Deployer(account, adminRoleName, this);
        const providers = await serveProviders(account, {
            stateFolder: this.options.stateFolder,
            now: this.#now,
            deployer,
            deployerEnvironment: () => ({
                ...deployer.environment(),
                ...this.#endpointEnvironment(),
            }),
        });
        const entry: ServedAccount = {
            id,
            name,
            admin: {
                accessKeyId: key.accessKeyId,
                secretAccessKey: key.secretAccessKey,
                sessionToken: key.sessionToken ?? "",
            },
            providerPorts: providers.ports,
            providers: providers.services,
        };
        this.#served.set(id, { account: entry, providers, deployer });
        return entry;
    }

    /** Has an account's providers, and the commands of its deployments, act as a role other than `AdminRole`. */
    deployAs(accountId: string, roleName: string): void {
        const served = this.#served.get(accountId);
        if (served === undefined) throw new Error(`Account ${accountId} is not there yet`);
        served.deployer.become(roleName);
    }

    servedAccounts(): ServedAccount[] {
        return [...this.#served.values()].map(({ account }) => account);
    }

    /** Why a request was refused, by the id in its answer's `x-amzn-requestid`. */
    refusalOf(requestId: string): string | undefined {
        return this.requests.get(requestId)?.reason;
    }

    async stop(): Promise<void> {
        await Promise.all([
            this.#http.close(),
            this.#invoker.stop(),
            this.runtimes.stop(),
            ...[...this.#served.values()].map(({ providers }) => providers.stop()),
        ]);
        for (const { logs } of this.accounts.values()) logs.close();
    }

    /** The cloud's own endpoints, for `hub` in another terminal. */
    async #hubApi(request: HttpRequest): Promise<HttpResponse> {
        const given = Buffer.from(request.headers["x-hub-token"] ?? "");
        const token = Buffer.from(this.token);
        if (given.length !== token.length || !timingSafeEqual(given, token)) {
            return json(403, { message: "x-hub-token is missing or wrong" });
        }
        const refusal = /^\/refusals\/([\w-]+)$/.exec(request.path)?.[1];
        if (request.method === "GET" && refusal !== undefined) {
            return json(200, { reason: this.refusalOf(refusal) ?? null });
        }
        if (request.method === "GET" && request.path === "/requests") {
            return json(200, this.requests.last());
        }
        const asked = /^\/requests\/([\w-]+)$/.exec(request.path)?.[1];
        if (request.method === "GET" && asked !== undefined) {
            const logged = this.requests.get(asked);
            return logged === undefined
                ? json(404, { message: `No request ${asked} is in the log` })
                : json(200, logged);
        }
        if (request.method === "PUT" && request.path === "/expired-sessions") {
            const session = expiredSession(this.accounts, this.sts, roleOfBody(request.body));
            return session === undefined
                ? json(404, { message: "No such role" })
                : json(200, session);
        }
        const account = /^\/accounts\/(\d{12})$/.exec(request.path)?.[1];
        if (request.method === "PUT" && account !== undefined) {
            const { providers: _ofThisProcess, ...served } = await this.account(account);
            return json(200, served);
        }
        return json(404, { message: `${request.method} ${request.url}` });
    }

    #endpointEnvironment(): Record<string, string> {
        const { sts, iam, lambda, bedrockAgentcore, bedrockAgentcoreControl, bedrockRuntime } =
            this.endpoints;
        return {
            // A service that is not modelled is refused here by name, and is not asked in AWS.
            AWS_ENDPOINT_URL: this.url,
            AWS_ENDPOINT_URL_STS: sts,
            AWS_ENDPOINT_URL_IAM: iam,
            AWS_ENDPOINT_URL_LAMBDA: lambda,
            AWS_ENDPOINT_URL_BEDROCK_AGENTCORE: bedrockAgentcore,
            AWS_ENDPOINT_URL_BEDROCK_AGENTCORE_CONTROL: bedrockAgentcoreControl,
            AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrockRuntime,
        };
    }
}
