import { spawn } from "node:child_process";
import { join } from "node:path";
import colors from "picocolors";
import {
    qualifiedToolName,
    type SchemaDefinition,
    type ToolDefinition,
} from "../agentcore/toolSchema";
import { deploy } from "../engine/deployAll";
import type { Project, Stack } from "../engine/stacks";
import type { LocalCloud } from "../local/cloud";
import type { CallOutcome } from "./call";
import { InvalidOptions } from "./invalidOptions";
import type { LocalTarget } from "./localTarget";
import { changesText, type Reporter } from "./reporter";

/** The parts of the story, as the project's config casts them. */
export interface Story {
    hub: Stack;
    spoke: Stack;
    gateway: string;
    tool: ToolDefinition;
    qualifiedTool: string;
    granted: string;
    /** A role of the same spoke that asks for the gateway and is not granted. */
    notGranted?: string;
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
            const [targetName, target] = Object.entries(targets)[0] ?? [];
            const tool = target?.tools[0];
            for (const grant of grants) {
                if (grant.kind !== "spoke" || targetName === undefined || tool === undefined) {
                    continue;
                }
                const spokeSettings = hub.settings.spokes[grant.spoke];
                const spoke = project.stacks.find(({ name }) => name === spokeSettings?.stack);
                const granted = grant.roles[0];
                if (spoke?.settings.role !== "consumer" || granted === undefined) continue;
                const allGranted = grants.flatMap((other) =>
                    other.kind === "spoke" && other.spoke === grant.spoke ? other.roles : [],
                );
                const notGranted = Object.keys(spoke.settings.callers).find(
                    (caller) => !allGranted.includes(caller),
                );
                return {
                    hub,
                    spoke,
                    gateway,
                    tool,
                    qualifiedTool: qualifiedToolName(targetName, tool.name),
                    granted,
                    ...(notGranted !== undefined && { notGranted }),
                };
            }
        }
    }
    throw new InvalidOptions(
        "the story needs a gateway that grants a role of a spoke's stack; config has none. To start without it: npm run local -- --serve --empty",
    );
}

/**
 * Refused, granted, called, and another role still refused: each outcome is a child process's HTTP request.
 *
 * @throws StoryWentWrong at the first outcome that is another.
 */
export async function tellStory(
    story: Story,
    cloud: LocalCloud,
    target: LocalTarget,
    reporter: Reporter,
    stateFolder: string,
): Promise<void> {
    const { hub, spoke, gateway, granted, notGranted } = story;
    const up = async (stack: Stack, label: string, step: string) => {
        await reporter.step(
            step,
            label,
            () => deploy(target, stack),
            ({ changes }) => changesText(changes),
        );
        target.writeConnection();
    };
    const call = (role: string, expected: CallOutcome["outcome"]) =>
        callAs(story, `${spoke.name}-${role}`, expected, cloud, target, reporter, stateFolder);

    reporter.say(
        `\n${colors.bold("Hub")} ${hub.settings.accountId} owns the gateway ${gateway}; ${colors.bold("spoke")} ${spoke.settings.accountId} wants its tools.\n`,
    );
    await up(hub, `Deploy ${hub.name}: the gateway and its tool`, `deploy ${hub.name}`);
    await up(spoke, `Deploy ${spoke.name}: the calling roles`, `deploy ${spoke.name}`);
    await call(granted, "refused");
    await up(hub, `Deploy ${hub.name} again: the grant to ${granted}`, `grant ${granted}`);
    await call(granted, "ok");
    if (notGranted !== undefined) await call(notGranted, "refused");
}

async function callAs(
    story: Story,
    profile: string,
    expected: CallOutcome["outcome"],
    cloud: LocalCloud,
    target: LocalTarget,
    reporter: Reporter,
    stateFolder: string,
): Promise<void> {
    const url = gatewayUrl(target, story);
    const args = exampleArguments(story.tool.inputSchema, story.spoke.settings.accountId);
    const outcome = await callInChild(
        [
            "call",
            story.qualifiedTool,
            JSON.stringify(args),
            "--json",
            "--url",
            url,
            "--region",
            story.hub.settings.region,
        ],
        {
            AWS_PROFILE: profile,
            AWS_CONFIG_FILE: join(stateFolder, "aws", "config"),
            AWS_SHARED_CREDENTIALS_FILE: join(stateFolder, "aws", "credentials"),
        },
    );
    const record = cloud.authorizer.record(outcome.requestId ?? "");
    const principal =
        record?.request.principal.type === "role-session"
            ? record.request.principal.sessionArn
            : undefined;
    const reason = cloud.refusalOf(outcome.requestId ?? "");
    reporter.event({
        step: "call",
        as: profile,
        principal,
        gateway: story.gateway,
        tool: story.qualifiedTool,
        outcome: outcome.outcome,
        httpStatus: outcome.httpStatus,
        ...(outcome.outcome === "refused" ? { reason } : { result: outcome.result }),
    });
    const shown =
        outcome.outcome === "refused"
            ? `${colors.red(`✗ HTTP ${outcome.httpStatus}`)}\n      ${reason ?? ""}`
            : colors.green(`✓ ${JSON.stringify(outcome.result)}`);
    reporter.say(`  ${colors.cyan("→")} ${profile} calls ${story.qualifiedTool}  ${shown}`);
    if (outcome.outcome !== expected) {
        throw new StoryWentWrong(
            `${profile} calls ${story.qualifiedTool}: got ${outcome.outcome} (HTTP ${outcome.httpStatus}); must be ${expected}`,
        );
    }
}

function gatewayUrl(target: LocalTarget, story: Story): string {
    const outputs = target.backend.read(story.hub.name)?.outputs["gateways"] as
        Record<string, { gatewayUrl: string }> | undefined;
    return outputs?.[story.gateway]?.gatewayUrl ?? "";
}

/** Runs `hub` in a process that has nothing but the generated AWS config. */
async function callInChild(
    args: readonly string[],
    environment: Record<string, string>,
): Promise<CallOutcome> {
    const child = spawn(process.execPath, [process.argv[1] ?? "", ...args], {
        env: environment,
        stdio: ["ignore", "pipe", "pipe"],
    });
    const end = () => child.kill();
    process.once("exit", end);
    let output = "";
    let errors = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    const code = await new Promise<number | null>((resolve, reject) => {
        child.once("error", reject);
        child.once("close", resolve);
    });
    process.removeListener("exit", end);
    try {
        return JSON.parse(output) as CallOutcome;
    } catch {
        throw new StoryWentWrong(`The call ended with ${code}: ${errors || output}`);
    }
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
