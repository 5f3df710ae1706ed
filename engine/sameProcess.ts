import * as grpc from "@grpc/grpc-js";

type Answer = (error: grpc.ServiceError | null, response: unknown) => void;

/** A gRPC client's unary methods; metadata and options may stand before the callback. */
type Client = Readonly<Record<string, (request: unknown, ...rest: [...unknown[], Answer]) => void>>;

/**
 * A client of a service that is in this process: the same messages go to the same methods, without HTTP/2 and without
 * being encoded, which took half of a deployment's time.
 */
export function sameProcessClient(service: grpc.UntypedServiceImplementation): Client {
    connections += 1;
    const peer = `process:${connections}`;
    return Object.fromEntries(
        Object.entries(service).map(([name, handler]) => {
            const handle = handler as unknown as (
                call: { request: unknown; getPeer: () => string },
                callback: (error: Partial<grpc.StatusObject> | null, response: unknown) => void,
            ) => void;
            const method: Client[string] = (request, ...rest) => {
                const answer = rest.at(-1) as Answer;
                queueMicrotask(() => {
                    handle({ request, getPeer: () => peer }, (error, response) => {
                        answer(error && serviceError(error), response);
                    });
                });
            };
            return [name, method];
        }),
    );
}

/** Services tell their clients apart by it. */
let connections = 0;

/** An error as a client gets it. */
function serviceError(error: Partial<grpc.StatusObject>): grpc.ServiceError {
    const { code = grpc.status.UNKNOWN, details = "" } = error;
    return Object.assign(new Error(`${code} ${grpc.status[code]}: ${details}`), {
        code,
        details,
        metadata: new grpc.Metadata(),
    });
}
