import type { Layer } from "../../access";
import { isRuntimeArn, runtimeOfArn } from "../../agentcore/runtime";
import { together } from "../access/accessWords";
import { changeLines } from "./explainChangeText";
import { aligned, hanging, widest, type Line } from "./explainLayout";
import type { ExplainDeny, ExplainReport, ExplainStep, ExplainStepLayer } from "./explainReport";
import { statementText, unmetText } from "./explainWords";

/**
 * An explanation for people, the answer on its first line.
 *
 * @param width of its lines, but for those to copy.
 */
export function explainText(report: ExplainReport, width: number = widest): string {
    return [
        answerLine(report),
        ...(report.requestId === undefined
            ? []
            : [`request ${report.requestId}, ${report.at ?? ""}`]),
        "",
        ...aligned(linesOf(report), width),
        "",
        ...decidedLines(report).flatMap((line) => hanging(line, width)),
        ...changeLines(report, width),
    ].join("\n");
}

/** The answer as one line. */
export function answerLine(report: ExplainReport): string {
    const { answer, principal, subject, tool, on, steps, policyEngine } = report;
    const who = principal?.name ?? "nobody that is known";
    const what = tool === undefined ? subject.name : `${tool} of ${subject.name}`;
    const refused = steps.find(({ decision }) => decision === "refused");
    const isBehind = subject.kind === "gateway" && refused?.step !== "invokeGateway";
    if (answer === "refused" && refused !== undefined && isBehind) {
        return `refused: ${who} may call ${subject.name}, and ${subject.name} does not get to ${refused.target ?? "its target"}`;
    }
    const conditions = [
        ...on,
        ...(policyEngine?.mode === "ENFORCE" ? ["if Cedar permits it"] : []),
    ];
    switch (answer) {
        case "allowed":
            return `allowed: ${who} may call ${what}`;
        case "conditional":
            return `conditional: ${who} may call ${what} ${together(conditions)}`;
        case "refused":
            return report.signature.result === "refused"
                ? `refused: the signature does not hold, whoever may call ${subject.name}`
                : `refused: ${who} may not call ${what}`;
    }
}

function linesOf(report: ExplainReport): Line[] {
    const { steps, subject, policyEngine } = report;
    const [first] = steps;
    const isOfGateway = subject.kind === "gateway";
    const own = isOfGateway ? steps.slice(0, 1) : steps;
    const behind = isOfGateway ? steps.slice(1) : [];
    return [
        ["signature", signatureText(report)],
        ...own.flatMap((step) => layerLines(step, "the caller's", own.length > 1)),
        ...(isOfGateway && first !== undefined ? [cedarLine(policyEngine)] : []),
        ...behind.flatMap((step): Line[] => [
            [stepLabel(step), `${step.decision}: ${step.action} on ${step.resource}`],
            ...(step.problem === undefined ? [] : [["", step.problem] as const]),
            ...(step.decision === "allowed" ? [] : layerLines(step, "the gateway role's", false)),
        ]),
        ...(isOfGateway && behind.length === 0 && first !== undefined
            ? [["target", targetText(report, first)] as const]
            : []),
    ];
}

function signatureText({ signature, principal }: ExplainReport): string {
    switch (signature.result) {
        case "verified":
            return `verified: ${principal?.arn ?? ""}`;
        case "notAsked":
            return "not asked: no request";
        case "refused": {
            const whose = principal === undefined ? "" : ` (the key is of ${principal.name})`;
            return `refused: ${signature.code}: ${signature.message}${whose}`;
        }
    }
}

function cedarLine(engine: ExplainReport["policyEngine"]): Line {
    const label = "Cedar";
    if (engine === undefined) return [label, "no policy engine is known"];
    const name = engine.arn.split("/").at(-1) ?? engine.arn;
    return [label, `not evaluated: policy engine ${name}, ${engine.mode}`];
}

function targetText({ tool, requestId }: ExplainReport, { decision }: ExplainStep): string {
    if (decision === "refused") {
        return tool === undefined && requestId !== undefined
            ? "not asked: the gateway refuses before it reads what is called"
            : "not asked: the gateway does not let the caller in";
    }
    return tool === undefined ? "not asked: no tool was called" : "not asked";
}

function stepLabel({ step, target, action }: ExplainStep): string {
    const label = step === "assumeRole" ? "role's trust" : (action.split(":")[1] ?? action);
    return target === undefined ? label : `${target}: ${label}`;
}

