import colors from "picocolors";
import {
    qualifiedToolName,
    type SchemaDefinition,
    type ToolDefinition,
} from "../agentcore/toolSchema";
import { pendingOf } from "../engine/deployAll";
import type { Project, Stack } from "../engine/stacks";
import type { LocalCloud } from "../local/cloud";
import type { GatewaySettings } from "../settings";
import { askAgent, planAgent, type StoryAgent } from "./agentScene";
import type { AskOutcome } from "./ask";
import type { CallOutcome } from "./call";
import type { CallerProcess } from "./callerProcess";
import { InvalidOptions } from "./invalidOptions";
import type { LocalTarget } from "./localTarget";
import { changesText, type Reporter } from "./reporter";
import { withoutEndpoint } from "./withoutEndpoint";

/** The parts of the story, as the project's config casts them. */
export interface Story {
    hub: Stack;
    spoke: Stack;
    gateway: string;
    /** A tool of each kind of target that the gateway has, that of its first target first. */
    tools: readonly [StoryTool, ...StoryTool[]];
    granted: string;
    /** All roles of that spoke that are granted, the agent's too. */
    allGranted: readonly string[];
    /** A role of the same spoke that asks for the gateway and is not granted. */
    notGranted?: string;
    /** The spoke's agent, where it has one that uses the gateway and that the story's people may ask. */
    agent?: StoryAgent;
}

/** A tool that the story calls. */
interface StoryTool {
    definition: ToolDefinition;
    qualifiedName: string;
    kind: "lambda" | "mcpServer";
}

/** An outcome that is not the story's: the product, or the config, is not right. */
export class StoryWentWrong extends Error {
    constructor(message: string) {
        super(message);
        this.name = "StoryWentWrong";
    }
}

/**
 * Casts the story from config: the first gateway that grants a role of a spoke's stack.
 *
 * @throws InvalidOptions when config has no such gateway.
 */
export function planStory(project: Project): Story {
    for (const hub of project.stacks) {
        if (hub.settings.role !== "provider") continue;
        for (const [gateway, { targets, grants }] of Object.entries(hub.settings.gateways)) {
            const [tool, ...tools] = toolsOf(targets);
            for (const grant of grants) {
                if (grant.kind !== "spoke" || tool === undefined) continue;
                const spokeSettings = hub.settings.spokes[grant.spoke];
                const spoke = project.stacks.find(({ name }) => name === spokeSettings?.stack);
                if (spoke?.settings.role !== "consumer") continue;
                const { callers } = spoke.settings;
                const granted = grant.roles.find((role) => Object.hasOwn(callers, role));
                if (granted === undefined) continue;
                const allGranted = grants.flatMap((other) =>
                    other.kind === "spoke" && other.spoke === grant.spoke ? other.roles : [],
                );
                const agent = planAgent(
                    spoke.name,
                    spoke.settings,
                    gateway,
                    allTools(targets, spoke.settings.accountId),
                );
                const notGranted = Object.keys(callers).find(
                    (caller) => !allGranted.includes(caller),
                );
                return {
                    hub,
                    spoke,
                    gateway,
                    tools: [tool, ...tools],
                    granted,
                    allGranted,
                    ...(notGranted !== undefined && { notGranted }),
                    ...(agent !== undefined && { agent }),
                };
            }
        }
    }
    throw new InvalidOptions(
        "the story needs a gateway that grants a role of a spoke's stack; config has none. To start without it: npm run local -- --serve --empty",
    );
}

/** The first tool of the first target of each kind. */
function toolsOf(targets: GatewaySettings["targets"]): StoryTool[] {
    const byKind = new Map<string, StoryTool>();
    for (const [targetName, { kind, tools }] of Object.entries(targets)) {
        const [definition] = tools;
        if (definition === undefined || byKind.has(kind)) continue;
        const qualifiedName = qualifiedToolName(targetName, definition.name);
        byKind.set(kind, { definition, qualifiedName, kind });
    }
    return [...byKind.values()];
}

/** All tools of a gateway, with arguments that they take. */
function allTools(targets: GatewaySettings["targets"], account: string) {
    return Object.entries(targets).flatMap(([targetName, { tools }]) =>
        tools.map(({ name, description, inputSchema }) => ({
            qualifiedName: qualifiedToolName(targetName, name),
            description,
            exampleArguments: exampleArguments(inputSchema, account),
        })),
    );
}

/** What the story is told with. */
interface Stage {
    cloud: LocalCloud;
    target: LocalTarget;
    reporter: Reporter;
    /** One process for each role that calls. */
    callers: readonly CallerProcess[];
    addCaller: () => void;
    /** All: what happens when a gateway's role lacks a runtime's endpoint, too. */
    steps: "short" | "all";
}

/**
 * Refused, granted, called, and another role still refused: each outcome is a child process's HTTP request.
 *
 * @throws StoryWentWrong at the first outcome that is another.
 */
