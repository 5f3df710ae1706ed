/** Where the server listens, and for whom. */
export interface Address {
    host: string;
    port: number;
    /** Whether only this machine can reach it. */
    isLoopback: boolean;
}

/**
 * The address that HOST and PORT name, by default the one at which AgentCore Runtime calls an MCP container.
 *
 * Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-mcp-protocol-contract.html.
 *
 * @throws Error for a PORT that is none.
 */
export function listenAddress({ HOST = "", PORT = "" }: NodeJS.ProcessEnv): Address {
    if (!/^\d{0,5}$/.test(PORT) || Number(PORT) > 65_535) {
        throw new Error(`PORT: got ${JSON.stringify(PORT)}; must be 0-65535, or unset for 8000`);
    }
    const host = HOST === "" ? "0.0.0.0" : HOST;
    const port = PORT === "" ? 8000 : Number(PORT);
    return { host, port, isLoopback: /^(localhost|127(\.\d+){3}|::1)$/.test(host) };
}
