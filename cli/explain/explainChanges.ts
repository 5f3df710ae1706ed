import { anySessionOf, type Layer, type Statement } from "../../access";
import { principalName } from "../../access/explanation";
import { decideOpen } from "../../access/openDecision";
import { remedyOf, remedyOfTrust, type Change, type Remedy } from "../../access/remedy";
import { regionOfArn } from "../../agentcore/arn";
import type { Project } from "../../engine/stacks";
import { conditionsWords } from "../access/accessWords";
import { callerEdits, grantEdits, runtimeEdit, type ConfigEdit } from "./configEdits";
import type { ConfigPlace } from "./configFiles";
import type { ConfigPair } from "./configPairs";
import { grantPlaces, targetPlace } from "./configPlaces";
import { runtimePlace, type RuntimeOwner } from "./configRuntimes";
import type { AskedStep, ExplainQuestion, QuestionStep } from "./explainQuestion";
import { closedRuntime, driftedRuntime, type ClosedRuntime } from "./explainRuntime";

/** What is known beside the question. */
export interface ChangeWorld {
    /** The program whose config the changes are lines of, if there is one. */
    project?: Pick<Project, "folder" | "stacks">;
    /** The principals that a gateway lets in, where that can be read. */
    letIn?: (gatewayArn: string) => readonly string[];
    /** What is asked about runs on the local cloud. @default false */
    isLocal?: boolean;
}

/** One thing to change, by who owns what is to be changed. */
export type ExplainChange =
    /** The request is to be made otherwise. */
    | { kind: "request"; how: string }
    /** The program owns it: lines of its config, and the stacks to deploy then. */
    | ({ kind: "config"; edits: readonly ConfigEdit[]; deploy: Deployment } & Of)
    /** Config says it already, and what is deployed does not: deploy again. */
    | ({ kind: "deploy"; place: ConfigPlace; deploy: Deployment } & Of)
    /** A statement more in a policy that the program does not own, or in a new one; of an organization's, by its level. */
    | ({ kind: "statement"; document?: string; level?: number } & Of)
    /** The same policy once more: a role that it names was made anew since. */
    | ({ kind: "putAgain"; document?: string } & Of)
    /** Nobody can be told what to write. */
    | { kind: "none"; why: string };

/** The stacks to deploy then, and how. */
interface Deployment {
    stacks: readonly string[];
    command: string;
}

/** Whose policy a change is about. */
interface Of {
    layer: Layer;
    accountId: string;
    /** The policy statement that allows it. */
    statement: Statement;
    administeredBy: string;
    /** Of a gateway's way to its target: who may call the tools of it then. */
    gains?: readonly string[];
}

/** What turns a refusal into an allow. */
export function changesOf(
    question: ExplainQuestion,
    refused: readonly QuestionStep[],
    world: ChangeWorld,
): ExplainChange[] {
    const { signature } = question;
    if (signature.result === "refused") {
        return [{ kind: "request", how: signingAdvice(signature.code, question) }];
    }
    return refused.flatMap((step) => [...waysToMeet(step), ...stepChanges(question, step, world)]);
}

function signingAdvice(code: string, { subject: { arn } }: ExplainQuestion): string {
    const sign = `sign with SigV4 for service bedrock-agentcore and region ${regionOfArn(arn) ?? ""}`;
    switch (code) {
        case "MissingAuthenticationTokenException":
            return `${sign}, with the credentials of a role that is granted: hub call, sigv4-fetch and mcp-proxy-for-aws do`;
        case "ExpiredTokenException":
            return "take on the role again: the session's credentials are no longer valid";
        case "UnrecognizedClientException":
            return "use credentials that are known there: take on the role again";
        default:
            return `${sign}, with a clock that is right by five minutes and the role's own credentials; a proxy must not change what is signed`;
    }
}

