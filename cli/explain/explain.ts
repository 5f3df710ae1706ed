import { MalformedPolicy, parsePolicyDocument } from "../../access";
import type { Inventory } from "../../access/inventory";
import { accessMatrix, asksPolicies } from "../../access/matrix";
import { readProject, type Project } from "../../engine/stacks";
import type { Connection } from "../../local/connection";
import type { LoggedRequest } from "../../local/services/requestLog";
import { exitCode } from "../exitCode";
import { InvalidOptions } from "../invalidOptions";
import { requireConnection } from "../localGateway";
import { readOptionFile } from "../optionFiles";
import type { ChangeWorld } from "./explainChanges";
import { gatewayOf, principalOf, toolOf } from "./explainNames";
import { questionOfPair, questionOfRequest, type PairOptions } from "./explainQuestion";
import { widest } from "./explainLayout";
import { explainReport, type ExplainReport } from "./explainReport";
import { answerLine, explainText } from "./explainText";
import { readInventory, type SourceInventory, type SourceOptions } from "../inventory/source";

/** Options of `hub explain`. */
export interface ExplainOptions extends SourceOptions {
    principal?: string;
    gateway?: string;
    tool?: string;
    /** `key=value`; several of one key are its values. */
    context?: readonly string[];
    /** A file with a session policy. */
    sessionPolicy?: string;
    expect?: string;
}

/** What a question is answered from. */
export interface ExplainSource {
    inventory: Inventory;
    project?: Pick<Project, "folder" | "stacks">;
    source?: SourceInventory["source"];
}

/** `hub explain`: why a request of the local cloud, or a principal at a gateway, gets what it gets. */
export async function hubExplain(
    requestId: string | undefined,
    options: ExplainOptions,
): Promise<number> {
    const { expect, json } = options;
    if (expect !== undefined && expect !== "allow" && expect !== "deny") {
        throw new InvalidOptions(`--expect: got ${expect}; must be allow or deny`);
    }
    const report =
        requestId === undefined
            ? explainPair(await inventoryOf(options), options)
            : await explainLogged(requestId, options);
    const { isTTY, columns } = process.stdout;
    process.stdout.write(
        json === true
            ? `${JSON.stringify(report)}\n`
            : `${explainText(report, isTTY ? columns : widest)}\n`,
    );
    if (expect === undefined) {
        return report.answer === "refused" ? exitCode.no : exitCode.yes;
    }
    const got = { allowed: "allow", refused: "deny", conditional: "depends" }[report.answer];
    if (got === expect) return exitCode.yes;
    process.stderr.write(`hub: expected ${expect}, and got: ${answerLine(report)}\n`);
    return exitCode.no;
}

async function inventoryOf(options: ExplainOptions): Promise<SourceInventory> {
    const read = await readInventory(options);
    for (const line of read.inventory.unread) process.stderr.write(`hub: not read: ${line}\n`);
    return read;
}

/**
 * Explains a principal's access to a gateway.
 *
 * @throws InvalidOptions for names that are not there.
 */
export function explainPair(source: ExplainSource, options: ExplainOptions): ExplainReport {
    const { inventory, project } = source;
    const principal = principalOf(inventory, options.principal);
    const gateway = gatewayOf(inventory, options.gateway);
    if (!asksPolicies(gateway)) {
        throw new InvalidOptions(
            `--gateway: got ${gateway.name}, whose authorizer is ${gateway.authorizerType}; must be one of AWS_IAM: of others no policy decides who may call`,
        );
    }
    const tool = options.tool === undefined ? undefined : toolOf(gateway, options.tool);
    const context = contextOf(options.context ?? []);
    const { sessionPolicy: file } = options;
    const question = questionOfPair(inventory, principal, gateway, {
        context,
        ...(tool !== undefined && { tool }),
        ...(file !== undefined && { sessionPolicy: sessionPolicyIn(file) }),
    });
    return explainReport(question, worldOf(project, inventory, source.source === "local"));
}

/** @throws InvalidOptions for a file that is none, or none of a policy that AWS takes. */
function sessionPolicyIn(file: string): NonNullable<PairOptions["sessionPolicy"]> {
    const document = readOptionFile("--session-policy", file);
    try {
        parsePolicyDocument(document, "identity");
    } catch (error) {
        if (!(error instanceof MalformedPolicy)) throw error;
        throw new InvalidOptions(`--session-policy: ${file}: ${error.message}`);
    }
    return { name: file, document };
}

