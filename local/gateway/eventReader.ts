import { StringDecoder } from "node:string_decoder";
import { createParser } from "eventsource-parser";
import { isRecord } from "./message";

/** Reads the events of an answer as they come, and knows when to stop. */
export class EventReader {
    readonly #decoder = new StringDecoder("utf8");
    readonly #events: string[] = [];
    readonly #parser = createParser({
        onEvent: ({ data }) => {
            this.#events.push(data);
            this.#isAsked ||= isRequest(data);
        },
    });
    #isAsked = false;

    /** Whether the server has asked something, and so may wait for an answer that it does not get. */
    add(part: Buffer): boolean {
        this.#parser.feed(this.#decoder.write(part));
        return this.#isAsked;
    }

    /** The data of all events. */
    end(): readonly string[] {
        // The last event may lack the empty line that ends it.
        this.#parser.feed(`${this.#decoder.end()}\n\n`);
        return this.#events;
    }
}

/** Whether a message is a request that its sender waits for; a `ping` tells only whether one is there. */
export function isServerRequest(message: Readonly<Record<string, unknown>>): boolean {
    const { method, id } = message;
    return typeof method === "string" && method !== "ping" && id !== undefined;
}

function isRequest(data: string): boolean {
    // Most events are answers, which are parsed where they are read.
    if (!data.includes('"method"')) return false;
    try {
        const json: unknown = JSON.parse(data);
        return [json].flat().some((message) => isRecord(message) && isServerRequest(message));
    } catch {
        return false;
    }
}
