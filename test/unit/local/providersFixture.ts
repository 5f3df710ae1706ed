import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConstrainedType } from "../../../agentcore/constraints";
import { ProviderClient } from "../../../engine/providerClient";
import { LocalCloud } from "../../../local/cloud";
import type { ProviderPorts } from "../../../local/providers/server";
import { repository } from "../../helpers/project";

/** Inputs of a resource, as a program gives them. */
export type Inputs = Record<string, unknown>;

/** One case of a table: a change of the type's valid inputs, and what it is refused for. */
export interface Case {
    what: string;
    /** Values by dotted path; `$absent` takes one away. */
    set?: Record<string, unknown>;
    refused?: string[];
}

/** The cases of one resource type. */
export interface CaseTable {
    type: ConstrainedType;
    base: Inputs;
    cases: Case[];
}

/** Every table of `test/cases/providers/`. */
export function caseTables(): CaseTable[] {
    const folder = join(repository, "test", "cases", "providers");
    return readdirSync(folder).map(
        (file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as CaseTable,
    );
}

/** The inputs of a case. */
export function inputsOf(table: CaseTable, { set = {} }: Case): Inputs {
    const inputs = expand(structuredClone(table.base)) as Inputs;
    for (const [path, value] of Object.entries(set)) {
        const steps = path.split(".");
        const last = steps.pop() ?? "";
        const owner = steps.reduce<Inputs>((at, step) => at[step] as Inputs, inputs);
        if (value === "$absent") Reflect.deleteProperty(owner, last);
        else owner[last] = expand(value);
    }
    return inputs;
}

/** Long values are written short: `{"$repeat": ["a", 64]}` and the like. */
const macros: Readonly<Record<string, (argument: never) => unknown>> = {
    $repeat: ([text, count]: [string, number]) => text.repeat(count),
    /** `["a", 1, "b"]` end to end. */
    $join: (parts: unknown[]) => parts.map((part) => String(expand(part))).join(""),
    $list: ([item, count]: [unknown, number]) => Array.from({ length: count }, () => item),
    $map: (count: number) =>
        Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${index}`, "v"])),
    $json: (value: unknown) => JSON.stringify(value),
    /** JSON text of that many characters. */
    $jsonOf: (count: number) => JSON.stringify({ a: "x".repeat(count - '{"a":""}'.length) }),
    $tools: (count: number) => Array.from({ length: count }, (_, index) => tool(`t${index}`, "")),
    /** One tool whose list is that many bytes of JSON. */
    $toolsOf: (count: number) => [
        tool("t", "x".repeat(count - JSON.stringify([tool("t", "")]).length)),
    ],
    /** One variable whose map is that many bytes of JSON. */
    $variablesOf: (count: number) => ({ NAME: "x".repeat(count - '{"NAME":""}'.length) }),
};

function expand(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(expand);
    if (typeof value !== "object" || value === null) return value;
    const [name = ""] = Object.keys(value);
    const macro = macros[name];
    if (macro !== undefined) return macro((value as Inputs)[name] as never);
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, expand(member)]));
}

function tool(name: string, description: string) {
    return { name, description, inputSchema: { type: "object" } };
}

/** The local cloud's providers of a few accounts, spoken to as an engine speaks to them. */
export class Providers {
    readonly folder = mkdtempSync(join(tmpdir(), "agentcore-hub-"));
    readonly codeFolder = mkdtempSync(join(tmpdir(), "agentcore-hub-code-"));
    cloud!: LocalCloud;
    readonly #clients = new Map<string, ProviderClient>();

    async start(): Promise<this> {
        writeFileSync(join(this.codeFolder, "index.mjs"), "export const handler = () => 1;\n");
        this.cloud = await LocalCloud.start({ port: 0, stateFolder: this.folder });
        return this;
    }

    async stop(): Promise<void> {
        for (const client of this.#clients.values()) client.close();
        await this.cloud.stop();
        rmSync(this.folder, { recursive: true });
        rmSync(this.codeFolder, { recursive: true });
    }

    async client(type: string, account = "111122223333"): Promise<ProviderClient> {
        const name = (type.split(":")[0] ?? "") as keyof ProviderPorts;
        const key = `${account} ${name}`;
        const known = this.#clients.get(key);
        if (known !== undefined) return known;
        const client = new ProviderClient((await this.cloud.account(account)).providerPorts[name]);
        this.#clients.set(key, client);
        await client.configure({ region: "us-east-1" });
        return client;
    }

    /** What Check refuses. */
    async failures(type: string, inputs: Inputs): Promise<string[]> {
        return (await (await this.client(type)).check(urnOf(type), undefined, inputs)).failures;
    }

    /** Check and Create, as at the first deployment; rejects with what either refuses. */
    async create(type: string, inputs: Inputs, account?: string) {
        const client = await this.client(type, account);
        const checked = await client.check(urnOf(type), undefined, inputs);
        if (checked.failures.length > 0) throw new Error(checked.failures.join("\n"));
        const { id, outputs } = await client.create(urnOf(type), checked.inputs);
        return { id, inputs: checked.inputs, outputs };
    }

    /** A role whose trust policy admits a service, with a policy if one is given. */
    async role(name: string, trust: object, policy?: object) {
        const role = await this.create("aws:iam/role:Role", {
            name,
            assumeRolePolicy: JSON.stringify(document(trust)),
        });
        if (policy !== undefined) {
            await this.create("aws:iam/rolePolicy:RolePolicy", {
                role: name,
                name: "policy",
                policy: JSON.stringify(document(policy)),
            });
        }
        return role.outputs["arn"] as string;
    }

    /** A function's inputs; its role must be there. */
    functionInputs(name: string, role: string): Inputs {
        return {
            name,
            role,
            handler: "index.handler",
            runtime: "nodejs24.x",
            code: { path: this.codeFolder, hash: "0".repeat(64) },
        };
    }
}

/** A policy document of one statement. */
export function document(statement: object): object {
    return { Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] };
}

/** A trust policy's statement for a service. */
export function trustOf(service: string, condition?: object): object {
    return {
        Principal: { Service: service },
        Action: "sts:AssumeRole",
        ...(condition !== undefined && { Condition: condition }),
    };
}

/** A URN of a type. */
export function urnOf(type: string): string {
    return `urn:pulumi:stack::project::${type}::resource`;
}

/** The account of the tests, and one that is not there until a test asks for it. */
export const account = "111122223333";
export const otherAccount = "444455556666";

/** The types that the tests make. */
export const types = {
    role: "aws:iam/role:Role",
    rolePolicy: "aws:iam/rolePolicy:RolePolicy",
    logGroup: "aws:cloudwatch/logGroup:LogGroup",
    lambda: "aws:lambda/function:Function",
    gateway: "aws-native:bedrockagentcore:Gateway",
    target: "aws-native:bedrockagentcore:GatewayTarget",
    resourcePolicy: "aws-native:bedrockagentcore:ResourcePolicy",
    repository: "aws:ecr/repository:Repository",
    lifecyclePolicy: "aws:ecr/lifecyclePolicy:LifecyclePolicy",
    bucket: "aws:s3/bucket:Bucket",
    bucketObject: "aws:s3/bucketObjectv2:BucketObjectv2",
    runtime: "aws-native:bedrockagentcore:Runtime",
    image: "docker-build:index:Image",
    command: "command:local:Command",
} as const satisfies Record<string, ConstrainedType>;

/** A gateway's inputs; its role must be there. */
export function gatewayInputs(name: string, roleArn: string) {
    return { name, roleArn, authorizerType: "AWS_IAM", protocolType: "MCP" };
}

/** A Lambda target's inputs, without its gateway's. */
export function lambdaTarget(lambdaArn: string, name = "echo") {
    const inlinePayload = [
        { name: "echo", description: "echoes", inputSchema: { type: "object" as const } },
    ];
    return {
        name,
        targetConfiguration: { mcp: { lambda: { lambdaArn, toolSchema: { inlinePayload } } } },
        credentialProviderConfigurations: [{ credentialProviderType: "GATEWAY_IAM_ROLE" }],
    };
}

/** A statement that lets a role invoke a function, or denies it. */
export function invokeStatement(resource: string, effect = "Allow"): object {
    return { Effect: effect, Action: "lambda:InvokeFunction", Resource: resource };
}
