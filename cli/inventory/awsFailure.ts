/** Which account is read, and as whom, for messages. */
export interface ReadAs {
    id: string;
    profile?: string;
}

/** What could not be read. */
export interface UnreadPart {
    /** For people, such as `gateway tools-0123456789`. */
    what: string;
    /** What reading it asks for. */
    action: string;
}

/**
 * What failed in an account, and what to do about it, in one line. Of what AWS and the SDK say only the error's code is
 * given, because a message of a credential process or of a proxy may hold anything.
 */
export function unreadNote(account: ReadAs, { what, action }: UnreadPart, error: unknown): string {
    const code = codeOf(error);
    return `account ${account.id}, ${profileText(account)}: ${what} could not be read: ${code}; ${adviceOf(code, account, action)}`;
}

/** The profile, or that there is none. */
export function profileText({ profile }: ReadAs): string {
    return profile === undefined ? "the environment's credentials" : `profile ${profile}`;
}

/** AWS's code of an error, or the name of what the SDK or the network failed with. */
function codeOf(error: unknown): string {
    if (!(error instanceof Error)) return "Error";
    const { code, errors } = error as { code?: unknown; errors?: unknown };
    if (typeof code === "string" && /^E[A-Z_]+$/.test(code)) return code;
    // Of a host with several addresses, each of which failed.
    const [first] = Array.isArray(errors) ? (errors as unknown[]) : [];
    return first instanceof Error ? codeOf(first) : error.name;
}

function adviceOf(code: string, { id, profile }: ReadAs, action: string): string {
    const found = advice.find(({ codes }) => codes.test(code))?.kind;
    switch (found) {
        case "denied":
            return `allow ${action}, as the role readOnly of agentcore-hub:operators does, or name another profile by --profile ${id}=<profile>`;
        case "expired":
            return profile === undefined
                ? "renew the credentials"
                : `renew the credentials of profile ${profile}, such as by aws sso login --profile ${profile}`;
        case "missing":
            return `configure ${profile === undefined ? "credentials" : `profile ${profile}`}, or name another profile by --profile ${id}=<profile>`;
        case "throttled":
            return "AWS throttles the account's reads: try again later";
        case "network":
            return "AWS was not reached: look to the network, the region and AWS_ENDPOINT_URL, and try again";
        default:
            return "try again, and see what the same read says by the AWS CLI";
    }
}

const advice = [
    { codes: /AccessDenied|UnauthorizedOperation|NotAuthorized/, kind: "denied" },
    {
        codes: /Expired|InvalidClientTokenId|UnrecognizedClient|InvalidToken|TokenProvider/,
        kind: "expired",
    },
    { codes: /CredentialsProvider|MissingAuthenticationToken/, kind: "missing" },
    { codes: /Throttl|TooManyRequests|LimitExceeded/, kind: "throttled" },
    { codes: /^E[A-Z_]+$|Timeout|Networking/, kind: "network" },
] as const;
