import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { parseArn } from "../agentcore/arn";
import { limits } from "../agentcore/limits";
import { runtimeNameOf, runtimeOfArn } from "../agentcore/runtime";
import {
    qualifiedToolName,
    toolSchemaProblems,
    type ToolDefinition,
} from "../agentcore/toolSchema";
import { exampleSettings } from "./examples";
import { got, unique, type Context } from "./problems";
import type { TargetConfig } from "./schema";
import type {
    LambdaTargetSettings,
    McpServerSource,
    McpServerTargetSettings,
    TargetSettings,
    UrlService,
} from "./types";

/** A target's settings; what the schema cannot see is added to the context's problems. */
export function targetSettings(
    path: string,
    targetName: string,
    target: TargetConfig,
    context: Context,
): TargetSettings {
    const settings =
        "lambda" in target || "existingLambdaArn" in target
            ? lambdaTarget(path, target, context)
            : mcpServerTarget(path, target, context);
    const max = limits.qualifiedToolNameCharacters.max;
    for (const tool of settings.tools) {
        const qualified = qualifiedToolName(targetName, tool.name);
        if (qualified.length > max) {
            context.problems.push(
                `${path}: got ${qualified}, ${qualified.length} characters; must be at most ${max} as target___tool: shorten the target's name`,
            );
        }
    }
    if (target.examples === undefined) return settings;
    const { tools } = settings;
    const examples = exampleSettings(`${path}.examples`, target.examples, tools, context);
    return { ...settings, examples };
}

type LambdaConfig = Extract<TargetConfig, { lambda: string } | { existingLambdaArn: string }>;
type McpServerConfig = Exclude<TargetConfig, LambdaConfig>;

function lambdaTarget(path: string, target: LambdaConfig, context: Context): LambdaTargetSettings {
    const { problems } = context;
    if ("lambda" in target) {
        const file = `workloads/${target.lambda}/tools.json`;
        const declared = readTools(path, file, context);
        let tools = declared;
        if (target.tools !== undefined) {
            unique(target.tools, `${path}.tools`, "tool names", problems);
            tools = target.tools.flatMap((name, index) => {
                const tool = declared.find((candidate) => candidate.name === name);
                if (tool === undefined && declared.length > 0) {
                    problems.push(
                        `${path}.tools[${index}]: ${got(name)}; must be one of ${declared.map((known) => known.name).join(", ")} (${file})`,
                    );
                }
                return tool ?? [];
            });
        }
        return { kind: "lambda", lambda: { kind: "workload", workload: target.lambda }, tools };
    }
    const arn = parseArn(target.existingLambdaArn);
    if (
        arn?.service !== "lambda" ||
        arn.partition !== context.partition ||
        !/^function:[\w-]+(:[\w$-]+)?$/.test(arn.resource)
    ) {
        problems.push(
            `${path}.existingLambdaArn: ${got(target.existingLambdaArn)}; must be the exact ARN of a Lambda function in partition ${context.partition}`,
        );
    }
    return {
        kind: "lambda",
        lambda: { kind: "existing", functionArn: target.existingLambdaArn },
        tools: readTools(path, target.toolSchemaFile, context),
    };
}

function mcpServerTarget(
    path: string,
    target: McpServerConfig,
    context: Context,
): McpServerTargetSettings {
    const { listingMode } = target;
    const tools =
        "mcpServer" in target
            ? readMcpTools(path, `workloads/${target.mcpServer}/tools.json`, context)
            : [];
    return { kind: "mcpServer", server: serverOf(path, target, context), listingMode, tools };
}

