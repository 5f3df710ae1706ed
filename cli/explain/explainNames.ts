import { principalName } from "../../access/explanation";
import type { Inventory, InventoryGateway, InventoryPrincipal } from "../../access/inventory";
import { toolNamesOf } from "../../access/matrix";
import { closest } from "../../agentcore/closest";
import { toolNameSeparator } from "../../agentcore/toolSchema";
import { InvalidOptions } from "../invalidOptions";

/**
 * The principal that an option names.
 *
 * @throws InvalidOptions with those that are there.
 */
export function principalOf(
    { principals, pending }: Inventory,
    wanted: string | undefined,
): InventoryPrincipal {
    const names = principals.map(({ name }) => name);
    if (wanted === undefined) {
        throw new InvalidOptions(
            `--principal: got nothing; give a request's id, or a principal and a gateway: ${few(names)}`,
        );
    }
    const arn = roleOfSession(wanted);
    const found =
        principals.find(({ name }) => name === wanted || name === wanted.replace("/", "-")) ??
        principals.find(({ principal }) => principalName(principal) === arn) ??
        onlyOne(principals.filter(({ role }) => role === wanted)) ??
        principals.find(({ principal }) => isSessionOf(principal, wanted));
    if (found !== undefined) return asSession(found, wanted);
    const waiting = pending.find(({ principal }) => principal === wanted);
    if (waiting === undefined) throw unknown("--principal", wanted, names);
    throw new InvalidOptions(`--principal: ${wanted} is not there yet: ${waiting.reason}`);
}

/**
 * The gateway that an option names.
 *
 * @throws InvalidOptions with those that are there.
 */
export function gatewayOf({ gateways }: Inventory, wanted: string | undefined): InventoryGateway {
    const names = gateways.map(({ name }) => name);
    if (wanted === undefined) {
        const only = onlyOne(gateways);
        if (only !== undefined) return only;
        throw new InvalidOptions(`--gateway: got nothing; must be one of ${few(names)}`);
    }
    const found = gateways.find(
        ({ name, stack, configName, arn }) =>
            name === wanted ||
            arn === wanted ||
            arn.split("/").at(-1) === wanted ||
            (stack !== undefined && `${stack}/${configName ?? ""}` === wanted),
    );
    if (found === undefined) throw unknown("--gateway", wanted, names);
    return found;
}

/** A tool by its full name or by the target's own where one target has it, or all tools of a target. */
export function toolOf(gateway: InventoryGateway, wanted: string): string {
    const known = gateway.targets.flatMap((target) => toolNamesOf({ target }));
    if (known.some((name) => isTool(name, wanted))) return wanted;
    if (gateway.targets.some(({ name }) => name === wanted)) {
        return `${wanted}${toolNameSeparator}*`;
    }
    const found = onlyOne(known.filter((name) => name.split(toolNameSeparator)[1] === wanted));
    if (found === undefined) throw unknown("--tool", wanted, known);
    return found;
}

/** By a session's ARN, that session of the role; else any. */
function asSession(found: InventoryPrincipal, wanted: string): InventoryPrincipal {
    const { principal } = found;
    const [, sessionName] = /:assumed-role\/[^/]+\/([^/*]+)$/.exec(wanted) ?? [];
    if (principal.type !== "role-session" || sessionName === undefined) return found;
    return { ...found, principal: { ...principal, sessionName, sessionArn: wanted } };
}

/** A session's ARN has its role's name, without the path. */
function isSessionOf(principal: InventoryPrincipal["principal"], wanted: string): boolean {
    return (
        principal.type === "role-session" &&
        wanted.startsWith(principal.sessionArn.replace(/\*$/, "")) &&
        wanted.includes(":assumed-role/")
    );
}

function roleOfSession(arn: string): string {
    const [, partition = "", account = "", role = ""] =
        /^arn:([^:]+):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(arn) ?? [];
    return role === "" ? arn : `arn:${partition}:iam::${account}:role/${role}`;
}

/** Of a target that only knows its tools itself, each name may be one. */
function isTool(known: string, tool: string): boolean {
    return known.endsWith("*") ? tool.startsWith(known.slice(0, -1)) : known === tool;
}

function unknown(option: string, wanted: string, known: readonly string[]): InvalidOptions {
    const near = closest(wanted, known);
    return new InvalidOptions(
        `${option}: got ${wanted}; ${near.length === 0 ? "there is none" : `the closest that are there: ${near.join(", ")}`}`,
    );
}

function few(names: readonly string[]): string {
    return names.length === 0 ? "there is none" : names.slice(0, 10).join(", ");
}

function onlyOne<One>(list: readonly One[]): One | undefined {
    return list.length === 1 ? list[0] : undefined;
}
