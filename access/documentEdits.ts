import type { PolicyDocument, Statement } from "./documentSchema";
import type { AccessPolicies, NamedDocument } from "./request";

/** The policies without their Deny statements. */
export function withoutDenies(policies: AccessPolicies): AccessPolicies {
    const all = (documents: readonly NamedDocument[]) =>
        documents.flatMap((document) => withoutDeny(document) ?? []);
    const { identity, boundary, session, resource, scp, rcp } = policies;
    const left = resource && withoutDeny(resource);
    return {
        identity: all(identity),
        ...(boundary && { boundary: withoutDeny(boundary) ?? { ...boundary, document: nothing } }),
        ...(session && {
            session: session.map((one) => withoutDeny(one) ?? { ...one, document: nothing }),
        }),
        ...(left && { resource: left }),
        ...(scp && { scp: scp.map(all) }),
        ...(rcp && { rcp: rcp.map(all) }),
    };
}

/** A document without its Deny statements; `undefined` where it has no others. */
export function withoutDeny(document: NamedDocument): NamedDocument | undefined {
    const written = read(document);
    const Statement = written.Statement.filter(({ Effect }) => Effect === "Allow");
    return Statement.length === 0
        ? undefined
        : { ...document, document: { ...written, Statement } };
}

/** A boundary or session policy that is there and allows nothing. */
const nothing: PolicyDocument = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Deny", Action: "none:None", Resource: "arn:aws:none:::none" }],
};
/** A trust policy that admits nobody. */
export const nobody: PolicyDocument = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Deny", Principal: "*", Action: "none:None" }],
};

/** A document with one statement more. */
export function withStatement(document: NamedDocument, statement: Statement): NamedDocument {
    const written = read(document);
    const Statement = [...written.Statement, statement];
    return { ...document, document: { ...written, Statement } };
}

function read({ document }: NamedDocument): PolicyDocument {
    const written = (typeof document === "string" ? JSON.parse(document) : document) as Omit<
        PolicyDocument,
        "Statement"
    > & { Statement: Statement | Statement[] };
    return { ...written, Statement: [written.Statement].flat() };
}

/** A document of one statement. */
export function newDocument(statement: Statement): NamedDocument {
    return {
        name: "new policy",
        document: { Version: "2012-10-17", Statement: [statement] } satisfies PolicyDocument,
    };
}
