import { functionTypes, gatewayTypes, runtimeTypes } from "./kinds";
import { unknown, type StackResource } from "./resource";
import { roleAt, type Role } from "./roles";

/** A gateway, or a runtime, or a function: something with a role that AWS takes on. */
export interface Worker {
    kind: "gateway" | "runtime" | "function";
    resource: StackResource;
    /** The name that config gave it. */
    name: unknown;
    id: unknown;
    arn: unknown;
    /** The property with its role, and the role: `unknown` before the update, `undefined` where the stack has none. */
    roleProperty: string;
    role: Role | typeof unknown | undefined;
}

/** The gateways, runtimes and functions among resources, each with its one of some roles. */
export function workersIn(
    resources: readonly StackResource[],
    roles: readonly Role[],
): readonly Worker[] {
    const kinds = ["gateway", "runtime", "function"] as const;
    return kinds.flatMap((kind) => {
        const { types, roleProperty, read } = readings[kind];
        return resources
            .filter(({ type }) => types.includes(type))
            .map((resource) => ({
                kind,
                resource,
                roleProperty,
                role: roleAt(roles, resource, roleProperty),
                ...read(resource),
            }));
    });
}

/** How each kind is read. */
const readings: Readonly<
    Record<
        Worker["kind"],
        {
            types: readonly string[];
            roleProperty: string;
            read: (resource: StackResource) => Pick<Worker, "name" | "id" | "arn">;
        }
    >
> = {
    gateway: {
        types: Object.keys(gatewayTypes),
        roleProperty: "roleArn",
        read: ({ type, props }) => ({
            name: props["name"],
            id: props[gatewayTypes[type as keyof typeof gatewayTypes].id],
            arn: props["gatewayArn"] ?? unknown,
        }),
    },
    runtime: {
        types: runtimeTypes,
        roleProperty: "roleArn",
        read: ({ props }) => ({
            name: props["agentRuntimeName"],
            id: props["agentRuntimeId"],
            arn: props["agentRuntimeArn"] ?? unknown,
        }),
    },
    function: {
        types: Object.keys(functionTypes),
        roleProperty: "role",
        read: ({ type, props }) => {
            const name = props[functionTypes[type as keyof typeof functionTypes].name];
            return { name, id: name, arn: props["arn"] ?? unknown };
        },
    },
};
