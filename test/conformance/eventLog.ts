import type { EventStore, JSONRPCMessage } from "@modelcontextprotocol/server";

/** The events of one session's streams, in the order in which they were sent. */
export class EventLog implements EventStore {
    private readonly events: { streamId: string; message: JSONRPCMessage }[] = [];

    storeEvent(streamId: string, message: JSONRPCMessage): Promise<string> {
        this.events.push({ streamId, message });
        return Promise.resolve(String(this.events.length));
    }

    getStreamIdForEventId(eventId: string): Promise<string | undefined> {
        return Promise.resolve(this.events[Number(eventId) - 1]?.streamId);
    }

    async replayEventsAfter(
        lastEventId: string,
        { send }: { send: (eventId: string, message: JSONRPCMessage) => Promise<void> },
    ): Promise<string> {
        const last = this.events[Number(lastEventId) - 1];
        if (last === undefined) throw new Error(`No event ${lastEventId}`);
        for (const [index, { streamId, message }] of this.events.entries()) {
            const isLater = index >= Number(lastEventId);
            // The event that only begins a stream has no message in it.
            if (isLater && streamId === last.streamId && Object.keys(message).length > 0) {
                await send(String(index + 1), message);
            }
        }
        return last.streamId;
    }
}