function serverOf(path: string, target: McpServerConfig, context: Context): McpServerSource {
    const { problems } = context;
    if ("mcpServer" in target) {
        const name = runtimeNameOf(target.mcpServer);
        const { pattern, rule } = limits.runtimeName;
        if (!pattern.test(name)) {
            problems.push(
                `${path}.mcpServer: got ${target.mcpServer}, the runtime ${name}; must be ${rule}`,
            );
        }
        return { kind: "workload", workload: target.mcpServer };
    }
    if ("existingRuntimeArn" in target) {
        const { existingRuntimeArn: runtimeArn, qualifier } = target;
        const known = runtimeOfArn(runtimeArn);
        if (known === undefined || known.qualifier !== undefined) {
            problems.push(
                `${path}.existingRuntimeArn: ${got(runtimeArn)}; must be the exact ARN of an AgentCore runtime, without an endpoint`,
            );
        }
        return { kind: "runtime", runtimeArn, qualifier };
    }
    const { mcpServerUrl: url, resourceArn } = target;
    const service = signedService(url);
    if (service === undefined) {
        problems.push(
            `${path}.mcpServerUrl: ${got(url)}; must be an https URL of a service that verifies a gateway's SigV4 signature: API Gateway (*.execute-api.<region>.amazonaws.com) or a Lambda function URL (*.lambda-url.<region>.on.aws). Load balancers, EC2 and other hosts cannot; for a runtime, set existingRuntimeArn`,
        );
    } else if (!signedResource[service].pattern.test(resourceArn)) {
        problems.push(
            `${path}.resourceArn: ${got(resourceArn)}; must be ${signedResource[service].rule}`,
        );
    }
    return { kind: "url", url, service: service ?? "lambda", resourceArn };
}

/**
 * The service behind an MCP server's host, as far as a gateway's IAM role can sign for it: not load balancers and
 * EC2 (AgentCore devguide, gateway-target-MCPservers).
 */
function signedService(url: string): UrlService | undefined {
    if (!URL.canParse(url)) return undefined;
    const { protocol, hostname } = new URL(url);
    if (protocol !== "https:") return undefined;
    if (/^[a-z0-9]+\.execute-api\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/.test(hostname)) {
        return "execute-api";
    }
    return /^[a-z0-9]+\.lambda-url\.[a-z0-9-]+\.on\.aws$/.test(hostname) ? "lambda" : undefined;
}

const signedResource: Readonly<Record<UrlService, { pattern: RegExp; rule: string }>> = {
    lambda: {
        pattern: /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+$/,
        rule: "the exact ARN of the function behind the URL",
    },
    "execute-api": {
        pattern:
            /^arn:aws[a-z-]*:execute-api:[a-z0-9-]+:\d{12}:[a-z0-9]+\/[\w$-]+\/POST\/[\w./-]*$/,
        rule: "the exact ARN of the API's method, arn:aws:execute-api:<region>:<account>:<api>/<stage>/POST/<path>",
    },
};

function readTools(path: string, file: string, context: Context): readonly ToolDefinition[] {
    return read(path, file, context, (json) => toolSchemaProblems(json));
}

/** An MCP server's tools have any JSON schema; what the program rests on are their names. */
function readMcpTools(path: string, file: string, context: Context): readonly ToolDefinition[] {
    const tool = z.looseObject({ name: z.string().min(1), inputSchema: z.looseObject({}) });
    const tools = z.array(tool).min(limits.toolsPerTarget.min).max(limits.toolsPerTarget.max);
    return read(path, file, context, (json) => {
        const parsed = tools.safeParse(json);
        if (!parsed.success) {
            return parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
        }
        // AgentCore refuses a server whose schemas refer to others (inferred).
        const referring = parsed.data.filter((one) => JSON.stringify(one).includes('"$ref"'));
        return referring.map(({ name }) => `${name}: got a schema with $ref; must be without`);
    });
}

function read(
    path: string,
    file: string,
    { projectFolder, problems }: Context,
    check: (json: unknown) => string[],
): readonly ToolDefinition[] {
    const full = join(projectFolder, file);
    if (!existsSync(full)) {
        problems.push(`${path}: got no file ${file}; must be a list of tool definitions`);
        return [];
    }
    let json: unknown;
    try {
        json = JSON.parse(readFileSync(full, "utf8"));
    } catch (error) {
        problems.push(`${file}: got ${(error as Error).message}; must be JSON`);
        return [];
    }
    const found = check(json);
    problems.push(...found.map((problem) => `${file}: ${problem}`));
    return found.length > 0 ? [] : (json as ToolDefinition[]);
}
