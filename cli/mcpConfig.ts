import { resolve } from "node:path";
import {
    claudeAddCommand,
    clientConfiguration,
    clientPlace,
    gatewayOfUrl,
    isMcpClient,
    localProxyServer,
    mcpClients,
    proxyServer,
    serverName,
    type McpClient,
    type StdioServer,
} from "../agentcore/mcpClients";
import { exitCode } from "./exitCode";
import { InvalidOptions } from "./invalidOptions";
import { localGateway, oneOf, requireConnection, type GatewayOptions } from "./localGateway";

/** Options of `hub mcp-config`. */
export interface McpConfigOptions extends GatewayOptions {
    client?: string;
}

/** A client's configuration, and what to tell people beside it. */
export interface McpConfig {
    configuration: ReturnType<typeof clientConfiguration>;
    advice: string[];
}

interface NamedServer {
    name: string;
    server: StdioServer;
    signer: string;
}

/** `hub mcp-config`: stdout is the client's whole file; how to use it goes to stderr. */
export function hubMcpConfig(options: McpConfigOptions): number {
    const { configuration, advice } = mcpConfig(options, process.env["AWS_PROFILE"]);
    if (options.json === true) {
        process.stdout.write(`${JSON.stringify(configuration)}\n`);
    } else {
        process.stdout.write(`${JSON.stringify(configuration, undefined, 4)}\n`);
        process.stderr.write(advice.map((line) => `hub: ${line}\n`).join(""));
    }
    return exitCode.yes;
}

/**
 * The configuration of one MCP client for one gateway; it holds names and places, never a credential.
 *
 * @param profileInUse `AWS_PROFILE`, which `--as` overrules.
 * @throws InvalidOptions
 */
export function mcpConfig(options: McpConfigOptions, profileInUse?: string): McpConfig {
    const client = clientOf(options.client ?? "claude");
    const { name, server, signer } =
        options.local === true ? ofLocal(options, profileInUse) : ofUrl(options, profileInUse);
    const { title, file } = clientPlace(client);
    const advice = [
        `for ${title}: put it into ${file} of your project, beside the servers that are there`,
    ];
    if (client === "claude") advice.push(`or run: ${claudeAddCommand(name, server)}`);
    advice.push(`it signs as ${signer}, and needs uvx: https://docs.astral.sh/uv/`);
    if (options.local === true) {
        advice.push("it holds while this local cloud runs; after another start, make it anew");
    }
    return { configuration: clientConfiguration(client, name, server), advice };
}

function clientOf(text: string): McpClient {
    if (!isMcpClient(text)) {
        throw new InvalidOptions(`--client: got ${text}; must be one of ${mcpClients.join(", ")}`);
    }
    return text;
}

function ofLocal(options: McpConfigOptions, profileInUse: string | undefined): NamedServer {
    if (options.url !== undefined) {
        throw new InvalidOptions(
            "--url: got it with --local; give one of them. With --local, --gateway names the gateway",
        );
    }
    const connection = requireConnection(options);
    const { name, url, region } = localGateway(connection, options.gateway);
    const known = Object.fromEntries(connection.profiles.map((profile) => [profile, profile]));
    const [profile] = oneOf("--as", options.as ?? profileInUse, known);
    const server = localProxyServer(
        { url, region: regionFrom(options.region, region), profile },
        {
            awsConfigFile: resolve(connection.awsConfigFile),
            awsCredentialsFile: resolve(connection.awsCredentialsFile),
            stsUrl: connection.endpoints.sts,
        },
    );
    return { name: serverName(name), server, signer: profile };
}

function ofUrl(options: McpConfigOptions, profileInUse: string | undefined): NamedServer {
    if (options.url === undefined) {
        throw new InvalidOptions("--url: got nothing; give a gateway's URL, or --local");
    }
    const url = checkedUrl(options.url);
    const told = gatewayOfUrl(url);
    const name = options.gateway ?? told.name;
    if (name === undefined) {
        throw new InvalidOptions(
            "--gateway: got nothing; the URL names no gateway, so name the server by it",
        );
    }
    const profile = options.as ?? profileInUse;
    if (profile !== undefined && !/^[^-\s]\S*$/.test(profile)) {
        throw new InvalidOptions(
            `--as: got ${JSON.stringify(profile)}; must be a profile's name, without spaces`,
        );
    }
    const server = proxyServer({
        url: url.href,
        region: regionFrom(options.region, told.region),
        ...(profile !== undefined && { profile }),
    });
    return {
        name: serverName(name),
        server,
        signer: profile ?? "whoever the AWS SDK finds (no --as was given)",
    };
}

/** The proxy sends signed requests over HTTPS, and over HTTP to this machine only. */
function checkedUrl(text: string): URL {
    if (!URL.canParse(text)) {
        throw new InvalidOptions(`--url: got ${text}; must be a gateway's URL`);
    }
    const url = new URL(text);
    // Not repeated in the message, because what is there may be a secret.
    if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
        throw new InvalidOptions(
            `--url: got more than an address at ${url.host}; must be without user, password, query and fragment`,
        );
    }
    const loopback = ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
    if (url.protocol !== "https:" && !(url.protocol === "http:" && loopback)) {
        throw new InvalidOptions(
            `--url: got ${text}; must be https, or http on 127.0.0.1: mcp-proxy-for-aws takes no other`,
        );
    }
    return url;
}

/** A signature is for the gateway's own region, so what the gateway tells cannot be overruled. */
function regionFrom(option: string | undefined, told: string | undefined): string {
    if (option !== undefined && !/^[a-z]+(-[a-z]+)+-\d+$/.test(option)) {
        throw new InvalidOptions(
            `--region: got ${option}; must be an AWS region, such as us-east-1`,
        );
    }
    if (option !== undefined && told !== undefined && option !== told) {
        throw new InvalidOptions(`--region: got ${option}; the gateway is in ${told}`);
    }
    const region = option ?? told;
    if (region === undefined) {
        throw new InvalidOptions(
            "--region: got nothing; the URL names none, so give the gateway's",
        );
    }
    return region;
}
