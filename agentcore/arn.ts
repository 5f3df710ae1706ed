/** The parts of an ARN; region and account are empty where the service has none. */
export interface Arn {
    partition: string;
    service: string;
    region: string;
    accountId: string;
    resource: string;
}

/** The parts of an ARN, or `undefined` when the text is none. */
export function parseArn(text: string): Arn | undefined {
    const match = /^arn:([^:]+):([^:]+):([^:]*):([^:]*):(.+)$/s.exec(text);
    if (match === null) return undefined;
    const [, partition = "", service = "", region = "", accountId = "", resource = ""] = match;
    return { partition, service, region, accountId, resource };
}

/** The account of an ARN, or `undefined` when it names none. */
export function accountOfArn(text: string): string | undefined {
    const accountId = parseArn(text)?.accountId;
    return accountId === "" ? undefined : accountId;
}

/** The region of an ARN, or `undefined` when it names none. */
export function regionOfArn(text: string): string | undefined {
    const region = parseArn(text)?.region;
    return region === "" ? undefined : region;
}

/** Whether a session's ARN is of a role: it has the role's name, without its path (IAM user guide, reference_identifiers). */
export function isSessionOf(sessionArn: string, roleArn: string): boolean {
    const role = roleArn.split("/").at(-1) ?? "";
    const [, sessionRole] = /:assumed-role\/([^/]+)\/[^/]+$/.exec(sessionArn) ?? [];
    return accountOfArn(sessionArn) === accountOfArn(roleArn) && sessionRole === role;
}

/** Whether the text is the ARN of one gateway, `arn:aws:bedrock-agentcore:<region>:<account>:gateway/<id>`. */
export function isGatewayArn(text: string): boolean {
    return /^arn:aws[a-z-]*:bedrock-agentcore:[a-z0-9-]+:\d{12}:gateway\/[0-9a-z-]+-[0-9a-z]{10}$/.test(
        text,
    );
}

/** Whether the text is the ARN of exactly one role or user, with its path and without wildcards. */
export function isExactPrincipalArn(text: string): boolean {
    return /^arn:aws[a-z-]*:iam::\d{12}:(?:role|user)\/(?:[\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/.test(
        text,
    );
}
