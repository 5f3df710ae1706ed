import type { InventoryGateway } from "../../access/inventory";
import type { AccessMatrix } from "../../access/matrix";

/** Reasons by principal and gateway, with the gateway's name of the inventory where it is there. */
export type Waiting = ReadonlyMap<
    string,
    { stack: string; role: string; gateways: Map<string, string> }
>;

/** What config asks for and is not there yet, by principal. */
export function pendingOf({ pending, inventory }: AccessMatrix): Waiting {
    const waiting = new Map<
        string,
        { stack: string; role: string; gateways: Map<string, string> }
    >();
    for (const { principal, stack, role, gateway, reason } of pending) {
        const known = waiting.get(principal) ?? {
            stack,
            role,
            gateways: new Map<string, string>(),
        };
        known.gateways.set(knownGateway(gateway, inventory.gateways), reason);
        waiting.set(principal, known);
    }
    return waiting;
}

/** A spoke's config names a gateway `<hub>/<name>`, where the hub has a name of the spoke's own. */
function knownGateway(written: string, gateways: readonly InventoryGateway[]): string {
    if (gateways.some(({ name }) => name === written)) return written;
    const named = gateways.filter(({ configName }) => configName === written.split("/").at(-1));
    return named.length === 1 ? (named[0]?.name ?? written) : written;
}
