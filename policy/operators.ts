import { statementsOf, type PlacedStatement } from "./documents";
import {
    operatorActionNames,
    operatorMarks,
    operatorPermissions,
    type OperatorScope,
} from "./operatorPermissions";
import type { Permission } from "./permission";
import type { StackResource } from "./resource";
import type { Role } from "./roles";
import type { StackView } from "./stackView";

/**
 * Whether people or other roles take a role on that has operators' actions, each written out. What is written with a
 * wildcard makes no operator: it is judged as a caller's, and found.
 */
export function hasOperatorActions(stack: StackView, role: Role): boolean {
    return isOfPeople(stack, role) && marksOf(stack, role).length > 0;
}

/** Whether a role is an operator's, and does not call besides. */
export function isOperator(stack: StackView, role: Role): boolean {
    return (
        hasOperatorActions(stack, role) &&
        !allowed(stack, role).some(({ statement }) => statement.action.matches(invokeGateway))
    );
}

/** What an operator's role of a stack is for. */
export function permissionsOfOperator(stack: StackView, { resource }: Role): Permission[] {
    return operatorPermissions(
        scopeOf(stack, resource),
        stack.gateways.map((gateway) => gateway.resource.props[gateway.roleProperty]),
    );
}

/** Whether a statement is of operators' actions alone, each written out; what they are allowed on is judged elsewhere. */
export function isOfOperators({ statement: { action } }: PlacedStatement): boolean {
    return (
        action.name === "Action" &&
        action.written.every((written) => operatorActionNames.has(written.toLowerCase()))
    );
}

/** Whether a pattern is how operators' actions name what they are allowed on: all of a kind, in one account and region. */
export function isOfOperatorsResource(
    stack: StackView,
    placed: PlacedStatement,
    written: string,
): boolean {
    if (!isOfOperators(placed)) return false;
    const { document, statement } = placed;
    const resource = stack.byUrn(document.urn);
    const permissions = operatorPermissions(
        resource === undefined ? {} : scopeOf(stack, resource),
        [],
    );
    return statement.action.written.every((action) =>
        permissions.some(
            ({ actions, covers }) =>
                actions.some((one) => one.toLowerCase() === action.toLowerCase()) &&
                covers(written, statement) === true,
        ),
    );
}

/** The action that an operator's role must never have. */
export const invokeGateway = "bedrock-agentcore:invokegateway";

function isOfPeople(stack: StackView, role: Role): boolean {
    if (stack.workersOf(role).length > 0) return false;
    return !statementsOf(role.trust).some(
        ({ statement }) => (statement.principal?.element.services.size ?? 0) > 0,
    );
}

function marksOf(stack: StackView, role: Role): string[] {
    return allowed(stack, role)
        .filter(({ statement }) => statement.action.name === "Action")
        .flatMap(({ statement }) => statement.action.written)
        .map((action) => action.toLowerCase())
        .filter((action) => operatorMarks.has(action));
}

function allowed(stack: StackView, role: Role): PlacedStatement[] {
    return stack.documentsOf(role).flatMap((document) => statementsOf(document));
}

function scopeOf(stack: StackView, resource: StackResource): OperatorScope {
    const [accountId, region] = [stack.accountOf(resource), stack.regionOf(resource)];
    return {
        ...(accountId !== undefined && { accountId }),
        ...(region !== undefined && { region }),
    };
}
