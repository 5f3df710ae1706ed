/** The accounts of the shipped stacks. */
export const hubAccount = "111122223333";
export const spokeAccount = "444455556666";

/** The shipped grant. */
export const developer = { spoke: "consumer", roles: ["developer"] };

/** The hub's config with the Lambda target alone: deployed in no time, and whatever the cloud's clock says. */
export const hubConfig = (grants: unknown[], spokes: Record<string, unknown> = {}) => ({
    account: { role: "provider", id: hubAccount },
    spokes: { consumer: { account: spokeAccount, stack: "consumer" }, ...spokes },
    gateways: {
        tools: {
            targets: { "echo-tools": { lambda: "echo-tool", tools: ["echo_message"] } },
            grants,
        },
    },
});

/** The administrators' role of an account. */
export const admin = (account: string) => `arn:aws:iam::${account}:role/AdminRole`;

/** A spoke's config with callers alone. */
export const spokeConfig = (account: string, callers: string[]) => ({
    account: { role: "consumer", id: account },
    hubs: { "tools-team": { account: hubAccount, stack: "provider" } },
    callers: Object.fromEntries(
        callers.map((caller) => [
            caller,
            { gateways: ["tools-team/tools"], assumedBy: [admin(account)] },
        ]),
    ),
});

/** Both operators' roles of a hub, with all that can be used. */
export const operators = (account: string) => ({
    operators: {
        management: {
            assumedBy: [admin(account)],
            sourceAddresses: ["127.0.0.0/8", "203.0.113.0/24"],
            kmsKeys: [`arn:aws:kms:us-east-1:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`],
            schemaObjects: ["arn:aws:s3:::tool-schemas/echo-tools.json"],
            credentialProviders: true,
        },
        readOnly: { assumedBy: [admin(account)] },
    },
});
