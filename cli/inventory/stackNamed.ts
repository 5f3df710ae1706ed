import { parsePolicyDocument } from "../../access";
import { anyAccount } from "../../access/assumption";
import type { CompiledStatement } from "../../access/compiledStatement";
import { principalName } from "../../access/explanation";
import type { InventoryGateway, InventoryPrincipal } from "../../access/inventory";
import { invokeGateway } from "../../access/matrix";
import { isExactPrincipalArn } from "../../agentcore/arn";
import { unreadRole } from "./stackPrincipals";

/** Those whom gateways' policies let in and nothing else is read of: by hand, whole accounts, anyone. */
export function namedByPolicies(
    gateways: readonly InventoryGateway[],
    known: readonly InventoryPrincipal[],
): InventoryPrincipal[] {
    const names = new Set(known.map(({ principal }) => principalName(principal)));
    const ids = new Set(
        known.flatMap(({ principal }) =>
            principal.type === "role-session" ? principal.roleId : [],
        ),
    );
    const named = new Map<string, InventoryPrincipal>();
    for (const { resourcePolicy } of gateways) {
        if (resourcePolicy === undefined) continue;
        const { statements } = parsePolicyDocument(resourcePolicy.document, "resource");
        for (const principal of statements.filter(letsIn).flatMap(principalsIn)) {
            const name = principalName(principal.principal);
            const isKnown = names.has(name) || names.has(principal.name);
            if (!isKnown && !ids.has(principal.name)) named.set(name, principal);
        }
    }
    return [...named.values()];
}

/** Whoever an account lets. */
export function wholeAccount(accountId: string, partition: string): InventoryPrincipal {
    return {
        name: `arn:${partition}:iam::${accountId}:root`,
        ...{ kind: "other", identity: [], unknownPolicies: ofMany },
        principal: { type: "root", accountId, partition },
    };
}

function letsIn({ effect, action }: CompiledStatement): boolean {
    return effect === "Allow" && action.matches(invokeGateway.toLowerCase());
}

function principalsIn({ principal, conditions }: CompiledStatement): InventoryPrincipal[] {
    if (principal === undefined) return [];
    const { negated, element } = principal;
    // NotPrincipal lets in whomever it does not name.
    if (negated) return [anyone];
    const partition =
        element.written.find((one) => one.startsWith("arn:"))?.split(":", 2)[1] ?? "aws";
    const inConditions = conditions
        .filter(({ operator, key }) => equals.test(operator) && principalArn.test(key))
        .flatMap(({ values }) => values.filter(isExactPrincipalArn));
    return [
        ...(element.anyone ? [anyone] : []),
        ...[...element.accounts].map((accountId) => wholeAccount(accountId, partition)),
        ...[...element.principals, ...inConditions].filter(isExactPrincipalArn).map(byArn),
        ...[...element.sessions].flatMap(roleOfSession),
        ...[...element.services].map((service) => ofService(service)),
    ];
}

const equals = /^(?:ForAnyValue:)?(?:Arn|String)(?:Equals|Like)(?:IgnoreCase)?$/;
const principalArn = /^aws:PrincipalArn$/i;

/** Its principals are many; what their own policies say is not known. */
const ofMany = ["the policies of its principals"];
const anyone: InventoryPrincipal = {
    ...{ name: "*", kind: "other", identity: [], unknownPolicies: ofMany },
    principal: { type: "root", accountId: anyAccount },
};

function ofService(service: string): InventoryPrincipal {
    // A service has no policies of its own.
    return {
        ...{ name: service, kind: "other", identity: [], unknownPolicies: [] },
        principal: { type: "service", service },
    };
}

function byArn(arn: string): InventoryPrincipal {
    const [, , , , accountId = "", resource = ""] = arn.split(":");
    if (!resource.startsWith("user/")) return unreadRole({ arn });
    return {
        ...{ name: arn, kind: "other", identity: [], unknownPolicies: ["its own policies"] },
        principal: { type: "user", accountId, userArn: arn, userId: "AIDAUNREAD" },
    };
}

/** A session is named by its role's name, without its path. */
function roleOfSession(session: string): InventoryPrincipal[] {
    const [, partition, account, role] =
        /^arn:([^:]+):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(session) ?? [];
    if (partition === undefined) return [];
    return [unreadRole({ arn: `arn:${partition}:iam::${account ?? ""}:role/${role ?? ""}` })];
}
