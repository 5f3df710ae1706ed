import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PolicyDocument } from "../access/documentSchema";
import { partitionOf } from "../agentcore/limits";
import { deployerPolicies, managedPolicy } from "../deployer/policy";
import { deployUntilSettled, pendingOf } from "../engine/deployAll";
import type { EngineEvent } from "../engine/deployment";
import { InProcessEngine } from "../engine/inProcessEngine";
import { readProject, type Project, type Stack } from "../engine/stacks";
import { Backend, type StackState } from "../engine/stackState";
import { LocalCloud } from "../local/cloud";
import { exitCode } from "./exitCode";
import { InvalidOptions } from "./invalidOptions";
import { withUnattachedTargets } from "./unattachedTargets";

/** What one stack's deployer must be allowed. */
export interface StackPolicies {
    stack: string;
    account: string;
    documents: PolicyDocument[];
}

/** `hub deployer-policy`: what the deployer of each stack, or of those named, must be allowed, and nothing else. */
export async function hubDeployerPolicy(
    names: readonly string[],
    { json = false }: { json?: boolean },
): Promise<number> {
    const project = readProject(process.cwd());
    const chosen = chosenStacks(project, names);
    const policies = await projectPolicies(project, (stack, line) => {
        if (chosen.includes(stack)) say(`${stack.name}: ${line}`);
    });
    const asked = policies.filter(({ stack }) => chosen.some(({ name }) => name === stack));
    for (const { stack, account, documents } of asked) {
        const { perRole, characters } = managedPolicy;
        say(
            `${stack}: account ${account}, ${documents.length} managed ${documents.length === 1 ? "policy" : "policies"} of at most ${characters} characters`,
        );
        if (documents.length > perRole) {
            say(
                `${stack}: a role may have ${perRole} managed policies; raise the account's quota "Managed policies attached to an IAM role", or move gateways to another stack`,
            );
        }
        if (!json) for (const document of documents) print(document, 2);
    }
    if (json) print(asked, 0);
    return exitCode.yes;
}

/**
 * Deploys all stacks to an AWS of this process until they have settled, and computes what their deployers need from
 * what is there then.
 *
 * @param onLine what the program warns of, and what is still pending: a policy does not have what is not there yet.
 */
export async function projectPolicies(
    project: Project,
    onLine: (stack: Stack, line: string) => void,
): Promise<StackPolicies[]> {
    const stateFolder = mkdtempSync(join(tmpdir(), "agentcore-hub-deployer-"));
    const cloud = await LocalCloud.start({ port: 0, stateFolder });
    try {
        const backend = new Backend(join(stateFolder, "backend"));
        const engine = new InProcessEngine({
            project,
            backend,
            providers: async ({ settings }) => {
                const { providers } = await cloud.account(settings.accountId);
                if (providers === undefined) throw new Error("The cloud is in another process");
                return {
                    ...providers,
                    "aws-native": withUnattachedTargets(providers["aws-native"]),
                };
            },
            onEvent: (stack, event) => {
                const line = errorOf(event);
                if (line !== undefined) onLine(stack, line);
            },
        });
        for (const { settings } of project.stacks) await cloud.account(settings.accountId);
        await deployUntilSettled(engine, project.stacks, () => undefined);
        return project.stacks.map((stack) => {
            const state = backend.read(stack.name);
            for (const reason of pendingOf(state?.outputs ?? {})) {
                onLine(stack, `pending, and not in the policy: ${reason}`);
            }
            return stackPolicies(stack, state);
        });
    } finally {
        await cloud.stop();
        rmSync(stateFolder, { recursive: true, force: true });
    }
}

/** What the deployer of a stack in this state needs. */
export function stackPolicies(
    { name, settings: { accountId, region } }: Stack,
    state: StackState | undefined,
): StackPolicies {
    const resources = (state?.resources ?? []).filter(({ custom }) => custom);
    const place = { partition: partitionOf(region), account: accountId, region };
    return { stack: name, account: accountId, documents: deployerPolicies(resources, place) };
}

/** Warnings are of what is pending, which is said once, at the end. */
function errorOf(event: EngineEvent): string | undefined {
    return event.kind === "diagnostic" && event.severity === "error" ? event.message : undefined;
}

function chosenStacks({ stacks }: Project, names: readonly string[]): readonly Stack[] {
    const known = stacks.map(({ name }) => name);
    const unknown = names.filter((name) => !known.includes(name));
    if (unknown.length > 0 || stacks.length === 0) {
        throw new InvalidOptions(
            `stack: got ${unknown.join(", ") || "none"}; must be one of ${known.join(", ") || "none: there is no Pulumi.<stack>.yaml"}`,
        );
    }
    return names.length === 0 ? stacks : stacks.filter(({ name }) => names.includes(name));
}

function print(value: unknown, indentation: number): void {
    process.stdout.write(`${JSON.stringify(value, null, indentation)}\n`);
}

function say(line: string): void {
    process.stderr.write(`hub: ${line}\n`);
}
