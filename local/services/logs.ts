import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { AwsError } from "../awsError";

/** A CloudWatch log group; its events stand in one file of the state folder. */
export interface LogGroup {
    name: string;
    arn: string;
    retentionInDays: number;
    file: string;
}

/** CloudWatch Logs of one account, as far as Lambda functions write to it. */
export class Logs {
    readonly #groups = new Map<string, LogGroup>();

    constructor(
        private readonly account: { id: string; partition: string },
        private readonly folder: string,
    ) {}

    createLogGroup(name: string, region: string, retentionInDays: number): LogGroup {
        if (!/^[\w./#-]{1,512}$/.test(name)) {
            throw new AwsError(
                "InvalidParameterException",
                `Value '${name}' at 'logGroupName' failed to satisfy the constraint [\\.\\-_/#A-Za-z0-9]+`,
                400,
            );
        }
        if (this.#groups.has(name)) {
            throw new AwsError(
                "ResourceAlreadyExistsException",
                `The specified log group already exists: ${name}`,
                400,
            );
        }
        const group: LogGroup = {
            name,
            arn: `arn:${this.account.partition}:logs:${region}:${this.account.id}:log-group:${name}`,
            retentionInDays,
            file: join(this.folder, `${name.replace(/\//g, "_")}.log`),
        };
        this.#groups.set(name, group);
        return group;
    }

    logGroup(name: string): LogGroup {
        const group = this.#groups.get(name);
        if (group === undefined) {
            throw new AwsError(
                "ResourceNotFoundException",
                `The specified log group does not exist: ${name}`,
                400,
            );
        }
        return group;
    }

    findLogGroup(name: string): LogGroup | undefined {
        return this.#groups.get(name);
    }

    logGroups(): LogGroup[] {
        return [...this.#groups.values()];
    }

    deleteLogGroup(name: string): void {
        this.logGroup(name);
        this.#groups.delete(name);
    }

    put(group: LogGroup, line: string): void {
        mkdirSync(this.folder, { recursive: true });
        appendFileSync(group.file, `${line}\n`);
    }
}
