import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
    claudeAddCommand,
    clientConfiguration,
    clientPlace,
    gatewayOfUrl,
    localProxyServer,
    mcpClients,
    proxyPackage,
    proxyServer,
    serverName,
} from "../../../agentcore/mcpClients";
import { repository } from "../../helpers/project";

const url = "https://tools-abcdefghij.gateway.bedrock-agentcore.eu-west-1.amazonaws.com/mcp";
const caller = { url, region: "eu-west-1", profile: "consumer-developer" };
const started = {
    command: "uvx",
    args: [
        "mcp-proxy-for-aws@1.7.0",
        url,
        "--service",
        "bedrock-agentcore",
        "--region",
        "eu-west-1",
        "--profile",
        "consumer-developer",
    ],
    env: { AWS_DEFAULT_REGION: "eu-west-1" },
};
const local = {
    awsConfigFile: "/home/Ann O'Hara/.hub/local/aws/config",
    awsCredentialsFile: "/home/Ann O'Hara/.hub/local/aws/credentials",
    stsUrl: "http://127.0.0.1:4270/sts",
};
const localCaller = {
    url: "http://127.0.0.1:4270/gateway/tools-abcdefghij/mcp",
    region: "us-east-1",
    profile: "consumer-developer",
};

describe("configurations of MCP clients", () => {
    const expected = {
        claude: { file: ".mcp.json", json: { mcpServers: { tools: started } } },
        vscode: {
            file: ".vscode/mcp.json",
            json: { servers: { tools: { type: "stdio", ...started } } },
        },
        cursor: { file: ".cursor/mcp.json", json: { mcpServers: { tools: started } } },
        kiro: {
            file: ".kiro/settings/mcp.json",
            json: { mcpServers: { tools: { ...started, disabled: false, autoApprove: [] } } },
        },
    } as const;

    it("are tested for every client", () => {
        assert.deepEqual(mcpClients, Object.keys(expected));
    });
    for (const client of mcpClients) {
        it(`are for ${client} as its pages say`, () => {
            const { file, json } = expected[client];
            assert.equal(clientPlace(client).file, file);
            assert.deepEqual(clientConfiguration(client, "tools", proxyServer(caller)), json);
        });
    }

    it("start the version of the proxy that the tests run", () => {
        const pins = readFileSync(
            join(repository, "test", "clients", "requirements-newest.txt"),
            "utf8",
        );
        assert.ok(pins.split("\n").includes(`${proxyPackage.name}==${proxyPackage.version}`), pins);
    });

    it("leave the profile to the SDK where none is given", () => {
        assert.deepEqual(proxyServer({ url, region: "eu-west-1" }).args, started.args.slice(0, -2));
    });

    it("point the proxy at the local cloud's files and STS, past any HTTP proxy", () => {
        assert.deepEqual(localProxyServer(localCaller, local).env, {
            AWS_CONFIG_FILE: local.awsConfigFile,
            AWS_SHARED_CREDENTIALS_FILE: local.awsCredentialsFile,
            AWS_PROFILE: "consumer-developer",
            AWS_DEFAULT_REGION: "us-east-1",
            AWS_ENDPOINT_URL_STS: local.stsUrl,
            no_proxy: "127.0.0.1",
        });
    });
});

describe("the claude mcp add line", () => {
    /** The words that a shell makes of a line. */
    const words = (line: string) =>
        execFileSync("sh", ["-c", `claude() { printf '%s\\n' "$@"; }; ${line}`], {
            encoding: "utf8",
        })
            .trimEnd()
            .split("\n");

    it("is what a shell splits into the same words, with an option between --env and the name", () => {
        const server = localProxyServer(localCaller, local);
        const line = claudeAddCommand("tools", server);
        assert.deepEqual(words(line), [
            "mcp",
            "add",
            ...Object.entries(server.env).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
            "--transport",
            "stdio",
            "tools",
            "--",
            server.command,
            ...server.args,
        ]);
    });

    it("needs no quotes for a gateway on AWS", () => {
        assert.equal(
            claudeAddCommand("tools", proxyServer(caller)),
            `claude mcp add --env AWS_DEFAULT_REGION=eu-west-1 --transport stdio tools -- uvx mcp-proxy-for-aws@1.7.0 ${url} --service bedrock-agentcore --region eu-west-1 --profile consumer-developer`,
        );
    });
});

describe("what a gateway's URL tells", () => {
    const cases: [string, string, ReturnType<typeof gatewayOfUrl>][] = [
        ["on AWS, its name and region", url, { name: "tools", region: "eu-west-1" }],
        [
            "in China, the same",
            "https://my-tools-0123456789.gateway.bedrock-agentcore.cn-north-1.amazonaws.com.cn/mcp",
            { name: "my-tools", region: "cn-north-1" },
        ],
        ["in the local cloud, its name", localCaller.url, { name: "tools" }],
        ["behind a name of one's own, nothing", "https://tools.example.com/mcp", {}],
        [
            "on a host that only begins like AWS's, nothing",
            "https://tools-abcdefghij.gateway.bedrock-agentcore.eu-west-1.amazonaws.com.example.org/mcp",
            {},
        ],
    ];
    for (const [name, text, told] of cases) {
        it(name, () => {
            assert.deepEqual(gatewayOfUrl(new URL(text)), told);
        });
    }

    it("becomes a server's name of letters, digits, hyphens and underscores", () => {
        assert.equal(serverName("provider/my_tools 2"), "provider-my_tools-2");
    });
});
