import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Endpoints, ServedAccount } from "./cloud";

/** What deploys stacks: this process, or the Pulumi CLI. */
export type EngineName = "in-process" | "pulumi";

/** `.hub/local/connection.json`: what clients and other terminals need of a running local cloud. */
export interface Connection {
    /** What its stacks are deployed by. */
    engine: EngineName;
    region: string;
    url: string;
    pid: number;
    /** Opens the cloud's own endpoints; the file is readable by its owner only. */
    token: string;
    endpoints: Endpoints;
    accounts: Record<string, string>;
    gateways: Record<string, { id: string; arn: string; url: string }>;
    /** The spokes' agents; the URL is that of their invocation. */
    agents: Record<string, { arn: string; url: string }>;
    awsConfigFile: string;
    awsCredentialsFile: string;
    profiles: string[];
}

/** A role that gets a profile of its own, assumed from its account's administrators. */
export interface RoleProfile {
    name: string;
    roleArn: string;
    accountId: string;
}

/** Writes the connection and the AWS config and credentials files that SDKs read. */
export function writeConnection(
    stateFolder: string,
    cloud: { url: string; token: string; pid: number; endpoints: Endpoints },
    state: {
        engine: EngineName;
        region: string;
        accounts: readonly ServedAccount[];
        gateways: Connection["gateways"];
        agents: Connection["agents"];
        roles: readonly RoleProfile[];
    },
): Connection {
    const connection: Connection = {
        engine: state.engine,
        region: state.region,
        ...cloud,
        accounts: Object.fromEntries(state.accounts.map(({ name, id }) => [name, id])),
        gateways: state.gateways,
        agents: state.agents,
        awsConfigFile: join(stateFolder, "aws", "config"),
        awsCredentialsFile: join(stateFolder, "aws", "credentials"),
        profiles: [
            ...state.accounts.map(({ name }) => name),
            ...state.roles.map(({ name }) => name),
        ],
    };
    mkdirSync(join(stateFolder, "aws"), { recursive: true });
    replace(connection.awsConfigFile, awsConfig(connection.endpoints, state));
    replace(
        connection.awsCredentialsFile,
        state.accounts
            .map(({ name, admin }) =>
                section(name, {
                    aws_access_key_id: admin.accessKeyId,
                    aws_secret_access_key: admin.secretAccessKey,
                    aws_session_token: admin.sessionToken,
                }),
            )
            .join("\n"),
    );
    replace(join(stateFolder, "connection.json"), `${JSON.stringify(connection, undefined, 2)}\n`);
    return connection;
}

/** The running cloud's connection, or `undefined` when there is none in this state folder. */
export function readConnection(stateFolder: string): Connection | undefined {
    let connection: Connection;
    try {
        connection = JSON.parse(
            readFileSync(join(stateFolder, "connection.json"), "utf8"),
        ) as Connection;
        process.kill(connection.pid, 0);
    } catch {
        return undefined;
    }
    return connection;
}

const servicesSection = "agentcore-hub-local";

function awsConfig(
    endpoints: Endpoints,
    state: {
        region: string;
        accounts: readonly ServedAccount[];
        roles: readonly RoleProfile[];
    },
): string {
    const common = { region: state.region, services: servicesSection };
    const accountName = new Map(state.accounts.map(({ id, name }) => [id, name]));
    const services: [string, string][] = [
        ["sts", endpoints.sts],
        ["iam", endpoints.iam],
        ["lambda", endpoints.lambda],
        ["bedrock_agentcore", endpoints.bedrockAgentcore],
        ["bedrock_agentcore_control", endpoints.bedrockAgentcoreControl],
        ["bedrock_runtime", endpoints.bedrockRuntime],
    ];
    return [
        "# Written by hub; made anew with every deployment to the local cloud.\n",
        ...state.accounts.map(({ name }) => section(`profile ${name}`, common)),
        ...state.roles.map(({ name, roleArn, accountId }) =>
            section(`profile ${name}`, {
                role_arn: roleArn,
                source_profile: accountName.get(accountId) ?? "",
                role_session_name: name,
                ...common,
            }),
        ),
        `[services ${servicesSection}]\n${services
            .map(([service, url]) => `${service} =\n  endpoint_url = ${url}\n`)
            .join("")}`,
    ].join("\n");
}

function section(name: string, values: Record<string, string>): string {
    const lines = Object.entries(values).map(([key, value]) => `${key} = ${value}\n`);
    return `[${name}]\n${lines.join("")}`;
}

function replace(path: string, content: string): void {
    const next = `${path}.${process.pid}.tmp`;
    writeFileSync(next, content, { mode: 0o600 });
    renameSync(next, path);
}
