import type { Settings } from "../../settings";
import type { StackView } from "../../policy/stackView";

/** One stack as it is deployed, by the program or by an export. */
export interface StackState {
    name: string;
    role?: Settings["role"];
    view: StackView;
    outputs: Readonly<Record<string, unknown>>;
    /** Its config, where the project is there: it knows tools and other stacks by name. */
    settings?: Settings;
}

/** How stacks are read. */
export interface Reading {
    stacks: readonly StackState[];
    /** Why a value of a state is not known, and what to do. */
    whyUnknown: string;
    /** The tools of a target whose configuration does not say them, as its gateway has them. */
    toolsOf: (gatewayArn: string, targetName: string) => readonly string[] | undefined;
    /** What could not be read, as it comes up. */
    unread: string[];
}

/** The members of an output, or none where it is no object. */
export function membersOf(output: unknown): Readonly<Record<string, unknown>> {
    return typeof output === "object" && output !== null
        ? (output as Readonly<Record<string, unknown>>)
        : {};
}

/** The texts among an output's members, by key. */
export function textsOf(output: unknown): [key: string, text: string][] {
    return Object.entries(membersOf(output)).filter(
        (member): member is [string, string] => typeof member[1] === "string",
    );
}
