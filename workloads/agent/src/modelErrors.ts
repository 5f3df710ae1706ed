import { AgentError, messageOf, type ErrorType } from "./errors.js";

/**
 * A failure of the model, named.
 *
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html#API_runtime_ConverseStream_Errors.
 */
export function modelError(thrown: unknown, modelId: string): AgentError {
    const error = exceptionIn(thrown);
    const name = error instanceof Error ? error.name : "";
    const errorType = errorTypeOf(name, error);
    const said = messageOf(error);
    const shown = name === "" || name === "Error" ? said : `${name}: ${said}`;
    return new AgentError(
        errorType,
        `The model ${modelId} ${verbs[errorType] ?? "failed"}: ${shown}`,
        { modelId, ...(name !== "" && name !== "Error" && { exception: name }) },
        { cause: error },
    );
}

/** What Strands wrapped. */
function exceptionIn(error: unknown): unknown {
    if (!(error instanceof Error) || error.name !== "ModelError") return error;
    const { cause } = error as { cause?: unknown };
    return cause instanceof Error ? cause : error;
}

function errorTypeOf(name: string, error: unknown): ErrorType {
    const byName = errorTypes[name];
    if (byName !== undefined) return byName;
    if (name.includes("Credentials")) return "CredentialsMissing";
    const code = (error as { code?: unknown } | undefined)?.code;
    return typeof code === "string" && /^(E[A-Z]+|UND_ERR_\w+)$/.test(code)
        ? "ModelUnreachable"
        : "ModelFailed";
}

const errorTypes: Readonly<Record<string, ErrorType>> = {
    AccessDeniedException: "ModelAccessDenied",
    UnrecognizedClientException: "ModelAccessDenied",
    ExpiredTokenException: "ModelAccessDenied",
    ThrottlingException: "ModelThrottled",
    ModelThrottledError: "ModelThrottled",
    ServiceQuotaExceededException: "ModelThrottled",
    TimeoutError: "ModelUnreachable",
};

const verbs: Partial<Record<ErrorType, string>> = {
    CredentialsMissing: "cannot be called without credentials",
    ModelAccessDenied: "denied access",
    ModelThrottled: "throttled the agent",
    ModelUnreachable: "cannot be reached",
};
