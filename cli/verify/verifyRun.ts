import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { AwsCredentials } from "../../sigv4-fetch/src/index.js";
import { InvalidOptions } from "../invalidOptions";
import { askAgent, askAllowed, askBySignature, askRefused, type Answer } from "./verifyCalls";
import type { VerifyCase } from "./verifyCases";
import type { Places } from "./verifyPlaces";
import type { ProfileSessions, Session } from "./verifyProfiles";

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

/** How long, and how many at once. */
export interface RunOptions {
    /** Cases that differ are asked again until so many seconds after the start. */
    waitSeconds: number;
    onResult?: (result: CaseResult, left: number) => void;
    now?: () => number;
    pause?: (milliseconds: number) => Promise<unknown>;
}

const concurrency = 4;

/** Asks each case; those that do not hold again, until the time is over. */
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

class Run {
    /** One conversation with each agent, a question at a time: a session answers no two at once. */
    readonly #conversations = new Map<string, { session: string; last: Promise<unknown> }>();

    constructor(
        private readonly callers: Callers,
        private readonly options: RunOptions & { now: () => number; until: number },
    ) {}

    async result(one: VerifyCase): Promise<CaseResult> {
        if (one.skip !== undefined) {
            return { ...one, status: "skipped", got: one.skip, attempts: 0, milliseconds: 0 };
        }
        const { now, until, pause = setTimeout } = this.options;
        const start = now();
        for (let attempts = 1, wait = 1000; ; attempts++, wait = Math.min(wait * 2, 10_000)) {
            const { outcome, ...answer } = await this.#ask(one);
            const left = until - now();
            if (outcome !== "differs" || left <= 0) {
                const milliseconds = Math.round(now() - start);
                return { ...one, status: outcome, ...answer, attempts, milliseconds };
            }
            await pause(Math.min(wait, left));
        }
    }

    #ask(one: VerifyCase): Promise<Answer & { profile?: string }> {
        switch (one.kind) {
            case "agent":
                return this.#agent(one);
            case "unsigned":
                return this.#withPlace(one, (place) => askBySignature(place, one.kind, undefined));
            case "expired session":
                return this.#expired(one);
            case "wrong region":
            case "wrong service":
                return this.#signed(one, (place, session) =>
                    askBySignature(place, one.kind, session),
                );
            case "allowed":
                return this.#signed(one, (place, session) => askAllowed(place, session, one));
            default:
                return this.#signed(one, askRefused);
        }
    }

    #signed(
        one: VerifyCase,
        ask: (place: { url: string; region: string }, session: AwsCredentials) => Promise<Answer>,
    ): Promise<Answer & { profile?: string }> {
        return this.#withPlace(one, async (place) => {
            const session = await this.#sessionOf(one);
            if ("problem" in session) return notVerified(session.problem);
            return { ...(await ask(place, session.credentials)), profile: session.profile };
        });
    }

    /** The first of those that it may be asked as that has credentials. */
    async #sessionOf({ as, principal }: VerifyCase): Promise<Session> {
        let session: Session = { problem: `nobody to ask as ${principal ?? ""}`, profile: "" };
        for (const name of as) {
            session = await this.callers.sessions.of(name, this.callers.places.roles.get(name));
            if (!("problem" in session)) break;
        }
        return session;
    }

    async #withPlace(
        { gateway, target }: VerifyCase,
        ask: (place: { url: string; region: string }) => Promise<Answer & { profile?: string }>,
    ): Promise<Answer & { profile?: string }> {
        const { gateways, runtimes } = this.callers.places;
        const place =
            target === undefined ? gateways.get(gateway) : runtimes.get(`${gateway}/${target}`);
        if (place !== undefined) return ask(place);
        const what =
            target === undefined ? `gateway ${gateway}` : `the runtime of target ${target}`;
        return notVerified(`${what} is not in its stack's outputs: deploy the stack first`);
    }

    async #expired(one: VerifyCase): Promise<Answer & { profile?: string }> {
        const { expiredSession, places } = this.callers;
        const [principal = ""] = one.as;
        const roleArn = places.roles.get(principal);
        if (expiredSession === undefined || roleArn === undefined) {
            return notVerified(`the role of ${principal} is not in its stack's outputs`);
        }
        return this.#withPlace(one, async (place) => {
            try {
                return await askBySignature(place, one.kind, await expiredSession(roleArn));
            } catch (error) {
                if (!(error instanceof InvalidOptions)) throw error;
                return notVerified(error.message);
            }
        });
    }

    #agent(one: VerifyCase): Promise<Answer & { profile?: string }> {
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
            if ("problem" in asker) return notVerified(asker.problem);
            const about = { gatewayUrl, expect, call };
            const answer = await this.#inConversation(principal, (session) =>
                askAgent(place, asker.credentials, { ...about, session }).catch(
                    (error: unknown): Answer => ({
                        outcome: "differs",
                        got: error instanceof Error ? error.message : String(error),
                    }),
                ),
            );
            return { ...answer, profile: asker.profile };
        });
    }

    async #askerOf(principal: string): Promise<Session> {
        let session: Session = {
            problem: `none of the agent's invokedBy has a profile here: give one by --profile ${principal}=<profile>`,
            profile: "",
        };
        for (const { profile, roleArn } of this.callers.askers.get(principal) ?? []) {
            session =
                roleArn === undefined
                    ? await this.callers.sessions.named(profile)
                    : await this.callers.sessions.of(profile, roleArn);
            if (!("problem" in session)) break;
        }
        return session;
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
