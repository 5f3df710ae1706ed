import { StackAnalysis, type Analyzer, type Violation } from "./analyzer";
import { resolveAssets } from "./assets";
import type { ProviderAddress } from "./providerClient";
import type { Registration } from "./registration";
import { StackProviders } from "./stackProviders";
import type { Backend, Properties, ResourceRecord, StackState, Step } from "./stackState";

/** What happened to a resource. */
export type Operation = "create" | "update" | "replace" | "delete" | "same";

/** What a deployment tells while it runs. */
export type EngineEvent =
    | { kind: "resource"; operation: Operation; type: string; name: string }
    | { kind: "policy"; violation: Violation }
    | { kind: "diagnostic"; severity: "info" | "warning" | "error"; message: string };

/** The steps of one deployment of one stack: what is new is made, what changed is changed, what is left goes. */
export class Deployment {
    readonly changes: Record<Operation, number> = {
        create: 0,
        update: 0,
        replace: 0,
        delete: 0,
        same: 0,
    };
    outputs: Properties | undefined;
    readonly #oldOutputs: Properties;
    readonly #olds: Map<string, ResourceRecord>;
    readonly #news = new Map<string, ResourceRecord>();
    readonly #analysis: StackAnalysis;
    readonly #pendingDelete: ResourceRecord[];
    readonly #providers: StackProviders;
    readonly #registering = new Set<Promise<unknown>>();
    #hasFailed = false;
    /** The outputs that the last step has told the backend. */
    #toldOutputs: Properties | undefined;