/** Keys of a request that its maker can have otherwise (IAM user guide, reference_policies_condition-keys). */
const requestKeys =
    /^(?:aws:(?:sourceip|vpcsourceip|sourcevpce?|sourcevpcarn|vpce\w+|currenttime|epochtime|tokenissuetime|multifactorauth\w+|useragent|referer|sourceidentity)|sts:\w+)$/i;

/** Where a condition alone refuses: how the same principal can meet it. */
function waysToMeet(step: QuestionStep): ExplainChange[] {
    if (step.step === "assumeRole" || step.keys === "open") return [];
    const { request, policies } = step;
    const context = Object.fromEntries(
        Object.entries(request.context ?? {}).filter(([key]) => !requestKeys.test(key)),
    );
    const { principal } = request;
    const anyone =
        principal.type === "role-session"
            ? anySessionOf(principal.roleArn, principal.roleId)
            : principal;
    const { access, on } = decideOpen({ ...request, principal: anyone, context }, policies);
    if (access !== "conditional") return [];
    return conditionsWords(on).map((words) => ({ kind: "request", how: `call ${words}` }));
}

function stepChanges(
    question: ExplainQuestion,
    step: QuestionStep,
    world: ChangeWorld,
): ExplainChange[] {
    if (step.step === "assumeRole") {
        if (step.trust === undefined) {
            const why = `there is no role ${step.roleArn}: make it again, or give the gateway another one`;
            return [{ kind: "none", why }];
        }
        const { changes, beyond } = remedyOfTrust(step.trust);
        return [
            ...changes.map((change) => changeOf(question, step, change, world)),
            ...beyond.map(beyondOf),
        ];
    }
    const closed = closedRuntimeOf(question, step, world);
    const remedy = remedyOfStep(step);
    const { changes, beyond } = closed?.rest ?? remedy;
    return [
        ...driftedTarget(question, step, remedy, world),
        ...(closed === undefined ? [] : runtimeChanges(step, closed, world)),
        ...changes.map((change) => changeOf(question, step, change, world)),
        ...beyond.map(beyondOf),
    ];
}

/** Of a question without a request: a condition that a request may meet needs no change of a policy. */
export function remedyOfStep({ request, policies, keys }: AskedStep): Remedy {
    return remedyOf(request, policies, keys === "open" ? "mostAccess" : undefined);
}

/** A runtime whose policy denies the role of the gateway that shows it is not as the program has it. */
function driftedTarget(
    { subject }: ExplainQuestion,
    step: AskedStep,
    { denies }: Remedy,
    world: ChangeWorld,
): ExplainChange[] {
    const { project, letIn } = world;
    if (project === undefined || subject.kind !== "gateway") return [];
    const place = targetPlace(project, subject, step.target);
    const statement = driftedRuntime(step, denies, project);
    if (place === undefined || statement === undefined) return [];
    const accountId = step.request.resourceAccountId;
    return [
        {
            ...{ kind: "deploy", place, deploy: deploymentOf(world)(subject.stack) },
            ...{ layer: "resource", accountId, statement },
            administeredBy: administratorOf("resource", accountId, project),
            ...(letIn !== undefined && { gains: letIn(subject.arn) }),
        },
    ];
}

/** Whom a runtime of the program's lets in says its config, where it is called itself. */
function closedRuntimeOf(
    { subject }: ExplainQuestion,
    step: AskedStep,
    { project }: ChangeWorld,
): ClosedRuntime | undefined {
    if (subject.kind !== "runtime" || project === undefined) return undefined;
    return closedRuntime(step, project);
}

function runtimeChanges(
    { request }: AskedStep,
    { owner, statement }: ClosedRuntime,
    world: ChangeWorld,
): ExplainChange[] {
    const { project } = world;
    if (project === undefined) return [];
    const arn = principalName(request.principal);
    const accountId = request.resourceAccountId;
    const of: Of = {
        ...{ layer: "resource", accountId, statement },
        administeredBy: administratorOf("resource", accountId, project),
    };
    const deploy = deploymentOf(world)(owner.stack.name);
    const change: ExplainChange = owner.admitted.includes(arn)
        ? { kind: "deploy", place: runtimePlace(project, owner), deploy, ...of }
        : { kind: "config", edits: [runtimeEdit(project, owner, arn)], deploy, ...of };
    return [...throughGateways(owner), change];
}

