import { randomBytes } from "node:crypto";
import { basename } from "node:path";
import type { NamedDocument } from "../../access";
import type { Assumptions } from "../../agentcore/openFacts";
import { refusals } from "../../agentcore/refusals";
import { defaultQualifier, runtimeActions, runtimeOfArn } from "../../agentcore/runtime";
import { AwsError, notEmulated } from "../awsError";
import { checkRuntimeInput, RuntimeCode, type AgentRuntimeInput } from "./agentRuntimeChecks";
import type { StoredPolicy } from "./iam";
import type { Images } from "./images";
import type { Objects } from "./objects";
import type { PrincipalDirectory } from "./principals";
import { refusal } from "./refuse";
import {
    noResourcePolicy,
    resourcePolicyOf,
    unknownResource,
    type PolicyOwner,
} from "./resourcePolicies";
import type { ServiceRoles } from "./serviceRoles";

export type { AgentRuntimeInput, RuntimeArtifact } from "./agentRuntimeChecks";

/** A runtime of one account, at its newest version. */
export interface AgentRuntime extends AgentRuntimeInput {
    agentRuntimeId: string;
    agentRuntimeArn: string;
    /** "1", "2", …; each update makes another one, and the endpoint DEFAULT follows. */
    agentRuntimeVersion: string;
    status: "READY";
    region: string;
    createdAt: Date;
    updatedAt: Date;
    /** What runs: files, and how a process is started in them. */
    code: RunnableCode;
}

/** A folder that stands for `/`, and a Node.js program in it. */
export interface RunnableCode {
    folder: string;
    workingDirectory: string;
    command: readonly string[];
    environment: Readonly<Record<string, string>>;
}

/** What happened to a runtime; `undefined` stands for a runtime that is gone. */
export type OnRuntimeChange = (runtimeArn: string, runtime: AgentRuntime | undefined) => void;

/** The control plane of AgentCore Runtime in one account: runtimes, their endpoint DEFAULT, resource policies. */
export class AgentRuntimes {
    readonly #runtimes = new Map<string, AgentRuntime>();
    /** By the ARN of a runtime or of its endpoint. */
    readonly #policies = new Map<string, StoredPolicy>();
    readonly #code: RuntimeCode;

    constructor(
        private readonly account: { id: string; partition: string },
        private readonly deps: {
            directory: PrincipalDirectory;
            roles: ServiceRoles;
            images: Images;
            objects: Objects;
            assumptions: Assumptions;
            now: () => number;
            onChange?: OnRuntimeChange;
        },
    ) {
        this.#code = new RuntimeCode(account, deps);
    }

