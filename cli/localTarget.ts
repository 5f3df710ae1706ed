import { join } from "node:path";
import type { EngineEvent } from "../engine/deployment";
import { InProcessEngine } from "../engine/inProcessEngine";
import type { Engine } from "../engine/engine";
import type { ProviderAddress } from "../engine/providerClient";
import { Backend } from "../engine/stackState";
import { InvalidProject, type Project, type Stack } from "../engine/stacks";
import type { Endpoints, LocalCloud, ServedAccount } from "../local/cloud";
import {
    writeConnection,
    type Connection,
    type EngineName,
    type RoleProfile,
} from "../local/connection";
import { packFolder, type PolicyPacks } from "./policyPacks";

/** A running local cloud as `hub` reaches it, in this process or in another one. */
export interface CloudAccess {
    url: string;
    token: string;
    pid: number;
    endpoints: Endpoints;
    account: (id: string) => Promise<ServedAccount>;
}

/** A local cloud of this process. */
export function accessTo(cloud: LocalCloud): CloudAccess {
    const { url, token, endpoints } = cloud;
    return { url, token, endpoints, pid: process.pid, account: (id) => cloud.account(id) };
}

/** The local cloud as a place to deploy to, with its backend and its generated AWS config. */
export class LocalTarget {
    readonly backend: Backend;
    #engine: Engine;
    readonly #accounts = new Map<string, ServedAccount>();

    constructor(
        readonly project: Project,
        private readonly cloud: CloudAccess,
        private readonly stateFolder: string,
        private readonly onEvent: (stack: Stack, event: EngineEvent) => void,
        private readonly by: { engine: EngineName; packs?: PolicyPacks } = { engine: "in-process" },
    ) {
        this.backend = new Backend(join(stateFolder, "backend"));
        const { backend, providers } = this;
        const { packs } = by;
        this.#engine = new InProcessEngine({
            ...{ project, backend, providers, onEvent },
            ...(packs !== undefined && {
                analyzer: (stack) => Promise.resolve(packs.analyzer(project, stack)),
            }),
        });
    }

    readonly providers = async (
        stack: Stack,
    ): Promise<Readonly<Record<string, ProviderAddress>>> => {
        const { providers, providerPorts } = await this.#account(stack.settings.accountId);
        return providers ?? providerPorts;
    };

    get engine(): Engine {
        return this.#engine;
    }

    /** Makes the accounts of all stacks, `account-a` for the first and so on in the project's order. */
    async prepare(): Promise<void> {
        const encrypted = this.project.stacks.flatMap(({ file, encrypted: keys = [] }) =>
            keys.map(
                (key) =>
                    `${file}: ${key}: got an encrypted value (secure:); the local cloud has no key to it: must be plain, or absent`,
            ),
        );
        if (encrypted.length > 0) throw new InvalidProject(encrypted);
        const { packs } = this.by;
        // A fault in a pack's config should not wait for its stack, nor a stack for the connection to its pack.
        for (const stack of this.project.stacks) packs?.analyzer(this.project, stack);
        for (const { settings } of this.project.stacks) await this.#account(settings.accountId);
        if (this.by.engine === "pulumi") this.#engine = await this.#pulumi();
    }

    /** Loaded when it is used: the Automation API costs what half a deployment costs in process. */
    async #pulumi(): Promise<Engine> {
        const { PulumiEngine } = await import("../engine/pulumiEngine.js");
        const { makeWorkFolder, pulumiEnvironment } = await import("../engine/localPulumi.js");
        const { project, stateFolder, onEvent, by } = this;
        const { token: passphrase } = this.cloud;
        return new PulumiEngine({
            ...{ project, onEvent },
            workFolder: makeWorkFolder(project, stateFolder),
            environment: async (stack) => {
                const { providerPorts } = await this.#account(stack.settings.accountId);
                return pulumiEnvironment({ stateFolder, passphrase, providerPorts });
            },
            ...(by.packs !== undefined && { pack: (stack) => packFolder(project, stack) }),
        });
    }

    /** Writes the connection and AWS config for what is deployed now. */
    async writeConnection(): Promise<Connection> {
        const gateways: Connection["gateways"] = {};
        const agents: Connection["agents"] = {};
        const roles: RoleProfile[] = [];
        for (const stack of this.project.stacks) {
            const { name, settings } = stack;
            const outputs = (await this.engine.outputs(stack)) ?? {};
            const { accountId } = settings;
            for (const roleArn of Object.values(
                (outputs["operators"] ?? {}) as Record<string, string>,
            )) {
                const role = roleArn.slice(roleArn.lastIndexOf("/") + 1);
                roles.push({ name: `${name}-${role}`, roleArn, accountId });
            }
            if (settings.role === "consumer") {
                for (const [agent, found] of Object.entries(
                    (outputs["runtimes"] ?? {}) as Record<
                        string,
                        { runtimeArn: string; runtimeArnUrlEncoded: string }
                    >,
                )) {
                    const { pathname, search } = new URL(found.runtimeArnUrlEncoded);
                    agents[agent in agents ? `${name}/${agent}` : agent] = {
                        arn: found.runtimeArn,
                        url: `${this.cloud.endpoints.bedrockAgentcore}${pathname}${search}`,
                    };
                }
                for (const [role, roleArn] of Object.entries(
                    (outputs["roles"] ?? {}) as Record<string, string>,
                )) {
                    // Nobody but Runtime assumes an agent's role.
                    if (role === settings.agent?.workload) continue;
                    roles.push({ name: `${name}-${role}`, roleArn, accountId });
                }
                continue;
            }
            for (const [gateway, found] of Object.entries(
                (outputs["gateways"] ?? {}) as Record<
                    string,
                    { gatewayId: string; gatewayArn: string; gatewayUrl: string }
                >,
            )) {
                // Two hubs may name a gateway alike: then the hub's stack tells them apart.
                const key = gateway in gateways ? `${name}/${gateway}` : gateway;
                const { gatewayId: id, gatewayArn: arn, gatewayUrl: url } = found;
                gateways[key] = { id, arn, url };
            }
        }
        const { url, token, pid, endpoints } = this.cloud;
        return writeConnection(
            this.stateFolder,
            { url, token, pid, endpoints },
            {
                engine: this.by.engine,
                region: this.project.stacks[0]?.settings.region ?? "us-east-1",
                accounts: [...this.#accounts.values()],
                gateways,
                agents,
                roles,
            },
        );
    }

    async #account(id: string): Promise<ServedAccount> {
        const known = this.#accounts.get(id);
        if (known !== undefined) return known;
        const account = await this.cloud.account(id);
        this.#accounts.set(id, account);
        return account;
    }
}
