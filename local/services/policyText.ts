import {
    MalformedPolicy,
    parsePolicyDocument,
    UnsupportedConditionOperator,
    type DocumentKind,
} from "../../access";
import { notEmulated, type AwsError } from "../awsError";

/**
 * Refuses a policy where it is stored, so that every stored one can be evaluated.
 *
 * @throws what `refuse` makes of the problem, or NotEmulated for a condition that is not modelled.
 */
export function requireWellFormed(
    document: string,
    kind: DocumentKind,
    refuse: (problem: string) => AwsError,
): void {
    try {
        parsePolicyDocument(document, kind);
    } catch (error) {
        if (error instanceof UnsupportedConditionOperator) throw notEmulated(error.message);
        if (error instanceof MalformedPolicy) throw refuse(error.message);
        throw error;
    }
}