    /** @throws AwsError ValidationException, ConflictException, AccessDeniedException, NotEmulated */
    createAgentRuntime(input: AgentRuntimeInput, region: string): AgentRuntime {
        checkRuntimeInput(input);
        const { agentRuntimeName } = input;
        if (this.runtimes().some((other) => other.agentRuntimeName === agentRuntimeName)) {
            throw refusal(
                refusals.runtimeNameTaken,
                `agentRuntimeName: got ${agentRuntimeName}; must be one that no runtime of account ${this.account.id} has`,
            );
        }
        const agentRuntimeId = `${agentRuntimeName}-${randomId(10)}`;
        const agentRuntimeArn = `arn:${this.account.partition}:bedrock-agentcore:${region}:${this.account.id}:runtime/${agentRuntimeId}`;
        const createdAt = new Date(this.deps.now());
        return this.#put({
            ...input,
            agentRuntimeId,
            agentRuntimeArn,
            agentRuntimeVersion: "1",
            status: "READY",
            region,
            createdAt,
            updatedAt: createdAt,
            code: this.#code.codeOf(input, agentRuntimeArn),
        });
    }

    /** A full replacement, as UpdateAgentRuntime is: what is left out is reset. */
    updateAgentRuntime(agentRuntimeId: string, input: AgentRuntimeInput): AgentRuntime {
        const old = this.runtime(agentRuntimeId);
        if (input.agentRuntimeName !== old.agentRuntimeName) {
            throw refusal(
                refusals.runtimeRenamed,
                `agentRuntimeName: got ${input.agentRuntimeName}; must be ${old.agentRuntimeName}`,
            );
        }
        checkRuntimeInput(input);
        const { agentRuntimeArn, region, createdAt } = old;
        return this.#put({
            ...input,
            agentRuntimeId,
            agentRuntimeArn,
            agentRuntimeVersion: String(Number(old.agentRuntimeVersion) + 1),
            status: "READY",
            region,
            createdAt,
            updatedAt: new Date(this.deps.now()),
            code: this.#code.codeOf(input, agentRuntimeArn),
        });
    }

    /** The runtime goes, with its endpoint and the policies of both. */
    deleteAgentRuntime(agentRuntimeId: string): void {
        const { agentRuntimeArn } = this.runtime(agentRuntimeId);
        this.#runtimes.delete(agentRuntimeId);
        for (const arn of [...this.#policies.keys()]) {
            if (runtimeOfArn(arn)?.runtimeArn === agentRuntimeArn) this.#policies.delete(arn);
        }
        this.deps.onChange?.(agentRuntimeArn, undefined);
    }

    /** @throws AwsError ResourceNotFoundException */
    runtime(agentRuntimeId: string): AgentRuntime {
        const runtime = this.findRuntime(agentRuntimeId);
        if (runtime === undefined) {
            throw new AwsError(
                "ResourceNotFoundException",
                `Agent runtime ${agentRuntimeId} was not found in account ${this.account.id}`,
                404,
            );
        }
        return runtime;
    }

    findRuntime(agentRuntimeId: string): AgentRuntime | undefined {
        return this.#runtimes.get(agentRuntimeId);
    }

    /** The runtime of its own ARN; the ARN of an endpoint is none. */
    runtimeByArn(agentRuntimeArn: string): AgentRuntime | undefined {
        const id = agentRuntimeArn.slice(agentRuntimeArn.lastIndexOf("/") + 1);
        const runtime = this.findRuntime(id);
        return runtime?.agentRuntimeArn === agentRuntimeArn ? runtime : undefined;
    }

    runtimes(): AgentRuntime[] {
        return [...this.#runtimes.values()];
    }

    /** PutResourcePolicy of a runtime or of its endpoint. */
    putResourcePolicy(resourceArn: string, policy: string): StoredPolicy {
        const stored = resourcePolicyOf(this.#owner(resourceArn), policy, this.deps);
        this.#policies.set(resourceArn, stored);
        return stored;
    }

    /** @throws AwsError ResourceNotFoundException */
    getResourcePolicy(resourceArn: string): StoredPolicy {
        this.#owner(resourceArn);
        const policy = this.#policies.get(resourceArn);
        if (policy === undefined) throw noResourcePolicy(resourceArn);
        return policy;
    }

    deleteResourcePolicy(resourceArn: string): void {
        this.getResourcePolicy(resourceArn);
        this.#policies.delete(resourceArn);
    }

    /** The policy of a runtime or an endpoint as decisions take it. */
    policyDocument(resourceArn: string): (NamedDocument & { document: string }) | undefined {
        const policy = this.#policies.get(resourceArn);
        return (
            policy && {
                name: `resource policy of ${resourceArn}`,
                document: policy.text,
                principalIds: policy.principalIds,
            }
        );
    }

    #put(runtime: AgentRuntime): AgentRuntime {
        const [program = ""] = runtime.code.command;
        if (basename(program) !== "node") {
            throw notEmulated(
                `a runtime that runs ${JSON.stringify(runtime.code.command)}; it must run node`,
            );
        }
        this.#runtimes.set(runtime.agentRuntimeId, runtime);
        this.deps.onChange?.(runtime.agentRuntimeArn, runtime);
        return runtime;
    }

    #owner(resourceArn: string): PolicyOwner {
        const { runtimeArn = "", qualifier } = runtimeOfArn(resourceArn) ?? {};
        const isEndpoint = qualifier !== undefined;
        if (
            this.runtimeByArn(runtimeArn) === undefined ||
            (isEndpoint && qualifier !== defaultQualifier)
        ) {
            throw unknownResource(resourceArn, this.account.id);
        }
        return {
            resourceArn,
            kind: isEndpoint ? "runtime endpoint" : "runtime",
            actions: runtimeActions,
        };
    }
}

/** The last characters of a runtime's id (botocore model bedrock-agentcore-control). */
function randomId(length: number): string {
    const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    return [...randomBytes(length)].map((byte) => alphabet[byte % alphabet.length]).join("");
}
