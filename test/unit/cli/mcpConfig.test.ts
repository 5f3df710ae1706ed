import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mcpConfig, type McpConfigOptions } from "../../../cli/mcpConfig";
import { writeConnection } from "../../../local/connection";
import { runHub } from "../../helpers/hubProcess";
import { LocalHub } from "../../helpers/localHub";

const gatewayUrl = "https://tools-abcdefghij.gateway.bedrock-agentcore.eu-west-1.amazonaws.com/mcp";
const ownUrl = "https://tools.example.com/mcp";
const proxyOf = (url: string, region: string, profile: string) => [
    ...["mcp-proxy-for-aws@1.7.0", url, "--service", "bedrock-agentcore"],
    ...["--region", region, "--profile", profile],
];
const started = {
    command: "uvx",
    args: proxyOf(gatewayUrl, "eu-west-1", "developer"),
    env: { AWS_DEFAULT_REGION: "eu-west-1" },
};
const secret = "c2VjcmV0LW9mLWFjY291bnQtYQ";

/** A state folder as a running local cloud writes it; this process stands for the cloud. */
function serve(folder: string, gatewayNames: readonly string[]): string {
    const stateFolder = join(folder, ".hub", "local");
    mkdirSync(stateFolder, { recursive: true });
    const cloud = "http://127.0.0.1:4270";
    const accountId = "444455556666";
    writeConnection(
        stateFolder,
        {
            url: cloud,
            token: secret,
            pid: process.pid,
            endpoints: {
                sts: `${cloud}/sts`,
                iam: `${cloud}/iam`,
                lambda: `${cloud}/lambda`,
                bedrockAgentcore: `${cloud}/bedrock-agentcore`,
                bedrockAgentcoreControl: `${cloud}/bedrock-agentcore-control`,
                bedrockRuntime: `${cloud}/bedrock-runtime`,
            },
        },
        {
            engine: "in-process",
            region: "us-east-1",
            accounts: [
                {
                    name: "account-b",
                    id: accountId,
                    admin: { accessKeyId: "ASIA", secretAccessKey: secret, sessionToken: secret },
                    providerPorts: { aws: 0, "aws-native": 0, "docker-build": 0, command: 0 },
                },
            ],
            gateways: Object.fromEntries(
                gatewayNames.map((name) => [
                    name,
                    {
                        id: "tools-abcdefghij",
                        arn: "arn:aws:bedrock-agentcore:eu-central-1:111122223333:gateway/tools-abcdefghij",
                        url: `${cloud}/gateway/tools-abcdefghij/mcp`,
                    },
                ]),
            ),
            agents: {},
            roles: [
                {
                    name: "consumer-developer",
                    roleArn: `arn:aws:iam::${accountId}:role/developer`,
                    accountId,
                },
            ],
        },
    );
    return stateFolder;
}

