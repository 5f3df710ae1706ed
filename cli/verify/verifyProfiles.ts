import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { fromIni } from "@aws-sdk/credential-provider-ini";
import { accountOfArn } from "../../agentcore/arn";
import type { AwsCredentials } from "../../sigv4-fetch/src/index.js";

/** Credentials, or why there are none and what to do. */
export type Session =
    | { credentials: AwsCredentials; arn: string; profile: string }
    | { problem: string; profile: string };

/** What {@link ProfileSessions} takes. */
export interface ProfileOptions {
    /** Of STS. */
    region: string;
    /** `<principal>` to profile, where it is not the principal's own name. */
    profiles?: ReadonlyMap<string, string>;
    /** The local cloud's own files and STS; without, the user's and AWS's. */
    local?: { configFile: string; credentialsFile: string; sts: string };
}

/** Sessions by AWS profiles, each asked for once. */
export class ProfileSessions {
    readonly #byProfile = new Map<string, Promise<Session>>();

    constructor(private readonly options: ProfileOptions) {}

    /**
     * A session of a principal's role. A profile of another role proves nothing about this one, so STS is asked who
     * it is; and an answer of it says that the credentials and the clock are right.
     *
     * @param roleArn what the role is, where it is known.
     */
    async of(principal: string, roleArn: string | undefined): Promise<Session> {
        const profile = this.options.profiles?.get(principal) ?? principal;
        const session = await this.named(profile);
        if ("problem" in session || roleArn === undefined) return session;
        if (isSessionOf(session.arn, roleArn)) return session;
        const problem = `profile ${profile} is ${session.arn}, no session of ${roleArn}: give the right one by --profile ${principal}=<profile>`;
        return { problem, profile };
    }

    /** The session of a profile, whoever it is. */
    named(profile: string): Promise<Session> {
        const known = this.#byProfile.get(profile);
        if (known !== undefined) return known;
        const asked = this.#ask(profile);
        this.#byProfile.set(profile, asked);
        return asked;
    }

    async #ask(profile: string): Promise<Session> {
        const { region, local } = this.options;
        // A few calls are made; the SDK's advice on Node versions is not the user's concern here.
        process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
        const clientConfig = { region, ...(local !== undefined && { endpoint: local.sts }) };
        const provider = fromIni({
            profile,
            clientConfig,
            ...(local !== undefined && {
                configFilepath: local.configFile,
                filepath: local.credentialsFile,
                // Each deployment writes them anew.
                ignoreCache: true,
            }),
        });
        try {
            const credentials = await provider();
            const sts = new STSClient({ ...clientConfig, credentials });
            const { Arn: arn = "" } = await sts.send(new GetCallerIdentityCommand({}));
            return { credentials, arn, profile };
        } catch (error) {
            const { message } = error as Error;
            const hint =
                local === undefined
                    ? `make the profile ${profile} for the role, or name one by --profile`
                    : `the local cloud has a profile for each role of config whose assumedBy names an AdminRole`;
            return {
                problem: `no credentials by profile ${profile}: ${message}; ${hint}`,
                profile,
            };
        }
    }
}

/** A session's ARN has its role's name without its path (IAM user guide, reference_identifiers). */
export function isSessionOf(sessionArn: string, roleArn: string): boolean {
    const role = roleArn.split("/").at(-1) ?? "";
    const [, sessionRole] = /:assumed-role\/([^/]+)\/[^/]+$/.exec(sessionArn) ?? [];
    return accountOfArn(sessionArn) === accountOfArn(roleArn) && sessionRole === role;
}
