import { accountOfArn } from "../../agentcore/arn";
import type { LocalAccount } from "./account";
import type { Sts } from "./sts";

/** A session's credentials, as they are sent to whom tries what happens with them. */
export interface ExpiredSession {
    accessKeyId: string;
    secretAccessKey: string;
    sessionToken: string;
}

/** A session of a role that has expired already; `undefined` where there is no such role. */
export function expiredSession(
    accounts: ReadonlyMap<string, LocalAccount>,
    sts: Pick<Sts, "expiredSession">,
    roleArn: string,
): ExpiredSession | undefined {
    const account = accounts.get(accountOfArn(roleArn) ?? "");
    const role = account?.iam.roleByArn(roleArn);
    if (account === undefined || role === undefined) return undefined;
    const { accessKeyId, secretAccessKey, sessionToken = "" } = sts.expiredSession(account, role);
    return { accessKeyId, secretAccessKey, sessionToken };
}

/** The role that the body of `PUT /_hub/expired-sessions` names. */
export function roleOfBody(body: Uint8Array): string {
    try {
        const { roleArn } = JSON.parse(Buffer.from(body).toString("utf8")) as { roleArn?: unknown };
        return typeof roleArn === "string" ? roleArn : "";
    } catch {
        return "";
    }
}
