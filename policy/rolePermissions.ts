import { anySessionOf, evaluate } from "../access";
import { isGatewayArn } from "../agentcore/arn";
import { readDocument, statementsOf, type PlacedStatement } from "./documents";
import { targetPermissions } from "./gatewayPermissions";
import { logPermission } from "./logGroups";
import type { Permission, Purpose } from "./permission";
import { unknown } from "./resource";
import type { Role } from "./roles";
import { oneOf, several, undecided, violation, type Finding } from "./rules/rule";
import { codePermission, invokeModels, unscopedPermissions } from "./runtimePermissions";
import type { StackView } from "./stackView";

/** What a role has beyond its permissions; `unlisted` is an action that is none of them. */
export interface Excess extends Finding {
    purpose: Purpose | "unlisted";
}

/** What a role needs for all that uses it; what calls gateways and is nobody's is a caller's. */
export function permissionsOf(stack: StackView, role: Role): Permission[] {
    const workers = stack.workersOf(role);
    if (workers.length === 0) return [invokeGateways];
    return workers.flatMap((worker) => {
        switch (worker.kind) {
            case "gateway":
                return targetPermissions(stack, worker);
            case "function":
                return [logPermission(stack, worker)];
            case "runtime":
                return [
                    codePermission(worker),
                    logPermission(stack, worker),
                    invokeGateways,
                    invokeModels,
                    ...unscopedPermissions,
                ];
        }
    });
}

const invokeGateways: Permission = {
    purpose: "gateways",
    actions: ["bedrock-agentcore:InvokeGateway"],
    covers: isGatewayArn,
    must: "exact ARNs of gateways",
};

/** All that the policies of a role allow beyond its permissions. */
export function excessOf(
    stack: StackView,
    role: Role,
    allowedActions: readonly string[] = [],
    permissions: readonly Permission[] = permissionsOf(stack, role),
): Excess[] {
    const ignored = new Set(allowedActions.map((action) => action.toLowerCase()));
    return stack
        .documentsOf(role)
        .flatMap((document) => statementsOf(document))
        .flatMap((placed) => excessOfStatement(placed, permissions, ignored));
}

function excessOfStatement(
    placed: PlacedStatement,
    permissions: readonly Permission[],
    ignored: ReadonlySet<string>,
): Excess[] {
    const { statement, document, place } = placed;
    const { action } = statement;
    const unlisted = (got: string): Excess => ({
        ...violation(document.urn, `${place}.${action.name}`, {
            got,
            must: oneOf(permissions.flatMap(({ actions }) => actions)),
            instead:
                "write out those that are needed; what is needed besides goes into this rule's allowedActions",
        }),
        purpose: "unlisted",
    });
    if (action.name === "NotAction") return [unlisted(`all but ${several(action.written)}`)];
    return action.written.flatMap((written) => {
        const lower = written.toLowerCase();
        if (ignored.has(lower)) return [];
        const fitting = permissions.filter(({ actions }) =>
            actions.some((one) => one.toLowerCase() === lower),
        );
        if (fitting.length === 0) return [unlisted(written)];
        return excessResources(placed, fitting);
    });
}

function excessResources(
    { statement, document, place }: PlacedStatement,
    permissions: readonly Permission[],
): Excess[] {
    const { resource } = statement;
    const { purpose } = permissions[0] as Permission;
    const must = permissions.map((permission) => permission.must).join(", or ");
    const instead = `write that for ${several(statement.action.written)}`;
    const path = `${place}.${resource?.name ?? "Resource"}`;
    if (resource === undefined || resource.name === "NotResource") {
        const got = `all but ${several(resource?.written ?? [])}`;
        return [{ ...violation(document.urn, path, { got, must, instead }), purpose }];
    }
    return resource.written.flatMap((written): Excess[] => {
        const answers = permissions.map(({ covers }) => covers(written, statement));
        if (answers.includes(true)) return [];
        if (answers.includes(undefined)) return [{ ...undecided(document.urn, path), purpose }];
        return [{ ...violation(document.urn, path, { got: written, must, instead }), purpose }];
    });
}

/** Those of some actions on resources that the policies of a role do not allow; `undefined` where one is not known yet. */
export function missingOf(
    stack: StackView,
    role: Role,
    needs: readonly (readonly [action: string, resource: string])[],
): (readonly [action: string, resource: string])[] | undefined {
    if (stack.hasPoliciesOfUnknownRoles) return undefined;
    const documents = stack.documentsOf(role);
    const read = documents.map((document) => readDocument(document));
    if (read.some(({ state }) => state === "unknown")) return undefined;
    // What another's policy allows is not known; that it is there is for another rule to say.
    const managed = stack.managedPoliciesOf(role);
    if (managed.some(({ policy }) => policy === undefined)) {
        return managed.some(({ arn }) => arn === unknown) ? undefined : [];
    }
    const identity = read.flatMap((one, index) =>
        one.state === "read" ? [{ name: `policy ${index}`, document: one.text }] : [],
    );
    // Whose the account is makes no difference to a role's own policies.
    const accountId = stack.accountOf(role.resource) ?? "111122223333";
    const arn = typeof role.arn === "string" ? role.arn : `arn:aws:iam::${accountId}:role/asked`;
    const principal = anySessionOf(arn);
    return needs.filter(([action, resource]) => {
        const request = { principal, action, resource, resourceAccountId: accountId };
        return evaluate(request, { identity }).decision !== "allow";
    });
}
