import type { AccessMatrix, Pair } from "../../access/matrix";
import { toolsOf } from "../../access/matrix";
import type { InventoryGateway, InventoryPrincipal } from "../../access/inventory";
import { decideOpen } from "../../access/openDecision";
import { callQuestion } from "../../access/targetReach";
import { toolNameSeparator } from "../../agentcore/toolSchema";
import { conditionsWords, together } from "../access/accessWords";

/** What a case is about, for people. */
export type CaseKind =
    | "allowed"
    | "ungranted role"
    | "other spoke"
    | "revoked role"
    | "unsigned"
    | "wrong region"
    | "wrong service"
    | "expired session"
    | "around the gateway"
    | "agent";

/** A call that only reads, as config gives it as a tool's example. */
export interface ExampleCall {
    /** `<target>___<tool>` */
    tool: string;
    arguments: Readonly<Record<string, unknown>>;
}

/** What a gateway shows to whom it lets in. */
export interface ListedTools {
    /** Must be listed. */
    must: readonly string[];
    /** May be listed: the gateway does not get to their targets, or only the target knows them (`<target>___*`). */
    may: readonly string[];
}

/** One call, or a few, and how they must come out. */
export interface VerifyCase {
    /** Unique. */
    name: string;
    kind: CaseKind;
    /** Whom the program lets in or not; none where it is about the signature alone. */
    principal?: string;
    /** Whose sessions it may be asked with, the first that there are credentials for. */
    as: readonly string[];
    gateway: string;
    /** The target whose runtime is called around the gateway. */
    target?: string;
    expect: "allow" | "refuse";
    tools?: ListedTools;
    calls?: readonly ExampleCall[];
    /** Why it is not asked. */
    skip?: string;
}

/** What the cases are made from. */
export interface CasesOf {
    matrix: AccessMatrix;
    examples: (gateway: InventoryGateway) => readonly ExampleCall[];
    /** Whether an agent's config names a gateway: of others it knows nothing. */
    agentUses: (agent: InventoryPrincipal, gateway: InventoryGateway) => boolean;
    /** Whether the committed lock has a pair as allowed. */
    wasAllowed: (principal: string, gateway: InventoryGateway) => boolean;
    /** Only the local cloud makes sessions that have expired: AWS's last 15 minutes at least. */
    expiredSessions: boolean;
}

/** The cases that prove a program's trust boundary, gateway by gateway. */
export function verifyCases(of: CasesOf): VerifyCase[] {
    const { matrix } = of;
    const pending = matrix.pending.map(({ principal, gateway, reason }): VerifyCase => ({
        name: `${principal} → ${gateway}: pending`,
        ...{ kind: "allowed", principal, as: [principal], gateway, expect: "allow" },
        skip: `pending: ${reason}`,
    }));
    return [...matrix.inventory.gateways.flatMap((gateway) => casesOf(gateway, of)), ...pending];
}

function casesOf(gateway: InventoryGateway, of: CasesOf): VerifyCase[] {
    const { matrix } = of;
    const pairs = matrix.pairs.filter(
        (pair) => pair.gateway === gateway && isOfConfig(pair.principal),
    );
    const isPending = ({ principal }: Pair) =>
        matrix.pending.some(
            (one) => one.principal === principal.name && one.gateway === gateway.name,
        );
    const cases = [
        ...pairs.filter((pair) => !isPending(pair)).map((pair) => pairCase(pair, pairs, of)),
        ...signatureCases(gateway, pairs, of),
        ...aroundCases(gateway, pairs, of),
    ];
    if (gateway.authorizerType === "AWS_IAM") return cases;
    const skip = `the gateway is of ${gateway.authorizerType}: IAM does not decide`;
    return cases.map((one) => ({ ...one, skip }));
}

/** Roles that config names: of others there is no profile to call with. */
function isOfConfig({ kind, stack, role }: InventoryPrincipal): boolean {
    const isNamed = stack !== undefined && role !== undefined;
    return isNamed && (kind === "caller" || kind === "agent" || kind === "operator");
}

function pairCase(pair: Pair, pairs: readonly Pair[], of: CasesOf): VerifyCase {
    const { principal, gateway, access, on } = pair;
    const isAgent = principal.kind === "agent";
    const name = `${principal.name} → ${gateway.name}`;
    const common = { name, principal: principal.name, gateway: gateway.name, as: [principal.name] };
    const agent = isAgent ? agentPart(pair, of) : undefined;
    if (access === "refused") {
        const kind = isAgent ? "agent" : whyRefused(pair, pairs, of);
        return { ...common, kind, expect: "refuse", ...agent };
    }
    return {
        ...common,
        kind: isAgent ? "agent" : "allowed",
        expect: "allow",
        tools: listedTools(pair, of),
        calls: callsOf(pair, of),
        ...agent,
        ...(access === "conditional" && { skip: `allowed only ${together(conditionsWords(on))}` }),
    };
}

