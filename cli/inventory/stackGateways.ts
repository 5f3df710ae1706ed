import type { InventoryGateway } from "../../access/inventory";
import { accountOfArn, regionOfArn } from "../../agentcore/arn";
import type { Worker } from "../../policy/workers";
import { namedDocument } from "./stackDocuments";
import { GatewayNames, gatewaysNamed } from "./stackNames";
import { membersOf, type Reading, type StackState } from "./stackState";
import { inventoryTarget, policyOf, type Callees, type ResourcePolicyRead } from "./stackTargets";

/** The gateways of stacks, with their targets. */
export function stackGateways(reading: Reading): InventoryGateway[] {
    const callees = calleesOf(reading);
    const names = new GatewayNames(reading.stacks);
    return reading.stacks.flatMap((stack) =>
        stack.view.gateways.flatMap((gateway) => {
            const read = readGateway(stack, gateway, { names, callees, reading });
            return read === undefined ? [] : [read];
        }),
    );
}

/** Whom targets call, of all stacks: a target's runtime may be another stack's. */
function calleesOf(reading: Reading): Callees {
    const views = reading.stacks.map(({ view }) => view);
    const policies = new Map<string, ResourcePolicyRead>();
    for (const { resourceArn, document } of views.flatMap((view) => view.resourcePolicies)) {
        if (typeof resourceArn !== "string") continue;
        const name = `resource policy of ${resourceArn}`;
        policies.set(resourceArn, namedDocument(document, name, reading) ?? "unread");
    }
    return {
        policies,
        runtimes: new Set(views.flatMap((view) => view.runtimes.map(({ arn }) => arn))),
        gateways: new Map(
            views.flatMap((view) =>
                view.gateways.flatMap(({ arn, resource }): [unknown, string][] =>
                    typeof arn === "string" ? [[resource.props["gatewayUrl"], arn]] : [],
                ),
            ),
        ),
    };
}

function readGateway(
    stack: StackState,
    gateway: Worker,
    { names, callees, reading }: { names: GatewayNames; callees: Callees; reading: Reading },
): InventoryGateway | undefined {
    const { arn, resource, role, roleProperty } = gateway;
    const { name: stackName, view, settings } = stack;
    if (typeof arn !== "string") {
        reading.unread.push(
            `stack ${stackName}: ${resource.name}.gatewayArn ${reading.whyUnknown}`,
        );
        return undefined;
    }
    const configName = configNameOf(stack, gateway);
    const name =
        configName === undefined
            ? arn.slice(arn.lastIndexOf("/") + 1)
            : names.nameOf(stackName, configName);
    const policy = callees.policies.get(arn);
    const { gatewayUrl, authorizerType } = resource.props;
    const accountId = accountOfArn(arn) ?? "";
    const targets =
        settings?.role === "provider" && configName !== undefined
            ? (settings.gateways[configName]?.targets ?? {})
            : {};
    const owner = { arn, accountId, settings: targets };
    const roleArn = typeof role === "object" ? role.arn : resource.props[roleProperty];
    const policyEngine = policyEngineOf(gateway);
    return {
        ...{ name, stack: stackName, arn, accountId, region: regionOfArn(arn) ?? "" },
        ...(configName !== undefined && { configName }),
        ...(typeof gatewayUrl === "string" && { url: gatewayUrl }),
        authorizerType: typeof authorizerType === "string" ? authorizerType : "not known",
        roleArn: typeof roleArn === "string" ? roleArn : "not known",
        ...policyOf(arn, policy),
        ...(policyEngine !== undefined && { policyEngine }),
        targets: view
            .targetsOf(gateway)
            .map((target) => inventoryTarget(target, owner, callees, reading))
            .sort((one, other) => one.name.localeCompare(other.name)),
    };
}

/** Its name in config: as an output has it; without outputs, as the gateway itself is called. */
function configNameOf(stack: StackState, { arn, name }: Worker): string | undefined {
    const named = gatewaysNamed(stack);
    const ofOutput = [...named].find(([, gatewayArn]) => gatewayArn === arn)?.[0];
    if (ofOutput !== undefined) return ofOutput;
    return typeof name === "string" && named.has(name) ? name : undefined;
}

function policyEngineOf({ resource }: Worker): InventoryGateway["policyEngine"] {
    const configuration = resource.props["policyEngineConfiguration"] ?? undefined;
    if (configuration === undefined) return undefined;
    // What is not known may refuse.
    const { arn = "not known", mode = "ENFORCE" } = membersOf(configuration);
    return {
        arn: typeof arn === "string" ? arn : "not known",
        mode: typeof mode === "string" ? mode : "ENFORCE",
    };
}
