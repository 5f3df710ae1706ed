import type { ContextKeys } from "./context";
import type { RequestPrincipal } from "./principal";
import type { NamedDocument } from "./request";

export { anySessionOf } from "./principal";

/**
 * All that decides who may call which gateway: the principals with their policies, the gateways with theirs, and what
 * is behind them. Read from the program, from exported stacks or from AWS; it makes no difference to the matrix.
 */
export interface Inventory {
    accounts: readonly InventoryAccount[];
    principals: readonly InventoryPrincipal[];
    gateways: readonly InventoryGateway[];
    /** What config asks for, and is not there yet. */
    pending: readonly PendingAccess[];
    /** What could not be read, each with the reason and what to do; the answer is without it. */
    unread: readonly string[];
}

/** An account, with the organization's policies on it where they were given, by level. */
export interface InventoryAccount {
    id: string;
    scp?: readonly (readonly NamedDocument[])[];
    rcp?: readonly (readonly NamedDocument[])[];
}

/**
 * `caller` and `agent` are of a spoke's stack, `hubRole` is a role that a service works with, `operator` one that
 * manages or reads gateways; `other` is whom no stack knows.
 */
export type PrincipalKind = "caller" | "agent" | "hubRole" | "operator" | "other";

/** A role or user, or, where a policy names it, an account or anyone; with all policies of its own. */
export interface InventoryPrincipal {
    /** Unique: `<stack>-<role>` for a role that config names, else its ARN. */
    name: string;
    kind: PrincipalKind;
    /** A role stands for each session of it: the name and the ARN of the session are not looked at. */
    principal: RequestPrincipal;
    /** Of a role that config names. */
    stack?: string;
    /** Its name in config. */
    role?: string;
    identity: readonly NamedDocument[];
    boundary?: NamedDocument;
    trust?: NamedDocument;
    /** Its tags, read by policies as `aws:PrincipalTag/<key>`. */
    tags?: Readonly<Record<string, string>>;
    /** Policies that bear on it and were not read, by what they are called: what they say decides too. */
    unknownPolicies: readonly string[];
}

/** A gateway, who may call it, and its targets. */
export interface InventoryGateway {
    /** Unique: its name in config, with its stack before it where two hubs name one alike; else its id. */
    name: string;
    stack?: string;
    /** Its name in config. */
    configName?: string;
    arn: string;
    accountId: string;
    region: string;
    url?: string;
    /** Only of AWS_IAM do policies decide who may call. */
    authorizerType: string;
    /** The ARN of the role that it calls its targets with, one of the principals. */
    roleArn: string;
    resourcePolicy?: NamedDocument;
    /** Its resource policy, where it was not read: it may say anything. */
    unknownPolicies?: readonly string[];
    /** Cedar decides too, which is not evaluated. */
    policyEngine?: { arn: string; mode: string };
    targets: readonly InventoryTarget[];
}

/** A target of a gateway, and what the gateway's role needs for a call of it. */
export interface InventoryTarget {
    name: string;
    kind: "lambda" | "mcpServer" | "other";
    /** By the target's own names, without `<target>___`; `undefined` where only the target knows them. */
    tools?: readonly string[];
    /** Each of them must be allowed; none where the gateway's role is not asked. */
    calls: readonly TargetCall[];
    /** What bears on a call of it and was not read. */
    unknownPolicies: readonly string[];
}

/** One question to IAM when a target is called, such as `bedrock-agentcore:InvokeAgentRuntime` on its endpoint. */
export interface TargetCall {
    action: string;
    resource: string;
    resourceAccountId: string;
    resourcePolicy?: NamedDocument;
    context?: ContextKeys;
}

/** A principal or gateway of config that is not there yet. */
export interface PendingAccess {
    /** `<stack>-<role>` */
    principal: string;
    stack: string;
    role: string;
    /** As {@link InventoryGateway.name}, or as the caller's config names it. */
    gateway: string;
    reason: string;
}
