import { anyAccount } from "../../access/assumption";
import { principalName } from "../../access/explanation";
import type { LayerResult } from "../../access/layers";
import type { InventoryGateway } from "../../access/inventory";
import type { AccessMatrix, Pair } from "../../access/matrix";
import { grantsOf } from "../inventory/configGrants";
import type { NamedStack } from "../inventory/names";
import { isOpen } from "./accessReport";
import { conditionsWords, refusalWords, statementWords, together } from "./accessWords";

/** What AWS has and the project's config does not. */
export interface BeyondConfig {
    kind: "grant" | "gateway" | "target";
    gateway: string;
    target?: string;
    /** Of a grant: the principal's name, the ARN of an account, or `*`. */
    principal?: string;
    /** Of a grant: by which statement of the gateway's policy. */
    statement?: NonNullable<LayerResult["statement"]>;
    text: string;
}

/**
 * What a project's config does not have: principals whom gateways' policies let in, targets, and gateways in the accounts
 * of its stacks. Whom their own policies alone allow are the account's own concern.
 */
export function beyondConfig(matrix: AccessMatrix, stacks: readonly NamedStack[]): BeyondConfig[] {
    const { gateways } = matrix.inventory;
    const pairs = pairsOf(matrix);
    return gateways.flatMap((gateway) =>
        gateway.configName === undefined
            ? strangeGateway(gateway, stacks)
            : [
                  ...strangeTargets(gateway, stacks),
                  ...strangeGrants(gateway, pairs.get(gateway) ?? [], stacks),
              ],
    );
}

function pairsOf({ pairs }: AccessMatrix): ReadonlyMap<InventoryGateway, Pair[]> {
    const byGateway = new Map<InventoryGateway, Pair[]>();
    for (const pair of pairs) {
        const known = byGateway.get(pair.gateway);
        if (known === undefined) byGateway.set(pair.gateway, [pair]);
        else known.push(pair);
    }
    return byGateway;
}

function strangeGateway(
    { name, arn, accountId, region }: InventoryGateway,
    stacks: readonly NamedStack[],
): BeyondConfig[] {
    const isOurs = stacks.some(({ settings }) => settings.accountId === accountId);
    if (!isOurs || stacks.some((stack) => refersTo(stack, arn))) return [];
    const text = `not in config: gateway ${name} (account ${accountId}, ${region})`;
    return [{ kind: "gateway", gateway: name, text }];
}

/** Whether a spoke knows another project's gateway by its ARN. */
function refersTo({ settings }: NamedStack, gatewayArn: string): boolean {
    if (settings.role !== "consumer") return false;
    return Object.values(settings.hubs).some(
        (hub) =>
            hub.kind === "gateways" &&
            Object.values(hub.gateways).some(({ arn }) => arn === gatewayArn),
    );
}

function strangeTargets(
    { name: gateway, stack, configName = "", targets }: InventoryGateway,
    stacks: readonly NamedStack[],
): BeyondConfig[] {
    const { settings } = stacks.find(({ name }) => name === stack) ?? {};
    const known = settings?.role === "provider" ? settings.gateways[configName]?.targets : {};
    return targets
        .filter(({ name }) => known === undefined || !Object.hasOwn(known, name))
        .map(({ name: target }) => ({
            ...{ kind: "target", gateway, target },
            text: `not in config: target ${target} of gateway ${gateway}`,
        }));
}

/** A pair that the gateway's policy lets in, and how. */
interface LetIn {
    pair: Pair;
    by: LayerResult & { statement: NonNullable<LayerResult["statement"]> };
}

function strangeGrants(
    gateway: InventoryGateway,
    pairs: readonly Pair[],
    stacks: readonly NamedStack[],
): BeyondConfig[] {
    const granted = grantsOf(stacks).filter(
        ({ hub, configName }) => hub.name === gateway.stack && configName === gateway.configName,
    );
    const arns = new Set(granted.map(({ arn }) => arn));
    const accounts = new Set(
        granted.flatMap(({ account, accountId }) => (account === undefined ? [] : accountId)),
    );
    const others = pairs.filter(
        ({ principal: { principal } }) =>
            !arns.has(principalName(principal)) &&
            !(principal.type !== "service" && accounts.has(principal.accountId)),
    );
    const letIn = others.flatMap(letInBy);
    // An account has no row of its own where its roles have theirs.
    const isAnyone = others
        .filter(isOne)
        .every((pair) =>
            letIn.some((one) => one.pair === pair && one.by.principalMatch === "anyone"),
        );
    const found = new Map<string, BeyondConfig>();
    for (const one of letIn) {
        const who = whoOf(one, isAnyone);
        if (who === undefined) continue;
        const key = `${who} ${one.by.statement.index}`;
        // Of an account one that may call says more than one that may not.
        if (!found.has(key) || isOpen(one.pair)) found.set(key, grantOf(who, one));
    }
    return [...found.values()];
}

function isOne({ principal: { principal } }: Pair): boolean {
    return principal.type === "role-session" || principal.type === "user";
}

function letInBy(pair: Pair): LetIn[] {
    return pair.decision.layers.flatMap(({ statement, ...layer }) =>
        layer.layer === "resource" && layer.decision === "allow" && statement !== undefined
            ? [{ pair, by: { ...layer, statement } }]
            : [],
    );
}

/** Whom the statement names; `undefined` where that is said of another row. */
function whoOf({ pair, by }: LetIn, isAnyone: boolean): string | undefined {
    const { name, principal } = pair.principal;
    if (by.principalMatch === "account" && principal.type !== "service") {
        const partition = pair.gateway.arn.split(":", 2)[1] ?? "aws";
        return `arn:${partition}:iam::${principal.accountId}:root`;
    }
    if (by.principalMatch !== "anyone") return name;
    if (isAnyone) return "*";
    // With a condition on who it is, `*` alone says nothing.
    return principal.type === "root" && principal.accountId === anyAccount ? undefined : name;
}

function grantOf(principal: string, { pair, by }: LetIn): BeyondConfig {
    const { gateway, on, decision } = pair;
    const who = principal === "*" ? "anyone" : principal;
    const statement = statementWords({ ...by, layer: "resource" }).replace(/^.*: /, "");
    const conditions = together(conditionsWords(on, decision));
    const text = isOpen(pair)
        ? `${who} may call tools of gateway ${gateway.name} by its policy, ${statement}${conditions === "" ? "" : ` (${conditions})`}`
        : `${who} is let in by the policy of gateway ${gateway.name}, ${statement}; ${refusalWords(decision)}`;
    return {
        ...{ kind: "grant", gateway: gateway.name, principal, statement: by.statement },
        text: `not in config: ${text}`,
    };
}
