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
