import type { ConverseEvent, ConverseInput, Model } from "./converse";
import { modelError, openAiEvents } from "./openAiEvents";
import { openAiRequest } from "./openAiRequest";

/** A server on this machine that speaks OpenAI's chat completions, such as Ollama or llama.cpp. */
export interface LocalModels {
    /** With its version, `http://127.0.0.1:11434/v1`. */
    baseUrl: string;
    /** The model's name there. @default the id that the request names */
    modelId?: string;
}

/** An address that prompts must not be sent to. */
export class NotALoopbackUrl extends Error {
    constructor(readonly url: string) {
        super(
            `models.baseUrl: got ${url}; must be http:// or https:// and a loopback address (127.0.0.1, localhost, [::1]), as in http://127.0.0.1:11434/v1`,
        );
        this.name = "NotALoopbackUrl";
    }
}

/**
 * Passes conversations on to a model server on this machine.
 *
 * @throws NotALoopbackUrl
 */
export function openAiModel({ baseUrl, modelId }: LocalModels): Model {
    const url = completionsUrl(baseUrl);
    return {
        async *converse(input: ConverseInput, signal: AbortSignal): AsyncGenerator<ConverseEvent> {
            const startedAt = performance.now();
            const response = await ask(url, openAiRequest(input, modelId ?? input.modelId), signal);
            try {
                yield* openAiEvents(response, startedAt);
            } catch (error) {
                if (error instanceof TypeError && !signal.aborted) throw unreachable(url, error);
                throw error;
            }
        },
    };
}

async function ask(
    url: URL,
    request: Record<string, unknown>,
    signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
    let response: Response;
    try {
        response = await fetch(url, {
            method: "POST",
            headers: { "content-type": "application/json", accept: "text/event-stream" },
            body: JSON.stringify(request),
            // A redirect could lead off this machine.
            redirect: "error",
            signal,
        });
    } catch (error) {
        throw unreachable(url, error);
    }
    if (!response.ok) {
        const text = (await response.text()).slice(0, 500);
        throw modelError(`${url.href} answered ${response.status}: ${text}`);
    }
    const type = response.headers.get("content-type") ?? "no content type";
    if (response.body === null || !type.includes("text/event-stream")) {
        throw modelError(`${url.href} answered ${type}; must be text/event-stream`);
    }
    return response.body;
}

function unreachable(url: URL, error: unknown): Error {
    const { cause, message } = error as Error;
    const reason = cause instanceof Error ? cause.message : message;
    return modelError(
        `${url.href} cannot be reached (${reason}). Start it, or start the local cloud without it.`,
    );
}

function completionsUrl(baseUrl: string): URL {
    const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
    const isLoopback =
        url !== undefined &&
        /^https?:$/.test(url.protocol) &&
        /^(?:localhost|\[::1\]|127(?:\.\d+){3})$/.test(url.hostname);
    if (!isLoopback) throw new NotALoopbackUrl(baseUrl);
    return new URL(`${url.href.replace(/\/+$/, "")}/chat/completions`);
}
