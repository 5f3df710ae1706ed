import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { AwsError } from "../awsError";
import { refuseProblems } from "./refuse";

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
    /** Descriptors by file. */
    readonly #open = new Map<string, number>();
    #isLosing = false;

    constructor(
        private readonly account: { id: string; partition: string },
        private readonly folder: string,
    ) {}

    createLogGroup(name: string, region: string, retentionInDays: number): LogGroup {
        refuseProblems("aws:cloudwatch/logGroup:LogGroup", { name, retentionInDays }, invalid);
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

    /** PutRetentionPolicy; 0 keeps events for ever, as DeleteRetentionPolicy does. */
    setRetention(name: string, retentionInDays: number): LogGroup {
        const group = this.logGroup(name);
        refuseProblems("aws:cloudwatch/logGroup:LogGroup", { name, retentionInDays }, invalid);
        group.retentionInDays = retentionInDays;
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
        this.#close(this.logGroup(name).file);
        this.#groups.delete(name);
    }

    /** Appends events. Where the file cannot be written they are lost, which is said once: calls go on. */
    put(group: LogGroup, lines: readonly string[]): void {
        const text = `${lines.join("\n")}\n`;
        try {
            this.#append(group.file, text);
            this.#isLosing = false;
        } catch (error) {
            if (this.#isLosing) return;
            this.#isLosing = true;
            process.emitWarning(
                `The log of ${group.name} cannot be written, and is lost until it can be: ${messageOf(error)}. Calls go on. Free space, or make the state folder writable.`,
                "HubLogs",
            );
        }
    }

    /** Closes the files; what is put after that opens them again. */
    close(): void {
        for (const file of this.#open.keys()) this.#close(file);
    }

    #append(file: string, text: string): void {
        let descriptor = this.#open.get(file);
        if (descriptor === undefined) {
            mkdirSync(this.folder, { recursive: true });
            descriptor = openSync(file, "a");
            this.#open.set(file, descriptor);
        }
        const bytes = Buffer.from(text);
        for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
    }

    #close(file: string): void {
        const descriptor = this.#open.get(file);
        this.#open.delete(file);
        if (descriptor !== undefined) closeSync(descriptor);
    }
}

function messageOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}

function invalid(message: string): AwsError {
    return new AwsError("InvalidParameterException", message, 400);
}
