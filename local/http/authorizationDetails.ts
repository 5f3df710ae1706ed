import type { LocalAccount } from "../services/account";
import type { Role } from "../services/iam";
import { shownPolicy } from "../services/shownPolicy";
import { invalidInput, pageOf } from "./paging";

/** The kinds of GetAccountAuthorizationDetails, in the order in which they are answered. */
const entityTypes = ["User", "Group", "Role", "LocalManagedPolicy", "AWSManagedPolicy"] as const;
type EntityType = (typeof entityTypes)[number];

interface Entity {
    type: EntityType;
    arn: string;
    xml: Record<string, unknown>;
}

/**
 * GetAccountAuthorizationDetails: the account's roles with their policies, and the managed policies that are attached,
 * page by page (https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html). Users and
 * groups there are none.
 *
 * @throws AwsError ValidationError
 */
export function authorizationDetails(
    { iam }: LocalAccount,
    accounts: ReadonlyMap<string, LocalAccount>,
    input: Readonly<Record<string, string>>,
): Record<string, unknown> {
    const wanted = filterOf(input);
    const roles = iam.roles();
    const entities = [
        ...roles.map((role): Entity => ({
            type: "Role",
            arn: role.arn,
            xml: detail(role, accounts),
        })),
        ...managedPolicies(roles),
    ].filter(({ type }) => wanted.includes(type));
    const marker = input["Marker"];
    const page = pageOf(entities, ({ type, arn }) => `${entityTypes.indexOf(type)} ${arn}`, {
        size: sizeOf(input),
        ...(marker !== undefined && { marker }),
    });
    if (page === undefined) throw invalidInput(`Invalid Marker.`);
    const listOf = (...types: EntityType[]) =>
        members(page.items.filter(({ type }) => types.includes(type)).map(({ xml }) => xml));
    return {
        UserDetailList: listOf("User"),
        GroupDetailList: listOf("Group"),
        RoleDetailList: listOf("Role"),
        Policies: listOf("LocalManagedPolicy", "AWSManagedPolicy"),
        IsTruncated: page.next !== undefined,
        ...(page.next !== undefined && { Marker: page.next }),
    };
}

/** A list of the query protocol. */
export function members(items: readonly unknown[]): unknown {
    return items.length === 0 ? "" : { member: items };
}

/** The managed policies of a role by name and ARN. */
export function attachedXml({ attachedPolicies }: Role): unknown {
    return members(
        [...attachedPolicies.keys()].map((arn) => ({
            PolicyName: arn.split("/").at(-1),
            PolicyArn: arn,
        })),
    );
}

/** A role's tags. */
export function tagsXml({ tags }: Role): unknown {
    return members(Object.entries(tags).map(([Key, Value]) => ({ Key, Value })));
}

/** `Filter.member.1` and so on; without, all kinds. */
function filterOf(input: Readonly<Record<string, string>>): readonly EntityType[] {
    const given = Object.entries(input).filter(([key]) => /^Filter\.member\.\d+$/.test(key));
    if (given.length === 0) return entityTypes;
    return given.map(([, value]) => {
        const type = entityTypes.find((known) => known === value);
        if (type !== undefined) return type;
        throw invalidInput(
            `1 validation error detected: Value '${value}' at 'filter' failed to satisfy constraint: Member must satisfy enum value set: [${entityTypes.join(", ")}]`,
        );
    });
}

/** 1-1000, and 100 by default (same page). */
function sizeOf({ MaxItems = "100" }: Readonly<Record<string, string>>): number {
    const size = Number(MaxItems);
    if (/^\d+$/.test(MaxItems) && size >= 1 && size <= 1000) return size;
    throw invalidInput(
        `1 validation error detected: Value '${MaxItems}' at 'maxItems' failed to satisfy constraint: Member must be between 1 and 1000`,
    );
}

function detail(role: Role, accounts: ReadonlyMap<string, LocalAccount>): Record<string, unknown> {
    return {
        Path: role.path,
        RoleName: role.roleName,
        RoleId: role.roleId,
        Arn: role.arn,
        CreateDate: role.createdAt.toISOString(),
        AssumeRolePolicyDocument: encodeURIComponent(shownPolicy(role.trust, accounts)),
        InstanceProfileList: "",
        RolePolicyList: members(
            [...role.inlinePolicies].map(([PolicyName, document]) => ({
                PolicyName,
                PolicyDocument: encodeURIComponent(document),
            })),
        ),
        AttachedManagedPolicies: attachedXml(role),
        ...(role.permissionsBoundary !== undefined && {
            PermissionsBoundary: {
                PermissionsBoundaryType: "Policy",
                PermissionsBoundaryArn: role.permissionsBoundary.arn,
            },
        }),
        Tags: tagsXml(role),
    };
}

/** Each managed policy once, with the one version that there is. */
function managedPolicies(roles: readonly Role[]): Entity[] {
    const found = new Map<string, { document: string; attachments: number; limits: number }>();
    for (const { permissionsBoundary } of roles) {
        if (permissionsBoundary === undefined) continue;
        const { arn, document } = permissionsBoundary;
        found.set(arn, { document, attachments: 0, limits: (found.get(arn)?.limits ?? 0) + 1 });
    }
    for (const [arn, document] of roles.flatMap((role) => [...role.attachedPolicies])) {
        const { attachments = 0, limits = 0 } = found.get(arn) ?? {};
        found.set(arn, { document, attachments: attachments + 1, limits });
    }
    return [...found].map(([arn, { document, attachments, limits }]) => {
        const [, path = "/", name = ""] = /:policy(\/(?:.*\/)?)([^/]+)$/.exec(arn) ?? [];
        return {
            type: /^arn:[^:]+:iam::aws:/.test(arn) ? "AWSManagedPolicy" : "LocalManagedPolicy",
            arn,
            xml: {
                PolicyName: name,
                Arn: arn,
                Path: path,
                DefaultVersionId: "v1",
                AttachmentCount: attachments,
                PermissionsBoundaryUsageCount: limits,
                IsAttachable: true,
                PolicyVersionList: members([
                    {
                        Document: encodeURIComponent(document),
                        VersionId: "v1",
                        IsDefaultVersion: true,
                    },
                ]),
            },
        };
    });
}
