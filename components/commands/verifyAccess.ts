import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { fromIni } from "@aws-sdk/credential-provider-ini";
import { setTimeout } from "node:timers/promises";
import { isSessionOf } from "../../agentcore/arn";
import { sigv4Fetch, type AwsCredentials } from "../../sigv4-fetch/src/index.js";
import { CommandFailed, type Settings } from "./deployment";

/** A role of a spoke's stack, and whether a gateway must let it in. */
export interface VerifiedRole {
    /** `<stack>-<role>`, as its AWS profile is called too. */
    name: string;
    arn: string;
    /** Its unique id: a role that is made anew under its name is asked again. */
    id?: string;
    expect: "allow" | "refuse";
    /** Why it is not asked. */
    skip?: string;
}

/** A gateway, and who must be let in and refused. */
export interface VerifiedGateway {
    name: string;
    url: string;
    region: string;
    roles: readonly VerifiedRole[];
}

/** What `HUB_ACCESS` holds, as JSON. */
export interface VerifiedAccess {
    waitSeconds: number;
    gateways: readonly VerifiedGateway[];
}

/** One request, and how it must come out. */
interface Check {
    name: string;
    expect: "allow" | "refuse";
    /** The HTTP statuses that are so: IAM's refusal is 403; a signature's is not documented for gateways. */
    statuses: readonly number[];
    /** The status, or why it was not asked. */
    ask: () => Promise<number | string>;
}

/**
 * Calls a stack's gateways by requests whose signature does not hold, and as each role that this machine has a profile
 * for.
 *
 * @throws CommandFailed with all checks, where one does not come out as the program says.
 */
export async function verifyAccess(settings: Settings<"HUB_ACCESS">): Promise<string> {
    const { waitSeconds, gateways } = JSON.parse(settings.HUB_ACCESS) as VerifiedAccess;
    const until = Date.now() + waitSeconds * 1000;
    const checks = gateways.flatMap(checksOf);
    const outcomes = await Promise.all(checks.map((check) => outcomeOf(check, until)));
    const lines = outcomes.map(({ mark, name, expect, got }) =>
        [mark, name.padEnd(longest(checks)), expect.padEnd(6), got].join("  "),
    );
    const count = (wanted: string) => outcomes.filter(({ mark }) => mark === wanted).length;
    const asked = count("ok") + count("NO");
    const rest = count("--") > 0 ? `; ${count("--")} not verified` : "";
    if (count("NO") > 0) {
        throw new CommandFailed(
            [`NOT as the program says: ${count("NO")} of ${asked}${rest}`, ...lines].join("\n"),
        );
    }
    return [`verified: ${count("ok")} of ${asked} hold${rest}`, ...lines].join("\n");
}

function longest(checks: readonly Check[]): number {
    return Math.max(0, ...checks.map(({ name }) => name.length));
}

function checksOf({ name, url, region, roles }: VerifiedGateway): Check[] {
    const granted = roles.filter(({ expect, skip }) => expect === "allow" && skip === undefined);
    const signedBy = async (service: string, of: string) => {
        for (const role of granted) {
            const credentials = await sessionOf(role, region);
            if (typeof credentials === "string") continue;
            return statusOf(url, sigv4Fetch({ service, region: of, credentials }));
        }
        return "not verified: no profile of a role that the gateway lets in";
    };
    const otherRegion = region === "us-west-2" ? "us-east-1" : "us-west-2";
    return [
        { name: `unsigned → ${name}`, ...unsigned, ask: () => statusOf(url, fetch) },
        {
            name: `wrong region → ${name}`,
            ...unsigned,
            ask: () => signedBy(gatewayService, otherRegion),
        },
        {
            name: `wrong service → ${name}`,
            ...unsigned,
            ask: () => signedBy("bedrock", region),
        },
        ...roles.map((role): Check => ({
            name: `${role.name} → ${name}`,
            expect: role.expect,
            statuses: role.expect === "allow" ? [200] : [403],
            ask: async () => {
                if (role.skip !== undefined) return `not verified: ${role.skip}`;
                const credentials = await sessionOf(role, region);
                if (typeof credentials === "string") return credentials;
                const service = gatewayService;
                return statusOf(url, sigv4Fetch({ service, region, credentials }));
            },
        })),
    ];
}

const unsigned = { expect: "refuse", statuses: [401, 403] } as const;
const gatewayService = "bedrock-agentcore";

/** Asked again until the time is over: IAM is eventually consistent. */
async function outcomeOf(check: Check, until: number) {
    const { name, expect, statuses, ask } = check;
    for (let pause = 1000; ; pause = Math.min(pause * 2, 10_000)) {
        const got = await ask().catch((error: unknown) => `no answer: ${messageOf(error)}`);
        if (typeof got === "string" && got.startsWith("not verified")) {
            return { mark: "--", name, expect, got };
        }
        const holds = typeof got === "number" && statuses.includes(got);
        const text = typeof got === "number" ? `HTTP ${got}` : got;
        if (holds) return { mark: "ok", name, expect, got: text };
        const left = until - Date.now();
        if (left <= 0) return { mark: "NO", name, expect, got: text };
        await setTimeout(Math.min(pause, left));
    }
}

/** The HTTP status of `tools/list`; a proxy on the way refuses too, but without AWS's request id. */
async function statusOf(url: string, send: typeof fetch): Promise<number | string> {
    const response = await send(url, {
        method: "POST",
        headers: {
            "content-type": "application/json",
            accept: "application/json, text/event-stream",
        },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
        signal: AbortSignal.timeout(30_000),
    });
    await response.body?.cancel();
    const { status, headers } = response;
    const isAnswerOfAws = response.ok || headers.has("x-amzn-requestid");
    return isAnswerOfAws ? status : `HTTP ${status} without a request id of AWS`;
}

/** A session of a role by the profile of its name, or why there is none: one of another role proves nothing of it. */
async function sessionOf(
    { name, arn }: VerifiedRole,
    region: string,
): Promise<AwsCredentials | string> {
    try {
        const credentials = await fromIni({ profile: name, clientConfig: { region } })();
        const sts = new STSClient({ region, credentials });
        const { Arn: caller = "" } = await sts.send(new GetCallerIdentityCommand({}));
        if (isSessionOf(caller, arn)) return credentials;
        return `not verified: profile ${name} is ${caller}, no session of ${arn}`;
    } catch (error) {
        return `not verified: no credentials by profile ${name}: ${messageOf(error)}`;
    }
}

function messageOf(error: unknown): string {
    const { message, cause } = error as Error;
    return cause instanceof Error ? `${message}: ${cause.message}` : message;
}
