import type { ConstrainedType } from "../../agentcore/constraints";
import type { LocalAccount } from "../services/account";
import type { Deployer } from "../services/deployer";
import type { CommandRunner } from "./commandRunner";

/** Properties of a resource, as plain values. */
export type Properties = Record<string, unknown>;

/** What the providers of an account need of the cloud around them. */
export interface ProviderDeps {
    /** Folder for what is built. */
    stateFolder: string;
    now: () => number;
    /** Who the providers act as. */
    deployer: Deployer;
    /** What a process of the deployer reaches this account with: credentials, and the services' endpoints. */
    deployerEnvironment: () => Record<string, string>;
}

/** What a resource handler works on. */
export interface ResourceContext extends ProviderDeps {
    account: LocalAccount;
    region: string;
    /** The program's folder, which relative paths start from. */
    programFolder: string;
    commands: CommandRunner;
    /** The connection that asks. */
    caller: string;
}

/** A resource as the provider leaves it: its id, and its state. */
export interface ResourceState {
    id: string;
    outputs: Properties;
}

/** The same as AWS has it now, with the inputs that would make it so. */
export interface ReadState extends ResourceState {
    inputs: Properties;
}

/** A reason why a resource's inputs are refused, before anything is made. */
export interface Failure {
    /** The input that it is in. */
    property: string;
    reason: string;
}

/** The handlers of a package's types; each type has its table of constraints. */
export type ResourceHandlers = Readonly<Partial<Record<ConstrainedType, ResourceHandler>>>;

/** How one Pulumi resource type lives in the local cloud. */
export interface ResourceHandler {
    /** The property that gets a random name when the program gives none, and how long it may be. */
    autoName?: { property: string; maxCharacters: number; isLowerCase?: true };
    /** Policy documents that a program may give as objects, which the provider makes text of. */
    documents?: readonly string[];
    /** Where a second one beside the old one would be the same thing: the old one goes first. */
    deleteBeforeReplace?: true;
    /** Of `aws`, and not global: a provider of another region makes another one. */
    isRegional?: true;
    /** Outputs that only the update itself can tell; a preview leaves them open. */
    updatedOutputs?: readonly string[];
    /** What is refused beside the table's constraints. */
    check?(context: ResourceContext, inputs: Properties): Failure[];
    /** The properties that changed. @default every input that differs */
    changes?(
        context: ResourceContext,
        old: { inputs: Properties; outputs: Properties },
        inputs: Properties,
    ): string[];
    create(context: ResourceContext, inputs: Properties): ResourceState | Promise<ResourceState>;
    /**
     * The state as it is now, or `undefined` when the resource is gone.
     *
     * @param inputs none for a resource that is imported.
     */
    read(
        context: ResourceContext,
        id: string,
        inputs: Properties,
        outputs: Properties,
    ): ReadState | undefined;
    update(
        context: ResourceContext,
        id: string,
        inputs: Properties,
        oldOutputs: Properties,
    ): ResourceState | Promise<ResourceState>;
    delete(
        context: ResourceContext,
        id: string,
        inputs: Properties,
        outputs: Properties,
    ): void | Promise<void>;
}

/** An input that must be text. */
export function textOf(inputs: Properties, name: string): string {
    const value = inputs[name];
    if (typeof value !== "string") {
        throw new TypeError(`${name}: got ${JSON.stringify(value)}; must be a string`);
    }
    return value;
}

/** An input that may be left out; the caller says its type, as the package's schema does. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
export function optional<T>(inputs: Properties, name: string): T | undefined {
    return inputs[name] as T | undefined;
}
