import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { AwsCredentials } from "../../sigv4-fetch/src/index.js";
import { InvalidOptions } from "../invalidOptions";
import {
    askAgent,
    askAllowed,
    askBySignature,
    askRefused,
    type Answer,
    type CallLimits,
} from "./verifyCalls";
import type { VerifyCase } from "./verifyCases";
import type { CallPlace, Places } from "./verifyPlaces";
import type { NoSession, ProfileSessions, Session } from "./verifyProfiles";

/** A case with how it came out. */
export interface CaseResult extends VerifyCase {
    status: "held" | "differs" | "notVerified" | "skipped";
    /** What was got, or why it was not asked. */
    got: string;
    /** How often it was asked. */
    attempts: number;
    milliseconds: number;
    requestId?: string;
    /** The AWS profile that it was asked with. */
    profile?: string;
}

/** What the cases are asked with. */
export interface Callers {
    places: Places;
    sessions: Pick<ProfileSessions, "of" | "named">;
    /** Profiles that an agent may be asked with, the first that there are credentials for. */
    askers: ReadonlyMap<string, readonly { profile: string; roleArn?: string }[]>;
    /** A session of a role that has expired; only of the local cloud. */
    expiredSession?: (roleArn: string) => Promise<AwsCredentials>;
}

/** How long cases are asked, and by what. */
export interface RunOptions extends CallLimits {
    /** Cases that may come out otherwise later are asked again until so many seconds after the start. */
    waitSeconds: number;
    onResult?: (result: CaseResult, left: number) => void;
    now?: () => number;
    pause?: (milliseconds: number) => Promise<unknown>;
}

const concurrency = 4;

/**
 * Asks each case; those that do not hold again, until the time is over. Where it is stopped before, what was found is
 * kept, and the rest is not verified.
 */
export async function runCases(
    cases: readonly VerifyCase[],
    callers: Callers,
    options: RunOptions,
): Promise<CaseResult[]> {
    const now = options.now ?? Date.now;
    const run = new Run(callers, { ...options, now, until: now() + options.waitSeconds * 1000 });
    const results: CaseResult[] = [];
    let left = cases.length;
    const queue = [...cases.entries()];
    const work = async () => {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
            const [index, one] = next;
            const result = await run.result(one);
            results[index] = result;
            left -= 1;
            options.onResult?.(result, left);
        }
    };
    await Promise.all(Array.from({ length: concurrency }, work));
    return results;
}

/** What one attempt came to, and as whom. */
type Attempt = Answer & { profile?: string };

const interrupted: Attempt = notVerified("interrupted");

class Run {
    /** One conversation with each agent, a question at a time: a session answers no two at once. */
    readonly #conversations = new Map<string, { session: string; last: Promise<unknown> }>();
    readonly #interruption: Promise<typeof interrupted>;

