import { regionOfArn } from "../../agentcore/arn";
import { runtimeNameOf, runtimeUrl } from "../../agentcore/runtime";
import type { Inventory } from "../../access/inventory";
import type { Project } from "../../engine/stacks";

/** Where something is called. */
export interface CallPlace {
    url: string;
    region: string;
}

/** Where what the program declares is, by the names that the matrix has for it. */
export interface Places {
    gateways: ReadonlyMap<string, CallPlace>;
    /** By `<gateway>/<target>`: the runtimes behind the gateways. */
    runtimes: ReadonlyMap<string, CallPlace>;
    /** By principal: the runtime of an agent. */
    agents: ReadonlyMap<string, CallPlace>;
    /** By principal: the ARN of its role. */
    roles: ReadonlyMap<string, string>;
}

type Outputs = Readonly<Record<string, unknown>>;

/**
 * Reads the places from the stacks' outputs; what is not deployed is not in them.
 *
 * @param dataPlane the local cloud's endpoint for runtimes, in place of AWS's.
 */
export function placesOf(
    { stacks }: Pick<Project, "stacks">,
    outputsOf: ReadonlyMap<string, Outputs>,
    { gateways, principals }: Pick<Inventory, "gateways" | "principals">,
    dataPlane?: string,
): Places {
    const found = {
        gateways: new Map<string, CallPlace>(),
        runtimes: new Map<string, CallPlace>(),
        agents: new Map<string, CallPlace>(),
        roles: new Map<string, string>(),
    };
    const runtime = (arn: string | undefined, qualifier?: string): CallPlace | undefined =>
        arn === undefined ? undefined : runtimePlace(arn, qualifier, dataPlane);
    for (const gateway of gateways) {
        const { name, stack: stackName = "", configName = "" } = gateway;
        const outputs = outputsOf.get(stackName) ?? {};
        const url = textAt(outputs, "gateways", configName, "gatewayUrl");
        const arn = textAt(outputs, "gateways", configName, "gatewayArn");
        if (url !== undefined && arn !== undefined) {
            found.gateways.set(name, { url, region: regionOfArn(arn) ?? gateway.region });
        }
        const settings = stacks.find((stack) => stack.name === stackName)?.settings;
        if (settings?.role !== "provider") continue;
        const targets = settings.gateways[configName]?.targets ?? {};
        for (const [targetName, target] of Object.entries(targets)) {
            if (target.kind !== "mcpServer" || target.server.kind === "url") continue;
            const { server } = target;
            const place =
                server.kind === "runtime"
                    ? runtime(server.runtimeArn, server.qualifier)
                    : runtime(runtimeArn(outputs, server.workload));
            if (place !== undefined) found.runtimes.set(`${name}/${targetName}`, place);
        }
    }
    for (const { name, kind, principal, stack = "", role = "" } of principals) {
        const outputs = outputsOf.get(stack) ?? {};
        // Config names the roles, so that their ARNs are the same wherever the stack is deployed.
        if (principal.type === "role-session") found.roles.set(name, principal.roleArn);
        const place = kind === "agent" ? runtime(runtimeArn(outputs, role)) : undefined;
        if (place !== undefined) found.agents.set(name, place);
    }
    return found;
}

function runtimeArn(outputs: Outputs, workload: string): string | undefined {
    return textAt(outputs, "runtimes", runtimeNameOf(workload), "runtimeArn");
}

function runtimePlace(
    arn: string,
    qualifier: string | undefined,
    dataPlane: string | undefined,
): CallPlace {
    const url = runtimeUrl(arn, qualifier);
    const { pathname, search } = new URL(url);
    return {
        url: dataPlane === undefined ? url : `${dataPlane}${pathname}${search}`,
        region: regionOfArn(arn) ?? "",
    };
}

function textAt(outputs: Outputs, ...path: readonly string[]): string | undefined {
    let at: unknown = outputs;
    for (const key of path) {
        if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return undefined;
        at = (at as Outputs)[key];
    }
    return typeof at === "string" ? at : undefined;
}
