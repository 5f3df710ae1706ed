import { isDeepStrictEqual } from "node:util";
import { createOnlyProperties, type ConstrainedType } from "../../agentcore/constraints";
import { shown } from "../../agentcore/shown";
import { validation } from "../awsError";
import type { Properties } from "./resourceHandler";

/** The inputs that differ. */
export function changedInputs(olds: Properties, news: Properties): string[] {
    return [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter(
        (name) => !isDeepStrictEqual(comparable(olds[name]), comparable(news[name])),
    );
}

/**
 * What only another resource can have is no update, whoever asks for it.
 *
 * @throws AwsError ValidationException
 */
export function requireFixed(type: ConstrainedType, olds: Properties, news: Properties): void {
    const changed = createOnlyProperties(type).filter(
        (name) =>
            olds[name] !== undefined &&
            !isDeepStrictEqual(comparable(olds[name]), comparable(news[name])),
    );
    if (changed.length === 0) return;
    const lines = changed.map(
        (name) =>
            `${name}: got ${shown(news[name])}; must stay ${shown(olds[name])}: another value is another resource`,
    );
    throw validation(lines.join("; "));
}

/** Archives are compared by their digest, wherever they stand. */
function comparable(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(comparable);
    if (typeof value === "object" && value !== null && "hash" in value) return value.hash;
    return value;
}
