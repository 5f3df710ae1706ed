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
