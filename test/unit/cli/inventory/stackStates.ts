import type { Inventory, InventoryGateway, InventoryPrincipal } from "../../../../access/inventory";
import { accessMatrix, toolsOf } from "../../../../access/matrix";
import { stacksInventory, type StackState } from "../../../../cli/inventory/stacksInventory";
import { readProject } from "../../../../engine/stacks";
import type { Settings } from "../../../../settings";
import type { ResourceRecord } from "../../../../engine/stackState";
import { fromState } from "../../../../policy/sources";
import { StackView } from "../../../../policy/stackView";
import { LocalHub } from "../../../helpers/localHub";

/** A resource of a state, as tests change it. */
export type TestResource = Partial<ResourceRecord> & Pick<ResourceRecord, "urn" | "type">;

/** What Pulumi marks an encrypted value with. */
export const encrypted = {
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    ciphertext: "v1:5o6OQ6q0XhI=:v1:l8sDNxMwzYB0QX2w:0mXk0k9yWw==",
};

/** The shipped stacks, deployed to a local cloud of this process. */
export class DeployedStacks {
    readonly hub = new LocalHub();
    provider: readonly ResourceRecord[] = [];
    consumer: readonly ResourceRecord[] = [];
    settings: Readonly<Record<string, Settings>> = {};

    async start(): Promise<void> {
        await this.hub.start();
        await this.hub.deployAll();
        this.provider = await resourcesOf(this.hub, "provider");
        this.consumer = await resourcesOf(this.hub, "consumer");
        const { stacks } = readProject(this.hub.project.folder);
        this.settings = Object.fromEntries(stacks.map(({ name, settings }) => [name, settings]));
    }

    stop(): Promise<void> {
        return this.hub.stop();
    }

    /** The inventory of both, as they are or as a test has changed them. */
    inventoryOf(
        provider: readonly TestResource[] = this.provider,
        consumer: readonly TestResource[] = this.consumer,
    ): Inventory {
        return stacksInventory([
            stackOf("provider", provider, this.settings["provider"]),
            stackOf("consumer", consumer, this.settings["consumer"]),
        ]);
    }

    /** The hub with a statement more in its gateway's policy. */
    grant(principal: unknown, more: object = {}): TestResource[] {
        return withStatement(this.provider, "tools-grants", {
            Sid: "More",
            Effect: "Allow",
            Principal: principal,
            Action: "bedrock-agentcore:InvokeGateway",
            Resource: this.hub.gateway().gatewayArn,
            ...more,
        });
    }
}

/** The resources of a deployed stack. */
export async function resourcesOf(hub: LocalHub, stack: string): Promise<ResourceRecord[]> {
    const { backend } = await hub.target();
    return backend.read(stack)?.resources ?? [];
}

/** A stack of these resources, without its config where none is given. */
export function stackOf(
    name: string,
    resources: readonly TestResource[],
    settings?: Settings,
): StackState {
    const view = new StackView(fromState(resources));
    const role = "roles" in view.outputs ? "consumer" : "provider";
    return {
        ...{ name, role, view, outputs: view.outputs },
        ...(settings !== undefined && { settings }),
    };
}

/** The resources with another value of a property of one of them. */
export function changed(
    resources: readonly TestResource[],
    name: string,
    key: string,
    change: (value: unknown) => unknown,
): TestResource[] {
    const found = resources.filter(({ urn }) => urn.endsWith(`::${name}`));
    if (found.length === 0) throw new Error(`No resource ${name}`);
    return resources.map((resource) => {
        if (!found.includes(resource)) return resource;
        const outputs = { ...resource.inputs, ...resource.outputs };
        const value = change(outputs[key]);
        return {
            ...resource,
            inputs: { ...resource.inputs, [key]: value },
            outputs: { ...outputs, [key]: value },
        };
    });
}

/** The resources with a statement more in a policy. */
function withStatement(
    resources: readonly TestResource[],
    name: string,
    statement: object,
): TestResource[] {
    return changed(resources, name, "policy", (policy) => {
        const document = JSON.parse(String(policy)) as { Statement: object[] };
        return JSON.stringify({ ...document, Statement: [...document.Statement, statement] });
    });
}

/** The file that `pulumi stack export` writes of these resources. */
export function exportOf(resources: readonly TestResource[]): string {
    return JSON.stringify({
        version: 3,
        deployment: {
            manifest: { time: "2026-11-21T09:00:00Z", magic: "", version: "v3.248.0" },
            secrets_providers: { type: "passphrase" },
            resources: resources.map(({ needs, ...resource }) => ({
                ...resource,
                dependencies: needs,
            })),
            metadata: {},
        },
    });
}

/** A principal's access to each gateway, and what it rests on. */
export function rowsOf(inventory: Inventory): Record<string, string> {
    const { pairs } = accessMatrix(inventory);
    return Object.fromEntries(
        pairs.map(({ principal, gateway, access, on }) => [
            `${principal.name} ${gateway.name}`,
            [
                access,
                ...on.map((one) => (one.kind === "unreadPolicy" ? one.policy : one.kind)),
            ].join(": "),
        ]),
    );
}

/** A principal's access to each tool. */
export function toolRows(inventory: Inventory, principalName: string): Record<string, string> {
    const matrix = accessMatrix(inventory);
    const pairs = matrix.pairs.filter(({ principal }) => principal.name === principalName);
    return Object.fromEntries(
        pairs.flatMap((pair) => toolsOf(matrix, pair)).map(({ name, access }) => [name, access]),
    );
}

/** The principal of a name. */
export function principalIn({ principals }: Inventory, name: string): InventoryPrincipal {
    const found = principals.find((principal) => principal.name === name);
    if (found === undefined) throw new Error(`No principal ${name}`);
    return found;
}

/** The gateway of a name. */
export function gatewayIn({ gateways }: Inventory, name: string): InventoryGateway {
    const found = gateways.find((gateway) => gateway.name === name);
    if (found === undefined) throw new Error(`No gateway ${name}`);
    return found;
}
