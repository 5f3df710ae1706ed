import type { NamedDocument } from "../../access";
import { readDocument, type StackDocument } from "../../policy/documents";
import { identityPolicyTypes } from "../../policy/kinds";
import { at, nameOfUrn, type StackResource } from "../../policy/resource";
import type { ManagedPolicy } from "../../policy/rolePolicies";
import type { Role } from "../../policy/roles";
import type { StackView } from "../../policy/stackView";
import type { Reading } from "./stackState";

/** The policies of a role, and what those are called that could not be read. */
export interface RoleDocuments {
    identity: readonly NamedDocument[];
    boundary?: NamedDocument;
    trust?: NamedDocument;
    unknownPolicies: readonly string[];
}

/** A document under the name that explanations have for it; `undefined`, and said, where it could not be read. */
export function namedDocument(
    document: StackDocument,
    name: string,
    { unread, whyUnknown }: Reading,
): NamedDocument | undefined {
    const read = readDocument(document);
    if (read.state === "read") return { name, document: read.text };
    const problem =
        read.state === "unknown"
            ? whyUnknown
            : `is no policy that AWS takes${placeIn(read.problem)}`;
    unread.push(`${name}: ${nameOfUrn(document.urn)}.${document.path} ${problem}`);
    return undefined;
}

/** What is wrong may quote a secret; where it is wrong does not. */
function placeIn(problem: string): string {
    const [place] = /^(?:Statement|Version|Id)[\w.[\]() ]*(?=: )/.exec(problem) ?? [];
    return place === undefined ? "" : ` (${place})`;
}

/** All policies of a role. */
export function roleDocuments(view: StackView, role: Role, reading: Reading): RoleDocuments {
    const roleName = typeof role.name === "string" ? role.name : role.resource.name;
    const unknownPolicies = unknownOwners(view);
    const known = (document: StackDocument, name: string) => {
        const found = namedDocument(document, name, reading);
        if (found === undefined) unknownPolicies.push(name);
        return found;
    };
    // A refreshed role lists the policies that have a resource of their own: that one is read last, and is newer.
    const documents = new Map(
        view
            .documentsOf(role)
            .map((document) => [`role ${roleName}, ${policyName(view, document)}`, document]),
    );
    const identity = [...documents].flatMap(([name, document]) => known(document, name) ?? []);
    unknownPolicies.push(...withoutResource(view.managedPoliciesOf(role)));
    const boundary = boundaryOf(view, role, roleName, known);
    if (typeof boundary === "string") unknownPolicies.push(boundary);
    const trust = namedDocument(role.trust, `role ${roleName}, trust policy`, reading);
    return {
        // That of a state is another order each time.
        identity: identity.sort((one, other) => one.name.localeCompare(other.name)),
        ...(typeof boundary === "object" && { boundary }),
        ...(trust !== undefined && { trust }),
        unknownPolicies: [...new Set(unknownPolicies)],
    };
}

function unknownOwners(view: StackView): string[] {
    return view.hasPoliciesOfUnknownRoles
        ? [`a policy of stack ${view.stack} of which it is not known whose it is`]
        : [];
}

function policyName(view: StackView, { urn, path }: StackDocument): string {
    const resource = view.byUrn(urn);
    const { type = "", props = {}, name = nameOfUrn(urn) } = resource ?? {};
    const { arn } = identityPolicyTypes[type] ?? {};
    if (arn !== undefined) return `managed policy ${textOr(props[arn], name)}`;
    const [list, index = ""] = path.split(/[[\]]/);
    const holder = path === list ? props : membersAt(props[list ?? ""], index);
    return `inline policy ${textOr(at(holder, "name"), textOr(at(holder, "policyName"), name))}`;
}

function membersAt(list: unknown, index: string): unknown {
    return Array.isArray(list) ? (list as unknown[])[Number(index)] : undefined;
}

function textOr(value: unknown, other: string): string {
    return typeof value === "string" ? value : other;
}

/** What AWS or another stack has: it says something that is not known here. */
function withoutResource(managed: readonly ManagedPolicy[]): string[] {
    return managed
        .filter(({ policy }) => policy === undefined)
        .map(({ arn }) => textOr(arn, "a managed policy that is not known yet"));
}

/** The document of a role's permissions boundary, or its name where it is not known. */
function boundaryOf(
    view: StackView,
    { resource }: Role,
    roleName: string,
    known: (document: StackDocument, name: string) => NamedDocument | undefined,
): NamedDocument | string | undefined {
    const { permissionsBoundary } = resource.props;
    if (permissionsBoundary === undefined || permissionsBoundary === null) return undefined;
    if (permissionsBoundary === "") return undefined;
    if (typeof permissionsBoundary !== "string") return `role ${roleName}, permissions boundary`;
    const policy = managedPolicyOf(view, permissionsBoundary);
    if (policy === undefined) return permissionsBoundary;
    const path = identityPolicyTypes[policy.type]?.document ?? "";
    return known(
        { urn: policy.urn, path, kind: "identity", value: at(policy.props, path) },
        `role ${roleName}, permissions boundary ${permissionsBoundary}`,
    );
}

function managedPolicyOf(view: StackView, wanted: string): StackResource | undefined {
    return view.resources.find(({ type, props }) => {
        const { arn } = identityPolicyTypes[type] ?? {};
        return arn !== undefined && props[arn] === wanted;
    });
}