    constructor(
        private readonly options: {
            project: string;
            projectFolder: string;
            stack: string;
            backend: Backend;
            /** Loopback port of the provider of each package. */
            providers: Readonly<Record<string, ProviderAddress>>;
            onEvent: (event: EngineEvent) => void;
            /** The policy pack that judges the stack. */
            analyzer?: Analyzer;
        },
    ) {
        this.#analysis = new StackAnalysis(options.analyzer, (violation) => {
            options.onEvent({ kind: "policy", violation });
        });
        this.#providers = new StackProviders(options.providers, options.projectFolder);
        const state = options.backend.begin(options.stack);
        this.#olds = new Map(state?.resources.map((resource) => [resource.urn, resource]));
        this.#oldOutputs = state?.outputs ?? {};
        this.#pendingDelete = [...(state?.pendingDelete ?? [])];
    }

    /** Brings one resource to what the program says; after a failure, no further one. */
    async register(resource: Registration): Promise<ResourceRecord> {
        if (this.#hasFailed) throw new Error("the deployment has failed");
        const registered = this.#register(resource);
        this.#registering.add(registered);
        try {
            return await registered;
        } finally {
            this.#registering.delete(registered);
        }
    }

    /** Begins nothing any more, and waits for what has begun, as the Pulumi engine does. */
    async fail(): Promise<void> {
        this.#hasFailed = true;
        await Promise.allSettled(this.#registering);
    }

    async #register(resource: Registration): Promise<ResourceRecord> {
        const urn = this.#urn(resource);
        if (this.#news.has(urn)) throw new Error(`Duplicate resource URN '${urn}'`);
        const renamed = resource.aliases.find((alias) => this.#olds.has(alias));
        if (renamed !== undefined && !this.#olds.has(urn)) {
            throw new Error(
                `got the alias ${renamed}, which is there; the in-process engine renames nothing: use the Pulumi CLI`,
            );
        }
        const record: ResourceRecord = {
            urn,
            type: resource.type,
            custom: resource.custom,
            id: "",
            inputs: resource.inputs,
            outputs: {},
            needs: [
                resource.parent,
                resource.provider.split("::").slice(0, -1).join("::"),
                ...resource.dependencies,
            ].filter((need) => need !== ""),
            provider: resource.provider,
            protect: resource.protect,
            retainOnDelete: resource.retainOnDelete,
        };
        this.#analysis.add(record, resource);
        let replaced: ResourceRecord | undefined;
        if (resource.type.startsWith("pulumi:providers:")) {
            record.id = this.#olds.get(urn)?.id ?? "local";
            record.inputs = resolveAssets(record.inputs, this.options.projectFolder);
            await this.#providers.configure(record);
        } else if (resource.custom) {
            replaced = await this.#step(record, resource);
            refuseSecrets(resource.secretOutputs, record.outputs);
        }
        this.#news.set(urn, record);
        this.#tell({ made: record, ...(replaced !== undefined && { replaced }) });
        return record;
    }

    /** Outputs of a component or of the stack itself. */
    setOutputs(urn: string, outputs: Properties): void {
        const record = this.#news.get(urn);
        if (record === undefined) throw new Error(`No resource ${urn}`);
        record.outputs = outputs;
        if (record.type === "pulumi:pulumi:Stack") this.outputs = outputs;
    }

    async invoke(token: string, args: Properties, provider: string): Promise<Properties> {
        const client =
            provider === ""
                ? this.#providers.ofPackage(token.split(":")[0] ?? "")
                : this.#providers.find(provider);
        if (client === undefined) throw new Error(`No provider ${provider} for ${token}`);
        return client.invoke(token, args);
    }

    /**
     * Has the stack judged as a whole.
     *
     * @throws PolicyViolated
     */
    async analyzeStack(): Promise<void> {
        await this.#analysis.analyzeStack();
    }

    /** Deletes what the program no longer has: first what needs, then what is needed. */
    async deleteLeftovers(): Promise<void> {
        const left = [...this.#olds.values()].filter(({ urn }) => !this.#news.has(urn));
        // Old resources are deleted with the providers that made them, even when the program has them no more.
        await this.#providers.reattach(left);
        for (const record of [...this.#pendingDelete].reverse()) {
            await this.#delete(record);
            this.#pendingDelete.splice(this.#pendingDelete.indexOf(record), 1);
            this.#tell({ deleted: record });
        }
        for (const record of left.reverse()) {
            await this.#delete(record);
            this.#olds.delete(record.urn);
            this.#tell({ deleted: record });
        }
    }

    /** Writes the state as it is at the end; a deployment that does not get there keeps the old outputs. */
    save(): void {
        const { backend, stack } = this.options;
        const left = [...this.#olds.values()].filter(({ urn }) => !this.#news.has(urn));
        const state: StackState = {
            outputs: this.outputs ?? this.#oldOutputs,
            resources: [...this.#news.values(), ...left],
            pendingDelete: this.#pendingDelete,
        };
        backend.write(stack, state);
    }

    close(): void {
        this.#providers.close();
    }

    #tell(step: Step): void {
        const { backend, stack } = this.options;
        const { outputs } = this;
        const isNew = outputs !== undefined && outputs !== this.#toldOutputs;
        backend.append(stack, isNew ? { ...step, outputs } : step);
        this.#toldOutputs = outputs;
    }

    /** @returns what the resource replaces, and is still there. */
    async #step(
        record: ResourceRecord,
        { name, replaceOnChanges, deleteBeforeReplace, secretOutputs }: Registration,
    ): Promise<ResourceRecord | undefined> {
        const client = this.#providers.find(record.provider);
        if (client === undefined) {
            throw new Error(
                `${record.type} ${name}: got no provider of its own; the in-process engine has no default providers. Pass the pinned providers to its component.`,
            );
        }
        const old = this.#olds.get(record.urn);
        const inputs = resolveAssets(record.inputs, this.options.projectFolder);
        const checked = await client.check(record.urn, old?.inputs, inputs);
        if (checked.failures.length > 0) throw new Error(checked.failures.join("\n"));
        record.inputs = checked.inputs;
        refuseSecrets(secretOutputs, record.inputs);
        await this.#analysis.analyze(record);
        if (old === undefined) {
            Object.assign(record, await client.create(record.urn, record.inputs));
            this.#did("create", record);
            return undefined;
        }
        const difference = await client.diff(record.urn, old, record.inputs, replaceOnChanges);
        if (difference === "same") {
            record.id = old.id;
            record.outputs = old.outputs;
        } else if (difference === "update") {
            record.id = old.id;
            record.outputs = await client.update(record.urn, old, record.inputs);
        } else {
            if (old.protect) throw protectedResource(old);
            const isDeletedFirst = deleteBeforeReplace || difference === "deleteThenCreate";
            // Another resource gets another random name; the one that it had was of the old one.
            record.inputs = (await client.check(record.urn, undefined, inputs)).inputs;
            if (isDeletedFirst) await this.#deleteFirst(old);
            Object.assign(record, await client.create(record.urn, record.inputs));
            this.#did("replace", record);
            if (isDeletedFirst) return undefined;
            this.#pendingDelete.push(old);
            return old;
        }
        this.#did(difference, record);
        return undefined;
    }

    /** Deletes what cannot stand beside its replacement; nothing may need it meanwhile. */
    async #deleteFirst(old: ResourceRecord): Promise<void> {
        const dependents = [...this.#olds.values()].filter(({ needs }) => needs.includes(old.urn));
        if (dependents.length > 0) {
            throw new Error(
                `must be deleted before it is replaced, and ${dependents.map(({ urn }) => urn).join(", ")} needs it; the in-process engine does not replace those with it: use the Pulumi CLI`,
            );
        }
        await this.#delete(old);
        this.#olds.delete(old.urn);
        this.#tell({ deleted: old });
    }

    async #delete(record: ResourceRecord): Promise<void> {
        if (!record.custom || record.type.startsWith("pulumi:providers:")) return;
        if (record.protect) throw protectedResource(record);
        if (!record.retainOnDelete) {
            await this.#providers.find(record.provider)?.delete(record.urn, record);
        }
        this.#did("delete", record);
    }

    #did(operation: Operation, record: ResourceRecord): void {
        this.changes[operation] += 1;
        const name = record.urn.split("::").at(-1) ?? "";
        this.options.onEvent({ kind: "resource", operation, type: record.type, name });
    }

    #urn({ type, name, parent }: Registration): string {
        const { stack, project } = this.options;
        const parentType = parent.split("::")[2] ?? "";
        const qualified =
            parentType === "" || parentType === "pulumi:pulumi:Stack"
                ? type
                : `${parentType}$${type}`;
        return `urn:pulumi:${stack}::${project}::${qualified}::${name}`;
    }
}

/** @throws Error for what would have to be encrypted. */
function refuseSecrets(names: readonly string[], properties: Properties): void {
    const given = names.filter((name) => properties[name] !== undefined);
    if (given.length === 0) return;
    throw new Error(
        `${given.join(", ")}: got a secret; the in-process engine keeps its state unencrypted and takes none. Use the Pulumi CLI.`,
    );
}

function protectedResource({ urn }: ResourceRecord): Error {
    return new Error(`${urn} is protected: take protect off in the program before it may go`);
}
