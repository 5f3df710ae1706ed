import { join } from "node:path";
import { evaluate, type AccessRequest } from "../../access";
import type { PolicyDocument, Statement } from "../../access/documentSchema";
import { policyDocument } from "../../access/statements";
import { createOnlyProperties, type ConstrainedType } from "../../agentcore/constraints";
import type { StackPolicies } from "../../cli/deployerPolicy";
import { deployUntilSettled } from "../../engine/deployAll";
import { DeployFailed } from "../../engine/inProcess";
import { InProcessEngine } from "../../engine/inProcessEngine";
import { readProject, type Project } from "../../engine/stacks";
import { Backend, type Properties, type ResourceRecord } from "../../engine/stackState";
import { LocalCloud } from "../../local/cloud";
import { Deployer } from "../../local/services/deployer";
import type { TestProject } from "./project";

/** What the deployers of the stacks are allowed, by the accounts' ids. */
export type Allowed = ReadonlyMap<string, readonly PolicyDocument[]>;

/** The policies of a project's stacks as its accounts' deployers have them. */
export function allowedBy(policies: readonly StackPolicies[]): Map<string, PolicyDocument[]> {
    return new Map(policies.map(({ account, documents }) => [account, documents]));
}

/** A policy that one action was taken out of, wherever it stands. */
export function withoutAction(
    documents: readonly PolicyDocument[],
    action: string,
): PolicyDocument[] {
    return documents.map(({ Statement }) =>
        policyDocument(
            Statement.flatMap((statement) => {
                const left = [statement.Action ?? []].flat().filter((one) => one !== action);
                return left.length === 0 ? [] : [{ ...statement, Action: left }];
            }),
        ),
    );
}

/** Every action of a policy. */
export function actionsOf(documents: readonly PolicyDocument[]): string[] {
    return [...new Set(permissionsOf(documents).map(({ action }) => action))].sort();
}

/** What a cycle came to. */
export interface CycleResult {
    /** What stopped it; nothing where it went through. */
    refused?: string;
    /** Everything that the deployers have asked for, by account. */
    calls: Map<string, AccessRequest[]>;
    /** What each resource type, and each function, was asked for, as `type action`. */
    asked: Set<string>;
}

/** What the providers have asked for while something ran, as `type action`. */
export async function askedDuring<T>(
    run: () => Promise<T>,
): Promise<{ result: T; asked: Set<string> }> {
    const asked = new Set<string>();
    const prototype = Deployer.prototype as { require: Deployer["require"] };
    const { require } = prototype;
    prototype.require = function (this: Deployer, requests, what) {
        const type = / of (\S+) /.exec(what)?.[1] ?? what;
        for (const { action } of requests) asked.add(`${type} ${action}`);
        require.call(this, requests, what);
    };
    try {
        return { result: await run(), asked };
    } finally {
        prototype.require = require;
    }
}

/**
 * Deploys all stacks of a project to a cloud of their own, changes everything that can be changed in place, and deletes
 * them, each by a deployer that is allowed what is given and nothing else.
 */
export async function deployerCycle(project: TestProject, allowed: Allowed): Promise<CycleResult> {
    const cycle = await DeployerCycle.start(project, allowed);
    try {
        const { result: refused, asked } = await askedDuring(() => cycle.run());
        return { calls: cycle.calls, asked, ...(refused !== undefined && { refused }) };
    } finally {
        await cycle.stop();
    }
}

/** One action on one resource, as a policy allows it. */
export interface Permission {
    action: string;
    resource: string;
    statement: Statement;
}

/** The single permissions of a policy. */
export function permissionsOf(documents: readonly PolicyDocument[]): Permission[] {
    return documents.flatMap(({ Statement }) =>
        Statement.flatMap((statement) =>
            [statement.Action ?? []].flat().flatMap((action) =>
                [statement.Resource ?? []].flat().map((resource) => ({
                    ...{ action, resource },
                    statement: { ...statement, Action: action, Resource: resource },
                })),
            ),
        ),
    );
}

/**
 * The permissions of a deployer without which each of its calls would have been allowed all the same, as
 * `action resource`.
 */
export function unneededPermissions(
    documents: readonly PolicyDocument[],
    calls: readonly AccessRequest[],
): string[] {
    const all = permissionsOf(documents);
    return all
        .filter((left) => {
            const others = all.filter((one) => one !== left && one.action === left.action);
            const document = policyDocument(others.map(({ statement }) => statement));
            const identity = others.length === 0 ? [] : [{ name: "the others", document }];
            return calls
                .filter(({ action }) => action === left.action)
                .every((call) => evaluate(call, { identity }).decision === "allow");
        })
        .map(({ action, resource }) => `${action} ${resource}`);
}

