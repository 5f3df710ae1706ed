import { problemsOf, typeConstraints, type ConstrainedType } from "../../agentcore/constraints";
import { notEmulatedOf } from "./emulated";
import type { Failure, Properties } from "./resourceHandler";
import { isUnknown } from "./unknown";

/** Everything that AWS refuses of these inputs, and everything that the local cloud does not model. */
export function failuresOf(type: ConstrainedType, inputs: Properties): Failure[] {
    const refused = problemsOf(typeConstraints[type], inputs, isUnknown);
    return [
        ...refused.map(({ property, text }) => ({ property, reason: text })),
        ...notEmulatedOf(type, inputs, isUnknown).map((reason) => ({
            property: /^NotEmulated: ([^.[ ]+)/.exec(reason)?.[1] ?? "",
            reason,
        })),
    ];
}

/** The inputs with policy documents as text: the bridged provider makes it of objects, as here. */
export function withDocuments(inputs: Properties, documents: readonly string[]): Properties {
    const texts = documents
        .filter((name) => typeof inputs[name] === "object" && inputs[name] !== null)
        .map((name) => [name, JSON.stringify(inputs[name])]);
    return { ...inputs, ...(Object.fromEntries(texts) as Properties) };
}