function layerLines(step: ExplainStep, whose: string, isOneOfSeveral: boolean): Line[] {
    const head: Line[] = isOneOfSeveral ? [[step.action.split(":")[1] ?? "", step.resource]] : [];
    return [
        ...head,
        ...step.layers.map((layer): Line => {
            return [
                layerLabel(layer.layer, step, whose),
                `${layerText(layer, step)} (account ${layer.accountId})`,
            ];
        }),
    ];
}

function layerLabel(layer: Layer, step: ExplainStep | undefined, whose: string): string {
    const labels: Readonly<Record<Layer, string>> = {
        identity: `${whose} policies`,
        boundary: "boundary",
        session: "session policy",
        resource: resourceLabel(step),
        scp: "SCP",
        rcp: "RCP",
        trust: "trust policy",
    };
    return labels[layer];
}

function resourceLabel(step: ExplainStep | undefined): string {
    if (step?.step === "invokeGateway") return "the gateway's policy";
    const { qualifier } = runtimeOfArn(step?.resource ?? "") ?? {};
    if (qualifier !== undefined) return "the endpoint's policy";
    return isRuntimeArn(step?.resource ?? "") ? "the runtime's policy" : "the resource's policy";
}

function layerText(layer: ExplainStepLayer, step: ExplainStep): string {
    const { decision, statement, nearest, principalMatch } = layer;
    const by = statement === undefined ? "" : `: ${statementText(statement)}`;
    switch (decision) {
        case "allow":
            return `allow${by}${meaningOf(principalMatch, layer, step)}`;
        case "conditional":
            return `allow under conditions${by}`;
        case "explicitDeny":
            return `deny${by}`;
        case "notPresent":
            return "there is none";
        case "implicitDeny":
            return nearest === undefined
                ? "no allow: no statement is about it"
                : `no allow; nearest: ${statementText(nearest)}: ${nearest.unmet.map(unmetText).join(", and ")}`;
    }
}

/** What an allow by a whole account, or of anyone, comes to. */
function meaningOf(
    match: ExplainStepLayer["principalMatch"],
    { accountId }: ExplainStepLayer,
    { principal }: ExplainStep,
): string {
    const account = principal.split(":")[4] ?? "";
    if (match === "account") {
        return account === accountId
            ? "; it names the account, and leaves it to the caller's own policies"
            : `; it names account ${account} as a whole: whom that account's own policies allow may call`;
    }
    return match === "anyone" ? "; it lets in anyone" : "";
}

function decidedLines(report: ExplainReport): string[] {
    const { answer, signature, steps, denies, subject } = report;
    if (signature.result === "refused") return ["decided by: the signature", ""];
    if (denies.length > 0) return [...denies.map(denyText), ""];
    if (answer !== "refused") {
        const [first] = steps;
        const by = (first?.layers ?? []).flatMap(({ layer, statement, accountId, decision }) =>
            statement !== undefined && decision !== "explicitDeny"
                ? [`${layerName(layer, first)}, ${statementText(statement)} (account ${accountId})`]
                : [],
        );
        return by.length === 0 ? [] : [`decided by: ${by.join("; and ")}`, ""];
    }
    const refused = steps.find(({ decision }) => decision === "refused");
    const lacking = (refused?.layers ?? [])
        .filter(({ decision }) => decision === "implicitDeny" || decision === "notPresent")
        .map(({ layer, accountId }) => `${layerName(layer, refused)} (account ${accountId})`);
    const where = refused?.step === "invokeGateway" ? subject.name : (refused?.resource ?? "");
    return lacking.length === 0
        ? []
        : [`decided by: no allow for ${where} in ${lacking.join(" and in ")}`, ""];
}

function denyText(deny: ExplainDeny): string {
    const named = `${statementText(deny)} (account ${deny.accountId})`;
    return deny.purpose === undefined
        ? `decided by: an explicit deny, ${named}; it was meant, so it is not undone here`
        : `decided by: an explicit deny, ${named}: ${deny.purpose}`;
}

function layerName(layer: Layer, step: ExplainStep | undefined): string {
    const whose = step?.step === "call" ? "the gateway role's" : "the caller's";
    const label = layerLabel(layer, step, whose);
    return label.startsWith("the ") ? label : `the ${label}`;
}
