import type { Addition, Layer } from "./arbitraries";
import {
    listed,
    type Document,
    type Policies,
    type PolicyJson,
    type PrincipalElement,
    type Statement,
} from "./types";

/** The same policies with every document replaced. */
export function withEachDocument(
    policies: Policies,
    change: (document: Document, layer: Layer) => Document,
): Policies {
    const each = (documents: readonly Document[], layer: Layer) =>
        documents.map((document) => change(document, layer));
    const { identity, resource, boundary, session, scp, rcp } = policies;
    return {
        identity: each(identity, "identity"),
        ...(resource && { resource: change(resource, "resource") }),
        ...(boundary && { boundary: change(boundary, "boundary") }),
        ...(session && { session: each(session, "session") }),
        ...(scp && { scp: scp.map((level) => each(level, "scp")) }),
        ...(rcp && { rcp: rcp.map((level) => each(level, "rcp")) }),
    };
}

/** The same policies with every statement replaced by others. */
export function withEachStatement(
    policies: Policies,
    change: (statement: Statement, layer: Layer) => readonly Statement[],
): Policies {
    return withEachDocument(policies, (document, layer) => {
        const parsed = parse(document);
        const statements = listed(parsed.Statement).flatMap((each) => change(each, layer));
        return { ...document, document: { ...parsed, Statement: statements } };
    });
}

export function parse({ document }: Document): PolicyJson {
    return JSON.parse(
        typeof document === "string" ? document : JSON.stringify(document),
    ) as PolicyJson;
}

/** The policies with the statement in a document that is there, or undefined if none is. */
export function added({ policies, layer, statement, index }: Addition): Policies | undefined {
    let count = 0;
    withEachDocument(policies, (document, found) => {
        count += found === layer ? 1 : 0;
        return document;
    });
    let place = count === 0 ? -1 : index % count;
    if (place < 0) {
        return undefined;
    }
    return withEachDocument(policies, (document, found) => {
        place -= found === layer ? 1 : 0;
        if (found !== layer || place !== -1) {
            return document;
        }
        const parsed = parse(document);
        const statements = [...listed(parsed.Statement), statement];
        return { ...document, document: { ...parsed, Statement: statements } };
    });
}

/** A document that allows or denies all there is. */
export function everything(effect: "Allow" | "Deny", layer: Layer): PolicyJson {
    const principal = layer === "resource" || layer === "rcp" ? { Principal: "*" as const } : {};
    const statement: Statement = { Effect: effect, ...principal, Action: "*", Resource: "*" };
    return { Version: "2012-10-17", Statement: statement };
}

/** The same policies, each document written as told. */
export function written(
    policies: Policies,
    write: (json: PolicyJson) => string | object,
): Policies {
    return withEachDocument(policies, (each) => ({ ...each, document: write(parse(each)) }));
}

/** One more document of a layer; a layer that can have but one gets this instead. */
export function withDocument(policies: Policies, layer: Layer, document: object): Policies {
    const more: Document = { name: "one more", document };
    switch (layer) {
        case "resource":
        case "boundary":
            return { ...policies, [layer]: more };
        case "identity":
        case "session":
            return { ...policies, [layer]: [...(policies[layer] ?? []), more] };
        case "scp":
        case "rcp":
            return { ...policies, [layer]: [...(policies[layer] ?? []), [more]] };
    }
}

/** A statement for each pair of its actions and resources; a negated list stays together. */
export function oneByOne(statement: Statement): Statement[] {
    const { Action, Resource, ...rest } = statement;
    const actions = listed(Action).map((one): Partial<Statement> => ({ Action: one }));
    const resources = listed(Resource).map((one): Partial<Statement> => ({ Resource: one }));
    return orNothing(actions).flatMap((action) =>
        orNothing(resources).map((resource) => ({ ...rest, ...action, ...resource })),
    );
}

function orNothing(parts: Partial<Statement>[]): Partial<Statement>[] {
    return parts.length === 0 ? [{}] : parts;
}

/** A Principal element that names another account, and all that it named before. */
export function naming(element: PrincipalElement, name: string): PrincipalElement {
    if (element === "*") {
        return "*";
    }
    return { ...element, AWS: [...listed(element["AWS"]), name] };
}

/** The same value with all lists and all keys of objects in another order. */
export function reordered<T>(value: T, draw: () => number): T {
    if (Array.isArray(value)) {
        return shuffled(value as unknown[], draw).map((each) => reordered(each, draw)) as T;
    }
    if (typeof value === "object" && value !== null) {
        return Object.fromEntries(
            shuffled(Object.entries(value), draw).map(([key, held]) => [
                key,
                reordered<unknown>(held, draw),
            ]),
        ) as T;
    }
    return value;
}

function shuffled<T>(values: readonly T[], draw: () => number): T[] {
    return values
        .map((value) => ({ value, rank: draw() }))
        .sort((a, b) => a.rank - b.rank)
        .map(({ value }) => value);
}