    constructor(
        private readonly callers: Callers,
        private readonly options: RunOptions & { now: () => number; until: number },
    ) {
        this.#interruption = new Promise((resolve) => {
            options.stop?.addEventListener("abort", () => {
                resolve(interrupted);
            });
        });
    }

    async result(one: VerifyCase): Promise<CaseResult> {
        if (one.skip !== undefined) {
            return { ...one, status: "skipped", got: one.skip, attempts: 0, milliseconds: 0 };
        }
        const { now } = this.options;
        const start = now();
        const { attempt, attempts } = await this.#attempts(one);
        const { outcome: status, mayPass: _mayPass, ...answer } = attempt;
        const milliseconds = Math.round(now() - start);
        return { ...one, status, ...answer, attempts, milliseconds };
    }

    /** The last attempt that came to something. */
    async #attempts(one: VerifyCase): Promise<{ attempt: Attempt; attempts: number }> {
        const { now, until, stop, pause = (ms: number) => pauseFor(ms, stop) } = this.options;
        let last = interrupted;
        for (let attempts = 0, wait = 1000; ; wait = Math.min(wait * 2, 10_000)) {
            if (stop?.aborted === true) return { attempt: last, attempts };
            const attempt = await Promise.race([this.#ask(one), this.#interruption]);
            if (attempt === interrupted) return { attempt: last, attempts };
            last = attempt;
            attempts += 1;
            const left = until - now();
            const isOpen = attempt.outcome === "differs" || attempt.mayPass === true;
            if (!isOpen || left <= 0) return { attempt, attempts };
            await pause(Math.min(wait, left));
        }
    }

    #ask(one: VerifyCase): Promise<Attempt> {
        const limits = this.options;
        switch (one.kind) {
            case "agent":
                return this.#agent(one);
            case "unsigned":
                return this.#withPlace(one, (place) =>
                    askBySignature(place, one.kind, undefined, limits),
                );
            case "expired session":
                return this.#expired(one);
            case "wrong region":
            case "wrong service":
                return this.#signed(one, (place, session) =>
                    askBySignature(place, one.kind, session, limits),
                );
            case "allowed":
                return this.#signed(one, (place, session) =>
                    askAllowed(place, session, one, limits),
                );
            default:
                return this.#signed(one, (place, session) => askRefused(place, session, limits));
        }
    }

    #signed(
        one: VerifyCase,
        ask: (place: CallPlace, session: AwsCredentials) => Promise<Answer>,
    ): Promise<Attempt> {
        return this.#withPlace(one, async (place) => {
            const session = await this.#sessionOf(one);
            if ("problem" in session) return withoutSession(session);
            return { ...(await ask(place, session.credentials)), profile: session.profile };
        });
    }

    /** The first of those that it may be asked as that has credentials. */
    #sessionOf({ as, principal }: VerifyCase): Promise<Session> {
        const { sessions, places } = this.callers;
        return firstSession(
            as.map((name) => () => sessions.of(name, places.roles.get(name))),
            `nobody to ask as ${principal ?? ""}`,
        );
    }

    async #withPlace(
        { gateway, target }: VerifyCase,
        ask: (place: CallPlace) => Promise<Attempt>,
    ): Promise<Attempt> {
        const { gateways, runtimes } = this.callers.places;
        const place =
            target === undefined ? gateways.get(gateway) : runtimes.get(`${gateway}/${target}`);
        if (place !== undefined) return ask(place);
        const what =
            target === undefined ? `gateway ${gateway}` : `the runtime of target ${target}`;
        return notVerified(`${what} is not in its stack's outputs: deploy the stack first`);
    }

    async #expired(one: VerifyCase): Promise<Attempt> {
        const { expiredSession, places } = this.callers;
        const [principal = ""] = one.as;
        const roleArn = places.roles.get(principal);
        if (expiredSession === undefined || roleArn === undefined) {
            return notVerified(`the role of ${principal} is not in its stack's outputs`);
        }
        return this.#withPlace(one, async (place) => {
            try {
                return await askBySignature(
                    place,
                    one.kind,
                    await expiredSession(roleArn),
                    this.options,
                );
            } catch (error) {
                if (!(error instanceof InvalidOptions)) throw error;
                return notVerified(error.message);
            }
        });
    }

    #agent(one: VerifyCase): Promise<Attempt> {
        const { principal = "", expect, calls: [call] = [] } = one;
        const place = this.callers.places.agents.get(principal);
        if (place === undefined) {
            return Promise.resolve(
                notVerified(`the agent's runtime is not in its stack's outputs: deploy it first`),
            );
        }
        return this.#withPlace(one, async ({ url: gatewayUrl }) => {
            if (call === undefined) return notVerified("there is no example to ask for");
            const asker = await this.#askerOf(principal);
            if ("problem" in asker) return withoutSession(asker);
            const about = { gatewayUrl, expect, call };
            const answer = await this.#inConversation(principal, (session) =>
                askAgent(place, asker.credentials, { ...about, session }, this.options),
            );
            return { ...answer, profile: asker.profile };
        });
    }

    #askerOf(principal: string): Promise<Session> {
        const { sessions, askers } = this.callers;
        return firstSession(
            (askers.get(principal) ?? []).map(
                ({ profile, roleArn }) =>
                    () =>
                        roleArn === undefined
                            ? sessions.named(profile)
                            : sessions.of(profile, roleArn),
            ),
            `none of the agent's invokedBy has a profile here: give one by --profile ${principal}=<profile>`,
        );
    }

    #inConversation<T>(agent: string, ask: (session: string) => Promise<T>): Promise<T> {
        const conversation = this.#conversations.get(agent) ?? {
            session: randomUUID(),
            last: Promise.resolve(),
        };
        this.#conversations.set(agent, conversation);
        const answer = conversation.last.then(() => ask(conversation.session));
        conversation.last = answer;
        return answer;
    }
}

function notVerified(got: string): Answer {
    return { outcome: "notVerified", got };
}

function withoutSession({ problem, mayPass }: NoSession): Answer {
    return { ...notVerified(problem), ...(mayPass !== undefined && { mayPass }) };
}

/** The first session that there is; else why there is none, and whether one of them may come yet. */
async function firstSession(
    asks: readonly (() => Promise<Session>)[],
    problem: string,
): Promise<Session> {
    let last: NoSession = { problem, profile: "" };
    for (const ask of asks) {
        const session = await ask();
        if (!("problem" in session)) return session;
        const mayPass = last.mayPass === true || session.mayPass === true;
        last = { ...session, ...(mayPass && { mayPass }) };
    }
    return last;
}

/** Ends early where it is stopped. */
async function pauseFor(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
    await setTimeout(milliseconds, undefined, signal && { signal }).catch(() => undefined);
}
