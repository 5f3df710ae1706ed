/**
 * What a bundled pack has of `@grpc/grpc-js`: a server. The package's own entry loads the client's channels, balancers
 * and resolvers too, which take a third of the time.
 */
import { setup as setUpAddresses } from "@grpc/grpc-js/build/src/resolver-ip";
import { registerDefaultScheme } from "@grpc/grpc-js/build/src/resolver";

export { Server } from "@grpc/grpc-js/build/src/server";
export { ServerCredentials } from "@grpc/grpc-js/build/src/server-credentials";

// A server looks its own address up as a client would: 127.0.0.1 as text, and `ipv4:127.0.0.1` when it is bound.
setUpAddresses();
registerDefaultScheme("ipv4");

/** Clients are made when their module is loaded; a pack calls nobody. */
export function makeGenericClientConstructor(): undefined {
    return undefined;
}
