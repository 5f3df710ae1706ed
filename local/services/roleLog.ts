import type { LocalAccount } from "./account";
import type { Authorizer } from "./authorizer";
import type { LogGroup } from "./logs";
import type { SessionKey } from "./sessionKey";

/** Whose lines these are, and where they go. */
export interface RoleLogOptions {
    account: LocalAccount;
    /** Who writes: a session of the execution role. */
    role: SessionKey;
    logGroupName: string;
    logStreamName: string;
    region: string;
    /** Whose log it is, in the records of decisions. */
    writer: string;
}

/** How long lines wait for others: a file is written as long as a call takes. */
const batchMs = 25;

/**
 * A log that a service writes with an execution role: dropped, as in AWS, where the role's policies do not allow
 * it. What comes within a moment is written together, as services send events to CloudWatch.
 */
export class RoleLog {
    #lines: string[] = [];
    #timer: NodeJS.Timeout | undefined;

    constructor(
        private readonly authorizer: Authorizer,
        private readonly options: RoleLogOptions,
    ) {}

    add(line: string): void {
        this.#lines.push(line);
        this.#timer ??= setTimeout(() => {
            this.flush();
        }, batchMs);
    }

    /** Writes what waits. */
    flush(): void {
        clearTimeout(this.#timer);
        this.#timer = undefined;
        const lines = this.#lines.splice(0);
        if (lines.length === 0) return;
        const { account, logStreamName } = this.options;
        const group = this.#group();
        if (group === undefined) return;
        if (!this.#may("logs:PutLogEvents", `${group.arn}:log-stream:${logStreamName}`)) return;
        account.logs.put(group, lines);
    }

    /**
     * The group, made by the role where it may, as AgentCore Runtime does (devguide, runtime-permissions) and Lambda
     * (https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html).
     */
    #group(): LogGroup | undefined {
        const { account, logGroupName, region } = this.options;
        const group = account.logs.findLogGroup(logGroupName);
        if (group !== undefined) return group;
        const arn = `arn:${account.partition}:logs:${region}:${account.id}:log-group:${logGroupName}`;
        if (!this.#may("logs:CreateLogGroup", arn)) return undefined;
        return account.logs.createLogGroup(logGroupName, region, 0);
    }

    #may(action: string, resource: string): boolean {
        const { account, role, writer } = this.options;
        const { decision } = this.authorizer.decide(role, {
            action,
            resource,
            resourceAccountId: account.id,
            requestId: `logs/${writer}`,
        });
        return decision.decision === "allow";
    }
}