describe("hub mcp-config", () => {
    let folder: string;
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "agentcore-hub-"));
    });
    afterEach(() => {
        rmSync(folder, { recursive: true, force: true });
    });

    describe("for a gateway on AWS", () => {
        it("takes name and region from the URL, and Claude Code where no client is named", () => {
            const { configuration, advice } = mcpConfig({ url: gatewayUrl, as: "developer" });
            assert.deepEqual(configuration, { mcpServers: { tools: started } });
            assert.match(advice[0] ?? "", /^for Claude Code: put it into \.mcp\.json /);
            assert.match(advice[1] ?? "", /^or run: claude mcp add /);
        });

        it("signs with AWS_PROFILE, which --as overrules, or with what the SDK finds", () => {
            const argsWith = (options: McpConfigOptions, profile?: string) =>
                mcpConfig({ url: gatewayUrl, ...options }, profile).configuration["mcpServers"]?.[
                    "tools"
                ]?.args.slice(6);
            assert.deepEqual(argsWith({}, "auditor"), ["--profile", "auditor"]);
            assert.deepEqual(argsWith({ as: "developer" }, "auditor"), ["--profile", "developer"]);
            assert.deepEqual(argsWith({}), []);
        });

        it("takes the region and the server's name from options where the URL has none", () => {
            const { configuration, advice } = mcpConfig({
                url: ownUrl,
                region: "ap-southeast-2",
                gateway: "my tools",
                as: "developer",
                client: "vscode",
            });
            assert.deepEqual(configuration, {
                servers: {
                    "my-tools": {
                        type: "stdio",
                        command: "uvx",
                        args: proxyOf(ownUrl, "ap-southeast-2", "developer"),
                        env: { AWS_DEFAULT_REGION: "ap-southeast-2" },
                    },
                },
            });
            assert.doesNotMatch(advice.join("\n"), /claude/);
        });
    });

    describe("for the local cloud", () => {
        it("takes gateway, region and files from the running cloud, by absolute paths", () => {
            const stateFolder = serve(folder, ["tools"]);
            const { configuration } = mcpConfig({
                local: true,
                as: "consumer-developer",
                client: "kiro",
                stateFolder,
            });
            assert.deepEqual(configuration, {
                mcpServers: {
                    tools: {
                        command: "uvx",
                        args: proxyOf(
                            "http://127.0.0.1:4270/gateway/tools-abcdefghij/mcp",
                            "eu-central-1",
                            "consumer-developer",
                        ),
                        env: {
                            AWS_CONFIG_FILE: join(stateFolder, "aws", "config"),
                            AWS_SHARED_CREDENTIALS_FILE: join(stateFolder, "aws", "credentials"),
                            AWS_PROFILE: "consumer-developer",
                            AWS_DEFAULT_REGION: "eu-central-1",
                            AWS_ENDPOINT_URL_STS: "http://127.0.0.1:4270/sts",
                            no_proxy: "127.0.0.1",
                        },
                        disabled: false,
                        autoApprove: [],
                    },
                },
            });
        });

        it("holds no credential and no token", () => {
            const stateFolder = serve(folder, ["tools"]);
            assert.match(readFileSync(join(stateFolder, "aws", "credentials"), "utf8"), /c2VjcmV/);
            const told = mcpConfig({ local: true, as: "consumer-developer", stateFolder });
            assert.equal(JSON.stringify(told).includes(secret), false);
        });

        it("names a gateway of one of two hubs by --gateway", () => {
            const stateFolder = serve(folder, ["tools", "other/tools"]);
            const { configuration } = mcpConfig(
                { local: true, gateway: "other/tools", stateFolder },
                "account-b",
            );
            assert.deepEqual(Object.keys(configuration["mcpServers"] ?? {}), ["other-tools"]);
        });
    });

    describe("says what is wrong", () => {
        const refusals: [string, McpConfigOptions, RegExp][] = [
            [
                "with a client it does not know",
                { client: "emacs" },
                /^--client: got emacs; must be one of claude, vscode, cursor, kiro$/,
            ],
            ["with no gateway", {}, /^--url: got nothing; give a gateway's URL, or --local$/],
            ["with no URL", { url: "tools" }, /^--url: got tools; must be a gateway's URL$/],
            [
                "with a URL that has no region",
                { url: ownUrl, gateway: "tools" },
                /^--region: got nothing; the URL names none, so give the gateway's$/,
            ],
            [
                "with a region that is none",
                { url: ownUrl, gateway: "tools", region: "--skip-auth" },
                /^--region: got --skip-auth; must be an AWS region/,
            ],
            [
                "with another region than the gateway's",
                { url: gatewayUrl, region: "us-east-1" },
                /^--region: got us-east-1; the gateway is in eu-west-1$/,
            ],
            [
                "with a URL that names no gateway",
                { url: ownUrl, region: "us-east-1" },
                /^--gateway: got nothing; the URL names no gateway/,
            ],
            [
                "with plain HTTP to another machine",
                { url: "http://tools.example.com/mcp" },
                /^--url: got http:\/\/tools\.example\.com\/mcp; must be https, or http on 127\.0\.0\.1/,
            ],
            [
                "with another scheme than HTTP's",
                { url: "file://127.0.0.1/mcp" },
                /^--url: got file:.*; must be https/,
            ],
            [
                "with a profile that the proxy would read as an option",
                { url: gatewayUrl, as: "--skip-auth" },
                /^--as: got "--skip-auth"; must be a profile's name/,
            ],
            [
                "with both --local and --url",
                { url: gatewayUrl, local: true },
                /^--url: got it with --local; give one of them/,
            ],
        ];
        for (const [name, options, message] of refusals) {
            it(name, () => {
                assert.throws(() => mcpConfig(options), { name: "InvalidOptions", message });
            });
        }

        it("with a secret in the URL, which it does not repeat", () => {
            for (const withSecret of [
                `https://user:${secret}@tools.example.com/mcp`,
                `${ownUrl}?X-Amz-Security-Token=${secret}`,
                `${ownUrl}#${secret}`,
            ]) {
                assert.throws(
                    () => mcpConfig({ url: withSecret, region: "us-east-1", gateway: "tools" }),
                    ({ name, message }: Error) =>
                        name === "InvalidOptions" &&
                        /must be without user, password/.test(message) &&
                        !message.includes(secret),
                );
            }
        });

        it("where no local cloud runs", () => {
            assert.throws(() => mcpConfig({ local: true, stateFolder: folder }), {
                name: "InvalidOptions",
                message: `no local cloud is running in ${folder}; start one with: npm run local -- --serve`,
            });
        });

        it("where the local cloud has no such gateway or profile, and which it has", () => {
            const stateFolder = serve(folder, ["tools", "others"]);
            const refused = (options: McpConfigOptions) => {
                try {
                    mcpConfig({ local: true, stateFolder, ...options });
                } catch (error) {
                    return (error as Error).message;
                }
                return "";
            };
            assert.equal(
                refused({ as: "account-b" }),
                "--gateway: got nothing; must be one of tools, others",
            );
            assert.equal(
                refused({ gateway: "toString" }),
                "--gateway: got toString; must be one of tools, others",
            );
            assert.equal(
                refused({ gateway: "tools" }),
                "--as: got nothing; must be one of account-b, consumer-developer",
            );
            assert.equal(
                refused({ gateway: "tools", as: "nobody" }),
                "--as: got nobody; must be one of account-b, consumer-developer",
            );
            serve(folder, []);
            assert.equal(
                refused({ as: "account-b" }),
                "--gateway: got nothing; must be one of none: nothing is deployed",
            );
        });
    });

    it("prints the file alone to stdout, so that it can be piped", async () => {
        const args = ["mcp-config", "--url", gatewayUrl, "--as", "developer"];
        const piped = await runHub(folder, [...args, "--client", "cursor"]);
        assert.equal(piped.code, 0, piped.stderr);
        assert.deepEqual(JSON.parse(piped.stdout), { mcpServers: { tools: started } });
        assert.match(piped.stderr, /^hub: for Cursor: put it into \.cursor\/mcp\.json /);

        const { stdout, stderr } = await runHub(folder, [...args, "--json"]);
        assert.equal(stdout, `${JSON.stringify({ mcpServers: { tools: started } })}\n`);
        assert.equal(stderr, "");

        const refused = await runHub(folder, ["mcp-config", "--client", "emacs"]);
        assert.deepEqual(refused, {
            code: 2,
            stdout: "",
            stderr: "hub: --client: got emacs; must be one of claude, vscode, cursor, kiro\n",
        });
    });
});

describe("the output clientConfiguration of a spoke's stack", () => {
    let hub: LocalHub;
    beforeEach(async () => {
        hub = await new LocalHub().start();
    });
    afterEach(() => hub.stop());

    it("has each caller's gateways, once the hub has them", async () => {
        const before = await hub.deploy("consumer");
        assert.deepEqual(before.outputs["clientConfiguration"], { auditor: {}, developer: {} });
        await hub.deploy("provider");
        const { outputs } = await hub.deploy("consumer");
        const gateways = outputs["gateways"] as Record<string, { url: string }>;
        const [key, gateway] = Object.entries(gateways)[0] ?? assert.fail("no gateway");
        const entry = (caller: string) => ({
            [key]: {
                command: "uvx",
                args: proxyOf(gateway.url, "us-east-1", `consumer-${caller}`),
                env: { AWS_DEFAULT_REGION: "us-east-1" },
            },
        });
        assert.deepEqual(outputs["clientConfiguration"], {
            auditor: entry("auditor"),
            developer: entry("developer"),
        });
    });
});
