import { setImmediate } from "node:timers/promises";
import { answerEvents } from "./answerEvents";
import type { ConverseEvent, ConverseInput, Model } from "./converse";
import { standInAnswer } from "./standIn";

/** The stand-in behind Converse and ConverseStream: one answer, in events. */
export const standInModel: Model = {
    async *converse(input: ConverseInput, signal: AbortSignal): AsyncGenerator<ConverseEvent> {
        const start = performance.now();
        const answer = standInAnswer(input);
        const latencyMs = Math.round(performance.now() - start);
        for (const event of answerEvents(input, answer, latencyMs)) {
            if (signal.aborted) return;
            yield event;
            // Each event leaves as a part of its own, as a model's do, and other requests get their turn.
            await setImmediate();
        }
    },
};
