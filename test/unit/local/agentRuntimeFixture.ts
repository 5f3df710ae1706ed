import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runtimeEndpointArn } from "../../../agentcore/runtime";
import { LocalCloud, type LocalCloudOptions } from "../../../local/cloud";
import type { LocalAccount } from "../../../local/services/account";
import type { AgentRuntime, AgentRuntimeInput } from "../../../local/services/agentRuntimes";
import type { SessionKey } from "../../../local/services/sessionKey";
import { sigv4Fetch } from "../../../sigv4-fetch/src/index.js";
import { credentialsOf } from "../../helpers/localHub";
import { workload } from "./runtimeWorkload";

/** The account that the runtimes are of, another one, and their region. */
export const accountId = "111122223333";
export const otherAccountId = "444455556666";
export const region = "us-east-1";

/** A session id as AWS wants it, 33 characters at least. */
export const sessionId = "session-0123456789-0123456789-012";

/** Starts runtimes in a local cloud of its own. */
export class AgentRuntimeFixture {
    readonly folder = mkdtempSync(join(tmpdir(), "hub-runtimes-"));
    cloud!: LocalCloud;
    #names = 0;

    async start(options: Partial<LocalCloudOptions> = {}): Promise<this> {
        this.cloud = await LocalCloud.start({
            port: 0,
            stateFolder: join(this.folder, "state"),
            onError: (error) => {
                throw error;
            },
            ...options,
        });
        await this.cloud.account(accountId);
        await this.cloud.account(otherAccountId);
        this.account.images.createRepository(
            { name: "servers", imageTagMutability: "IMMUTABLE", scanOnPush: true },
            region,
        );
        return this;
    }

    async stop(): Promise<void> {
        await this.cloud.stop();
        rmSync(this.folder, { recursive: true, force: true });
    }

    get account() {
        return this.#owner(accountId);
    }

    /** Pushes an image with this program, and gives its URI. */
    push(program = workload, more: { platforms?: string[]; command?: string[] } = {}): string {
        const folder = join(this.folder, `image-${this.#names++}`);
        mkdirSync(join(folder, "app"), { recursive: true });
        writeFileSync(join(folder, "app", "server.mjs"), program);
        const { repositoryUrl } = this.account.images.repository("servers");
        const { digest } = this.account.images.push({
            repositoryUrl,
            platforms: more.platforms ?? ["linux/arm64"],
            folder,
            command: more.command ?? ["node", "--max-old-space-size=64", "server.mjs"],
            environment: { NODE_ENV: "production" },
            workingDirectory: "/app",
        });
        return `${repositoryUrl}@${digest}`;
    }

