import type { OpenCondition } from "../../access/openConditions";
import type { LayerResult } from "../../access/layers";
import type { BeyondConfig } from "./accessBeyond";
import type { AccessReport, ReportCell, ReportGateway, ReportPrincipal } from "./accessReport";

/** The version of the shape of `hub access --json`; a new one where a reader of the old one would err. */
export const accessJsonVersion = 1;

/**
 * The report for other programs, as docs/access.md describes it: sorted by name, a line for each target and for each
 * principal at a gateway. Tools stand with their gateway only, because who may call a gateway may call all that it gets
 * to.
 */
export function accessJson(report: AccessReport): string {
    const { answer, source, scope, unread, hidden, notInConfig, gateways, principals } = report;
    const complete = unread.length === 0;
    const head = { version: accessJsonVersion, answer, source, scope, complete };
    const facts = Object.entries({ ...head, unread, hidden }).map(
        ([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`,
    );
    return `{\n${[
        ...facts,
        `  "notInConfig": ${listText(notInConfig.map(beyondText), "  ")}`,
        `  "gateways": ${listText(gateways.map(gatewayText), "  ")}`,
        `  "principals": ${listText(principals.map(principalText), "  ")}`,
    ].join(",\n")}\n}\n`;
}

function gatewayText({ name, gateway, targets, remarks }: ReportGateway): string {
    const { accountId, region, authorizerType, policyEngine } = gateway ?? {};
    const about = {
        ...{ name, stack: gateway?.stack, account: accountId, region, arn: gateway?.arn },
        ...{ authorizer: authorizerType, policyEngine, remarks },
    };
    const written = targets.map(({ on, ...target }) => JSON.stringify({ ...target, on: onOf(on) }));
    return objectText(about, "targets", written);
}

function principalText({
    cells,
    accountId,
    name,
    kind,
    stack,
    role,
    arn,
}: ReportPrincipal): string {
    const about = { name, kind, stack, role, account: accountId, arn };
    return objectText(about, "access", cells.map(cellText));
}

function cellText(cell: ReportCell): string {
    const { gateway, access, conditions, on, reason, grantedBy, places } = cell;
    return JSON.stringify({
        ...{ gateway, access, reason },
        ...(access === "conditional" && { conditions, on: onOf(on) }),
        ...(grantedBy.length > 0 && { grantedBy: grantedBy.map(grantOf) }),
        ...(places.length > 0 && { places }),
    });
}

function beyondText({ statement, ...rest }: BeyondConfig): string {
    return JSON.stringify({ ...rest, ...statement });
}

function grantOf({ layer, statement, principalMatch }: LayerResult): object {
    return { layer, ...statement, principalMatch };
}

/** A condition as it is written, beside its words. */
function onOf(on: readonly OpenCondition[]): object[] {
    return on.map((condition) => {
        if (!("statement" in condition)) return condition;
        const { statement, ...rest } = condition;
        return { ...rest, ...statement };
    });
}

/** An object on one line, but for a list that has a line for each element. */
function objectText(about: object, list: string, elements: readonly string[]): string {
    const head = JSON.stringify(about).slice(1, -1);
    return `{ ${head},\n      ${JSON.stringify(list)}: ${listText(elements, "      ")} }`;
}

function listText(elements: readonly string[], indent: string): string {
    if (elements.length === 0) return "[]";
    return `[\n${elements.map((element) => `${indent}  ${element}`).join(",\n")}\n${indent}]`;
}
