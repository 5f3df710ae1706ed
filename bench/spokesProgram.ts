import { setAllConfig } from "@pulumi/pulumi/runtime/config";
import { setMocks, type MockResourceArgs } from "@pulumi/pulumi/runtime/mocks";
import { disconnect } from "@pulumi/pulumi/runtime/settings";
import { runInPulumiStack } from "@pulumi/pulumi/runtime/stack";
import * as runtimeState from "@pulumi/pulumi/runtime/state";
import { deployAccount } from "../accounts/account";
import { organization } from "../engine/inProcess";
import type { Project, Stack } from "../engine/stacks";
import { readSettings } from "../settings";

const { withLocalStorage } = runtimeState as unknown as {
    withLocalStorage: <T>(run: () => Promise<T>) => Promise<T>;
};

/**
 * Runs the programs of all stacks alone: nothing is deployed, resources are registered with
 * Pulumi's mocks, and each stack reads of the others what they would have.
 */
export async function runPrograms(project: Project): Promise<void> {
    const outputs = new Map(project.stacks.map((stack) => [stack.name, outputsOf(stack)]));
    for (const stack of project.stacks) await runProgram(project, stack, outputs);
}

type Outputs = ReadonlyMap<string, Record<string, unknown>>;

function runProgram(project: Project, stack: Stack, outputs: Outputs): Promise<void> {
    return withLocalStorage(async () => {
        await setMocks(
            {
                newResource: (args) => ({
                    id: `${args.name}-id`,
                    state: { ...(args.inputs as object), ...computed(stack, args) },
                }),
                call: ({ inputs }) => {
                    const { name } = inputs as { name: string };
                    return { outputs: outputs.get(name.split("/").at(-1) ?? "") };
                },
            },
            project.name,
            stack.name,
            false,
            organization,
        );
        setAllConfig({ ...stack.config }, []);
        let seen: unknown;
        await runInPulumiStack(async () => (seen = await deployAccount(readSettings())));
        await disconnect();
        const { pendingGrants, pendingGateways } = seen as Record<string, unknown[]>;
        if ((pendingGrants ?? pendingGateways)?.length !== 0) {
            throw new Error(`${stack.name}: got pending grants or gateways; must be none`);
        }
    });
}

/** What AWS would add to a resource, as far as the program reads it. */
function computed({ settings }: Stack, { type, name }: MockResourceArgs): Record<string, string> {
    const id = `${name}-0000000000`;
    return type === "aws-native:bedrockagentcore:Gateway"
        ? { gatewayIdentifier: id, ...gatewayOutputs(settings.accountId, name) }
        : {
              name,
              arn: `arn:aws:iam::${settings.accountId}:role/${name}`,
              uniqueId: `AROA${name}`,
          };
}

function outputsOf({ settings }: Stack): Record<string, unknown> {
    if (settings.role === "provider") {
        const gateways = Object.keys(settings.gateways).map((name) => [
            name,
            gatewayOutputs(settings.accountId, name),
        ]);
        return { gateways: Object.fromEntries(gateways) as Record<string, unknown> };
    }
    const names = Object.keys(settings.callers);
    const arn = (name: string) => `arn:aws:iam::${settings.accountId}:role/${name}`;
    return {
        roles: Object.fromEntries(names.map((name) => [name, arn(name)])),
        roleIds: Object.fromEntries(
            names.map((name) => [name, `AROA${settings.accountId}${name}`]),
        ),
    };
}

function gatewayOutputs(account: string, name: string): Record<string, string> {
    return {
        gatewayArn: `arn:aws:bedrock-agentcore:us-east-1:${account}:gateway/${name}-0000000000`,
        gatewayUrl: `https://${name}-0000000000.gateway.bedrock-agentcore.us-east-1.amazonaws.com/mcp`,
    };
}
