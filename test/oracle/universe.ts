import type { Caller } from "./types";

/** A world so small that requests and policies meet often. */
export const accounts = ["111122223333", "444455556666", "777788889999"] as const;

export const services = ["tools.amazonaws.com", "store.amazonaws.com"] as const;

/** Roles by path and name, each with the unique ids of its two lives. */
const roles = [
    { path: "developer", tag: "DEVELOPER" },
    { path: "team/core/reader", tag: "READER" },
] as const;

const sessionNames = ["work", "play"] as const;

export const roleSessions: readonly Caller[] = accounts.flatMap((accountId, account) =>
    roles.flatMap(({ path, tag }) =>
        [1, 2].flatMap((life) =>
            sessionNames.map((sessionName): Caller => {
                const name = path.replace(/^.*\//, "");
                return {
                    type: "role-session",
                    accountId,
                    roleArn: `arn:aws:iam::${accountId}:role/${path}`,
                    roleId: uniqueId(`AROA${tag}`, account, life),
                    sessionName,
                    sessionArn: `arn:aws:sts::${accountId}:assumed-role/${name}/${sessionName}`,
                };
            }),
        ),
    ),
);

export const users: readonly Caller[] = accounts.flatMap((accountId, account) =>
    ["ann", "staff/bob"].flatMap((path) =>
        [1, 2].map((life): Caller => ({
            type: "user",
            accountId,
            userArn: `arn:aws:iam::${accountId}:user/${path}`,
            userId: uniqueId(`AIDA${path.slice(-3).toUpperCase()}`, account, life),
        })),
    ),
);

export const roots: readonly Caller[] = accounts.flatMap((accountId) => [
    { type: "root", accountId },
    { type: "root", accountId, partition: "aws" },
]);

export const serviceCallers: readonly Caller[] = services.map((service) => ({
    type: "service",
    service,
}));

/** Every name that a Principal element can give to a caller of this world. */
export function namesOf(caller: Caller): string[] {
    switch (caller.type) {
        case "role-session":
            return [
                caller.roleArn,
                caller.sessionArn,
                caller.roleId,
                `${caller.roleId}:${caller.sessionName}`,
                ...namesOfAccount(caller.accountId),
            ];
        case "user":
            return [caller.userArn, caller.userId, ...namesOfAccount(caller.accountId)];
        case "root":
            return namesOfAccount(caller.accountId);
        case "service":
            return [];
    }
}

export function namesOfAccount(accountId: string): string[] {
    return [accountId, `arn:aws:iam::${accountId}:root`];
}

export const actions = ["tools:InvokeTool", "tools:GetTool", "store:GetItem", "store:PutItem"];

/** Patterns of actions, each with a wildcard in another place or another case. */
export const actionPatterns = [
    "*",
    "tools:*",
    "store:*",
    "tools:Invoke*",
    "TOOLS:invoketool",
    "tools:?etTool",
    "tools:*Tool",
    "store:*e*",
    "store:Get????",
    "store:Get?????",
    "store:???Item",
    "tools:I*e*l",
    ...actions,
];

/** Resources with and without region and account, with slashes and colons of their own. */
export function resourcesOf(accountId: string): string[] {
    const tool = `arn:aws:tools:us-east-1:${accountId}:tool`;
    return [
        `${tool}/alpha`,
        `${tool}/alpha:v1`,
        `${tool}/beta/ann`,
        `${tool}/al*ha`,
        "arn:aws:store:::box/alpha",
        "arn:aws:store:::box/bob/alpha",
        "*",
    ];
}

export function resourcePatternsFor(accountId: string): string[] {
    return [
        "*",
        "arn:aws:tools:*:*:tool/*",
        `arn:aws:tools:us-east-?:${accountId}:tool/a*`,
        "arn:*:tools:*:*:*",
        "arn:aws:tools:*",
        "arn:aws:tools:*alpha",
        "arn:aws:tools:us-*t-1:*:tool/*",
        "arn:aws:tools:*:*:*:v?",
        "arn:aws:tools:us-east-1?tool/al*",
        "arn:aws:tools:us-*:tool?al*:v1",
        "arn:aws:store:*alpha",
        "arn:*:store:::box/*",
        "arn:aws:tools:us-east-1:????????????:tool/alpha?v?",
        "arn:aws:tools:*:*:tool/alpha:*",
        "arn:aws:tools:us-east-1:*:tool/*/${aws:username}",
        "arn:aws:tools:us-east-1:*:tool/beta/${AWS:UserName, 'ann'}",
        "arn:aws:tools:*:*:*/${tools:Team}",
        "arn:aws:tools:*:*:*/${tools:Team, 'alpha'}",
        "arn:aws:tools:*:*:tool/al${*}ha",
        "arn:aws:tools:us-east-1:${aws:PrincipalAccount}:tool/alpha",
        "arn:aws:tools:*:*:*/${aws:TagKeys}*",
        "arn:aws:store:::box/${aws:username, 'alpha'}*",
    ];
}

function uniqueId(start: string, account: number, life: number): string {
    return start + "ABC".charAt(account).repeat(20 - start.length) + String(life);
}
