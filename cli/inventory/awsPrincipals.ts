import type {
    AttachedPolicy,
    PolicyDetail,
    RoleDetail,
    Tag,
    UserDetail,
} from "@aws-sdk/client-iam";
import { MalformedPolicy, parsePolicyDocument, type NamedDocument } from "../../access";
import type { DocumentKind } from "../../access/documentSchema";
import { anySessionOf, type InventoryPrincipal } from "../../access/inventory";
import type { AuthorizationDetails } from "./awsClients";
import type { PrincipalIdentity } from "./names";

/** What of an account's principals is not in the answer, and why. */
export interface PrincipalsRead {
    principals: InventoryPrincipal[];
    unread: string[];
}

/**
 * The roles and users of an account with all their policies: inline, managed, of their groups, and the boundary.
 * Service-linked roles are left out, because only their service takes them on and nobody can change what they do
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html).
 */
export function principalsOf(
    details: AuthorizationDetails,
    nameOf: (arn: string) => PrincipalIdentity,
): PrincipalsRead {
    const unread: string[] = [];
    const documents = new Documents(details, unread);
    const roles = details.roles
        .filter(({ Path = "/" }) => !Path.startsWith("/aws-service-role/"))
        .map((role) => roleOf(role, documents, nameOf));
    const users = details.users.map((user) => userOf(user, details, documents, nameOf));
    return { principals: [...roles, ...users].flatMap((one) => one ?? []), unread };
}

/**
 * The document under a name, if it is one that can be evaluated.
 *
 * @returns what is wrong with it, else.
 */
export function checkedDocument(
    name: string,
    document: string,
    kind: DocumentKind,
): NamedDocument | { problem: string } {
    try {
        parsePolicyDocument(document, kind);
        return { name, document };
    } catch (error) {
        if (!(error instanceof MalformedPolicy)) throw error;
        return { problem: error.message };
    }
}

function roleOf(
    role: RoleDetail,
    documents: Documents,
    nameOf: (arn: string) => PrincipalIdentity,
): InventoryPrincipal | undefined {
    const { Arn: arn, RoleId: roleId, RoleName = "", AssumeRolePolicyDocument } = role;
    if (arn === undefined || roleId === undefined) return undefined;
    const owner = `role ${RoleName}`;
    const own = documents.of(owner, role, role.RolePolicyList);
    const trust =
        AssumeRolePolicyDocument === undefined
            ? undefined
            : documents.read(`${owner}, trust policy`, AssumeRolePolicyDocument, "trust");
    return {
        ...nameOf(arn),
        principal: anySessionOf(arn, roleId),
        ...own,
        ...(trust !== undefined && { trust }),
        ...tagsOf(role.Tags),
    };
}

function userOf(
    user: UserDetail,
    { groups }: AuthorizationDetails,
    documents: Documents,
    nameOf: (arn: string) => PrincipalIdentity,
): InventoryPrincipal | undefined {
    const { Arn: userArn, UserId: userId, UserName = "", GroupList = [] } = user;
    if (userArn === undefined || userId === undefined) return undefined;
    const accountId = userArn.split(":", 5)[4] ?? "";
    const own = documents.of(`user ${UserName}`, user, user.UserPolicyList);
    const ofGroups = GroupList.map((name) => {
        const group = groups.find(({ GroupName }) => GroupName === name);
        return group === undefined
            ? { identity: [], unknownPolicies: [`group ${name}, its policies`] }
            : documents.of(`group ${name}`, group, group.GroupPolicyList);
    });
    return {
        ...nameOf(userArn),
        principal: { type: "user", accountId, userArn, userId },
        ...own,
        identity: [own, ...ofGroups].flatMap(({ identity }) => identity),
        unknownPolicies: [own, ...ofGroups].flatMap(({ unknownPolicies }) => unknownPolicies),
        ...tagsOf(user.Tags),
    };
}

function tagsOf(tags: readonly Tag[] = []): Pick<InventoryPrincipal, "tags"> {
    if (tags.length === 0) return {};
    return { tags: Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value])) };
}

/** What a role, user or group has of policies. */
type Holder = Partial<Pick<RoleDetail, "PermissionsBoundary">> & {
    AttachedManagedPolicies?: AttachedPolicy[] | undefined;
};

/** The policies of an account's principals; one that is missing or malformed is named instead. */
class Documents {
    /** The default versions of managed policies, by ARN. */
    readonly #managed: ReadonlyMap<string | undefined, string | undefined>;

    constructor(
        { policies }: AuthorizationDetails,
        private readonly unread: string[],
    ) {
        this.#managed = new Map(
            policies.map(({ Arn, PolicyVersionList = [] }) => [
                Arn,
                PolicyVersionList.find(({ IsDefaultVersion }) => IsDefaultVersion)?.Document,
            ]),
        );
    }

    of(
        owner: string,
        { AttachedManagedPolicies = [], PermissionsBoundary }: Holder,
        inline: readonly PolicyDetail[] = [],
    ): Pick<InventoryPrincipal, "identity" | "boundary" | "unknownPolicies"> {
        const unknownPolicies: string[] = [];
        const known = (name: string, encoded: string | undefined) => {
            const document = this.read(name, encoded, "identity");
            if (document === undefined) unknownPolicies.push(name);
            return document === undefined ? [] : [document];
        };
        const identity = [
            ...inline.flatMap(({ PolicyName = "", PolicyDocument }) =>
                known(`${owner}, inline policy ${PolicyName}`, PolicyDocument),
            ),
            ...AttachedManagedPolicies.flatMap(({ PolicyArn: arn = "" }) =>
                known(`${owner}, managed policy ${arn}`, this.#managed.get(arn)),
            ),
        ];
        const { PermissionsBoundaryArn: arn } = PermissionsBoundary ?? {};
        const [boundary] =
            arn === undefined
                ? []
                : known(`${owner}, permissions boundary ${arn}`, this.#managed.get(arn));
        return { identity, ...(boundary !== undefined && { boundary }), unknownPolicies };
    }

    /** `undefined`, and said, where there is no document that can be evaluated. */
    read(name: string, encoded: string | undefined, kind: DocumentKind): NamedDocument | undefined {
        if (encoded === undefined) {
            this.unread.push(`${name}: not among what IAM answered`);
            return undefined;
        }
        const text = decoded(encoded);
        const checked =
            text === undefined
                ? { problem: "not percent-encoded" }
                : checkedDocument(name, text, kind);
        if (!("problem" in checked)) return checked;
        this.unread.push(`${name}: not evaluated: ${checked.problem}`);
        return undefined;
    }
}

/** IAM gives documents percent-encoded (API_GetAccountAuthorizationDetails). */
function decoded(text: string): string | undefined {
    try {
        return decodeURIComponent(text);
    } catch {
        return undefined;
    }
}
