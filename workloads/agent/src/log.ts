/** Writes one line of JSON. */
export type Log = (line: Readonly<Record<string, unknown>>) => void;

/**
 * A log of JSON lines. Lines of one turn of the event loop are written together, because each write holds up all
 * sessions.
 */
export function lineLog(write: (lines: string) => void): { log: Log; flush: () => void } {
    let waiting = "";
    const flush = () => {
        if (waiting === "") return;
        const lines = waiting;
        waiting = "";
        write(lines);
    };
    return {
        log: (line) => {
            if (waiting === "") setImmediate(flush);
            waiting += `${JSON.stringify({ time: new Date().toISOString(), ...line })}\n`;
        },
        flush,
    };
}
