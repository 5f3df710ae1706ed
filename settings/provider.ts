import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArn } from "../agentcore/arn";
import { limits } from "../agentcore/limits";
import {
    qualifiedToolName,
    toolSchemaProblems,
    type ToolDefinition,
} from "../agentcore/toolSchema";
import { exactPrincipals, got, unique, type Context } from "./problems";
import type { GrantConfig, ProviderConfig, TargetConfig } from "./schema";
import type { GatewaySettings, Grant, LambdaTargetSettings, ProviderSettings } from "./types";

/** A hub's settings; what the schema cannot see is added to the context's problems. */
export function providerSettings(config: ProviderConfig, context: Context): ProviderSettings {
    const { problems } = context;
    const gateways: Record<string, GatewaySettings> = {};
    unique(
        Object.keys(config.gateways),
        "gateways",
        "gateway names (AWS lower-cases them)",
        problems,
    );
    for (const [name, gateway] of Object.entries(config.gateways)) {
        const path = `gateways.${name}`;
        const targetNames = Object.keys(gateway.targets);
        if (targetNames.length === 0 || targetNames.length > limits.targetsPerGateway.max) {
            problems.push(`${path}.targets: got ${targetNames.length}; must be 1-100 targets`);
        }
        const targets = Object.entries(gateway.targets).map(([targetName, target]) => [
            targetName,
            targetSettings(`${path}.targets.${targetName}`, targetName, target, context),
        ]);
        const { targets: _targets, grants: _grants, ...rest } = gateway;
        gateways[name] = {
            ...dropUndefined(rest),
            targets: Object.fromEntries(targets) as Record<string, LambdaTargetSettings>,
            grants: gateway.grants.map((grant, index) =>
                grantSettings(`${path}.grants[${index}]`, grant, config, context),
            ),
        };
    }
    return {
        role: "provider",
        accountId: config.account.id,
        region: context.region,
        lambda: config.lambda,
        spokes: config.spokes,
        gateways,
    };
}

function targetSettings(
    path: string,
    targetName: string,
    target: TargetConfig,
    context: Context,
): LambdaTargetSettings {
    const { problems } = context;
    const file =
        "lambda" in target ? `workloads/${target.lambda}/tools.json` : target.toolSchemaFile;
    const declared = readTools(path, file, context);
    let tools = declared;
    if ("lambda" in target && target.tools !== undefined) {
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
    const max = limits.qualifiedToolNameCharacters.max;
    for (const tool of tools) {
        const qualified = qualifiedToolName(targetName, tool.name);
        if (qualified.length > max) {
            problems.push(
                `${path}: got ${qualified}, ${qualified.length} characters; must be at most ${max} as target___tool: shorten the target's name`,
            );
        }
    }
    if ("existingLambdaArn" in target) {
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
            lambda: { kind: "existing", functionArn: target.existingLambdaArn },
            tools,
        };
    }
    return { lambda: { kind: "workload", workload: target.lambda }, tools };
}

function readTools(path: string, file: string, context: Context): readonly ToolDefinition[] {
    const full = join(context.projectFolder, file);
    if (!existsSync(full)) {
        context.problems.push(`${path}: got no file ${file}; must be a list of tool definitions`);
        return [];
    }
    let json: unknown;
    try {
        json = JSON.parse(readFileSync(full, "utf8"));
    } catch (error) {
        context.problems.push(`${file}: got ${(error as Error).message}; must be JSON`);
        return [];
    }
    const found = toolSchemaProblems(json);
    context.problems.push(...found.map((problem) => `${file}: ${problem}`));
    return found.length > 0 ? [] : (json as ToolDefinition[]);
}

function grantSettings(
    path: string,
    grant: GrantConfig,
    config: ProviderConfig,
    context: Context,
): Grant {
    const { problems } = context;
    if ("spoke" in grant) {
        if (config.spokes[grant.spoke] === undefined) {
            const known = Object.keys(config.spokes).join(", ") || "none is declared";
            problems.push(
                `${path}.spoke: ${got(grant.spoke)}; must be declared under agentcore-hub:spokes (${known})`,
            );
        }
        unique(grant.roles, `${path}.roles`, "role names", problems);
        return { kind: "spoke", spoke: grant.spoke, roles: grant.roles };
    }
    if ("principals" in grant) {
        exactPrincipals(`${path}.principals`, grant.principals, context);
        return { kind: "principals", principals: grant.principals };
    }
    return { kind: "account", account: grant.account };
}

function dropUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
    return Object.fromEntries(
        Object.entries(value).filter(([, member]) => member !== undefined),
    ) as { [K in keyof T]: Exclude<T[K], undefined> };
}
