import fc from "fast-check";
import { conditionBlocks, contexts } from "./conditionArbitraries";
import {
    actionLists,
    chance,
    notPrincipalElements,
    principalElements,
    resourceLists,
    seldom,
    together,
    type For,
} from "./elementArbitraries";
import type { Caller, Document, Policies, PolicyJson, Request, Statement } from "./types";
import {
    accounts,
    actions,
    resourcesOf,
    roleSessions,
    roots,
    serviceCallers,
    users,
} from "./universe";

const versions = fc.constantFrom("2012-10-17", "2012-10-17", "2012-10-17", "2008-10-17", null);

export interface Scenario {
    request: Request;
    policies: Policies;
}

export type Layer = "identity" | "resource" | "boundary" | "session" | "scp" | "rcp";

const callers: fc.Arbitrary<Caller> = fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...roleSessions) },
    { weight: 5, arbitrary: fc.constantFrom(...users) },
    { weight: 2, arbitrary: fc.constantFrom(...roots) },
    { weight: 2, arbitrary: fc.constantFrom(...serviceCallers) },
);

export const requests: fc.Arbitrary<Request> = fc
    .record({
        principal: callers,
        action: fc.constantFrom(...actions, "Tools:invokeTool", "STORE:GETITEM"),
        resource: fc.nat(resourcesOf("").length - 1),
        otherAccount: fc.option(fc.constantFrom(...accounts), { freq: 5 }),
        context: contexts,
    })
    .map(({ principal, action, resource, otherAccount, context }) => {
        const home = principal.type === "service" ? accounts[0] : principal.accountId;
        const resourceAccountId = otherAccount ?? home;
        const arn = resourcesOf(resourceAccountId)[resource] ?? "*";
        return { principal, action, resource: arn, resourceAccountId, context };
    });

function statements(layer: Layer, effect?: Statement["Effect"]): fc.Arbitrary<For<Statement>> {
    return fc
        .record({
            isDeny: effect
                ? fc.constant(effect === "Deny")
                : chance(layer === "scp" || layer === "rcp" ? 3 : 6),
            isNotAction: chance(8),
            isNotResource: chance(8),
            isNotPrincipal: chance(3),
            action: actionLists,
            resource: resourceLists,
            principal: principalElements,
            notPrincipal: notPrincipalElements,
            condition: seldom(conditionBlocks, 2),
        })
        .map((parts) => (request: Request) => ({
            Effect: parts.isDeny ? "Deny" : "Allow",
            ...(layer === "rcp" && { Principal: "*" }),
            ...(layer === "resource" &&
                (parts.isDeny && parts.isNotPrincipal
                    ? { NotPrincipal: parts.notPrincipal(request) }
                    : { Principal: parts.principal(request) })),
            // RCPs know no NotAction: orgs_manage_policies_rcps_syntax.
            [parts.isNotAction && layer !== "rcp" ? "NotAction" : "Action"]: parts.action(request),
            [parts.isNotResource ? "NotResource" : "Resource"]: parts.resource(request),
            ...(parts.condition !== null && { Condition: parts.condition }),
        }));
}

function documents(layer: Layer, most = 3): fc.Arbitrary<For<Document>> {
    return fc
        .record({
            version: versions,
            body: fc.array(statements(layer), { minLength: 1, maxLength: most }),
            isBare: fc.boolean(),
            isText: fc.boolean(),
            ids: seldom(fc.constantFrom("1", "2"), 2),
        })
        .map(({ version, body, isBare, isText, ids }) => (request: Request) => {
            const made = body.map((make) => make(request));
            const [first] = made;
            const document: PolicyJson = {
                ...(version !== null && { Version: version }),
                Statement: isBare && made.length === 1 && first !== undefined ? first : made,
            };
            return {
                name: layer,
                document: isText ? JSON.stringify(document) : document,
                ...(ids !== null && { principalIds: idsOfLife(ids) }),
            };
        });
}

