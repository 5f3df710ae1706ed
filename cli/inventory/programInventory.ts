import type { Inventory } from "../../access/inventory";
import type { Project, Stack } from "../../engine/stacks";
import type { LocalCloud } from "../../local/cloud";
import { fromState } from "../../policy/sources";
import { StackView } from "../../policy/stackView";
import { deployInProcess } from "../deployInProcess";
import { InvalidOptions } from "../invalidOptions";
import { Reporter } from "../reporter";
import { stacksInventory } from "./stacksInventory";

/** A stack that could not be deployed, and why. */
export interface StackFailure {
    stack: string;
    message: string;
}

/** What the program in a folder deploys. */
export interface ProgramInventory {
    inventory: Inventory;
    project: Project;
    /** The answer is without what these stacks did not come to. */
    failures: readonly StackFailure[];
}

/**
 * Deploys all stacks of a project to an AWS of this process, and reads who may use what there.
 *
 * @throws InvalidOptions where the project has no stack.
 * @throws Interrupted
 */
export async function programInventory(
    project: Project,
    { json = false }: { json?: boolean } = {},
): Promise<ProgramInventory> {
    if (project.stacks.length === 0) {
        throw new InvalidOptions(
            `${project.folder}: got no Pulumi.<stack>.yaml with keys of agentcore-hub; there is nothing to read`,
        );
    }
    const shows = process.stderr.isTTY && !json;
    const clear = shows ? "\r\u001b[2K" : "";
    const analyzer = ({ name }: Stack) => {
        if (shows) process.stderr.write(`${clear}… deploying ${name}`);
        return Promise.resolve(judgesNothing);
    };
    try {
        const onEvent = new Reporter(json).diagnostic;
        return await deployInProcess(project, { onEvent, analyzer }, (deployed) => {
            const { stateOf, cloud } = deployed;
            const failures = [...deployed.failures].map(([stack, message]) => ({ stack, message }));
            const inventory = stacksInventory(
                project.stacks.map(({ name, settings }) => {
                    const state = stateOf(name);
                    const view = new StackView(fromState(state?.resources ?? []));
                    const { role } = settings;
                    return { name, role, view, outputs: state?.outputs ?? {}, settings };
                }),
                { toolsOf: (arn, target) => toolsIn(cloud, arn, target) },
            );
            return { inventory: withFailures(inventory, failures), project, failures };
        });
    } finally {
        process.stderr.write(clear);
    }
}

const judgesNothing = {
    analyze: () => Promise.resolve([]),
    analyzeStack: () => Promise.resolve([]),
};

/** The tools that a gateway has of a target. */
function toolsIn(
    { accounts }: LocalCloud,
    gatewayArn: string,
    targetName: string,
): string[] | undefined {
    for (const { agentcore } of accounts.values()) {
        const targets = agentcore.gatewayByArn(gatewayArn)?.targets.values() ?? [];
        for (const { name, tools } of targets) {
            if (name === targetName && tools.length > 0) return tools.map((tool) => tool.name);
        }
    }
    return undefined;
}

/** The URLs are of a cloud that is gone: only what is deployed has some. */
function withFailures(inventory: Inventory, failures: readonly StackFailure[]): Inventory {
    return {
        ...inventory,
        gateways: inventory.gateways.map(({ url: _url, ...gateway }) => gateway),
        unread: [
            ...failures.map(
                ({ stack, message }) =>
                    `stack ${stack} was not deployed to its end, so that what comes after is missing: ${message}`,
            ),
            ...inventory.unread,
        ],
    };
}
