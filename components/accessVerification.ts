import {
    ComponentResource,
    output,
    type ComponentResourceOptions,
    type Input,
} from "@pulumi/pulumi";
import type { VerifiedGateway, VerifiedRole } from "./commands/verifyAccess";
import { deployCommand } from "./deployCommand";

/** A role, and the gateways that its own stack lets it call. */
export interface VerificationRole {
    /** `<stack>-<role>`, as its AWS profile is called too. */
    name: string;
    arn: string;
    /** Its unique id, where its stack says it. */
    id?: string;
    granted: boolean;
    /** Why what the gateway answers to it is not the hub's to say. */
    skip?: string;
    /** The ARNs of the gateways that its policy names. */
    gateways: readonly string[];
}

/** A gateway to be called. */
export interface VerificationGateway {
    name: string;
    url: Input<string>;
    arn: Input<string>;
    roles: readonly VerificationRole[];
}

/** What {@link AccessVerification} takes. */
export interface AccessVerificationArgs {
    accountId: string;
    region: string;
    /** Seconds to ask again in, where a gateway does not answer as it must. */
    waitSeconds: number;
    gateways: readonly VerificationGateway[];
}

/** Calls the gateways at the end of a deployment, and fails it where one answers another than the program says. */
export class AccessVerification extends ComponentResource {
    constructor(name: string, args: AccessVerificationArgs, opts?: ComponentResourceOptions) {
        super("agentcore-hub:index:AccessVerification", name, {}, opts);
        const { accountId, region, waitSeconds } = args;
        const gateways = output(args.gateways.map((gateway) => verified(gateway, region)));
        deployCommand(
            `${name}-verify`,
            {
                run: "verify-access",
                ...{ accountId, region },
                environment: {
                    HUB_ACCESS: gateways.apply((known) =>
                        JSON.stringify({ waitSeconds, gateways: known }),
                    ),
                },
                when: "always",
            },
            { parent: this },
        );
        this.registerOutputs({});
    }
}

function verified({ name, url, arn, roles }: VerificationGateway, region: string) {
    return output({ url, arn }).apply((known): VerifiedGateway => ({
        ...{ name, region, url: known.url },
        roles: roles.map((role) => verifiedRole(role, known.arn)),
    }));
}

/** Who is granted gets in only where its own policy allows it, which its own stack writes. */
function verifiedRole(role: VerificationRole, gatewayArn: string): VerifiedRole {
    const { name, arn, id, granted, skip, gateways } = role;
    const verified: VerifiedRole = {
        ...{ name, arn, ...(id !== undefined && { id }) },
        expect: granted ? "allow" : "refuse",
    };
    if (skip !== undefined) return { ...verified, skip };
    if (!granted || gateways.includes(gatewayArn)) return verified;
    const why = "its own stack has not been deployed with this gateway yet, or does not name it";
    return { ...verified, skip: why };
}
