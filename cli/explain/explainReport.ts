import {
    explainAccess,
    explainTrust,
    type ExplainedStatement,
    type Explanation,
    type Layer,
    type LayerResult,
    type UnmetElement,
} from "../../access";
import { principalName } from "../../access/explanation";
import { decideOpen } from "../../access/openDecision";
import type { Deny } from "../../access/denies";
import { remedyOfTrust } from "../../access/remedy";
import { conditionsWords } from "../access/accessWords";
import { changesOf, remedyOfStep, type ChangeWorld, type ExplainChange } from "./explainChanges";
import { runtimeOwner } from "./configRuntimes";
import { isOwnDeny, purposeOf } from "./explainRuntime";
import { accountOfPrincipal, type ExplainQuestion, type QuestionStep } from "./explainQuestion";

/** The answer to one question, as `hub explain --json` prints it; keys are added and not changed while `version` is 1. */
export interface ExplainReport {
    version: 1;
    answer: "allowed" | "refused" | "conditional";
    requestId?: string;
    /** When the request was made, ISO 8601. */
    at?: string;
    principal?: { name: string; arn: string };
    subject: { kind: "gateway" | "runtime"; name: string; arn: string; accountId: string };
    tool?: string;
    signature: ExplainQuestion["signature"];
    /** In the order in which AWS asks. */
    steps: readonly ExplainStep[];
    /** Cedar, which is not evaluated. */
    policyEngine?: { arn: string; mode: string };
    /** What it rests on, in words, where it is conditional. */
    on: readonly string[];
    /** All of them are needed to be allowed; of ways to meet a condition, any. */
    changes: readonly ExplainChange[];
    /** Statements that deny. But for those with a purpose, the changes help only beside the end of them. */
    denies: readonly ExplainDeny[];
}

/** A statement that denies. */
export interface ExplainDeny extends ExplainStatement {
    layer: Layer;
    accountId: string;
    /** Of the program's own: what it is for; a change of config lifts it. Any other is somebody's, and not undone. */
    purpose?: string;
}

/** One question to IAM, and what came of it. */
export interface ExplainStep {
    step: QuestionStep["step"];
    /** The gateway's target that it is on the way to. */
    target?: string;
    principal: string;
    action: string;
    resource: string;
    decision: "allowed" | "refused" | "conditional";
    layers: readonly ExplainStepLayer[];
    /** Of a role that is not there. */
    problem?: string;
}

/** What one kind of policy said. */
export interface ExplainStepLayer {
    layer: Layer;
    /** The account whose policy it is. */
    accountId: string;
    decision: LayerResult["decision"] | "conditional";
    /** The statement that decided. */
    statement?: ExplainStatement;
    /** How it names the principal. */
    principalMatch?: LayerResult["principalMatch"];
    /** Of a layer without an allow: the statement that lacks least, and what it lacks. */
    nearest?: ExplainStatement & { unmet: readonly UnmetElement[] };
}

/** A statement, by its document. */
export interface ExplainStatement {
    document: string;
    index: number;
    sid?: string;
}

/**
 * Explains a question: each layer of each step, what decided, and what to change.
 *
 * @throws MalformedPolicy
 */
export function explainReport(question: ExplainQuestion, world: ChangeWorld): ExplainReport {
    const { requestId, at, principal, subject, tool, signature, policyEngine } = question;
    const explained = question.steps.map((step) => ({ step, ...explainedStep(step, world) }));
    const inOrder = untilRefused(explained);
    const isEngineOn = policyEngine?.mode === "ENFORCE";
    const isRefused =
        signature.result === "refused" ||
        inOrder.some(({ report }) => report.decision === "refused");
    const on = isRefused ? [] : explained.flatMap((one) => one.on);
    const { kind, name, arn, accountId } = subject;
    return {
        version: 1,
        answer: isRefused ? "refused" : on.length > 0 || isEngineOn ? "conditional" : "allowed",
        ...(requestId !== undefined && { requestId }),
        ...(at !== undefined && { at }),
        ...(principal !== undefined && { principal: { name: principal.name, arn: principal.arn } }),
        subject: { kind, name, arn, accountId },
        ...(tool !== undefined && { tool }),
        signature,
        steps: inOrder.map(({ report }) => report),
        ...(policyEngine !== undefined && { policyEngine }),
        on: [...new Set(on)],
        changes: changesOf(
            question,
            inOrder.filter(({ report }) => report.decision === "refused").map(({ step }) => step),
            world,
        ),
        denies: inOrder.flatMap(({ denies }) => denies),
    };
}

