import type { Permission } from "./permission";
import { at, unknown } from "./resource";
import type { StackView } from "./stackView";
import type { Worker } from "./workers";

/** The group that something logs to; of a runtime, up to its endpoint's name. */
export function logGroupOf({ kind, resource, id, name }: Worker): unknown {
    if (kind === "runtime") {
        return typeof id === "string" ? `/aws/bedrock-agentcore/runtimes/${id}-` : unknown;
    }
    const configured = at(resource.props, "loggingConfig.logGroup");
    if (configured !== undefined && configured !== null) return configured;
    return typeof name === "string" ? `/aws/lambda/${name}` : unknown;
}

/** Writing to its own log group. */
export function logPermission(stack: StackView, worker: Worker): Permission {
    const group = logGroupOf(worker);
    const account = stack.accountOf(worker.resource);
    const region = stack.regionOf(worker.resource);
    const end = worker.kind === "runtime" ? "[A-Za-z][A-Za-z0-9_]*" : "";
    const own = new RegExp(
        `^arn:aws[a-z-]*:logs:${region ?? "[a-z0-9-]+"}:${account ?? "\\d{12}"}:log-group:${escaped(String(group))}${end}(?::\\*|:log-stream:[^*?]*\\*?)?$`,
    );
    return {
        purpose: "logs",
        actions: [
            ...["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
            "logs:CreateLogGroup",
        ],
        covers: (resource) => {
            if (group !== unknown) return own.test(resource);
            return /[*?].*./.test(resource.replace(/:\*$/, "")) ? false : undefined;
        },
        must: `its own log group, …:log-group:${group === unknown ? "<its name>" : String(group)}${worker.kind === "runtime" ? "<endpoint>" : ""}:*`,
    };
}

function escaped(text: string): string {
    return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
