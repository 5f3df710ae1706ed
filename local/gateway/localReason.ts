/** A header of the local cloud's own, beside AWS's words: why a runtime has no answer, for who has to mend it. */
export const localReasonHeader = "x-hub-reason";

/** A reason as a header can carry it. */
export function writtenReason(reason: string): string {
    return encodeURI(reason).replaceAll("%20", " ");
}

/** The reason in an answer's headers, if there is one. */
export function readReason(
    headers: Readonly<Record<string, string | undefined>>,
): string | undefined {
    const reason = headers[localReasonHeader];
    if (reason === undefined) return undefined;
    try {
        return decodeURI(reason);
    } catch {
        return reason;
    }
}
