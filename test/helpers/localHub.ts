import { accessTo, LocalTarget } from "../../cli/localTarget";
import { deployUntilSettled } from "../../engine/deployAll";
import type { EngineEvent } from "../../engine/deployment";
import type { StackResult } from "../../engine/inProcess";
import { readProject, type Stack } from "../../engine/stacks";
import { LocalCloud, type ServedAccount } from "../../local/cloud";
import type { SessionKey } from "../../local/services/sessionKey";
import { sigv4Fetch } from "../../sigv4-fetch/src/index.js";
import { TestProject } from "./project";

/** A local cloud in this process, deployed to by the in-process engine. */
export class LocalHub {
    readonly project = new TestProject();
    readonly warnings: string[] = [];
    cloud!: LocalCloud;

    async start(now?: () => number): Promise<this> {
        this.cloud = await LocalCloud.start({
            port: 0,
            stateFolder: this.project.stateFolder,
            ...(now !== undefined && { now }),
            onError: (error) => {
                throw error;
            },
        });
        return this;
    }

    async stop(): Promise<void> {
        await this.cloud.stop();
        this.project.remove();
    }

    /** An account as engines reach it. */
    account(id: string): Promise<ServedAccount> {
        return this.cloud.account(id);
    }

    /** The target with the config as it is in the files now. */
    async target(): Promise<LocalTarget> {
        const target = new LocalTarget(
            readProject(this.project.folder),
            { ...accessTo(this.cloud), account: (id) => this.account(id) },
            this.project.stateFolder,
            (stack, event: EngineEvent) => {
                if (event.kind === "diagnostic") {
                    this.warnings.push(`${stack.name}: ${event.message}`);
                }
            },
        );
        await target.prepare();
        return target;
    }

    async deployAll(): Promise<Map<string, StackResult>> {
        const target = await this.target();
        const results = new Map<string, StackResult>();
        await deployUntilSettled(target.engine, target.project.stacks, (stack, result) => {
            results.set(stack.name, result);
        });
        return results;
    }

    async deploy(stack: string): Promise<StackResult> {
        const target = await this.target();
        return target.engine.deploy(find(target.project.stacks, stack));
    }

    async destroy(stack: string): Promise<StackResult> {
        const target = await this.target();
        return target.engine.destroy(find(target.project.stacks, stack));
    }

    /** A session of a role, without asking its trust policy. */
    session(accountId: string, role: string): SessionKey {
        const account = this.cloud.accounts.get(accountId);
        if (account === undefined) throw new Error(`No account ${accountId}`);
        return this.cloud.sts.session(account, account.iam.role(role), "test");
    }

    /** The one gateway of an account. */
    gateway(accountId = "111122223333") {
        const gateway = this.cloud.accounts.get(accountId)?.agentcore.gateways()[0];
        if (gateway === undefined) throw new Error(`Account ${accountId} has no gateway`);
        return gateway;
    }

    /** Posts JSON-RPC, or a body as it is, to a gateway, signed as a role of an account. */
    async post(key: SessionKey, message: unknown, url?: string): Promise<Response> {
        const signed = sigv4Fetch({
            service: "bedrock-agentcore",
            region: "us-east-1",
            credentials: credentialsOf(key),
        });
        return signed(url ?? this.gateway().gatewayUrl, {
            method: "POST",
            headers: {
                "content-type": "application/json",
                accept: "application/json, text/event-stream",
            },
            body:
                typeof message === "string" || message instanceof Uint8Array
                    ? message
                    : JSON.stringify(message),
        });
    }

    /** The HTTP status of `tools/list` as a role of an account. */
    async statusOf(accountId: string, role: string): Promise<number> {
        const response = await this.post(this.session(accountId, role), toolsList);
        await response.arrayBuffer();
        return response.status;
    }
}

/** A `tools/list` request. */
export const toolsList = { jsonrpc: "2.0", id: 1, method: "tools/list" };

/** A session's key as SDKs take credentials. */
export function credentialsOf(key: SessionKey) {
    return {
        accessKeyId: key.accessKeyId,
        secretAccessKey: key.secretAccessKey,
        ...(key.sessionToken !== undefined && { sessionToken: key.sessionToken }),
    };
}

function find(stacks: readonly Stack[], name: string): Stack {
    const stack = stacks.find((candidate) => candidate.name === name);
    if (stack === undefined) throw new Error(`No stack ${name}`);
    return stack;
}
