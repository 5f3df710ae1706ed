import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** What `docker login` takes for an account's registry. */
export interface RegistryCredentials {
    userName: "AWS";
    password: string;
    expiresAt: Date;
}

/** Ends with this process: a token is of no use anywhere else. */
const key = randomBytes(32);

/** How long a token holds (https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html). */
const tokenHours = 12;

/** GetAuthorizationToken of ECR for one account's registry. */
export function registryCredentials(accountId: string, now: number): RegistryCredentials {
    const expires = now + tokenHours * 3_600_000;
    const claims = `${accountId}.${expires}`;
    return {
        userName: "AWS",
        password: `${claims}.${signatureOf(claims)}`,
        expiresAt: new Date(expires),
    };
}

/** Why a registry refuses these credentials, in Docker's words; nothing when it does not. */
export function registryRefusal(
    accountId: string,
    given: { username?: string; password?: string } | undefined,
    now: number,
): string | undefined {
    if (given?.password === undefined) return "no basic auth credentials";
    const [account = "", expires = "", signature = ""] = given.password.split(".");
    const expected = Buffer.from(signatureOf(`${account}.${expires}`));
    const isOurs =
        expected.length === signature.length && timingSafeEqual(expected, Buffer.from(signature));
    if (given.username !== "AWS" || !isOurs || account !== accountId) {
        return "unexpected status from HEAD request: 401 Unauthorized";
    }
    if (Number(expires) <= now) {
        return "denied: Your authorization token has expired. Reauthenticate and try again.";
    }
    return undefined;
}

function signatureOf(claims: string): string {
    return createHmac("sha256", key).update(claims).digest("hex");
}