/** An agent is asked in words: without a tool to name there is nothing to ask it for. */
function agentPart(pair: Pair, of: CasesOf): Partial<VerifyCase> {
    const { principal, gateway } = pair;
    if (!of.agentUses(principal, gateway)) {
        return { skip: `the agent's config does not name ${gateway.name}, so it never calls it` };
    }
    const calls = of.examples(gateway);
    if (calls.length === 0) {
        return { skip: `no tool of ${gateway.name} has an example with readOnly: true to ask for` };
    }
    return { calls: pair.access === "refused" ? calls : callsOf(pair, of) };
}

function whyRefused(
    { principal, gateway }: Pair,
    pairs: readonly Pair[],
    { wasAllowed }: CasesOf,
): CaseKind {
    if (wasAllowed(principal.name, gateway)) return "revoked role";
    const isOfGrantedStack = pairs.some(
        (pair) => pair.access !== "refused" && pair.principal.stack === principal.stack,
    );
    return isOfGrantedStack || principal.stack === gateway.stack ? "ungranted role" : "other spoke";
}

function listedTools(pair: Pair, { matrix }: CasesOf): ListedTools {
    const tools = toolsOf(matrix, pair);
    const isKnown = (name: string) => !name.endsWith(`${toolNameSeparator}*`);
    const must = tools.filter(({ name, access }) => access === "allowed" && isKnown(name));
    return {
        must: must.map(({ name }) => name),
        may: tools.filter((tool) => !must.includes(tool)).map(({ name }) => name),
    };
}

function callsOf(pair: Pair, of: CasesOf): readonly ExampleCall[] {
    const refused = toolsOf(of.matrix, pair).filter(({ access }) => access !== "allowed");
    const isRefused = (tool: string) =>
        refused.some(({ name }) => name === tool || isOfTarget(tool, name));
    return of.examples(pair.gateway).filter(({ tool }) => !isRefused(tool));
}

/** Whether a tool is one that `<target>___*` stands for. */
export function isOfTarget(tool: string, pattern: string): boolean {
    const anyTool = `${toolNameSeparator}*`;
    return pattern.endsWith(anyTool) && tool.startsWith(pattern.slice(0, -1));
}

/** Requests that no policy is asked about: they are refused by their signature, whoever makes them. */
function signatureCases(
    gateway: InventoryGateway,
    pairs: readonly Pair[],
    { expiredSessions }: CasesOf,
): VerifyCase[] {
    const kinds: readonly CaseKind[] = [
        "unsigned",
        "wrong region",
        "wrong service",
        ...(expiredSessions ? ["expired session" as const] : []),
    ];
    // Whom the gateway lets in otherwise: what refuses them here is the signature.
    const as = pairs
        .filter(({ access, principal }) => access === "allowed" && principal.kind === "caller")
        .map(({ principal }) => principal.name);
    return kinds.map((kind) => ({
        name: `${kind} → ${gateway.name}`,
        ...{ kind, as: kind === "unsigned" ? [] : as, gateway: gateway.name, expect: "refuse" },
        ...(kind !== "unsigned" && as.length === 0 && { skip: "no caller is allowed otherwise" }),
    }));
}

/** InvokeAgentRuntime on what is behind the gateway, as each caller. */
function aroundCases(
    gateway: InventoryGateway,
    pairs: readonly Pair[],
    { matrix }: CasesOf,
): VerifyCase[] {
    const accounts = new Map(matrix.inventory.accounts.map((account) => [account.id, account]));
    return gateway.targets.flatMap((target) => {
        const calls = target.calls.filter(({ action }) => action === invokeRuntime);
        if (calls.length === 0) return [];
        const callers = pairs.filter(({ principal }) => principal.kind === "caller");
        return callers.map(({ principal }): VerifyCase => {
            const isRefused = calls.some((call) => {
                const { request, policies } = callQuestion(call, principal, accounts);
                const unread = { identity: principal.unknownPolicies };
                const { access } = decideOpen(request, policies, unread);
                return access === "refused";
            });
            return {
                name: `${principal.name} → ${target.name}, around ${gateway.name}`,
                ...{ kind: "around the gateway", principal: principal.name, as: [principal.name] },
                ...{ gateway: gateway.name, target: target.name, expect: "refuse" },
                ...(!isRefused && {
                    skip: `the program's policies do not refuse ${principal.name} the runtime itself`,
                }),
            };
        });
    });
}

const invokeRuntime = "bedrock-agentcore:InvokeAgentRuntime";
