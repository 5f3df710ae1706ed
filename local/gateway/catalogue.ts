import { entriesPerPage, gatewayErrors } from "../../agentcore/mcp";
import { mcpServerErrors, passedErrorCodes } from "../../agentcore/mcpServerTargets";
import { qualifiedToolName, splitToolName } from "../../agentcore/toolSchema";
import type {
    GatewayTargetView,
    GatewayView,
    ListedPrompt,
    ListName,
    LiveRequest,
    McpServerView,
    ServerLists,
} from "./gatewayView";
import { JsonRpcFailure } from "./mcpServerFailure";
import { McpRefusal } from "./refusal";
import { matchesTemplate } from "./uriTemplate";

type Params = Readonly<Record<string, unknown>>;
type Result = Record<string, unknown>;

/** A page of the prompts of all targets, under their qualified names. @throws McpRefusal */
export async function promptsListed(gateway: GatewayView, { cursor }: Params): Promise<Result> {
    const lists = await Promise.all(
        gateway.targets.map(async ({ name: target, server }) => {
            if (server === undefined) return [];
            return (await listOf(gateway, server, "prompts")).map((prompt): ListedPrompt => ({
                ...prompt,
                name: qualifiedToolName(target, prompt.name),
            }));
        }),
    );
    return page(gateway, "prompts", lists.flat(), cursor);
}

/** A page of the resources of all targets, under their servers' own URIs. @throws McpRefusal */
export async function resourcesListed(gateway: GatewayView, { cursor }: Params): Promise<Result> {
    const all = await resolved(gateway, "resources", ({ uri }) => uri);
    return page(gateway, "resources", all, cursor);
}

/** A page of the templates of all targets. @throws McpRefusal */
export async function templatesListed(gateway: GatewayView, { cursor }: Params): Promise<Result> {
    const all = await resolved(gateway, "resourceTemplates", ({ uriTemplate }) => uriTemplate);
    return page(gateway, "resourceTemplates", all, cursor);
}

/** A prompt, asked of its server (gateway-using-mcp-prompts-get page, sure). @throws McpRefusal */
export async function promptGiven(gateway: GatewayView, params: Params): Promise<Result> {
    const { name } = params;
    if (typeof name !== "string") throw invalid("name must be a text");
    const names = splitToolName(name);
    const server = gateway.targets.find((target) => target.name === names?.target)?.server;
    const unknown = new McpRefusal(gatewayErrors.unknownPrompt, name);
    if (names === undefined || server === undefined) throw unknown;
    if (!server.isLive) {
        const kept = await listOf(gateway, server, "prompts");
        if (!kept.some((prompt) => prompt.name === names.tool)) throw unknown;
    }
    const own = { ...withoutEnvelope(params), name: names.tool };
    const given = await asked(gateway, server, { method: "prompts/get", params: own });
    if (given === undefined) throw unknown;
    return given;
}

/** A resource, asked of the server that has it (gateway-using-mcp-resources-read page, sure). @throws McpRefusal */
export async function resourceRead(gateway: GatewayView, params: Params): Promise<Result> {
    const { uri } = params;
    if (typeof uri !== "string") throw invalid("uri must be a text");
    const server = await serverWith(gateway, uri);
    const own = withoutEnvelope(params);
    const read =
        server && (await asked(gateway, server, { method: "resources/read", params: own }));
    if (read === undefined) throw new McpRefusal(gatewayErrors.unknownResource, uri, { uri });
    return read;
}

/** A failure as clients of the gateway are told of it: why, in DEBUG only. */
export function liveFailure({ exceptionLevel }: GatewayView, error: unknown): McpRefusal {
    const isDebug = exceptionLevel === "DEBUG" && error instanceof Error;
    return new McpRefusal(mcpServerErrors.liveFailed, isDebug ? ` ${error.message}` : "");
}

/** Whose list has the URI, or else whose templates it fits. AWS does not say how it finds the latter (inferred). */
async function serverWith(gateway: GatewayView, uri: string): Promise<McpServerView | undefined> {
    const servers = byPriority(gateway);
    for (const server of servers) {
        const resources = await listOf(gateway, server, "resources");
        if (resources.some((resource) => resource.uri === uri)) return server;
    }
    for (const server of servers) {
        const templates = await listOf(gateway, server, "resourceTemplates");
        if (templates.some(({ uriTemplate }) => matchesTemplate(uriTemplate, uri))) return server;
    }
    return undefined;
}

/** The entries of all targets; of several with one key, that of the target that goes first. */
async function resolved<Name extends "resources" | "resourceTemplates">(
    gateway: GatewayView,
    name: Name,
    keyOf: (entry: ServerLists[Name][number]) => string,
): Promise<ServerLists[Name][number][]> {
    const entries = new Map<string, ServerLists[Name][number]>();
    const lists = await Promise.all(
        byPriority(gateway).map((server) => listOf(gateway, server, name)),
    );
    for (const list of lists) {
        for (const entry of list as readonly ServerLists[Name][number][]) {
            if (!entries.has(keyOf(entry))) entries.set(keyOf(entry), entry);
        }
    }
    return [...entries.values()];
}

/** The lowest first (sure); of several that are equal, the oldest (inferred). */
function byPriority({ targets }: GatewayView): McpServerView[] {
    return targets
        .flatMap(({ server }: GatewayTargetView) => server ?? [])
        .sort((one, other) => one.resourcePriority - other.resourcePriority);
}

async function listOf<Name extends ListName>(
    gateway: GatewayView,
    server: McpServerView,
    name: Name,
): Promise<ServerLists[Name]> {
    try {
        return await server.list(name);
    } catch (error) {
        throw liveFailure(gateway, error);
    }
}

async function asked(
    gateway: GatewayView,
    server: McpServerView,
    request: LiveRequest,
): Promise<Result | undefined> {
    try {
        return await server.ask(request);
    } catch (error) {
        if (!(error instanceof JsonRpcFailure) || !passedErrorCodes.includes(error.code)) {
            throw liveFailure(gateway, error);
        }
        const { code, reason } = error;
        throw new McpRefusal({ ...mcpServerErrors.passedOn, code }, reason);
    }
}

/** What the client says of itself is about its hop to the gateway. */
function withoutEnvelope({ _meta, ...params }: Params): Params {
    return params;
}

function page(
    { gatewayId }: GatewayView,
    name: ListName,
    entries: readonly unknown[],
    cursor: unknown,
): Result {
    const cursorAt = (start: number): string =>
        Buffer.from(`${gatewayId}:${name}:${start}`).toString("base64url");
    let start = 0;
    if (cursor !== undefined) {
        while (start < entries.length && (start === 0 || cursorAt(start) !== cursor)) {
            start += entriesPerPage;
        }
        if (start >= entries.length) throw invalid("cursor is not one of this gateway's");
    }
    const end = start + entriesPerPage;
    return {
        [name]: entries.slice(start, end),
        ...(end < entries.length && { nextCursor: cursorAt(end) }),
    };
}

function invalid(reason: string): McpRefusal {
    return new McpRefusal(gatewayErrors.invalidParams, reason);
}
