/** The proxy that signs for clients that cannot; the pin of test/clients/requirements-newest.txt. */
export const proxyPackage = { name: "mcp-proxy-for-aws", version: "1.7.0" } as const;

/** How an MCP client starts a server of its own and speaks to it over stdio. */
export interface StdioServer {
    command: string;
    args: string[];
    env: Record<string, string>;
}

/** A gateway as one caller reaches it. */
export interface GatewayCaller {
    url: string;
    /** The gateway's region, which its signatures are for. */
    region: string;
    /** An AWS profile of who uses the client; without one, the SDK's default credentials sign. */
    profile?: string;
}

/** What a caller of the local cloud needs besides, all of it names and places. */
export interface LocalFiles {
    awsConfigFile: string;
    awsCredentialsFile: string;
    stsUrl: string;
}

interface ClientFormat {
    title: string;
    /** The project's file, relative to the folder that the client is opened in. */
    file: string;
    servers: "mcpServers" | "servers";
    entry: (server: StdioServer) => StdioServer;
}

/**
 * The clients' own files.
 *
 * @see https://code.claude.com/docs/en/mcp Claude Code, project scope
 * @see https://code.visualstudio.com/docs/copilot/reference/mcp-configuration VS Code, where `type` is required
 * @see https://cursor.com/docs/mcp Cursor
 * @see https://kiro.dev/docs/mcp/configuration Kiro, where nothing is approved but what is named
 */
const formats = {
    claude: {
        title: "Claude Code",
        file: ".mcp.json",
        servers: "mcpServers",
        entry: (server) => server,
    },
    vscode: {
        title: "VS Code",
        file: ".vscode/mcp.json",
        servers: "servers",
        entry: (server) => ({ type: "stdio", ...server }),
    },
    cursor: {
        title: "Cursor",
        file: ".cursor/mcp.json",
        servers: "mcpServers",
        entry: (server) => server,
    },
    kiro: {
        title: "Kiro",
        file: ".kiro/settings/mcp.json",
        servers: "mcpServers",
        entry: (server) => ({ ...server, disabled: false, autoApprove: [] }),
    },
} satisfies Record<string, ClientFormat>;

/** A client whose file is known. */
export type McpClient = keyof typeof formats;

/** The clients whose files are known. */
export const mcpClients = Object.keys(formats) as readonly McpClient[];

/** Whether there is such a client. */
export function isMcpClient(name: string): name is McpClient {
    return Object.hasOwn(formats, name);
}

/** What a client is called, and where its project keeps the configuration. */
export function clientPlace(client: McpClient): { title: string; file: string } {
    const { title, file } = formats[client];
    return { title, file };
}

/** The whole of a client's file, for one server. */
export function clientConfiguration(
    client: McpClient,
    serverName: string,
    server: StdioServer,
): Record<string, Record<string, StdioServer>> {
    const { servers, entry } = formats[client];
    return { [servers]: { [serverName]: entry(server) } };
}

/**
 * The proxy as a client starts it. `--region` is what it signs for; `AWS_DEFAULT_REGION` is for its STS client,
 * because a profile without a region cannot assume its role otherwise.
 *
 * @see https://github.com/aws/mcp-proxy-for-aws#configuration-parameters
 */
export function proxyServer({ url, region, profile }: GatewayCaller): StdioServer {
    return {
        command: "uvx",
        args: [
            `${proxyPackage.name}@${proxyPackage.version}`,
            // Before the options: --profile takes every word after it that is no option.
            url,
            "--service",
            "bedrock-agentcore",
            "--region",
            region,
            ...(profile === undefined ? [] : ["--profile", profile]),
        ],
        env: { AWS_DEFAULT_REGION: region },
    };
}

/**
 * The proxy for a gateway of the local cloud. Clients hand on their own environment, so what there would lead
 * away from 127.0.0.1 is overruled: an HTTP proxy, and another cloud's `AWS_ENDPOINT_URL`.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html the service's variable goes first
 */
export function localProxyServer(
    caller: GatewayCaller & { profile: string },
    { awsConfigFile, awsCredentialsFile, stsUrl }: LocalFiles,
): StdioServer {
    const server = proxyServer(caller);
    return {
        ...server,
        env: {
            AWS_CONFIG_FILE: awsConfigFile,
            AWS_SHARED_CREDENTIALS_FILE: awsCredentialsFile,
            AWS_PROFILE: caller.profile,
            ...server.env,
            AWS_ENDPOINT_URL_STS: stsUrl,
            // In small letters, because Python prefers these where both are set.
            no_proxy: new URL(caller.url).hostname,
        },
    };
}

/**
 * The line that adds the server to Claude Code. `--env` takes every word after it that is no option, so another
 * option stands between it and the name.
 *
 * @see https://code.claude.com/docs/en/mcp
 * @see https://github.com/anthropics/claude-code/issues/62332
 */
export function claudeAddCommand(serverName: string, { command, args, env }: StdioServer): string {
    return [
        ...["claude", "mcp", "add"],
        ...Object.entries(env).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
        ...["--transport", "stdio", serverName, "--", command, ...args],
    ]
        .map(shellWord)
        .join(" ");
}

/** A server's name, of the characters that Claude Code takes: letters, digits, hyphens and underscores. */
export function serverName(gateway: string): string {
    return gateway.replace(/[^\w-]+/g, "-");
}

/** The name and region of the gateway that a URL of AWS or of the local cloud tells. */
export function gatewayOfUrl(url: URL): { name?: string; region?: string } {
    const onAws =
        /^([0-9a-z-]+)-[0-9a-z]{10}\.gateway\.bedrock-agentcore\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/.exec(
            url.hostname,
        );
    const name = onAws?.[1] ?? /^\/gateway\/([0-9a-z-]+)-[0-9a-z]{10}\//.exec(url.pathname)?.[1];
    const region = onAws?.[2];
    return { ...(name !== undefined && { name }), ...(region !== undefined && { region }) };
}

function shellWord(word: string): string {
    return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
