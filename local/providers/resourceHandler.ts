import type { ConstrainedType } from "../../agentcore/constraints";
import type { LocalAccount } from "../services/account";

/** Properties of a resource, as plain values. */
export type Properties = Record<string, unknown>;

/** What a resource handler works on. */
export interface ResourceContext {
    account: LocalAccount;
    region: string;
}

/** A resource as the provider leaves it: its id, and its state. */
export interface ResourceState {
    id: string;
    outputs: Properties;
}

/** The handlers of a package's types; each type has its table of constraints. */
export type ResourceHandlers = Readonly<Partial<Record<ConstrainedType, ResourceHandler>>>;

/** How one Pulumi resource type lives in the local cloud. */
export interface ResourceHandler {
    /** The property that gets a random name when the program gives none, and how long it may be. */
    autoName?: { property: string; maxCharacters: number };
    /** Policy documents that a program may give as objects, which the provider makes text of. */
    documents?: readonly string[];
    create(context: ResourceContext, inputs: Properties): ResourceState;
    /** The state as it is now, or `undefined` when the resource is gone. */
    read(context: ResourceContext, id: string, inputs: Properties): ResourceState | undefined;
    update(context: ResourceContext, id: string, inputs: Properties): ResourceState;
    delete(context: ResourceContext, id: string, inputs: Properties): void;
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
