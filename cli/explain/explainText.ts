import type { Layer, UnmetElement } from "../../access";
import { together } from "../access/accessWords";
import type { ExplainChange } from "./explainChanges";
import type {
    ExplainReport,
    ExplainStatement,
    ExplainStep,
    ExplainStepLayer,
} from "./explainReport";

/** An explanation for people, the answer on its first line. */
export function explainText(report: ExplainReport): string {
    return [
        answerLine(report),
        ...(report.requestId === undefined
            ? []
            : [`request ${report.requestId}, ${report.at ?? ""}`]),
        "",
        ...aligned(linesOf(report)),
        "",
        ...decidedLines(report),
        ...changeLines(report),
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

/** A label and what is to be said of it. */
type Line = readonly [label: string, text: string];

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

function targetText({ tool }: ExplainReport, { decision }: ExplainStep): string {
    if (decision === "refused") return "not asked: the gateway does not let the caller in";
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
        resource: step?.step === "invokeGateway" ? "the gateway's policy" : "the resource's policy",
        scp: "SCP",
        rcp: "RCP",
        trust: "trust policy",
    };
    return labels[layer];
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

function statementText({ document, index, sid }: ExplainStatement): string {
    // The resource is named already.
    const name = /^resource policy of /.test(document) ? "" : `${document}, `;
    return `${name}statement ${sid ?? index}`;
}

function unmetText(unmet: UnmetElement): string {
    if (unmet.element === "Condition") {
        const { operator, key, written, got } = unmet;
        const has = got.length === 0 ? `has no ${key}` : `has ${few(got)}`;
        return `asks ${operator} ${key} ${few(written)}, and the request ${has}`;
    }
    const { element, written, got } = unmet;
    if ("reason" in unmet && unmet.reason === "formerPrincipal") {
        return `names ${got} as it was before it was deleted and made anew`;
    }
    return "reason" in unmet
        ? `names ${few(written)}, not ${got}`
        : `has ${element} ${few(written)}, and the request is for ${got}`;
}

function few(values: readonly string[]): string {
    const shown = values.slice(0, 3).join(", ");
    return values.length > 3 ? `${shown} and ${values.length - 3} more` : shown;
}

function decidedLines(report: ExplainReport): string[] {
    const { answer, signature, steps, denies, subject } = report;
    if (signature.result === "refused") return ["decided by: the signature", ""];
    if (denies.length > 0) {
        return denies
            .map(
                (deny) =>
                    `decided by: an explicit deny, ${statementText(deny)} (account ${deny.accountId}); it was meant, so it is not undone here`,
            )
            .concat("");
    }
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

function layerName(layer: Layer, step: ExplainStep | undefined): string {
    const whose = step?.step === "call" ? "the gateway role's" : "the caller's";
    const label = layerLabel(layer, step, whose);
    return label.startsWith("the ") ? label : `the ${label}`;
}

function changeLines({ answer, changes }: ExplainReport): string[] {
    if (answer !== "refused" || changes.length === 0) return [];
    return ["to be allowed:", ...changes.flatMap(changeText).map((line) => `  ${line}`)];
}

function changeText(change: ExplainChange): string[] {
    switch (change.kind) {
        case "request":
            return [change.how];
        case "none":
            return [change.why];
        case "config":
            return [
                ...change.edits.map(
                    ({ file, line, key, write }) => `${file}:${line}  ${key}: ${write}`,
                ),
                `then: ${change.deploy.command}`,
                ...gainLines(change),
            ];
        case "deploy":
            return [
                `${change.place.file}:${change.place.line}  ${change.place.key} asks for it already: ${change.deploy.command}`,
                "where someone changed by hand what is deployed, this statement is missing:",
                JSON.stringify(change.statement),
                ...gainLines(change),
            ];
        case "putAgain":
            return [
                `${change.administeredBy}: put ${change.document ?? "the policy"} again as it is; AWS looks up the roles in it anew`,
                ...gainLines(change),
            ];
        case "statement":
            return [
                `${change.administeredBy}: ${policyPlace(change)} needs`,
                JSON.stringify(change.statement),
                ...gainLines(change),
            ];
    }
}

function policyPlace({
    document,
    layer,
    statement,
}: Extract<ExplainChange, { kind: "statement" }>): string {
    if (document !== undefined) return document;
    const resource = [statement.Resource ?? []].flat().join(", ");
    return layer === "resource" ? `a resource policy of ${resource}` : "a policy of the role";
}

function gainLines(change: { gains?: readonly string[] }): string[] {
    return change.gains === undefined || change.gains.length === 0
        ? []
        : [`who may call it then: ${change.gains.join(", ")}`];
}

function aligned(lines: readonly Line[]): string[] {
    const width = Math.max(...lines.map(([label]) => label.length)) + 2;
    return lines.map(([label, text]) => `  ${label.padEnd(width)}${text}`.trimEnd());
}
