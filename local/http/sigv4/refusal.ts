/** Why a signature is refused, with AWS's error code and HTTP status. */
export interface SigV4Error {
    code:
        | "MissingAuthenticationTokenException"
        | "IncompleteSignatureException"
        | "UnrecognizedClientException"
        | "InvalidSignatureException"
        | "ExpiredTokenException";
    message: string;
    httpStatus: number;
}

/** A signature that is refused; no message has a secret in it. */
export class SigV4Refusal extends Error {
    constructor(
        readonly code: SigV4Error["code"],
        message: string,
    ) {
        super(message);
        this.name = "SigV4Refusal";
    }

    /** 400 for what is not a signature, 403 for one that does not hold (AWS's CommonErrors pages). */
    get error(): SigV4Error {
        const { code, message } = this;
        return { code, message, httpStatus: code === "IncompleteSignatureException" ? 400 : 403 };
    }
}

/** What is there is no whole signature. */
export function incomplete(message: string): SigV4Refusal {
    return new SigV4Refusal("IncompleteSignatureException", message);
}

/** The signature does not hold. */
export function invalid(message: string): SigV4Refusal {
    return new SigV4Refusal("InvalidSignatureException", message);
}

/** The key or its token is not known. */
export function unknownToken(): SigV4Refusal {
    return new SigV4Refusal(
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
    );
}