/** A level of organization policies: mostly AWS's full access, so that others count too. */
function levels(layer: "scp" | "rcp"): fc.Arbitrary<For<Document[]>[]> {
    const full: fc.Arbitrary<For<Document>> = fc.constant(() => ({
        name: `${layer} full access`,
        document: {
            Version: "2012-10-17",
            Statement: {
                Effect: "Allow",
                ...(layer === "rcp" && { Principal: "*" }),
                Action: "*",
                Resource: "*",
            },
        },
    }));
    const level: fc.Arbitrary<For<Document>[]> = fc.oneof(
        { weight: 6, arbitrary: fc.tuple(full) },
        { weight: 3, arbitrary: fc.tuple(full, documents(layer, 1)) },
        { weight: 3, arbitrary: fc.array(documents(layer, 2), { maxLength: 2 }) },
    );
    return fc.array(
        level.map((made) => together(made)),
        { maxLength: 3 },
    );
}

const policies: fc.Arbitrary<For<Policies>> = fc
    .record({
        identity: fc.oneof(
            {
                weight: 5,
                arbitrary: fc.array(documents("identity", 2), { minLength: 1, maxLength: 2 }),
            },
            { weight: 1, arbitrary: fc.constant([]) },
        ),
        resource: fc.option(documents("resource"), { freq: 5 }),
        boundary: documents("boundary", 2),
        session: seldom(fc.array(documents("session", 2), { maxLength: 2 }), 3),
        scp: seldom(levels("scp"), 4),
        rcp: seldom(levels("rcp"), 4),
        hasBoundary: chance(4),
    })
    .map((parts) => (request: Request) => {
        const { type } = request.principal;
        // Roots and services have neither policies of their own nor a boundary.
        const isEntity = type === "role-session" || type === "user";
        const boundary = isEntity && parts.hasBoundary ? parts.boundary : undefined;
        const session = type === "role-session" ? parts.session : null;
        return {
            identity: isEntity ? together(parts.identity)(request) : [],
            ...(parts.resource && { resource: parts.resource(request) }),
            ...(boundary && { boundary: boundary(request) }),
            ...(session && { session: together(session)(request) }),
            ...(parts.scp && { scp: together(parts.scp)(request) }),
            ...(parts.rcp && { rcp: together(parts.rcp)(request) }),
        };
    });

/** Scenarios in which all hangs on one condition, or on one statement's action and resource. */
export const plainScenarios: fc.Arbitrary<Scenario> = fc
    .tuple(
        requests,
        fc.oneof(
            conditionBlocks.map((Condition) => () => ({ Action: "*", Resource: "*", Condition })),
            fc
                .tuple(actionLists, resourceLists, chance(4), chance(4))
                .map(([action, resource, isNotAction, isNotResource]) => (request: Request) => ({
                    [isNotAction ? "NotAction" : "Action"]: action(request),
                    [isNotResource ? "NotResource" : "Resource"]: resource(request),
                })),
        ),
        versions,
    )
    .map(([request, make, version]) => {
        const document = {
            ...(version !== null && { Version: version }),
            Statement: { Effect: "Deny", Principal: "*", ...make(request) },
        };
        return { request, policies: { identity: [], resource: { name: "plain", document } } };
    });

/** Where a statement more may go: a layer, and which of its documents. */
export interface Addition extends Scenario {
    layer: Layer;
    statement: Statement;
    index: number;
}

/** A scenario and a statement of one effect that may come to one of its documents. */
export function additions(effect: Statement["Effect"]): fc.Arbitrary<Addition> {
    const addition = fc
        .constantFrom<Layer>("identity", "resource", "boundary", "session", "scp", "rcp")
        .chain((layer) => fc.tuple(fc.constant(layer), statements(layer, effect)));
    return fc
        .tuple(requests, policies, addition, fc.nat(99))
        .map(([request, make, [layer, statement], index]) => ({
            request,
            policies: make(request),
            layer,
            statement: statement(request),
            index,
        }));
}

/** A request and all policies that are there for it; every document is valid. */
export const scenarios: fc.Arbitrary<Scenario> = fc
    .tuple(requests, policies)
    .map(([request, make]) => ({ request, policies: make(request) }));

/** What stood behind each ARN when the document was stored: its first or its second life. */
function idsOfLife(life: string): Record<string, string> {
    const lives = [...roleSessions, ...users].flatMap((caller) => {
        if (caller.type === "role-session") {
            return [[caller.roleArn, caller.roleId] as const];
        }
        return caller.type === "user" ? [[caller.userArn, caller.userId] as const] : [];
    });
    return Object.fromEntries(lives.filter(([, id]) => id.endsWith(life)));
}
