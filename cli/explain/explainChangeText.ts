import type { ExplainChange } from "./explainChanges";
import { hanging } from "./explainLayout";
import type { ExplainReport } from "./explainReport";
import { statementText } from "./explainWords";

/** What to change to be allowed: lines of config, commands and statements whole, to be copied. */
export function changeLines({ answer, changes, denies }: ExplainReport, width: number): string[] {
    if (answer !== "refused") return [];
    const lasting = denies.filter(({ purpose }) => purpose === undefined);
    // To make the request otherwise is enough, whatever denies this one.
    const ways = changes.filter(({ kind }) => kind === "request");
    const others = changes.filter(({ kind }) => kind !== "request");
    if (lasting.length === 0) return changeBlock("to be allowed:", changes, width);
    const those =
        lasting.length < denies.length
            ? `the deny of ${lasting.map(statementText).join(" and of ")}`
            : lasting.length === 1
              ? "that deny"
              : "those denies";
    return [
        ...changeBlock("to be allowed:", ways, width),
        ...changeBlock(
            `to be allowed, beside the end of ${those} (without it, this does not help):`,
            others,
            width,
        ),
    ];
}

function changeBlock(title: string, changes: readonly ExplainChange[], width: number): string[] {
    if (changes.length === 0) return [];
    const lines = changes.flatMap((change) =>
        changeText(change).flatMap((line) =>
            typeof line === "string" ? hanging(line, width - 2) : line.copy,
        ),
    );
    return [...hanging(title, width), ...lines.map((line) => `  ${line}`)];
}

/** A sentence, or what is to be copied as it is. */
type ChangeLine = string | { copy: string };

function changeText(change: ExplainChange): ChangeLine[] {
    switch (change.kind) {
        case "request":
            return [change.how];
        case "none":
            return [change.why];
        case "config":
            return [
                ...change.edits.map(({ file, line, key, write }) => ({
                    copy: `${file}:${line}  ${key}: ${write}`,
                })),
                { copy: `then: ${change.deploy.command}` },
                ...gainLines(change),
            ];
        case "deploy":
            return [
                `${change.place.file}:${change.place.line}  ${change.place.key} asks for it already: ${change.deploy.command}`,
                "where someone changed by hand what is deployed, this statement is missing:",
                { copy: JSON.stringify(change.statement) },
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
                { copy: JSON.stringify(change.statement) },
                ...gainLines(change),
            ];
    }
}

function policyPlace({
    document,
    layer,
    level,
    accountId,
    statement,
}: Extract<ExplainChange, { kind: "statement" }>): string {
    if (level !== undefined) {
        const named = document ?? "a service control policy";
        return `${named}, or another one of level ${level} (from the root on) of account ${accountId},`;
    }
    if (document !== undefined) return document;
    const resource = [statement.Resource ?? []].flat().join(", ");
    return layer === "resource" ? `a resource policy of ${resource}` : "a policy of the role";
}

function gainLines(change: { gains?: readonly string[] }): string[] {
    return change.gains === undefined || change.gains.length === 0
        ? []
        : [`who may call it then: ${change.gains.join(", ")}`];
}
