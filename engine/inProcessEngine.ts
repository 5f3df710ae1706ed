import { deployAccount } from "../accounts/account";
import { readSettings } from "../settings";
import type { Analyzer } from "./analyzer";
import type { EngineEvent } from "./deployment";
import type { Engine } from "./engine";
import { deployStack, destroyStack, type StackResult } from "./inProcess";
import type { ProviderAddress } from "./providerClient";
import type { Project, Stack } from "./stacks";
import type { Backend, Properties } from "./stackState";

/** Where stacks are deployed to, and who is told. */
export interface InProcessOptions {
    project: Project;
    backend: Backend;
    /** The providers for the account of a stack. */
    providers: (stack: Stack) => Promise<Readonly<Record<string, ProviderAddress>>>;
    onEvent: (stack: Stack, event: EngineEvent) => void;
    /** The policy pack for a stack, ready to be asked; without one, nothing judges the stacks. */
    analyzer?: (stack: Stack) => Promise<Analyzer>;
}

/** Runs the program of this repository, and what it declares, in this process. */
export class InProcessEngine implements Engine {
    constructor(private readonly options: InProcessOptions) {}

    /** @throws DeployFailed */
    async deploy(stack: Stack): Promise<StackResult> {
        const { analyzer } = this.options;
        return deployStack({
            ...(await this.#run(stack)),
            config: stack.config,
            ...(analyzer !== undefined && { analyzer: await analyzer(stack) }),
            program: () => deployAccount(readSettings()),
        });
    }

    /** @throws DeployFailed */
    async destroy(stack: Stack): Promise<StackResult> {
        return destroyStack(await this.#run(stack));
    }

    outputs({ name }: Stack): Promise<Properties | undefined> {
        return Promise.resolve(this.options.backend.read(name)?.outputs);
    }

    async #run(stack: Stack) {
        const { project, backend, providers, onEvent } = this.options;
        return {
            project: project.name,
            projectFolder: project.folder,
            stack: stack.name,
            backend,
            providers: await providers(stack),
            onEvent: (event: EngineEvent) => {
                onEvent(stack, event);
            },
        };
    }
}
