import { readDocument, statementsOf, type PlacedStatement, type StackDocument } from "../documents";
import { undecided, type Finding } from "./rule";

/** What a rule finds in each statement that allows; of a document that is not known yet, that. */
export function statementFindings(
    documents: readonly StackDocument[],
    judge: (placed: PlacedStatement) => Finding[],
): Finding[] {
    return documents.flatMap((document) =>
        readDocument(document).state === "unknown"
            ? [undecided(document.urn, document.path)]
            : statementsOf(document).flatMap(judge),
    );
}
