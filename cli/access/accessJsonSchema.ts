import { z } from "zod";

const condition = z.looseObject({
    kind: z.enum([
        ...["sourceAddress", "endpoint", "time", "mfa", "session", "organization", "other"],
        ...["unreadPolicy", "policyEngine", "authorizer"],
    ] as const),
});

const grantedBy = z.strictObject({
    layer: z.enum(["identity", "resource"]),
    document: z.string(),
    index: z.number(),
    sid: z.string().optional(),
    principalMatch: z.string().optional(),
});

/** What `hub access --json` prints; docs/access.md says what each key holds. */
export const accessJsonSchema = z.strictObject({
    version: z.literal(1),
    answer: z.string(),
    source: z.string(),
    scope: z.enum(["stacks", "accounts"]),
    complete: z.boolean(),
    unread: z.array(z.string()),
    hidden: z.number(),
    notInConfig: z.array(
        z.strictObject({
            kind: z.enum(["grant", "gateway", "target"]),
            gateway: z.string(),
            target: z.string().optional(),
            principal: z.string().optional(),
            document: z.string().optional(),
            index: z.number().optional(),
            sid: z.string().optional(),
            text: z.string(),
        }),
    ),
    gateways: z.array(
        z.strictObject({
            name: z.string(),
            stack: z.string().optional(),
            account: z.string().optional(),
            region: z.string().optional(),
            arn: z.string().optional(),
            authorizer: z.string().optional(),
            policyEngine: z.strictObject({ arn: z.string(), mode: z.string() }).optional(),
            remarks: z.array(z.string()),
            targets: z.array(
                z.strictObject({
                    name: z.string(),
                    kind: z.enum(["lambda", "mcpServer", "other"]),
                    access: z.enum(["allowed", "conditional", "refused"]),
                    conditions: z.array(z.string()),
                    reason: z.string().optional(),
                    tools: z.array(z.string()),
                    on: z.array(condition),
                }),
            ),
        }),
    ),
    principals: z.array(
        z.strictObject({
            name: z.string(),
            kind: z.enum(["caller", "agent", "hubRole", "operator", "other"]),
            stack: z.string().optional(),
            role: z.string().optional(),
            account: z.string().optional(),
            arn: z.string().optional(),
            access: z.array(
                z.strictObject({
                    gateway: z.string(),
                    access: z.enum(["allowed", "conditional", "refused", "pending"]),
                    reason: z.string().optional(),
                    conditions: z.array(z.string()).optional(),
                    on: z.array(condition).optional(),
                    grantedBy: z.array(grantedBy).optional(),
                    places: z.array(z.string()).optional(),
                }),
            ),
        }),
    ),
});
