import { resolve } from "node:path";
import { regionOfArn } from "../agentcore/arn";
import { readConnection, type Connection } from "../local/connection";
import { InvalidOptions } from "./invalidOptions";

/** Options of the commands that are about one gateway, in AWS or on the local cloud. */
export interface GatewayOptions {
    as?: string;
    gateway?: string;
    url?: string;
    region?: string;
    local?: boolean;
    json?: boolean;
    stateFolder?: string;
}

/**
 * The connection of the local cloud that runs on this state folder.
 *
 * @throws InvalidOptions where none does.
 */
export function requireConnection({
    stateFolder,
}: Pick<GatewayOptions, "stateFolder">): Connection {
    const folder = resolve(stateFolder ?? ".hub/local");
    const connection = readConnection(folder);
    if (connection === undefined) {
        throw new InvalidOptions(
            `no local cloud is running in ${folder}; start one with: npm run local -- --serve`,
        );
    }
    return connection;
}

/**
 * The gateway of the local cloud that `--gateway` names, or the only one.
 *
 * @throws InvalidOptions
 */
export function localGateway(
    { gateways, region }: Connection,
    wanted: string | undefined,
): { name: string; url: string; region: string } {
    const [name, { url, arn }] = oneOf("--gateway", wanted, gateways);
    return { name, url, region: regionOfArn(arn) ?? region };
}

/**
 * The one that is named, or the only one that the local cloud has.
 *
 * @throws InvalidOptions
 */
export function oneOf<Value>(
    option: string,
    wanted: string | undefined,
    known: Readonly<Record<string, Value>>,
): [string, Value] {
    const names = Object.keys(known);
    const name = wanted ?? (names.length === 1 ? names[0] : undefined);
    const found = name !== undefined && Object.hasOwn(known, name) ? known[name] : undefined;
    if (name === undefined || found === undefined) {
        throw new InvalidOptions(
            `${option}: got ${name ?? "nothing"}; must be one of ${names.join(", ") || "none: nothing is deployed"}`,
        );
    }
    return [name, found];
}
