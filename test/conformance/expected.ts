/** What the suite is run against: the columns of docs/conformance.md. */
export const runs = ["fixture", "gateway", "workload"] as const;
export type Run = (typeof runs)[number];

/** Why a scenario does not simply pass; `message` is what the suite must say of each failure. */
export interface Reason {
    readonly text: string;
    readonly message?: RegExp;
}

/** What a scenario must come to: the checks that warn or fail, and why. */
export type Expected =
    | { readonly outcome: "passes" }
    | {
          readonly outcome: "warns" | "fails";
          readonly checks: readonly string[];
          readonly reason: ReasonName;
      };

export type ReasonName = keyof typeof reasons;

/** Reasons by the words that stand for them in docs/conformance.md. */
export const reasons = {
    "old revision": {
        text: "The suite calls as revision 2025-03-26, whose clients fail on an event without data: the SDK sends the event that begins a stream, and its retry time, to clients of 2025-11-25 only.",
    },
    "no session": {
        text: "No session id is given out, so no stream can be gone on with. Runtime's containers are stateless, and a gateway has sessions only where they are configured (AgentCore devguide, gateway-sessions); the local gateway has none.",
    },
    "not streamed": {
        text: "A gateway passes progress, sampling and elicitation on only with `enableResponseStreaming`, which is off by default (devguide, gateway-using): it answers with JSON, and tells the server that its client can be asked for nothing. The local gateway has no streaming.",
        message:
            /No progress notifications received|Server did not request (?:sampling|elicitation)/,
    },
    "no operation": {
        text: "Not among a gateway's operations (devguide, gateway-using): completions, log levels, subscriptions.",
        message:
            /-32601: Method not found: (?:completion\/complete|logging\/setLevel|resources\/subscribe)$/,
    },
    references: {
        text: "AgentCore takes no server whose schemas have `$defs` or `$ref` (inferred): the target would fail. So the server behind the gateway is the fixture without this tool.",
        message: /^Tool 'json_schema_2020_12_tool' not found\. Available tools: test_simple_text,/,
    },
    "own tools": {
        text: "The scenario calls a tool of the fixture; the workload has three of its own, and says so.",
        message:
            /Unknown tool: \w+\. This server has: add_numbers, multiply_numbers, greet_user\.$|^Tool 'json_schema_2020_12_tool' not found\. Available tools: add_numbers,/,
    },
    "tools only": {
        text: "The workload declares tools and nothing else.",
        message: /-32601: Method not found$/,
    },
} as const satisfies Record<string, Reason>;

const passes: Expected = { outcome: "passes" };

function warns(reason: ReasonName, ...checks: string[]): Expected {
    return { outcome: "warns", checks, reason };
}

function fails(reason: ReasonName, ...checks: string[]): Expected {
    return { outcome: "fails", checks, reason };
}

/** A scenario that calls a tool of the fixture, which the gateway passes on and the workload does not have. */
function calls(check: string, gateway: Expected = passes): Record<Run, Expected> {
    return { fixture: passes, gateway, workload: fails("own tools", check) };
}

/** A scenario of what is no tool, and so nothing of the workload's. */
function beyondTools(check: string, gateway: Expected = passes): Record<Run, Expected> {
    return { fixture: passes, gateway, workload: fails("tools only", check) };
}

const everywhere: Record<Run, Expected> = { fixture: passes, gateway: passes, workload: passes };
const primingChecks = ["server-sse-priming-event", "server-sse-retry-field"];
const pollingSession = "server-sse-polling-session";
const streamsSession = warns("no session", "server-sse-multiple-streams-session");

/** Every scenario of the suite for servers, and what each run of it must come to. */
export const scenarios: Readonly<Record<string, Record<Run, Expected>>> = {
    "server-initialize": everywhere,
    "logging-set-level": beyondTools(
        "logging-set-level",
        fails("no operation", "logging-set-level"),
    ),
    ping: everywhere,
    "completion-complete": beyondTools(
        "completion-complete",
        fails("no operation", "completion-complete"),
    ),
    "tools-list": everywhere,
    "tools-call-simple-text": calls("tools-call-simple-text"),
    "tools-call-image": calls("tools-call-image"),
    "tools-call-audio": calls("tools-call-audio"),
    "tools-call-embedded-resource": calls("tools-call-embedded-resource"),
    "tools-call-mixed-content": calls("tools-call-mixed-content"),
    // It sets the level before it calls.
    "tools-call-with-logging": beyondTools(
        "tools-call-with-logging",
        fails("no operation", "tools-call-with-logging"),
    ),
    "tools-call-error": calls("tools-call-error"),
    "tools-call-with-progress": calls(
        "tools-call-with-progress",
        fails("not streamed", "tools-call-with-progress"),
    ),
    "tools-call-sampling": calls(
        "tools-call-sampling",
        fails("not streamed", "tools-call-sampling"),
    ),
    "tools-call-elicitation": calls(
        "tools-call-elicitation",
        fails("not streamed", "tools-call-elicitation"),
    ),
    "json-schema-2020-12": calls(
        "json-schema-2020-12-tool-found",
        fails("references", "json-schema-2020-12-tool-found"),
    ),
    "elicitation-sep1034-defaults": calls(
        "elicitation-sep1034-general",
        fails("not streamed", "elicitation-sep1034-general"),
    ),
    "server-sse-polling": {
        fixture: warns("old revision", ...primingChecks),
        gateway: warns("no session", pollingSession),
        workload: warns("no session", pollingSession, ...primingChecks),
    },
    "server-sse-multiple-streams": {
        fixture: passes,
        gateway: streamsSession,
        workload: streamsSession,
    },
    "elicitation-sep1330-enums": calls(
        "elicitation-sep1330-general",
        fails("not streamed", "elicitation-sep1330-general"),
    ),
    "resources-list": beyondTools("resources-list"),
    "resources-read-text": beyondTools("resources-read-text"),
    "resources-read-binary": beyondTools("resources-read-binary"),
    "resources-templates-read": beyondTools("resources-templates-read"),
    "resources-subscribe": beyondTools(
        "resources-subscribe",
        fails("no operation", "resources-subscribe"),
    ),
    "resources-unsubscribe": beyondTools(
        "resources-unsubscribe",
        fails("no operation", "resources-unsubscribe"),
    ),
    "prompts-list": beyondTools("prompts-list"),
    "prompts-get-simple": beyondTools("prompts-get-simple"),
    "prompts-get-with-args": beyondTools("prompts-get-with-args"),
    "prompts-get-embedded-resource": beyondTools("prompts-get-embedded-resource"),
    "prompts-get-with-image": beyondTools("prompts-get-with-image"),
    "dns-rebinding-protection": everywhere,
};
