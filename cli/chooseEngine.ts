import { findPulumi } from "../engine/pulumiCli";
import type { EngineName } from "../local/connection";
import { InvalidOptions } from "./invalidOptions";

/**
 * What deploys to the local cloud, and why: the Pulumi CLI where a usable one is there.
 *
 * @throws InvalidOptions
 */
export async function chooseEngine(option: string): Promise<{ name: EngineName; why: string }> {
    if (!["auto", "pulumi", "in-process"].includes(option)) {
        throw new InvalidOptions(`--engine: got ${option}; must be auto, pulumi or in-process`);
    }
    if (option === "in-process") return { name: option, why: "this process (--engine in-process)" };
    const cli = await findPulumi();
    if (!("unusable" in cli)) {
        return { name: "pulumi", why: `Pulumi CLI ${cli.version}, ${cli.path}` };
    }
    if (option === "pulumi") throw new InvalidOptions(`--engine pulumi: ${cli.unusable}`);
    return { name: "in-process", why: `this process (${cli.unusable})` };
}

/**
 * Demands a usable Pulumi CLI.
 *
 * @param why what needs it.
 * @throws InvalidOptions
 */
export async function requirePulumi(why: string): Promise<void> {
    const cli = await findPulumi();
    if ("unusable" in cli) throw new InvalidOptions(`${cli.unusable}: ${why}`);
}
