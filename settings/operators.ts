import ipaddr from "ipaddr.js";
import { parseArn } from "../agentcore/arn";
import { exactPrincipals, got, unique, type Context } from "./problems";
import type { OperatorsConfig } from "./schema";
import type { OperatorSettings, OperatorsSettings } from "./types";

/** What {@link operatorsSettings} takes besides. */
export interface OperatorsArgs {
    /** The names that config gives to other roles of the stack. */
    roleNames: readonly string[];
    context: Context;
}

/** What the roles are called where config does not say. */
export const operatorRoleNames = {
    management: "GatewayManagement",
    readOnly: "GatewayReadOnly",
} as const;

/** The operators' roles; what the schema cannot see is added to the context's problems. */
export function operatorsSettings(
    { management, readOnly }: OperatorsConfig,
    args: OperatorsArgs,
): OperatorsSettings {
    const settings: OperatorsSettings = {};
    if (management !== undefined) {
        const { kmsKeys = [], schemaObjects = [], credentialProviders } = management;
        checkArns("operators.management.kmsKeys", kmsKeys, args.context, keyRule);
        checkArns("operators.management.schemaObjects", schemaObjects, args.context, objectRule);
        settings.management = {
            ...operatorSettings("management", management, args),
            kmsKeys,
            schemaObjects,
            credentialProviders,
        };
    }
    if (readOnly !== undefined) {
        settings.readOnly = operatorSettings("readOnly", readOnly, args);
    }
    const names = Object.values(settings).map(({ roleName }: OperatorSettings) => roleName);
    if (names.length > 0) {
        const { problems } = args.context;
        unique(
            [...args.roleNames, ...names],
            "operators",
            "role names (IAM ignores case)",
            problems,
        );
    }
    return settings;
}

function operatorSettings(
    kind: keyof typeof operatorRoleNames,
    config: NonNullable<OperatorsConfig["readOnly"]>,
    { context }: OperatorsArgs,
): OperatorSettings {
    const { roleName = operatorRoleNames[kind], assumedBy, sourceAddresses = [] } = config;
    const path = `operators.${kind}`;
    exactPrincipals(`${path}.assumedBy`, assumedBy, context);
    unique(sourceAddresses, `${path}.sourceAddresses`, "ranges", context.problems);
    sourceAddresses.forEach((range, index) => {
        const must = rangeRule(range);
        if (must === undefined) return;
        context.problems.push(`${path}.sourceAddresses[${index}]: ${got(range)}; must be ${must}`);
    });
    return { roleName, assumedBy, sourceAddresses, maxSessionSeconds: config.maxSessionSeconds };
}

/**
 * What a range must be, where it is not that: AWS sees public addresses
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html, aws:SourceIp). Those of this
 * machine never match there; they are for the local cloud.
 */
function rangeRule(range: string): string | undefined {
    const cidr = "a CIDR range, such as 203.0.113.0/24";
    const [, address = "", bits = ""] = /^([0-9a-fA-F.:]+)\/(\d{1,3})$/.exec(range) ?? [];
    if (!isAddress(address) || !ipaddr.isValidCIDR(range)) return cidr;
    if (Number(bits) === 0) return "a range of some addresses; without the key, all are allowed";
    const first = networkOf(range);
    if (first.toString() !== ipaddr.parse(address).toString()) {
        return `a range by its first address, ${first.toString()}/${bits}`;
    }
    const kind = first.range();
    // What is for documentation is no one's, and harmless.
    if (["private", "uniqueLocal", "linkLocal", "carrierGradeNat"].includes(kind)) {
        return "a range of public addresses: AWS sees no others, and none of a call through a VPC endpoint";
    }
    return undefined;
}

function isAddress(text: string): boolean {
    return ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);
}

function networkOf(range: string): ipaddr.IPv4 | ipaddr.IPv6 {
    return range.includes(":")
        ? ipaddr.IPv6.networkAddressFromCIDR(range)
        : ipaddr.IPv4.networkAddressFromCIDR(range);
}

/** What an ARN must be, where it is not that. */
type ArnRule = (arn: string, context: Context) => string | undefined;

function checkArns(path: string, arns: readonly string[], context: Context, rule: ArnRule): void {
    unique(arns, path, "ARNs", context.problems);
    arns.forEach((arn, index) => {
        const must = rule(arn, context);
        if (must === undefined) return;
        context.problems.push(`${path}[${index}]: ${got(arn)}; must be ${must}`);
    });
}

/** A gateway's key is of its region; of another account it may be (CreateGateway `kmsKeyArn`). */
function keyRule(arn: string, { partition, region }: Context): string | undefined {
    const parsed = parseArn(arn);
    return parsed?.partition === partition &&
        parsed.service === "kms" &&
        parsed.region === region &&
        /^\d{12}$/.test(parsed.accountId) &&
        /^key\/[0-9a-zA-Z-]+$/.test(parsed.resource)
        ? undefined
        : `the exact ARN of a KMS key, arn:${partition}:kms:${region}:<account>:key/<id>; no alias`;
}

function objectRule(arn: string, { partition }: Context): string | undefined {
    const [, given = "", bucketAndKey = ""] = /^arn:([^:]+):s3:::(.+)$/s.exec(arn) ?? [];
    const isExact = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/[^*?$\s]+$/.test(bucketAndKey);
    return given === partition && isExact
        ? undefined
        : `the exact ARN of an S3 object, arn:${partition}:s3:::<bucket>/<key>, without wildcards`;
}
