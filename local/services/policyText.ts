import { MalformedPolicy, parsePolicyDocument, type DocumentKind } from "../../access";
import type { AwsError } from "../awsError";

/**
 * Refuses a policy where it is stored, so that every stored one can be evaluated.
 *
 * @throws what `refuse` makes of the problem.
 */
export function requireWellFormed(
    document: string,
    kind: DocumentKind,
    refuse: (problem: string) => AwsError,
): void {
    try {
        parsePolicyDocument(document, kind);
    } catch (error) {
        if (error instanceof MalformedPolicy) throw refuse(error.message);
        throw error;
    }
}
