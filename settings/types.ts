import type { ToolDefinition } from "../agentcore/toolSchema";

/** A Lambda that the program builds from `workloads/<name>`, or one that is there already. */
export type LambdaSource =
    { kind: "workload"; workload: string } | { kind: "existing"; functionArn: string };

/** A call of a tool that shows whether it answers. */
export interface ExampleSettings {
    arguments: Readonly<Record<string, unknown>>;
    /** Whether the call only reads: no other one is made by `hub verify`. */
    readOnly: boolean;
}

/** One Lambda target of a gateway, and the tools that it shows. */
export interface LambdaTargetSettings {
    kind: "lambda";
    lambda: LambdaSource;
    tools: readonly ToolDefinition[];
    /** By tool. */
    examples?: Readonly<Record<string, ExampleSettings>>;
}

/** An MCP server: of `workloads/<name>` on a runtime of the program's, on a runtime that is there, or behind a URL. */
export type McpServerSource =
    | { kind: "workload"; workload: string }
    | { kind: "runtime"; runtimeArn: string; qualifier: string }
    | { kind: "url"; url: string; service: UrlService; resourceArn: string };

/** A service, beside AgentCore Runtime, that verifies a gateway's signature before an MCP server gets the request. */
export type UrlService = "lambda" | "execute-api";

/** One MCP server target of a gateway. */
export interface McpServerTargetSettings {
    kind: "mcpServer";
    server: McpServerSource;
    /** DEFAULT: the gateway keeps the tools until it is synchronized; DYNAMIC: it asks for each list. */
    listingMode: "DEFAULT" | "DYNAMIC";
    /** As the workload declares them; none where the server is not ours. */
    tools: readonly ToolDefinition[];
    /** By tool. */
    examples?: Readonly<Record<string, ExampleSettings>>;
}

/** One target of a gateway. */
export type TargetSettings = LambdaTargetSettings | McpServerTargetSettings;

/** How the program's runtimes are made. */
export interface RuntimeSettings {
    /** An image in ECR, which needs Docker, or an archive in S3. */
    artifact: "container" | "zip";
    network:
        | { mode: "PUBLIC" }
        | { mode: "VPC"; subnets: readonly string[]; securityGroups: readonly string[] };
    /** Seconds. */
    idleTimeoutSeconds: number;
    maxLifetimeSeconds: number;
    logRetentionDays: number;
}

/** Who may use a gateway: roles of a spoke's stack, exact ARNs, or a whole account. */
export type Grant =
    | { kind: "spoke"; spoke: string; roles: readonly string[] }
    | { kind: "principals"; principals: readonly string[] }
    | { kind: "account"; account: string };

/** One gateway of the hub. */
export interface GatewaySettings {
    description?: string;
    instructions?: string;
    exceptionLevel?: "DEBUG";
    /** SEMANTIC: the gateway has a tool that finds tools. */
    searchType?: "SEMANTIC";
    supportedVersions: readonly string[];
    targets: Readonly<Record<string, TargetSettings>>;
    grants: readonly Grant[];
}

/** Another stack that this one reads, and the account that its ARNs must belong to. */
export interface OtherStack {
    account: string;
    stack: string;
}

/** A hub as a spoke sees it: by its stack, or, on another Pulumi backend, by its gateways' ARNs. */
export type HubSettings =
    | ({ kind: "stack" } & OtherStack)
    | {
          kind: "gateways";
          account: string;
          gateways: Readonly<Record<string, { arn: string; url: string }>>;
      };

/** A gateway of a hub that the spoke knows. */
export interface GatewayReference {
    hub: string;
    gateway: string;
}

/** A role of the spoke that calls gateways. */
export interface CallerSettings {
    gateways: readonly GatewayReference[];
    assumedBy: readonly string[];
    maxSessionSeconds: number;
}

/** The spoke's agent: a program on a runtime, whose execution role calls gateways and a model. */
export interface AgentSettings {
    /** The folder of `workloads/`, and the name of the execution role, which a hub's grant names. */
    workload: string;
    gateways: readonly GatewayReference[];
    /** Exact ARNs of who may invoke the agent. */
    invokedBy: readonly string[];
    /** A foundation model's or inference profile's id. */
    model: string;
    /** The regions behind the profile; without, any region, through the profile alone. */
    modelRegions?: readonly string[];
    /** All tools at once, or those that a gateway's search finds. */
    toolLoading: "all" | "search";
    maxTurns: number;
    systemPrompt?: string;
}

/** A role that people or pipelines operate an account's gateways with. */
export interface OperatorSettings {
    roleName: string;
    /** Exact ARNs of who may take the role on. */
    assumedBy: readonly string[];
    /** CIDR ranges that the role may be used from; with none, from anywhere. */
    sourceAddresses: readonly string[];
    maxSessionSeconds: number;
}

/** The role that manages a hub's gateways. */
export interface ManagementSettings extends OperatorSettings {
    /** Exact ARNs of the KMS keys that gateways are encrypted with. */
    kmsKeys: readonly string[];
    /** Exact ARNs of the S3 objects that targets take their schemas from. */
    schemaObjects: readonly string[];
    /** Whether targets are called with OAuth or API keys. */
    credentialProviders: boolean;
}

/** The operators' roles of an account, apart from those that anything runs with. */
export interface OperatorsSettings {
    /** A hub's alone. */
    management?: ManagementSettings;
    readOnly?: OperatorSettings;
}

/** All config of a hub's stack. */
export interface ProviderSettings {
    role: "provider";
    accountId: string;
    region: string;
    lambda: { timeoutSeconds: number; memoryMb: number; logRetentionDays: number };
    /** Operators: exact ARNs of who may call a runtime around its gateway. */
    runtime: RuntimeSettings & { operators: readonly string[] };
    spokes: Readonly<Record<string, OtherStack>>;
    gateways: Readonly<Record<string, GatewaySettings>>;
    operators: OperatorsSettings;
    /** Whether the gateways are called at the end of a deployment, and how long they may take to answer as they must. */
    verify?: { waitSeconds: number };
}

/** All config of a spoke's stack. */
export interface ConsumerSettings {
    role: "consumer";
    accountId: string;
    region: string;
    hubs: Readonly<Record<string, HubSettings>>;
    callers: Readonly<Record<string, CallerSettings>>;
    agent?: AgentSettings;
    runtime: RuntimeSettings;
    operators: OperatorsSettings;
}

export type Settings = ProviderSettings | ConsumerSettings;
