import type { Layer, Statement } from "../../access";
import { decideOpen } from "../../access/openDecision";
import { remedyOf, remedyOfTrust, type Change, type Remedy } from "../../access/remedy";
import { regionOfArn } from "../../agentcore/arn";
import type { Project } from "../../engine/stacks";
import { conditionsWords } from "../access/accessWords";
import {
    callerEdits,
    grantEdits,
    grantPlaces,
    targetPlace,
    type ConfigEdit,
    type ConfigPair,
    type ConfigPlace,
} from "./configPlaces";
import type { AskedStep, ExplainQuestion, QuestionStep } from "./explainQuestion";

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
    /** A statement more in a policy that the program does not own, or in a new one. */
    | ({ kind: "statement"; document?: string } & Of)
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
    const { access, on } = decideOpen({ ...request, context }, policies);
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
    const { changes, beyond } = remedyOfStep(step);
    return [
        ...changes.map((change) => changeOf(question, step, change, world)),
        ...beyond.map(beyondOf),
    ];
}

/** Of a question without a request: a condition that a request may meet needs no change of a policy. */
export function remedyOfStep({ request, policies, keys }: AskedStep): Remedy {
    return remedyOf(request, policies, keys === "open" ? "mostAccess" : undefined);
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
