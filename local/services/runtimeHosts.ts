import { randomUUID } from "node:crypto";
import { containerPaths, defaultQualifier } from "../../agentcore/runtime";
import { RuntimeHost } from "../runtime/runtimeHost";
import type { LocalAccount } from "./account";
import { runtimeService } from "./agentRuntimeChecks";
import type { AgentRuntime } from "./agentRuntimes";
import type { Authorizer } from "./authorizer";
import { RoleLog } from "./roleLog";
import { credentialEnvironment, type SessionKey } from "./sessionKey";
import type { Sts } from "./sts";

/** Bounds of a container's start, of a call until its answer begins, and of an answer that streams. */
export interface RuntimeSeconds {
    initialization: number;
    invocation: number;
    stream: number;
}

/** What the hosts need of the cloud around them. */
export interface RuntimeHostsDeps {
    sts: Sts;
    authorizer: Authorizer;
    /** The local cloud's endpoints, as SDKs read them. */
    endpointEnvironment: () => Record<string, string>;
    seconds: RuntimeSeconds;
}

/** A host, and the runtime and session that it was made for. */
interface DeployedHost {
    runtime: AgentRuntime;
    role: SessionKey;
    host: RuntimeHost;
    log: RoleLog;
}

/** The processes of all runtimes, each with its execution role's credentials. */
export class RuntimeHosts {
    readonly #hosts = new Map<string, DeployedHost>();
    /** Those that were replaced, and still have a process. */
    readonly #replaced = new Set<DeployedHost>();
    /** AWS's session names of execution roles (captured); here each runtime has one. */
    readonly #sessionNames = new Map<string, string>();

    constructor(private readonly deps: RuntimeHostsDeps) {}

    /** The host of a runtime as it is now; `undefined` when its role cannot be assumed any more. */
    host(account: LocalAccount, runtime: AgentRuntime): RuntimeHost | undefined {
        const { agentRuntimeArn, roleArn } = runtime;
        const role = this.deps.sts.serviceSession(
            roleArn,
            runtimeService,
            { accountId: account.id, arn: agentRuntimeArn },
            this.#sessionName(agentRuntimeArn),
        );
        if (role === undefined) return undefined;
        const current = this.#hosts.get(agentRuntimeArn);
        // An update makes another object of the runtime, and STS another one of the session.
        if (current?.runtime === runtime && current.role === role) return current.host;
        if (current !== undefined) this.#replace(current);
        const deployed = this.#deploy(account, runtime, role);
        this.#hosts.set(agentRuntimeArn, deployed);
        return deployed.host;
    }

    /** The host of a runtime, where there is one. */
    find(runtimeArn: string): RuntimeHost | undefined {
        return this.#hosts.get(runtimeArn)?.host;
    }

    /** Writes what a runtime's log still waits with, for who is told to read it. */
    flushLog(runtimeArn: string): void {
        this.#hosts.get(runtimeArn)?.log.flush();
    }

    /** Lets go of the process of a runtime that was updated, and ends that of one that was deleted. */
    changed(runtimeArn: string, runtime: AgentRuntime | undefined): void {
        const deployed = this.#hosts.get(runtimeArn);
        if (deployed === undefined || deployed.runtime === runtime) return;
        this.#replace(deployed);
        if (runtime === undefined) void deployed.host.stop();
    }

    /** Ends every process, and writes what it still had to log. */
    async stop(): Promise<void> {
        const all = [...this.#hosts.values(), ...this.#replaced];
        this.#hosts.clear();
        await Promise.all(all.map(({ host }) => host.stop()));
        for (const { log } of all) log.flush();
    }

    #deploy(account: LocalAccount, runtime: AgentRuntime, role: SessionKey): DeployedHost {
        const { agentRuntimeId, region, code, protocol } = runtime;
        const { seconds, authorizer, endpointEnvironment } = this.deps;
        const log = new RoleLog(authorizer, {
            ...{ account, role, region, writer: agentRuntimeId },
            logGroupName: `/aws/bedrock-agentcore/runtimes/${agentRuntimeId}-${defaultQualifier}`,
            logStreamName: "[runtime-logs]local",
        });
        const host = new RuntimeHost({
            ...code,
            environment: {
                PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                ...code.environment,
                ...runtime.environmentVariables,
                ...endpointEnvironment(),
                AWS_REGION: region,
                AWS_DEFAULT_REGION: region,
                ...credentialEnvironment(role),
            },
            path: containerPaths[protocol],
            initializationSeconds: seconds.initialization,
            mustBeHealthy: protocol === "HTTP",
            invocationSeconds: seconds.invocation,
            streamSeconds: seconds.stream,
            idleSeconds: runtime.idleRuntimeSessionTimeout,
            lifetimeSeconds: runtime.maxLifetime,
            onLog: (line) => {
                log.add(line);
            },
            onGone: () => {
                if (host.isEmpty) this.#replaced.delete(deployed);
            },
        });
        const deployed: DeployedHost = { runtime, role, host, log };
        return deployed;
    }

    #replace(deployed: DeployedHost): void {
        this.#hosts.delete(deployed.runtime.agentRuntimeArn);
        if (!deployed.host.isEmpty) this.#replaced.add(deployed);
        deployed.host.retire();
    }

    #sessionName(runtimeArn: string): string {
        const name = this.#sessionNames.get(runtimeArn) ?? `BedrockAgentCore-${randomUUID()}`;
        this.#sessionNames.set(runtimeArn, name);
        return name;
    }
}
