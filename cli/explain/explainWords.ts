import type { UnmetElement } from "../../access";
import type { ExplainStatement } from "./explainReport";

/** A statement by its document and its Sid or index. */
export function statementText({ document, index, sid }: ExplainStatement): string {
    // The resource is named already.
    const name = /^resource policy of /.test(document) ? "" : `${document}, `;
    return `${name}statement ${sid ?? index}`;
}

/** What a statement asks for, and what the request has. */
export function unmetText(unmet: UnmetElement): string {
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
