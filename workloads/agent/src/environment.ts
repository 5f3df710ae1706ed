import { gatewayRegion } from "../../../sigv4-fetch/src/index.js";
import { z } from "zod";

/** A gateway, and the region for which calls of it are signed. */
export interface GatewayAddress {
    url: string;
    region: string;
}

/** What the environment says, checked. */
export interface Environment {
    gateways: readonly GatewayAddress[];
    region: string;
    modelId: string;
    toolLoading: "all" | "search";
    maxTurns: number;
    logPrompts: boolean;
    systemPrompt: string | undefined;
    host: string;
    port: number;
    /** How long one call of a gateway may take. */
    gatewayTimeoutMs: number;
    /** Where spans go; without it, none are made. */
    tracesUrl: string | undefined;
}

/** Every problem of the environment, in one error. */
export class InvalidEnvironment extends Error {
    override readonly name = "InvalidEnvironment";

    constructor(problems: readonly string[]) {
        super(problems.join("\n"));
    }
}

/**
 * Reads the environment once.
 *
 * @throws InvalidEnvironment with a line `NAME: got …; must be …` for each problem.
 */
export function parseEnvironment(environment: NodeJS.ProcessEnv): Environment {
    // An empty variable is one that is not set: a template cannot always leave it out.
    const set = Object.fromEntries(Object.entries(environment).filter(([, text]) => text !== ""));
    const parsed = schema.safeParse(set);
    const problems = parsed.success
        ? []
        : parsed.error.issues.map(({ path, message }) => {
              const name = String(path[0]);
              return `${name}: got ${shown(set[name])}; must be ${message}`;
          });
    const urls = listOf(set["GATEWAY_URL"]);
    const gateways = gatewayAddresses(urls, listOf(set["GATEWAY_REGION"]), set["AWS_REGION"]);
    problems.push(...urlProblems(urls), ...gateways.problems);
    if (!parsed.success || problems.length > 0) throw new InvalidEnvironment(problems);
    const { data } = parsed;
    return {
        gateways: gateways.addresses,
        region: data.AWS_REGION,
        modelId: data.BEDROCK_MODEL_ID,
        toolLoading: data.TOOL_LOADING,
        maxTurns: data.MAX_TURNS,
        logPrompts: data.LOG_PROMPTS === "true",
        systemPrompt: data.SYSTEM_PROMPT,
        host: data.HOST,
        port: data.PORT,
        gatewayTimeoutMs: data.GATEWAY_TIMEOUT_SECONDS * 1000,
        tracesUrl: tracesUrl(set, data.AWS_REGION),
    };
}

const region = /^[a-z]{2}(-[a-z]+)+-\d+$/;

/** A whole number in plain digits: `1e3` and `0x10` are mistakes. */
function whole(min: number, max: number, byDefault: number) {
    const message = `a whole number between ${min} and ${max}`;
    return z
        .string()
        .regex(/^\d{1,9}$/, message)
        .transform(Number)
        .refine((value) => value >= min && value <= max, message)
        .default(byDefault);
}

const schema = z.object({
    AWS_REGION: z
        .string("a region, such as us-east-1")
        .regex(region, "a region, such as us-east-1"),
    // The article's model (a cross-region inference profile of the United States).
    BEDROCK_MODEL_ID: z
        .string()
        .regex(/^\S{1,2048}$/, "a model's or an inference profile's id or ARN")
        .default("us.anthropic.claude-haiku-4-5-20251001-v1:0"),
    TOOL_LOADING: z.enum(["all", "search"], "all or search").default("all"),
    MAX_TURNS: whole(1, 100, 10),
    LOG_PROMPTS: z.enum(["true", "false"], "true or false").default("false"),
    SYSTEM_PROMPT: z.string().max(100_000, "at most 100000 characters").optional(),
    // Where AgentCore Runtime calls a container:
    // https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-http-protocol-contract.html
    HOST: z.string().default("0.0.0.0"),
    PORT: whole(0, 65_535, 8080),
    // A gateway waits 15 minutes for a tool, as long as Runtime does for an answer.
    GATEWAY_TIMEOUT_SECONDS: whole(1, 900, 60),
});

function listOf(text: string | undefined): string[] {
    return text === undefined ? [] : text.split(",").map((item) => item.trim());
}

function urlProblems(urls: readonly string[]): string[] {
    return urls.flatMap((text, index) => {
        const name = urls.length > 1 ? `GATEWAY_URL[${index}]` : "GATEWAY_URL";
        if (!URL.canParse(text) || !isSafe(new URL(text))) {
            return [`${name}: got ${shown(text)}; must be an https URL, or http on loopback`];
        }
        return urls.indexOf(text) < index ? [`${name}: got ${text}; must be named once`] : [];
    });
}

/** Without TLS, who listens would read the credentials' session token. */
function isSafe({ protocol, hostname, username, password }: URL): boolean {
    const isLoopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
    const isProtected = protocol === "https:" || (protocol === "http:" && isLoopback);
    return isProtected && username === "" && password === "";
}

function gatewayAddresses(
    urls: readonly string[],
    regions: readonly string[],
    ownRegion: string | undefined,
): { addresses: GatewayAddress[]; problems: string[] } {
    const problems: string[] = [];
    if (regions.some((name) => !region.test(name))) {
        problems.push(`GATEWAY_REGION: got ${shown(regions.join(","))}; must be regions`);
    } else if (regions.length > 1 && regions.length !== urls.length) {
        problems.push(
            `GATEWAY_REGION: got ${regions.length} regions; must be one for all, or one for each of the ${urls.length} in GATEWAY_URL`,
        );
    }
    const addresses = urls.map((url, index) => ({
        url,
        region:
            (regions.length > 1 ? regions[index] : regions[0]) ??
            gatewayRegion(url) ??
            ownRegion ??
            "",
    }));
    return { addresses, problems };
}

/**
 * Where spans go: what OpenTelemetry's variables say, else, when AgentCore's observability is switched on, X-Ray's
 * OTLP endpoint, as in the AWS Distro for OpenTelemetry.
 *
 * Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/observability-configure.html.
 */
function tracesUrl(set: Readonly<Record<string, string | undefined>>, region: string) {
    if (set["OTEL_SDK_DISABLED"] === "true" || set["OTEL_TRACES_EXPORTER"] === "none") {
        return undefined;
    }
    const base = set["OTEL_EXPORTER_OTLP_ENDPOINT"];
    return (
        set["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] ??
        (base === undefined ? undefined : `${base.replace(/\/$/, "")}/v1/traces`) ??
        (set["AGENT_OBSERVABILITY_ENABLED"]?.toLowerCase() === "true"
            ? `https://xray.${region}.amazonaws.com/v1/traces`
            : undefined)
    );
}

function shown(text: string | undefined): string {
    if (text === undefined) return "nothing";
    return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}
