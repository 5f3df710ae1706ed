import { join } from "node:path";
import type { AnalyzedResource, Analyzer } from "../engine/analyzer";
import { pendingOf } from "../engine/deployAll";
import type { InProcessOptions } from "../engine/inProcessEngine";
import type { Project, Stack } from "../engine/stacks";
import type { ResourceRecord } from "../engine/stackState";
import { judgeBy, type Verdict } from "../policy/judge";
import { readPackConfig } from "../policy/packConfig";
import { rulesOf } from "../policy/rules";
import { fromState, type StateResource } from "../policy/sources";
import { StackView } from "../policy/stackView";
import { deployInProcess } from "./deployInProcess";
import { ConfigLines } from "./policyPlace";
import type { Place, StackReport } from "./policyReport";

/** What a run tells while it goes on. */
export interface PolicyRun {
    /** The day that exceptions are held to, as `2027-01-31`. */
    today: string;
    onEvent: InProcessOptions["onEvent"];
    onStack: (stack: Stack) => void;
}

/**
 * Deploys all stacks to an AWS of this process until they have settled, and judges what is there then.
 *
 * @throws InvalidPolicyConfig
 * @throws Interrupted
 */
export async function judgeProject(project: Project, run: PolicyRun): Promise<StackReport[]> {
    // Read first: a fault in a file should not wait for the deployment.
    const settings = new Map(
        project.stacks.map(({ name, settings: { role } }) => [
            name,
            readPackConfig(project.folder, name, role),
        ]),
    );
    const registered = new Map<string, Registered>();
    const analyzer = (stack: Stack) => {
        run.onStack(stack);
        const collector = new Registered();
        registered.set(stack.name, collector);
        return Promise.resolve(collector);
    };
    const { onEvent } = run;
    return deployInProcess(project, { onEvent, analyzer }, ({ stateOf, failures }) =>
        project.stacks.map((stack) => {
            const failure = failures.get(stack.name);
            const state = stateOf(stack.name);
            return judgedStack(
                {
                    stack: stack.name,
                    pack: stack.settings.role,
                    file: stack.file,
                    settings: settings.get(stack.name) ?? {},
                    pending: pendingOf(state?.outputs ?? {}),
                    ...(failure !== undefined && { failure }),
                },
                askedState(
                    state?.resources ?? [],
                    registered.get(stack.name),
                    failure !== undefined,
                ),
                placesOf(project, stack),
                run.today,
            );
        }),
    );
}

/** What is known of a stack before it is judged. */
export type Judged = Pick<
    StackReport,
    "stack" | "pack" | "file" | "settings" | "pending" | "failure"
>;

/**
 * Judges a stack's resources. Where the deployment stopped, rules about the whole stack are not asked, as Pulumi
 * does not: they would miss what did not come to be any more.
 */
export function judgedStack(
    about: Judged,
    state: readonly StateResource[],
    placeOf: (verdict: Verdict) => Place,
    today: string,
): StackReport {
    const enabled = rulesOf(about.pack).filter(
        ({ name }) => about.settings[name]?.level !== "disabled",
    );
    const isWhole = about.failure === undefined;
    const asked = enabled.filter(({ scope }) => isWhole || scope === "resource");
    const resources = fromState(state);
    const { settings } = about;
    const judgement = judgeBy(asked, new StackView(resources), { settings, today });
    // By rule and resource: the order of a state is that in which its resources came to be, another one each time.
    const placed = judgement.verdicts
        .map((verdict) => ({ ...verdict, place: placeOf(verdict) }))
        .sort(
            (one, other) =>
                asked.indexOf(one.rule) - asked.indexOf(other.rule) ||
                one.urn.localeCompare(other.urn),
        );
    return {
        ...about,
        resources: resources.length,
        asked,
        notAsked: enabled.filter((rule) => !asked.includes(rule)),
        violations: placed.filter((verdict) => verdict.undecided !== true),
        undecided: placed.filter((verdict) => verdict.undecided === true),
        excepted: judgement.excepted,
        unused: isWhole ? judgement.unused : [],
        stable: withoutRandomParts(state),
    };
}

/** Finds nothing, and remembers what one deployment has asked about: also what AWS refused then. */
class Registered implements Analyzer {
    readonly resources = new Map<string, AnalyzedResource>();

    analyze(resource: AnalyzedResource): Promise<readonly never[]> {
        this.resources.set(resource.urn, resource);
        return Promise.resolve([]);
    }

    analyzeStack(): Promise<readonly never[]> {
        return Promise.resolve([]);
    }
}

/** A stack's state with what each property was made from; after a failure, with what it stopped at. */
function askedState(
    resources: readonly ResourceRecord[],
    registered: Registered | undefined,
    isPartial: boolean,
): (StateResource & { id?: string })[] {
    const asked = registered?.resources ?? new Map<string, AnalyzedResource>();
    const known = new Set(resources.map(({ urn }) => urn));
    const refused = [...asked.values()].filter(({ urn }) => !known.has(urn));
    return [
        ...resources.map((resource) => {
            const { propertyDependencies, properties } = asked.get(resource.urn) ?? {};
            return {
                ...resource,
                // Of an update that was refused, what was asked for.
                ...(isPartial && { outputs: { ...resource.outputs, ...properties } }),
                ...(propertyDependencies !== undefined && { propertyDependencies }),
            };
        }),
        ...refused.map(({ urn, type, properties, propertyDependencies, provider }) => ({
            ...{ urn, type, inputs: properties, propertyDependencies },
            ...(provider !== undefined && { provider: `${provider.urn}::` }),
        })),
    ];
}

function placesOf(project: Project, { file, settings }: Stack): (verdict: Verdict) => Place {
    let lines: ConfigLines | undefined;
    return (verdict) => {
        lines ??= new ConfigLines(join(project.folder, file), settings);
        return { file, line: lines.lineOf(verdict) };
    };
}

/** Names that AWS and Pulumi make end in random characters; in their place stands the name in the program. */
const random = /^(?:.*-)?(?:[0-9a-f]{7}|[0-9A-Za-z]{10}|[0-9a-f]{64})$/;

function withoutRandomParts(
    state: readonly (StateResource & { id?: string })[],
): (text: string) => string {
    const names = new Map<string, string>();
    // The resource whose own id it is comes before those that are named by it.
    const byLength = [...state].sort(
        (one, other) =>
            (one.id ?? "").length - (other.id ?? "").length || one.urn.localeCompare(other.urn),
    );
    for (const { id = "", urn } of byLength) {
        for (const part of id.split(/[:|/]/)) {
            if (random.test(part) && !names.has(part)) names.set(part, urn);
        }
    }
    return (text) =>
        [...names].reduce((stable, [part, urn]) => stable.replaceAll(part, `<${urn}>`), text);
}

/** The rules' day, in UTC. */
export function today(): string {
    return new Date().toISOString().slice(0, 10);
}
