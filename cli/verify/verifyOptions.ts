import { closest } from "../../agentcore/closest";
import type { Inventory } from "../../access/inventory";
import type { Project } from "../../engine/stacks";
import { InvalidOptions } from "../invalidOptions";
import { requireConnection } from "../localGateway";

/** Options of `hub verify`. */
export interface VerifyOptions {
    local?: boolean;
    stateFolder?: string;
    /** Files that `pulumi stack export` wrote, in place of the stacks' own outputs. */
    stackExport?: readonly string[];
    /** `<principal>=<profile>`, or `<stack>=<profile>` for the Pulumi CLI. */
    profile?: readonly string[];
    /** Seconds, as written. */
    wait?: string;
    strict?: boolean;
    json?: boolean;
    junit?: string;
}

/**
 * Before anything is deployed or called.
 *
 * @throws InvalidOptions
 */
export function checkOptions(options: VerifyOptions): void {
    if (options.json === true && options.junit === "-") {
        throw new InvalidOptions("got --json and --junit -; only one can be on stdout");
    }
    waitSecondsOf(options);
    if (options.local === true) requireConnection(options);
}

/**
 * How long to ask again: none on the local cloud, where changes hold at once; a minute on AWS, where IAM's take a while to
 * be visible everywhere
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency).
 *
 * @throws InvalidOptions
 */
export function waitSecondsOf({ wait, local }: VerifyOptions): number {
    if (wait === undefined) return local === true ? 0 : 60;
    const seconds = Number(wait);
    if (wait.trim() !== "" && Number.isInteger(seconds) && seconds >= 0 && seconds <= 3600) {
        return seconds;
    }
    throw new InvalidOptions(`--wait: got ${wait}; must be a whole number of seconds, 0-3600`);
}

/** The profiles that are given for stacks, as they are written: the Pulumi CLI takes them. */
export function stackProfilesOf(
    { profile = [] }: VerifyOptions,
    { stacks }: Pick<Project, "stacks">,
): string[] {
    return profile.filter((given) => stacks.some(({ name }) => name === nameIn(given)));
}

/**
 * The profiles that are given for principals, by their names.
 *
 * @throws InvalidOptions for a name that is neither a principal's nor a stack's.
 */
export function principalProfilesOf(
    { profile = [] }: VerifyOptions,
    { stacks }: Pick<Project, "stacks">,
    { principals }: Pick<Inventory, "principals">,
): Map<string, string> {
    const known = [...principals, ...stacks].map(({ name }) => name);
    const found = new Map<string, string>();
    for (const given of profile) {
        const name = nameIn(given);
        if (name === undefined || !known.includes(name)) {
            throw new InvalidOptions(
                `--profile: got ${given}; must be <principal>=<profile>, with a principal or stack, as ${closest(name ?? given, known).join(", ")}`,
            );
        }
        if (!stacks.some((stack) => stack.name === name)) {
            found.set(name, given.slice(name.length + 1));
        }
    }
    return found;
}

/** `consumer-developer` of `consumer-developer=dev`. */
function nameIn(given: string): string | undefined {
    return /^([^=]+)=./.exec(given)?.[1];
}
