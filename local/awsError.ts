/** An error as an AWS service answers it: its code, a message for people, and the HTTP status. */
export class AwsError extends Error {
    constructor(
        readonly code: string,
        message: string,
        readonly httpStatus: number,
    ) {
        super(message);
        this.name = "AwsError";
    }
}

/** What the local cloud does not model: named, and never answered as if it had worked. */
export function notEmulated(what: string): AwsError {
    return new AwsError(
        "NotEmulated",
        `NotEmulated: ${what}. The local cloud does not model it; docs/local-mode.md lists what it does.`,
        501,
    );
}

/** AgentCore's and Lambda's answer to bad input. */
export function validation(message: string): AwsError {
    return new AwsError("ValidationException", message, 400);
}