/** A tool's runtime is the gateway's to call. */
function throughGateways({ gateways }: RuntimeOwner): ExplainChange[] {
    return gateways.map(({ name, tools }) => ({
        kind: "request",
        how: `call it through gateway ${name}, which is how the hub's tools are called${tools.length === 0 ? "" : `: ${tools.join(", ")}`}`,
    }));
}

function beyondOf(layer: Layer): ExplainChange {
    return {
        kind: "none",
        why:
            layer === "rcp"
                ? "the resource control policies lack AWS's own RCPFullAWSAccess, which whoever administers the AWS Organization attaches"
                : `no statement of the ${layer} layer would help`,
    };
}

function changeOf(
    question: ExplainQuestion,
    step: QuestionStep,
    change: Change,
    world: ChangeWorld,
): ExplainChange {
    const { layer, accountId, statement, document } = change;
    const { project, letIn } = world;
    const isBehind = step.step !== "invokeGateway" && question.subject.kind === "gateway";
    const of: Of = {
        ...{ layer, accountId, statement },
        administeredBy: administratorOf(layer, accountId, project),
        ...(isBehind && letIn !== undefined && { gains: letIn(question.subject.arn) }),
    };
    const own = project && configChange(question, step, change, project, deploymentOf(world));
    if (own !== undefined) return { ...own, ...of };
    return {
        kind: change.kind === "putAgain" ? "putAgain" : "statement",
        ...(document !== undefined && { document }),
        ...(change.level !== undefined && { level: change.level + 1 }),
        ...of,
    };
}

/** A change of what the program owns, as config. */
function configChange(
    { principal, subject }: ExplainQuestion,
    step: QuestionStep,
    { layer }: Change,
    project: NonNullable<ChangeWorld["project"]>,
    deploy: (stack: string | undefined) => Deployment,
):
    | { kind: "config"; edits: readonly ConfigEdit[]; deploy: Deployment }
    | { kind: "deploy"; place: ConfigPlace; deploy: Deployment }
    | undefined {
    if (subject.kind !== "gateway") return undefined;
    if (step.step !== "invokeGateway") {
        // What a target asks of the gateway's role is the program's, by the target's entry.
        const place =
            layer === "trust" || layer === "identity"
                ? targetPlace(project, subject, step.target)
                : undefined;
        return place && { kind: "deploy", place, deploy: deploy(subject.stack) };
    }
    if (principal === undefined) return undefined;
    const pair: ConfigPair = { principal, gateway: subject };
    const isHub = layer === "resource";
    if (!isHub && layer !== "identity") return undefined;
    const deployment = deploy(isHub ? subject.stack : principal.stack);
    const places = grantPlaces(project, pair);
    const place = isHub ? places.grant : places.caller;
    if (place !== undefined) return { kind: "deploy", place, deploy: deployment };
    const edits = isHub ? grantEdits(project, pair) : callerEdits(project, pair);
    return edits.length === 0 ? undefined : { kind: "config", edits, deploy: deployment };
}

function deploymentOf({ isLocal = false }: ChangeWorld): (stack?: string) => Deployment {
    return (stack) => {
        const stacks = stack === undefined ? [] : [stack];
        const command = ["npm run hub -- deploy", ...stacks, ...(isLocal ? ["--local"] : [])];
        return { stacks, command: command.join(" ") };
    };
}

function administratorOf(layer: Layer, accountId: string, project: ChangeWorld["project"]): string {
    if (layer === "scp" || layer === "rcp") return "whoever administers the AWS Organization";
    if (layer === "session") return "whoever takes on the role, with a session policy of their own";
    const stack = project?.stacks.find(({ settings }) => settings.accountId === accountId);
    const where = stack === undefined ? "" : ` (stack ${stack.name})`;
    return `whoever administers account ${accountId}${where}`;
}