interface Explained {
    report: ExplainStep;
    on: readonly string[];
    denies: ExplainReport["denies"];
}

/** Nobody asks for what is behind a refusal at the gateway. */
function untilRefused<One extends Explained>(steps: readonly One[]): readonly One[] {
    const [first] = steps;
    const isIn = first?.report.step !== "invokeGateway" || first.report.decision !== "refused";
    return isIn ? steps : steps.slice(0, 1);
}

function explainedStep(step: QuestionStep, { project }: ChangeWorld): Explained {
    const of = step.target === undefined ? {} : { target: step.target };
    if (step.step === "assumeRole") return explainedTrust(step, of);
    const { request, policies, unread } = step;
    const explanation = explainAccess(request, policies);
    const open = step.keys === "open" ? decideOpen(request, policies, unread) : undefined;
    const decision = open?.access ?? (explanation.decision === "allow" ? "allowed" : "refused");
    const layers = layersOf(explanation, open?.decision.layers);
    return {
        report: {
            ...{ step: step.step, ...of, principal: principalName(request.principal) },
            ...{ action: request.action, resource: request.resource, decision, layers },
        },
        on: conditionsWords(open?.on ?? [], { crossAccount: explanation.crossAccount }),
        denies:
            decision === "refused" ? deniesOf(explanation, remedyOfStep(step).denies, project) : [],
    };
}

function explainedTrust(
    { roleArn, trust }: Extract<QuestionStep, { step: "assumeRole" }>,
    of: { target?: string },
): Explained {
    const head = {
        ...{ step: "assumeRole" as const, ...of },
        ...{ principal: "bedrock-agentcore.amazonaws.com", action: "sts:AssumeRole" },
        resource: roleArn,
    };
    if (trust === undefined) {
        const problem = `there is no role ${roleArn}`;
        return {
            report: { ...head, decision: "refused", layers: [], problem },
            on: [],
            denies: [],
        };
    }
    const explanation = explainTrust(trust);
    const isAllowed = explanation.decision === "allow";
    const layers = layersOf(explanation).filter(({ layer }) => layer === "trust");
    return {
        report: { ...head, decision: isAllowed ? "allowed" : "refused", layers },
        on: [],
        denies: isAllowed ? [] : deniesOf(explanation, remedyOfTrust(trust).denies),
    };
}

/** Layers that are there, and those that a call needs; each as it is where what is open is met. */
function layersOf(explanation: Explanation, open?: readonly LayerResult[]): ExplainStepLayer[] {
    return explanation.layers.flatMap((layer, index) => {
        const result = open?.[index] ?? layer;
        if (result.decision === "notPresent" && layer.layer !== "resource") return [];
        const { statement, principalMatch } = result;
        const isConditional = result.decision !== layer.decision;
        const nearest =
            result.decision === "implicitDeny" ? nearestOf(layer.statements) : undefined;
        return [
            {
                layer: layer.layer,
                accountId: accountOfLayer(layer.layer, explanation),
                decision: isConditional ? ("conditional" as const) : result.decision,
                ...(statement !== undefined && { statement }),
                ...(principalMatch !== undefined && { principalMatch }),
                ...(nearest !== undefined && { nearest }),
            },
        ];
    });
}

function deniesOf(
    explanation: Explanation,
    denies: readonly Deny[],
    project?: ChangeWorld["project"],
): ExplainDeny[] {
    const owner = project && runtimeOwner(project, explanation.request.resource);
    return denies.map((deny) => ({
        ...nameOf(deny),
        ...{ layer: deny.layer, accountId: accountOfLayer(deny.layer, explanation) },
        ...(owner !== undefined && isOwnDeny(deny) && { purpose: purposeOf(owner) }),
    }));
}

/** The Allow that lacks least, of those about the same action. */
function nearestOf(statements: readonly ExplainedStatement[]): ExplainStepLayer["nearest"] {
    const [nearest] = statements
        .filter(({ effect, unmet }) => effect === "Allow" && unmet.length > 0)
        .filter(({ unmet }) => !unmet.some(({ element }) => /Action$/.test(element)))
        .sort((one, other) => one.unmet.length - other.unmet.length);
    return nearest && { ...nameOf(nearest), unmet: nearest.unmet };
}

function nameOf({ document, index, sid }: ExplainStatement): ExplainStatement {
    return { document, index, ...(sid !== undefined && { sid }) };
}

/** Whose policies a layer's are. */
function accountOfLayer(layer: Layer, { request }: Explanation): string {
    return layer === "resource" || layer === "trust" || layer === "rcp"
        ? request.resourceAccountId
        : accountOfPrincipal(request.principal);
}
