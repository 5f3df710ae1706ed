import { createServer, type AddressInfo } from "node:net";

/** Ports that were given away and may not be listened on yet. */
const given = new Set<number>();

/** A port of loopback that nothing listens on, and that nobody else was given. */
export async function freePort(): Promise<number> {
    for (;;) {
        const port = await anyPort();
        if (given.has(port)) continue;
        given.add(port);
        return port;
    }
}

/** The port may be given away again. */
export function releasePort(port: number): void {
    given.delete(port);
}

function anyPort(): Promise<number> {
    return new Promise((resolve, reject) => {
        const server = createServer();
        server.once("error", reject);
        server.listen(0, "127.0.0.1", () => {
            const { port } = server.address() as AddressInfo;
            server.close(() => {
                resolve(port);
            });
        });
    });
}
