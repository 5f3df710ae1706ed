/** The shapes of the question, written down anew so that nothing here comes from `access/`. */
export type Caller =
    | {
          type: "role-session";
          accountId: string;
          roleArn: string;
          roleId: string;
          sessionName: string;
          sessionArn: string;
      }
    | { type: "user"; accountId: string; userArn: string; userId: string }
    | { type: "root"; accountId: string; partition?: string }
    | { type: "service"; service: string };

export interface Request {
    principal: Caller;
    action: string;
    resource: string;
    resourceAccountId: string;
    context?: Readonly<Record<string, string | readonly string[]>>;
}

export interface Document {
    name: string;
    document: string | object;
    principalIds?: Readonly<Record<string, string>>;
}

export interface Policies {
    identity: readonly Document[];
    resource?: Document;
    boundary?: Document;
    session?: readonly Document[];
    scp?: readonly (readonly Document[])[];
    rcp?: readonly (readonly Document[])[];
}

export type Decision = "allow" | "explicitDeny" | "implicitDeny";

type OneOrMany<T> = T | readonly T[];

export type PrincipalElement = "*" | Readonly<Record<string, OneOrMany<string>>>;

export type ConditionValue = string | number | boolean;

export type ConditionBlock = Readonly<
    Record<string, Readonly<Record<string, OneOrMany<ConditionValue>>>>
>;

export interface Statement {
    Sid?: string;
    Effect: "Allow" | "Deny";
    Principal?: PrincipalElement;
    NotPrincipal?: PrincipalElement;
    Action?: OneOrMany<string>;
    NotAction?: OneOrMany<string>;
    Resource?: OneOrMany<string>;
    NotResource?: OneOrMany<string>;
    Condition?: ConditionBlock;
}

export interface PolicyJson {
    Version?: string;
    Statement: OneOrMany<Statement>;
}

/** What one value or a list of them says, as a list. */
export function listed<T extends string | number | boolean | object>(
    value: OneOrMany<T> | undefined,
): T[] {
    if (value === undefined) {
        return [];
    }
    return Array.isArray(value) ? [...(value as readonly T[])] : [value as T];
}
