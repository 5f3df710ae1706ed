import { conditionHolds } from "./naiveConditions";
import { isExempt, waysNamed, type Way } from "./naivePrincipals";
import { fits, spellOut, type Keys } from "./naiveText";
import {
    listed,
    type Caller,
    type Decision,
    type Document,
    type Policies,
    type PolicyJson,
    type Request,
    type Statement,
} from "./types";

/** What a document says of a request: whether it refuses, and in which ways it grants. */
interface Opinion {
    denies: boolean;
    /** "everyone" is the grant of a statement that has no Principal element. */
    grants: Set<Way | "everyone">;
}

interface Question {
    request: Request;
    keys: Keys;
    hasBoundary: boolean;
}

/**
 * A second evaluator, as plain as can be, to hold the real one against.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function naiveDecision(request: Request, policies: Policies): Decision {
    const { principal: caller, resourceAccountId } = request;
    const question = {
        request,
        keys: keysOf(request),
        hasBoundary: policies.boundary !== undefined,
    };
    const ask = (document: Document) => opinion(document, question);
    const grants = (documents: readonly Document[]) =>
        documents.some((document) => ask(document).grants.size > 0);

    // Service control policies bind the principals of an account, and a service is of none.
    const scp = caller.type === "service" ? [] : (policies.scp ?? []);
    const guards = [...scp, ...(policies.rcp ?? [])];
    const limits = [
        policies.boundary === undefined ? [] : [policies.boundary],
        policies.session ?? [],
    ].filter((documents) => documents.length > 0);
    const resource = policies.resource === undefined ? [] : [policies.resource];

    const all = [...guards.flat(), ...limits.flat(), ...resource, ...policies.identity];
    if (all.some((document) => ask(document).denies)) {
        return "explicitDeny";
    }
    if (!guards.every(grants)) {
        return "implicitDeny";
    }
    const ways = new Set(resource.flatMap((document) => [...ask(document).grants]));
    const isLocal = caller.type !== "service" && caller.accountId === resourceAccountId;
    const identityGrants = grants(policies.identity) || caller.type === "root";
    const ownSide = identityGrants && limits.every(grants);
    const isAllowed =
        caller.type === "service"
            ? ways.size > 0
            : isLocal
              ? ownSide || grantsAlone(ways, limits.every(grants))
              : ownSide && ways.size > 0;
    return isAllowed ? "allow" : "implicitDeny";
}

/**
 * Whether the resource's policy is enough by itself within one account.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
function grantsAlone(ways: Opinion["grants"], limitsGrant: boolean): boolean {
    const isDirect = ways.has("anyone") || ways.has("session") || ways.has("user");
    return isDirect || (ways.has("role") && limitsGrant);
}

function opinion({ document, principalIds }: Document, question: Question): Opinion {
    const text = typeof document === "string" ? document : JSON.stringify(document);
    const { Version, Statement: statements } = JSON.parse(text) as PolicyJson;
    const hasVariables = Version === "2012-10-17";
    const heard = listed(statements)
        .filter((statement) => applies(statement, hasVariables, question))
        .map((statement) => ({
            effect: statement.Effect,
            ways: addressed(statement, question, principalIds),
        }));
    const allows = heard.filter(({ effect }) => effect === "Allow");
    return {
        denies: heard.some(({ effect, ways }) => effect === "Deny" && ways.size > 0),
        grants: new Set(allows.flatMap(({ ways }) => [...ways])),
    };
}

function addressed(
    { Principal, NotPrincipal }: Statement,
    { request, hasBoundary }: Question,
    ids: Document["principalIds"],
): Opinion["grants"] {
    if (Principal !== undefined) {
        return waysNamed(Principal, request.principal, ids);
    }
    if (NotPrincipal !== undefined) {
        const exempt = isExempt(NotPrincipal, request.principal, ids, hasBoundary);
        return new Set(exempt ? [] : ["everyone"]);
    }
    return new Set(["everyone"]);
}

function applies(statement: Statement, hasVariables: boolean, { request, keys }: Question) {
    const { Action, NotAction, Resource, NotResource, Condition } = statement;
    const isAction = (pattern: string) => fits(spellOut(pattern, undefined), request.action, "i");
    const isResource = (pattern: string) =>
        fitsResource(pattern, request.resource, hasVariables ? keys : undefined);
    const actionFits =
        NotAction === undefined ? listed(Action).some(isAction) : !listed(NotAction).some(isAction);
    const resourceFits =
        NotResource === undefined
            ? listed(Resource).some(isResource)
            : !listed(NotResource).some(isResource);
    return actionFits && resourceFits && conditionHolds(Condition, { keys, hasVariables });
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html */
function fitsResource(pattern: string, resource: string, keys: Keys | undefined): boolean {
    if (!pattern.startsWith("arn:")) {
        return fits(spellOut(pattern, undefined), resource);
    }
    const [, first, rest = ""] = /^(arn:[^:]*:[^:]*:[^:]*:[^:]*:)(.*)$/s.exec(pattern) ?? [];
    const head = first ?? pattern;
    const spelled = spellOut(rest, first === undefined ? undefined : keys);
    const inSegments = spellOut(head, undefined)?.map((glyph, at) => ({
        ...glyph,
        bounded: glyph.sign === "?" || !/^(?:$|:)/.test(head.slice(at + 1)),
    }));
    return spelled !== undefined && fits([...(inSegments ?? []), ...spelled], resource);
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
function keysOf({ principal, context }: Request): Keys {
    const given = Object.entries({ ...context });
    const known = Object.entries(keysOfCaller(principal));
    return new Map(
        [...known, ...given].map(([name, value]) => [
            name.toLowerCase(),
            typeof value === "string" ? [value] : [...value],
        ]),
    );
}

function keysOfCaller(caller: Caller): Record<string, string> {
    if (caller.type === "service") {
        return { "aws:PrincipalIsAWSService": "true", "aws:PrincipalServiceName": caller.service };
    }
    const common = {
        "aws:PrincipalIsAWSService": "false",
        "aws:PrincipalAccount": caller.accountId,
    };
    switch (caller.type) {
        case "role-session":
            return {
                ...common,
                "aws:PrincipalType": "AssumedRole",
                "aws:PrincipalArn": caller.roleArn,
                "aws:userid": `${caller.roleId}:${caller.sessionName}`,
            };
        case "user":
            return {
                ...common,
                "aws:PrincipalType": "User",
                "aws:PrincipalArn": caller.userArn,
                "aws:userid": caller.userId,
                "aws:username": caller.userArn.replace(/^.*\//s, ""),
            };
        case "root":
            return {
                ...common,
                "aws:PrincipalType": "Account",
                "aws:PrincipalArn": `arn:${caller.partition ?? "aws"}:iam::${caller.accountId}:root`,
                "aws:userid": caller.accountId,
            };
    }
}
