import { isDeepStrictEqual } from "node:util";
import providerProto from "@pulumi/pulumi/proto/provider_pb";
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

/** Diff's answer: what changed, which of it is another resource, and how each is to be shown. */
export function difference(
    olds: Properties,
    news: Properties,
    { changed, replaced }: { changed: readonly string[]; replaced: readonly string[] },
) {
    const { DIFF_NONE, DIFF_SOME } = providerProto.DiffResponse.DiffChanges;
    const response = new providerProto.DiffResponse();
    response.setChanges(changed.length === 0 ? DIFF_NONE : DIFF_SOME);
    response.setDiffsList([...changed]);
    response.setReplacesList([...replaced]);
    response.setHasdetaileddiff(true);
    for (const name of changed) {
        const detail = new providerProto.PropertyDiff();
        const isInput = name in olds || name in news;
        detail.setInputdiff(isInput);
        detail.setKind(kindOf(name in news, name in olds, replaced.includes(name), isInput));
        response.getDetaileddiffMap().set(name, detail);
    }
    return response;
}

function kindOf(isThere: boolean, wasThere: boolean, isReplaced: boolean, isInput: boolean) {
    const kinds = providerProto.PropertyDiff.Kind;
    if (!isInput || isThere === wasThere) return isReplaced ? kinds.UPDATE_REPLACE : kinds.UPDATE;
    if (isThere) return isReplaced ? kinds.ADD_REPLACE : kinds.ADD;
    return isReplaced ? kinds.DELETE_REPLACE : kinds.DELETE;
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
