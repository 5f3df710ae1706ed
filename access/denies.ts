import { parsePolicyDocument } from "./document";
import {
    matchStatement,
    type Call,
    type Layer,
    type LayerDocuments,
    type StatementName,
} from "./layers";

/** A statement that denies, and where it stands. */
export interface Deny extends StatementName {
    layer: Layer;
}

/** Every statement of some layers that denies a call; of an evaluation only the first is known. */
export function deniesOf(layers: readonly LayerDocuments[], call: Call): Deny[] {
    return layers.flatMap(({ layer, kind, levels }) =>
        levels.flat().flatMap(({ name, document, principalIds }) =>
            parsePolicyDocument(document, kind)
                .statements.filter(
                    (one) =>
                        one.effect === "Deny" &&
                        matchStatement(one, call, principalIds) !== undefined,
                )
                .map(({ index, sid }) => ({
                    ...{ layer, document: name, index },
                    ...(sid !== undefined && { sid }),
                })),
        ),
    );
}
