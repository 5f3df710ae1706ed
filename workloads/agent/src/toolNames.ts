import { createHash } from "node:crypto";

/**
 * The names by which the model calls the tools of one or more gateways, in the order of what was given.
 *
 * A name that several gateways have gets the gateway's place in GATEWAY_URL in front of it (`g1_…`, `g2_…`), on each
 * of them: neither is the one that is meant. With `isAlways` every name gets it, for tools that are found one by one,
 * so that what is found later renames none.
 */
export function modelNames(
    tools: readonly { name: string; gateway: number }[],
    isAlways = false,
): string[] {
    const gateways = new Map<string, Set<number>>();
    for (const { name, gateway } of tools) {
        gateways.set(name, (gateways.get(name) ?? new Set()).add(gateway));
    }
    return tools.map(({ name, gateway }) => {
        const isShared = isAlways || (gateways.get(name)?.size ?? 0) > 1;
        return bedrockName(isShared ? `g${gateway + 1}_${name}` : name);
    });
}

/**
 * The name itself when Bedrock takes it; else as much of it as Bedrock takes, with a hash of the whole. A gateway's
 * names may have 256 characters; with one that is too long Bedrock would refuse all.
 *
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolSpecification.html.
 */
export function bedrockName(name: string): string {
    if (/^[a-zA-Z0-9_-]{1,64}$/.test(name)) return name;
    const hash = createHash("sha256").update(name).digest("hex").slice(0, 8);
    return `${name.replace(/[^a-zA-Z0-9_-]/g, "_").slice(0, 55)}_${hash}`;
}
