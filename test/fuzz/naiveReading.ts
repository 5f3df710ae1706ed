import type { Policies } from "../oracle/types";
import { withEachDocument } from "../oracle/transformations";

/** Why a text is no policy by any reading, or undefined where this plain look finds nothing. */
export function mustBeRefused(text: string): string | undefined {
    let json: unknown;
    try {
        json = JSON.parse(text);
    } catch {
        return "no JSON";
    }
    if (!isObject(json)) return "no object";
    const { Statement } = json;
    const statements: unknown[] = Array.isArray(Statement) ? Statement : [Statement];
    if (statements.length === 0) return "no statement";
    for (const statement of statements) {
        if (!isObject(statement)) return "a statement that is no object";
        const { Effect, Action, NotAction } = statement;
        if (Effect !== "Allow" && Effect !== "Deny") return "no effect";
        if ((Action === undefined) === (NotAction === undefined)) return "no action, or two";
        const odd = Object.keys(statement).find((name) => !elements.includes(name));
        if (odd !== undefined) return `an element ${odd}`;
    }
    return undefined;
}

const elements = [
    ...["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction"],
    ...["Resource", "NotResource", "Condition"],
];

/** Whether the second evaluator, whose patterns are regular expressions, ends in time. */
export function naiveCanRead(policies: Policies): boolean {
    let can = true;
    withEachDocument(policies, (document) => {
        const text =
            typeof document.document === "string"
                ? document.document
                : JSON.stringify(document.document);
        can &&= text.length < 8_000 && !/(?:\*[^":*]*){6}/.test(text);
        return document;
    });
    return can;
}

function isObject(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
