import type { Properties } from "./stackState";

/** A resource as the program registers it. */
export interface Registration {
    type: string;
    name: string;
    parent: string;
    custom: boolean;
    inputs: Properties;
    dependencies: string[];
    /** The URNs that each property is made from. */
    propertyDependencies: Record<string, string[]>;
    provider: string;
    /** Properties whose change replaces the resource, whatever the provider says; `*` is all. */
    replaceOnChanges: string[];
    protect: boolean;
    retainOnDelete: boolean;
    deleteBeforeReplace: boolean;
    /** URNs that the resource had before. */
    aliases: string[];
    /** Outputs that must not be kept as plain text. */
    secretOutputs: string[];
}
