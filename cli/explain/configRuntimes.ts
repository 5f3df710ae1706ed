import { parseArn } from "../../agentcore/arn";
import { runtimeNameOf, runtimeOfArn } from "../../agentcore/runtime";
import { toolNameSeparator } from "../../agentcore/toolSchema";
import type { Stack } from "../../engine/stacks";
import type { ProviderSettings } from "../../settings";
import type { ConfigPath } from "../configDocument";
import { documentOf, placeOf, type ConfigPlace, type Files } from "./configFiles";

/** The stack that a runtime is of, and whom its config lets in to it. */
export interface RuntimeOwner {
    stack: Stack;
    /** `agent.invokedBy` or `runtime.operators`. */
    key: string;
    path: ConfigPath;
    /** Exact ARNs. */
    admitted: readonly string[];
    /** Of a hub's: the gateways that show it, with the full names of its tools. */
    gateways: readonly { name: string; tools: readonly string[] }[];
}

/** Whose runtime it is, by its ARN or its endpoint's; a runtime's name is another's in no account and region. */
export function runtimeOwner({ stacks }: Files, arn: string): RuntimeOwner | undefined {
    const { runtimeArn = "" } = runtimeOfArn(arn) ?? {};
    const { accountId, region, resource = "" } = parseArn(runtimeArn) ?? {};
    const [, name] = /^runtime\/(\w+)-\w{10}$/.exec(resource) ?? [];
    const ofPlace = stacks.filter(
        ({ settings }) => settings.accountId === accountId && settings.region === region,
    );
    for (const stack of ofPlace) {
        const owner = name === undefined ? undefined : ownerIn(stack, name);
        if (owner !== undefined) return owner;
    }
    return undefined;
}

/** Where config names who may call a runtime. */
export function runtimePlace(files: Files, { stack, path }: RuntimeOwner): ConfigPlace {
    return placeOf(stack, documentOf(files, stack), path);
}

function ownerIn(stack: Stack, runtimeName: string): RuntimeOwner | undefined {
    const { settings } = stack;
    if (settings.role === "consumer") {
        const { agent } = settings;
        if (agent === undefined || runtimeNameOf(agent.workload) !== runtimeName) return undefined;
        const admitted = agent.invokedBy;
        return {
            ...{ stack, key: "agent.invokedBy", path: ["agent", "invokedBy"] },
            ...{ admitted, gateways: [] },
        };
    }
    const gateways = gatewaysOf(settings, runtimeName);
    if (gateways.length === 0) return undefined;
    const admitted = settings.runtime.operators;
    return {
        ...{ stack, key: "runtime.operators", path: ["runtime", "operators"] },
        ...{ admitted, gateways },
    };
}

function gatewaysOf({ gateways }: ProviderSettings, runtimeName: string): RuntimeOwner["gateways"] {
    return Object.entries(gateways).flatMap(([name, { targets }]) => {
        const shown = Object.entries(targets).flatMap(([target, settings]) =>
            settings.kind === "mcpServer" &&
            settings.server.kind === "workload" &&
            runtimeNameOf(settings.server.workload) === runtimeName
                ? [{ target, tools: settings.tools }]
                : [],
        );
        const tools = shown.flatMap(({ target, tools: known }) =>
            known.map((tool) => `${target}${toolNameSeparator}${tool.name}`),
        );
        return shown.length === 0 ? [] : [{ name, tools }];
    });
}