export async function tellStory(story: Story, stage: Stage): Promise<void> {
    const { hub, spoke, gateway, granted, notGranted } = story;
    const [first, ...others] = story.tools;
    const { target, reporter } = stage;
    const up = async (stack: Stack, label: string, step: string) => {
        await reporter.step(
            step,
            label,
            () => target.engine.deploy(stack),
            ({ changes, outputs }) =>
                // What a mandatory policy finds would have ended the deployment.
                [`${changesText(changes)}; no policy violated`, ...pendingOf(outputs)].join(
                    "; pending ",
                ),
        );
        await target.writeConnection();
    };
    reporter.say(
        `\n${colors.bold("Hub")} ${hub.settings.accountId} owns the gateway ${gateway}; ${colors.bold("spoke")} ${spoke.settings.accountId} wants its tools.\n`,
    );
    await up(hub, `Deploy ${hub.name}: the gateway and its tools`, `deploy ${hub.name}`);
    const what = story.agent === undefined ? "" : " and the agent";
    await up(spoke, `Deploy ${spoke.name}: the calling roles${what}`, `deploy ${spoke.name}`);
    const call = (tool: StoryTool, role: string, expected: CallOutcome["outcome"]) =>
        callAs({ story, stage, tool, role, expected });
    const ask = (expected: AskOutcome["outcome"]) => askOnStage({ story, stage, expected });
    await call(first, granted, "refused");
    if (notGranted !== undefined) stage.addCaller();
    if (stage.steps === "all") await ask("failed");
    await up(
        hub,
        `Deploy ${hub.name} again: the grant to ${story.allGranted.join(", ")}`,
        `grant ${granted}`,
    );
    for (const tool of [first, ...others]) await call(tool, granted, "ok");
    if (notGranted !== undefined) await call(first, notGranted, "refused");
    await ask("ok");
    const onRuntime = story.tools.find(({ kind }) => kind === "mcpServer");
    if (stage.steps !== "all" || onRuntime === undefined) return;
    const withdrawn = withoutEndpoint(stage.cloud, hub.settings.accountId, gateway);
    if (withdrawn === undefined) return;
    const { roleName, endpoints, restore } = withdrawn;
    reporter.event({ step: "withdraw", status: "ok", role: roleName, endpoints });
    reporter.say(`  ${colors.yellow("−")} ${roleName} may not invoke ${endpoints.join(", ")}`);
    try {
        await call(onRuntime, granted, "failed");
    } finally {
        restore();
    }
    reporter.event({ step: "restore", status: "ok", role: roleName, endpoints });
    reporter.say(`  ${colors.yellow("+")} ${roleName} may again`);
    await call(onRuntime, granted, "ok");
}

async function askOnStage({
    story: { agent, spoke },
    stage: { cloud, target, reporter, callers },
    expected,
}: {
    story: Story;
    stage: Stage;
    expected: AskOutcome["outcome"];
}): Promise<void> {
    const [caller] = callers;
    if (agent === undefined || caller === undefined) return;
    const { region } = spoke.settings;
    const outcome = await askAgent(agent, {
        ...{ cloud, target, reporter, caller, region },
    });
    if (outcome.outcome === expected) return;
    const why = outcome.outcome === "failed" ? `: ${outcome.error}` : "";
    throw new StoryWentWrong(
        `${agent.name} is asked: got ${outcome.outcome}${why}; must be ${expected}`,
    );
}

async function callAs({
    story,
    stage: { cloud, target, reporter, callers },
    tool: { definition, qualifiedName },
    role,
    expected,
}: {
    story: Story;
    stage: Stage;
    tool: StoryTool;
    role: string;
    expected: CallOutcome["outcome"];
}): Promise<void> {
    const caller = callers[role === story.granted ? 0 : 1];
    if (caller === undefined) throw new StoryWentWrong("The story has no process to call from");
    const profile = `${story.spoke.name}-${role}`;
    const outcome = await caller.call({
        as: profile,
        url: await gatewayUrl(target, story),
        region: story.hub.settings.region,
        tool: qualifiedName,
        arguments: exampleArguments(definition.inputSchema, story.spoke.settings.accountId),
    });
    const requestId = outcome.requestId ?? "";
    const principal = cloud.requests.get(requestId)?.principal;
    const reason = cloud.refusalOf(requestId);
    reporter.event({
        step: "call",
        as: profile,
        principal: principal?.type === "role-session" ? principal.sessionArn : null,
        gateway: story.gateway,
        tool: qualifiedName,
        outcome: outcome.outcome,
        httpStatus: outcome.httpStatus,
        result: outcome.outcome === "refused" ? null : outcome.result,
        ...(reason !== undefined && { reason }),
    });
    const why = reason === undefined ? "" : `\n      ${reason}`;
    const shown = {
        refused: colors.red(`✗ HTTP ${outcome.httpStatus}`) + why,
        failed:
            colors.red(`✗ ${JSON.stringify("result" in outcome ? outcome.result : null)}`) + why,
        ok: colors.green(`✓ ${JSON.stringify("result" in outcome ? outcome.result : null)}`),
    }[outcome.outcome];
    reporter.say(`  ${colors.cyan("→")} ${profile} calls ${qualifiedName}  ${shown}`);
    if (outcome.outcome !== expected) {
        throw new StoryWentWrong(
            `${profile} calls ${qualifiedName}: got ${outcome.outcome} (HTTP ${outcome.httpStatus}); must be ${expected}`,
        );
    }
}

async function gatewayUrl(target: LocalTarget, { hub, gateway }: Story): Promise<string> {
    const outputs = (await target.engine.outputs(hub)) as
        { gateways?: Record<string, { gatewayUrl: string }> } | undefined;
    return outputs?.gateways?.[gateway]?.gatewayUrl ?? "";
}

/** Arguments that satisfy a tool's schema. */
function exampleArguments(schema: SchemaDefinition, account: string): Record<string, unknown> {
    const example = (definition: SchemaDefinition): unknown => {
        switch (definition.type) {
            case "string":
                return `Hello from ${account}`;
            case "number":
            case "integer":
                return 2;
            case "boolean":
                return true;
            case "array":
                return definition.items === undefined ? [] : [example(definition.items)];
            case "object":
                return Object.fromEntries(
                    (definition.required ?? []).map((name) => [
                        name,
                        example(definition.properties?.[name] ?? { type: "string" }),
                    ]),
                );
        }
    };
    return example(schema) as Record<string, unknown>;
}
