import { existsSync } from "node:fs";
import { join } from "node:path";
import { modelInvocationArns, parseModelId } from "../agentcore/bedrock";
import { limits } from "../agentcore/limits";
import { runtimeNameOf } from "../agentcore/runtime";
import { exactPrincipals, got, unique, type Context } from "./problems";
import type { AgentConfig, ConsumerConfig } from "./schema";
import type { AgentSettings } from "./types";

/** The agent's settings but for its gateways; what the schema cannot see is added to the context's problems. */
export function agentSettings(
    agent: AgentConfig,
    { callers, account }: ConsumerConfig,
    context: Context,
): Omit<AgentSettings, "gateways"> {
    const { problems, region } = context;
    const { workload, model, modelRegions, invokedBy, systemPrompt } = agent;
    if (!limits.runtimeName.pattern.test(runtimeNameOf(workload))) {
        problems.push(
            `agent.workload: got ${workload}, the runtime ${runtimeNameOf(workload)}; must be ${limits.runtimeName.rule}`,
        );
    } else if (!existsSync(join(context.projectFolder, "workloads", workload))) {
        problems.push(
            `agent.workload: ${got(workload)}; must be a folder of workloads/, and there is none of that name`,
        );
    }
    const caller = Object.keys(callers).find(
        (name) => name.toLowerCase() === workload.toLowerCase(),
    );
    if (caller !== undefined) {
        problems.push(
            `agent.workload: got ${workload}, the name of the agent's role, and callers.${caller}; must be different role names (IAM ignores case)`,
        );
    }
    exactPrincipals("agent.invokedBy", invokedBy, context);
    const call = { modelId: model, region, accountId: account.id, partition: context.partition };
    if (modelInvocationArns(call) === undefined) {
        problems.push(
            `agent.model: ${got(model)}; must be the id of a foundation model (anthropic.…) or of an inference profile that region ${region} has (us.anthropic.…, global.anthropic.…)`,
        );
    }
    if (modelRegions !== undefined) {
        unique(modelRegions, "agent.modelRegions", "regions", problems);
        if (parseModelId(model)?.kind !== "geographicProfile") {
            problems.push(
                `agent.modelRegions: ${got(modelRegions)}; must be absent, because ${model} is no inference profile of several regions`,
            );
        }
        modelRegions.forEach((name, index) => {
            if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(name)) {
                problems.push(
                    `agent.modelRegions[${index}]: ${got(name)}; must be an AWS region, such as us-east-1`,
                );
            }
        });
    }
    return {
        workload,
        invokedBy,
        model,
        ...(modelRegions !== undefined && { modelRegions }),
        toolLoading: agent.toolLoading,
        maxTurns: agent.maxTurns,
        ...(systemPrompt !== undefined && { systemPrompt }),
    };
}
