import { limits } from "../limits";
import {
    characters,
    constraints,
    createOnly,
    entries,
    json,
    keys,
    map,
    pattern,
    range,
    required,
    solidCharacters,
    text,
    wholeNumber,
    type Constraint,
} from "./constraint";

const model = "botocore model iam 2010-05-08";
const quotas = "IAM user guide, reference_iam-quotas";
const pulumi = "@pulumi/aws 7.48.0 and terraform-provider-aws (ForceNew)";

/** `aws:iam/role:Role`. */
export const role: readonly Constraint[] = [
    ...constraints(`${model}, CreateRole`, {
        name: [text, pattern(limits.roleName)],
        path: [text, characters(limits.rolePathCharacters), pattern(limits.rolePath)],
        assumeRolePolicy: [required, text, json, pattern(limits.policyDocument)],
        description: [
            text,
            characters(limits.roleDescriptionCharacters),
            pattern(limits.roleDescription),
        ],
        maxSessionDuration: [wholeNumber, range(limits.sessionSeconds)],
        tags: [map, entries(limits.tagsPerResource), keys(limits.iamTagKey)],
        "tags{}": [text, pattern(limits.iamTagValue)],
    }),
    ...constraints(quotas, { assumeRolePolicy: [solidCharacters(limits.trustPolicyCharacters)] }),
    ...constraints("IAM user guide, id_tags (rules for tagging)", {
        tags: [{ kind: "reservedKeyPrefix", prefix: "aws:" }, { kind: "uniqueKeys" }],
    }),
    ...constraints(pulumi, { name: [createOnly], path: [createOnly] }),
];

/** `aws:iam/rolePolicy:RolePolicy`. */
export const rolePolicy: readonly Constraint[] = [
    ...constraints(`${model}, PutRolePolicy`, {
        name: [text, pattern(limits.rolePolicyName)],
        role: [required, text, pattern(limits.roleName)],
        policy: [required, text, json, pattern(limits.policyDocument)],
    }),
    ...constraints(`${quotas}: of all inline policies of a role; one alone cannot pass it either`, {
        policy: [solidCharacters(limits.roleInlinePolicyCharacters)],
    }),
    ...constraints(pulumi, { name: [createOnly], role: [createOnly] }),
];
