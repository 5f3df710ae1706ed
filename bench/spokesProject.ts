import type { Project, Stack } from "../engine/stacks";
import { parseSettings } from "../settings";

/** Roles of one spoke, and spokes of one gateway. */
export const shape = { rolesPerSpoke: 3, spokesPerGateway: 10 } as const;

const region = "us-east-1";
const hub = { name: "hub", account: "111122223333" } as const;
const projectFolder = process.cwd();

/** The last spoke's role that asks for its gateway, and that the hub does not grant. */
export const notGranted = "auditor";

/** The name of a spoke, which is its stack's name too. */
export function spokeName(spoke: number): string {
    return `spoke-${spoke}`;
}

/** The account of a spoke. */
export function spokeAccount(spoke: number): string {
    return String(200_000_000_000 + spoke);
}

/** The gateway of a spoke. */
export function gatewayName(spoke: number): string {
    return `tools-${Math.floor(spoke / shape.spokesPerGateway)}`;
}

/** The names of the roles of a spoke that the hub grants. */
export function grantedRoles(): string[] {
    return Array.from({ length: shape.rolesPerSpoke }, (_, role) => `caller-${role}`);
}

/** One hub and `spokes` spokes, each an account and a stack of its own, with all roles granted. */
export function spokesProject(spokes: number): Project {
    const numbers = Array.from({ length: spokes }, (_, spoke) => spoke);
    return {
        name: "agentcore-hub",
        folder: projectFolder,
        stacks: [hubStack(numbers), ...numbers.map((spoke) => spokeStack(spoke, spokes - 1))],
    };
}

function hubStack(spokes: readonly number[]): Stack {
    const gateways: Record<string, { targets: object; grants: object[] }> = {};
    for (const spoke of spokes) {
        const gateway = (gateways[gatewayName(spoke)] ??= {
            targets: { echo: { lambda: "echo-tool", tools: ["echo_message"] } },
            grants: [],
        });
        gateway.grants.push({ spoke: spokeName(spoke), roles: grantedRoles() });
    }
    return stackOf(hub.name, {
        account: { role: "provider", id: hub.account },
        spokes: Object.fromEntries(
            spokes.map((spoke) => [
                spokeName(spoke),
                { account: spokeAccount(spoke), stack: spokeName(spoke) },
            ]),
        ),
        gateways,
    });
}

function spokeStack(spoke: number, last: number): Stack {
    const account = spokeAccount(spoke);
    const caller = {
        gateways: [`${hub.name}/${gatewayName(spoke)}`],
        assumedBy: [`arn:aws:iam::${account}:role/AdminRole`],
    };
    const names = [...grantedRoles(), ...(spoke === last ? [notGranted] : [])];
    return stackOf(spokeName(spoke), {
        account: { role: "consumer", id: account },
        hubs: { [hub.name]: { account: hub.account, stack: hub.name } },
        callers: Object.fromEntries(names.map((name) => [name, caller])),
    });
}

/** The stack as it comes of its file: structured values are JSON text. */
function stackOf(name: string, values: Readonly<Record<string, object>>): Stack {
    const config = Object.fromEntries([
        ["aws:region", region],
        ...Object.entries(values).map(([key, value]) => [
            `agentcore-hub:${key}`,
            JSON.stringify(value),
        ]),
    ]) as Record<string, string>;
    const settings = parseSettings(config, projectFolder);
    return { name, file: `Pulumi.${name}.yaml`, config, settings };
}
