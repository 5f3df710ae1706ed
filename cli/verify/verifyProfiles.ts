import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { fromIni } from "@aws-sdk/credential-provider-ini";
import { isSessionOf } from "../../agentcore/arn";
import type { AwsCredentials } from "../../sigv4-fetch/src/index.js";

/** Credentials, or why there are none and what to do. */
export type Session = { credentials: AwsCredentials; arn: string; profile: string } | NoSession;

/** Why there are no credentials, and what to do. */
export interface NoSession {
    problem: string;
    profile: string;
    /** There may be some later, with nothing done: what IAM was told takes a while to be visible everywhere. */
    mayPass?: boolean;
}

/** What {@link ProfileSessions} takes. */
export interface ProfileOptions {
    /** Of STS. */
    region: string;
    /** `<principal>` to profile, where it is not the principal's own name. */
    profiles?: ReadonlyMap<string, string>;
    /** The local cloud's own files and STS; without, the user's and AWS's. */
    local?: { configFile: string; credentialsFile: string; sts: string };
}

/** No call of STS takes long. */
const requestHandler = {
    ...{ connectionTimeout: 5000, requestTimeout: 15_000, throwOnRequestTimeout: true },
} as const;

/** Sessions by AWS profiles, each asked for once, and again where it may come yet. */
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
        const asked = this.#ask(profile).then((session) => {
            if ("problem" in session && session.mayPass === true) this.#byProfile.delete(profile);
            return session;
        });
        this.#byProfile.set(profile, asked);
        return asked;
    }

    async #ask(profile: string): Promise<Session> {
        const { region, local } = this.options;
        // A few calls are made; the SDK's advice on Node versions is not the user's concern here.
        process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
        const clientConfig = {
            ...{ region, requestHandler },
            ...(local !== undefined && { endpoint: local.sts }),
        };
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
                ...(mayPass(error) && { mayPass: true }),
            };
        }
    }
}

/**
 * Whether the same call may be answered otherwise later: AWS was reached and refuses, which a trust policy of just now
 * does, or it was not reached. A profile that is not there, or is expired, stays so.
 */
function mayPass(error: unknown): boolean {
    const { name, code = "" } = error as NodeJS.ErrnoException;
    return /^AccessDenied|^Throttl|Timeout/.test(name) || /^E[A-Z_]+$/.test(code);
}