/** The stacks of a project on a cloud of their own, with a role `deployer` in each account. */
class DeployerCycle {
    readonly calls = new Map<string, AccessRequest[]>();

    private constructor(
        private readonly cloud: LocalCloud,
        private readonly project: Project,
        private readonly backend: Backend,
        private readonly engine: InProcessEngine,
    ) {
        const { authorizer } = cloud;
        const decide = authorizer.decide.bind(authorizer);
        authorizer.decide = (caller, call) => {
            const record = decide(caller, call);
            const { accountId, roleArn } = caller.principal;
            const calls = this.calls.get(accountId) ?? [];
            if (roleArn.endsWith(":role/deployer")) calls.push(record.request);
            this.calls.set(accountId, calls);
            return record;
        };
    }

    static async start({ folder, stateFolder }: TestProject, allowed: Allowed) {
        const ownFolder = join(stateFolder, `cycle-${(cycles += 1)}`);
        const cloud = await LocalCloud.start({ port: 0, stateFolder: ownFolder });
        for (const [account, documents] of allowed) {
            await cloud.account(account);
            letDeploy(cloud, account, documents);
        }
        const backend = new Backend(join(ownFolder, "backend"));
        const project = readProject(folder);
        const engine = new InProcessEngine({
            ...{ project, backend, onEvent: () => undefined },
            providers: async ({ settings }) => {
                const { providers, providerPorts } = await cloud.account(settings.accountId);
                return providers ?? providerPorts;
            },
        });
        return new DeployerCycle(cloud, project, backend, engine);
    }

    /** @returns what stopped it. */
    async run(): Promise<string | undefined> {
        try {
            await this.#up();
            this.#forget();
            await this.#up();
            await this.#down();
            return undefined;
        } catch (error) {
            if (!(error instanceof DeployFailed)) throw error;
            return error.message;
        }
    }

    async #up(): Promise<void> {
        await deployUntilSettled(this.engine, this.project.stacks, () => undefined);
    }

    /** As if everything had been deployed with other inputs. */
    #forget(): void {
        for (const { name } of this.project.stacks) {
            const state = this.backend.read(name);
            if (state === undefined) throw new Error(`Stack ${name} was not deployed`);
            this.backend.write(name, { ...state, resources: state.resources.map(withOtherInputs) });
        }
    }

    async #down(): Promise<void> {
        for (const stack of [...this.project.stacks].reverse()) await this.engine.destroy(stack);
    }

    async stop(): Promise<void> {
        await this.cloud.stop();
    }
}

let cycles = 0;

/** Gives an account's role `deployer` these policies and no other; its providers act as that role. */
export function letDeploy(
    cloud: LocalCloud,
    accountId: string,
    documents: readonly PolicyDocument[],
): void {
    const account = cloud.accounts.get(accountId);
    if (account === undefined) throw new Error(`No account ${accountId}`);
    const Principal = { AWS: `arn:aws:iam::${accountId}:root` };
    const trust = policyDocument([{ Effect: "Allow", Principal, Action: "sts:AssumeRole" }]);
    const { iam } = account;
    const role =
        iam.findRole("deployer") ??
        iam.createRole({
            roleName: "deployer",
            assumeRolePolicyDocument: JSON.stringify(trust),
        });
    role.attachedPolicies.clear();
    for (const [index, document] of documents.entries()) {
        const arn = `arn:aws:iam::${accountId}:policy/deployer-${index}`;
        role.attachedPolicies.set(arn, JSON.stringify(document));
    }
    cloud.deployAs(accountId, "deployer");
}

/** A resource as it would be had it been deployed with other inputs, as far as those can be changed in place. */
function withOtherInputs(record: ResourceRecord): ResourceRecord {
    if (!record.custom || record.type.startsWith("pulumi:")) return record;
    const fixed = ["name", ...createOnlyProperties(record.type as ConstrainedType)];
    const inputs = Object.entries(record.inputs).map(([name, value]) => [
        name,
        fixed.includes(name) ? value : other(value),
    ]);
    return { ...record, inputs: Object.fromEntries(inputs) as Properties };
}

function other(value: unknown): unknown {
    if (typeof value === "string") return `${value} `;
    if (typeof value === "number") return value + 1;
    if (typeof value === "boolean") return !value;
    if (Array.isArray(value)) return [...(value as unknown[]), "other"];
    if (typeof value !== "object" || value === null) return "other";
    return "hash" in value ? { ...value, hash: "other" } : { ...value, other: "other" };
}
