import type { EngineEvent } from "../engine/deployment";
import type { Engine } from "../engine/engine";
import type { Project, Stack } from "../engine/stacks";
import { requirePulumi } from "./chooseEngine";
import { InvalidOptions } from "./invalidOptions";
import { packFolder } from "./policyPacks";

/**
 * AWS as a place to deploy to: by the Pulumi CLI, with its backend as the user has chosen it, and with a profile for each
 * account.
 *
 * @param profiles `<stack>=<profile>`; a stack without one takes the environment's credentials.
 * @throws InvalidOptions
 */
export async function openAws(
    project: Project,
    onEvent: (stack: Stack, event: EngineEvent) => void,
    profiles: readonly string[],
): Promise<Engine> {
    const profileOf = profilesOf(project, profiles);
    await requirePulumi("hub deploys to AWS by the Pulumi CLI; to try without it: --local");
    const { PulumiEngine } = await import("../engine/pulumiEngine.js");
    return new PulumiEngine({
        ...{ project, onEvent, workFolder: project.folder },
        environment: ({ name }) => {
            const profile = profileOf.get(name);
            return Promise.resolve(profile === undefined ? {} : { AWS_PROFILE: profile });
        },
        pack: (stack) => packFolder(project, stack),
    });
}

function profilesOf(project: Project, profiles: readonly string[]): Map<string, string> {
    const names = project.stacks.map(({ name }) => name);
    return new Map(
        profiles.map((given) => {
            const [, stack = "", profile = ""] = /^([^=]+)=(.+)$/.exec(given) ?? [];
            if (names.includes(stack)) return [stack, profile] as const;
            throw new InvalidOptions(
                `--profile: got ${given}; must be <stack>=<profile>, with a stack of ${names.join(", ")}`,
            );
        }),
    );
}