    /** A role that AgentCore may assume, with what an execution role needs. */
    executionRole(statements: readonly object[] = executionStatements): string {
        return this.#role(this.account, "execution", statements, {
            Principal: { Service: "bedrock-agentcore.amazonaws.com" },
            Condition: {
                StringEquals: { "aws:SourceAccount": accountId },
                ArnLike: {
                    "aws:SourceArn": `arn:aws:bedrock-agentcore:${region}:${accountId}:runtime/*`,
                },
            },
        }).arn;
    }

    /** CreateAgentRuntime's input, as it is taken. */
    input(change: Partial<AgentRuntimeInput> = {}): AgentRuntimeInput {
        return {
            agentRuntimeName: `server_${this.#names++}`,
            roleArn: change.roleArn ?? this.executionRole(),
            artifact: change.artifact ?? { kind: "container", containerUri: this.push() },
            protocol: "MCP",
            networkMode: "PUBLIC",
            environmentVariables: { NAME: "value" },
            idleRuntimeSessionTimeout: 900,
            maxLifetime: 28_800,
            requestHeaderAllowlist: [],
            ...change,
        };
    }

    runtime(change: Partial<AgentRuntimeInput> = {}): AgentRuntime {
        return this.account.agentRuntimes.createAgentRuntime(this.input(change), region);
    }

    /** A session of a new role of an account, with these statements. */
    caller(statements: readonly object[], account = accountId): SessionKey {
        const owner = this.#owner(account);
        const role = this.#role(owner, "caller", statements, {
            Principal: { AWS: `arn:aws:iam::${account}:root` },
        });
        return this.cloud.sts.session(owner, role, "test");
    }

    /** A session of who may invoke this runtime and its endpoint. */
    invoker({ agentRuntimeArn }: AgentRuntime): SessionKey {
        return this.caller([
            allow("InvokeAgentRuntime", [agentRuntimeArn, runtimeEndpointArn(agentRuntimeArn)]),
        ]);
    }

    /** A session of the account's administrators. */
    admin(): SessionKey {
        return this.cloud.sts.session(this.account, this.account.iam.role("AdminRole"), "test");
    }

    /** Posts to the data plane, signed as a session. */
    post(key: SessionKey, path: string, body: unknown, headers: Record<string, string> = {}) {
        const signed = sigv4Fetch({
            ...{ service: "bedrock-agentcore", region },
            credentials: credentialsOf(key),
        });
        return signed(`${this.cloud.endpoints.bedrockAgentcore}${path}`, {
            method: "POST",
            headers: {
                "content-type": "application/json",
                accept: "application/json, text/event-stream",
                ...headers,
            },
            body: JSON.stringify(body),
        });
    }

    /** InvokeAgentRuntime. */
    async invoke(
        key: SessionKey,
        { agentRuntimeArn }: Pick<AgentRuntime, "agentRuntimeArn">,
        body: unknown = { method: "echo" },
        { headers = {}, qualifier = "DEFAULT" }: InvokeOptions = {},
    ): Promise<Invoked> {
        const path = `/runtimes/${encodeURIComponent(agentRuntimeArn)}/invocations?qualifier=${qualifier}`;
        const response = await this.post(key, path, body, headers);
        const bytes = new Uint8Array(await response.arrayBuffer());
        const text = Buffer.from(bytes).toString();
        return {
            httpStatus: response.status,
            headers: response.headers,
            bytes,
            text,
            json: text.startsWith("{") ? JSON.parse(text) : undefined,
            reason: this.cloud.refusalOf(response.headers.get("x-amzn-requestid") ?? ""),
        };
    }

    #owner(id: string): LocalAccount {
        const account = this.cloud.accounts.get(id);
        if (account === undefined) throw new Error(`No account ${id}`);
        return account;
    }

    #role(
        { iam }: Pick<LocalAccount, "iam">,
        use: string,
        statements: readonly object[],
        trust: object,
    ) {
        const roleName = `${use}-${this.#names++}`;
        const role = iam.createRole({
            roleName,
            assumeRolePolicyDocument: document([
                { Effect: "Allow", Action: "sts:AssumeRole", ...trust },
            ]),
        });
        if (statements.length > 0) iam.putRolePolicy(roleName, use, document(statements));
        return role;
    }
}

interface InvokeOptions {
    headers?: Record<string, string>;
    qualifier?: string;
}

/** What came back of a call. */
export interface Invoked {
    httpStatus: number;
    headers: Headers;
    bytes: Uint8Array;
    text: string;
    json: unknown;
    /** What the local cloud tells people of a refusal. */
    reason: string | undefined;
}

/** An allow of AgentCore's actions. */
export function allow(action: string | string[], resource: string | string[]): object {
    return {
        Effect: "Allow",
        Action: [action].flat().map((name) => `bedrock-agentcore:${name}`),
        Resource: resource,
    };
}

/** What an execution role needs: its image and its log. */
export const executionStatements = [
    {
        Effect: "Allow",
        Action: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        Resource: `arn:aws:ecr:${region}:${accountId}:repository/servers`,
    },
    { Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
    {
        Effect: "Allow",
        Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: `arn:aws:logs:${region}:${accountId}:log-group:/aws/bedrock-agentcore/runtimes/*`,
    },
];

/** A policy of these statements, as text. */
export function document(statements: readonly object[]): string {
    return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** Whether a process is there. */
export function isRunning(pid: number): boolean {
    try {
        process.kill(pid, 0);
        return true;
    } catch {
        return false;
    }
}