async function explainLogged(requestId: string, options: ExplainOptions): Promise<ExplainReport> {
    for (const name of ["principal", "gateway", "tool", "context", "sessionPolicy"] as const) {
        const { length } = [options[name] ?? []].flat();
        if (length === 0) continue;
        throw new InvalidOptions(
            `got a request id and --${name.replace(/[A-Z]/g, (one) => `-${one.toLowerCase()}`)}; a request has its own`,
        );
    }
    const logged = await loggedRequest(requireConnection(options), requestId);
    const project = projectHere();
    return explainRequest(logged, project, await inventoryFor(logged, options));
}

/** Explains a request of the log. */
export function explainRequest(
    logged: LoggedRequest,
    project: ExplainSource["project"],
    inventory?: Inventory,
): ExplainReport {
    const question = questionOfRequest(logged, project?.stacks ?? []);
    return explainReport(question, worldOf(project, inventory, true));
}

/** Only where a change behind the gateway is proposed, is it asked who gains. */
async function inventoryFor(
    logged: LoggedRequest,
    { stateFolder }: ExplainOptions,
): Promise<Inventory | undefined> {
    const [first, ...behind] = [logged, ...logged.calls].flatMap(({ decisions }) => decisions);
    const isLetIn = logged.service === "gateway" && first?.decision === "allow";
    if (!isLetIn || behind.every(({ decision }) => decision === "allow")) return undefined;
    try {
        const folder = stateFolder === undefined ? {} : { stateFolder };
        return (await readInventory({ local: true, ...folder })).inventory;
    } catch (error) {
        // The explanation is as good without.
        process.stderr.write(`hub: who gains by a change is not known: ${String(error)}\n`);
        return undefined;
    }
}

function worldOf(
    project: ExplainSource["project"],
    inventory: Inventory | undefined,
    isLocal: boolean,
): ChangeWorld {
    return {
        isLocal,
        ...(project !== undefined && { project }),
        ...(inventory !== undefined && {
            letIn: (arn: string) => letInBy(inventory, arn),
        }),
    };
}

/** Whom a gateway lets in. */
function letInBy(inventory: Inventory, gatewayArn: string): string[] {
    const gateways = inventory.gateways.filter(({ arn }) => arn === gatewayArn);
    return accessMatrix({ ...inventory, gateways })
        .pairs.filter(({ access }) => access !== "refused")
        .map(({ principal }) => principal.name);
}

async function loggedRequest(
    { url, token }: Connection,
    requestId: string,
): Promise<LoggedRequest> {
    const ask = async (path: string): Promise<Response> =>
        fetch(`${url}/_hub${path}`, { headers: { "x-hub-token": token } });
    const response = await ask(`/requests/${encodeURIComponent(requestId)}`);
    if (response.ok) return (await response.json()) as LoggedRequest;
    await response.body?.cancel();
    const last = (await (await ask("/requests")).json()) as { requestId: string }[];
    const ids = last.slice(0, 3).map((one) => one.requestId);
    throw new InvalidOptions(
        `request id: got ${requestId}; must be one of the local cloud's last 1000${ids.length === 0 ? ", which has had none" : `; the newest: ${ids.join(", ")}`}`,
    );
}

/** The program in this folder; a request can be explained without one. */
function projectHere(): Project | undefined {
    try {
        return readProject(process.cwd());
    } catch {
        return undefined;
    }
}

function contextOf(given: readonly string[]): NonNullable<PairOptions["context"]> {
    const context: Record<string, string[]> = {};
    for (const one of given) {
        const [, key, value] = /^([\w-]+:[^=]+)=(.*)$/s.exec(one) ?? [];
        if (key === undefined || value === undefined) {
            throw new InvalidOptions(
                `--context: got ${one}; must be key=value, such as aws:SourceIp=10.0.0.1`,
            );
        }
        (context[key] ??= []).push(value);
    }
    return Object.fromEntries(
        Object.entries(context).map(([key, values]) => [
            key,
            values.length === 1 ? (values[0] ?? "") : values,
        ]),
    );
}
