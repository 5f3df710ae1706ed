import type { RequestPrincipal } from "../../access";
import type { AccessKey } from "../http/sigv4/verify";

/** A session's credentials, and who it is. */
export interface SessionKey extends AccessKey {
    principal: RequestPrincipal & { type: "role-session" };
    sessionPolicy?: string;
    /** Made by AssumeRole from another session: chained sessions last an hour at most. */
    chained: boolean;
    /** Milliseconds since 1970. */
    issuedAt: number;
}

/** A session's credentials as processes have them in their environment. */
export function credentialEnvironment(key: SessionKey): Record<string, string> {
    return {
        AWS_ACCESS_KEY_ID: key.accessKeyId,
        AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
        AWS_SESSION_TOKEN: key.sessionToken ?? "",
    };
}
