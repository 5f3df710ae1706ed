import assert from "node:assert/strict";
import type { LocalCloud } from "../../local/cloud";
import type { LocalAccount } from "../../local/services/account";
import { adminRoleName } from "../../local/services/account";

/** Everything that deployments leave in a cloud, as text: the same text is the same cloud, to the byte. */
export function cloudText(cloud: LocalCloud): string {
    return JSON.stringify([...cloud.accounts.values()].map(accountState), plain, 1);
}

/**
 * The same without what differs between two clouds to which the same was deployed: ids and random suffixes, times,
 * ports and folders.
 */
export function comparable(cloud: LocalCloud, text = cloudText(cloud)): string {
    const names = new Map<string, string>();
    for (const { agentcore, agentRuntimes, iam } of cloud.accounts.values()) {
        for (const { gatewayId, name, targets } of agentcore.gateways()) {
            names.set(gatewayId, `<gateway ${name}>`);
            for (const target of targets.values()) {
                names.set(target.targetId, `<target ${name} ${target.name}>`);
            }
        }
        for (const { agentRuntimeId, agentRuntimeName } of agentRuntimes.runtimes()) {
            names.set(agentRuntimeId, `<runtime ${agentRuntimeName}>`);
        }
        for (const { roleId, roleName } of iam.roles()) names.set(roleId, `<id of ${roleName}>`);
    }
    for (const [id, name] of names) text = text.replaceAll(id, name);
    return (
        text
            .replace(/-[0-9a-f]{7}\b/g, "-<random>")
            .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>")
            // The engines digest a folder each in its own way.
            .replace(/"codeFolder": .*\n *"codeHash": .*/g, "")
            .replace(/(-<random>|\/)-?[0-9a-f]{12}"/g, '$1<digest>"')
            .replace(/"hash": "[0-9a-f]{64}"/g, "")
            .replace(/(\.zip)-[0-9a-f]{64}/g, "$1")
            .replace(/HubGrants[0-9a-f]{8}/g, "<hash of unique ids>")
            .replace(/\/tmp\/agentcore-hub-\w+/g, "<folder>")
            .replace(/127\.0\.0\.1:\d+/g, "<cloud>")
    );
}

/** Fails where two texts differ, with the lines that only one of them has. */
export function assertSame(actual: string, expected: string): void {
    const lines = (text: string, other: string): string[] => {
        const others = new Set(other.split("\n"));
        return text.split("\n").filter((line) => !others.has(line));
    };
    assert.deepEqual(lines(actual, expected), lines(expected, actual));
    assert.ok(actual === expected, "the same lines in another order");
}

/** Fails unless an account has nothing but what it began with. */
export function assertEmpty(account: LocalAccount): void {
    const { roles, ...rest } = accountState(account);
    assert.deepEqual(
        roles.map(({ roleName }) => roleName),
        [adminRoleName],
    );
    for (const [name, things] of Object.entries(rest)) {
        if (Array.isArray(things)) assert.deepEqual(things, [], name);
    }
}

/** What an account has, each kind in the order of its names. */
function accountState(account: LocalAccount) {
    const { id, iam, lambda, logs, images, objects, agentcore, agentRuntimes } = account;
    const arns = [
        ...agentcore.gateways().map(({ gatewayArn }) => gatewayArn),
        ...agentRuntimes
            .runtimes()
            .flatMap(({ agentRuntimeArn: arn }) => [arn, `${arn}/runtime-endpoint/DEFAULT`]),
    ];
    return {
        id,
        roles: sorted(iam.roles(), ({ roleName }) => roleName),
        functions: sorted(lambda.functions(), ({ functionName }) => functionName),
        logGroups: sorted(logs.logGroups(), ({ name }) => name),
        repositories: sorted(images.repositories(), ({ name }) => name),
        buckets: sorted(objects.buckets(), ({ bucket }) => bucket),
        gateways: sorted(agentcore.gateways(), ({ name }) => name).map((gateway) => ({
            ...gateway,
            targets: sorted([...gateway.targets.values()], ({ name }) => name),
        })),
        runtimes: sorted(agentRuntimes.runtimes(), (runtime) => runtime.agentRuntimeName),
        policies: arns.sort().map((arn) => agentRuntimes.policyDocument(arn)?.document ?? ""),
    };
}

function sorted<T>(things: readonly T[], nameOf: (thing: T) => string): T[] {
    return [...things].sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
}

/** Maps and sets as JSON has them, in an order of their own. */
function plain(_name: string, value: unknown): unknown {
    if (value instanceof Map) {
        return Object.fromEntries([...value].sort(([one], [other]) => (one < other ? -1 : 1)));
    }
    return value instanceof Set ? [...value].sort() : value;
}
