import * as grpc from "@grpc/grpc-js";
import providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb";
import type { ServedAccount } from "../../local/cloud";
import type { ProviderPorts, ServedProviders } from "../../local/providers/server";

/** What changes the cloud. */
export type Change = "create" | "update" | "delete";

/** Called before each change, with the resource's name; what it throws is what the service answers. */
export type BeforeChange = (change: Change, name: string) => void;

/** An account's providers with something in between that can refuse each change. */
export class ProviderProxy {
    beforeChange: BeforeChange = () => undefined;
    readonly services: ServedProviders["services"];
    readonly #servers: grpc.Server[] = [];
    ports!: ProviderPorts;

    private constructor({ providers }: ServedAccount) {
        if (providers === undefined) throw new Error("The providers are of another process");
        this.services = mapValues(providers, (service) => this.#wrap(service));
    }

    static async start(account: ServedAccount): Promise<ProviderProxy> {
        const proxy = new ProviderProxy(account);
        const ports = Object.entries(proxy.services).map(
            async ([name, service]) => [name, await proxy.#serve(service)] as const,
        );
        proxy.ports = Object.fromEntries(await Promise.all(ports)) as ProviderPorts;
        return proxy;
    }

    stop(): void {
        for (const server of this.#servers) server.forceShutdown();
    }

    #wrap(service: grpc.UntypedServiceImplementation): grpc.UntypedServiceImplementation {
        const wrapped = { ...service };
        for (const change of ["create", "update", "delete"] as const) {
            const method = service[change] as grpc.handleUnaryCall<ChangeRequest, unknown>;
            const refusing: typeof method = (call, callback) => {
                try {
                    if (call.request.getPreview?.() !== true) {
                        const name = call.request.getUrn().split("::").at(-1) ?? "";
                        this.beforeChange(change, name);
                    }
                } catch (error) {
                    callback({ code: grpc.status.UNKNOWN, details: (error as Error).message });
                    return;
                }
                method(call, callback);
            };
            wrapped[change] = refusing;
        }
        return wrapped;
    }

    #serve(service: grpc.UntypedServiceImplementation): Promise<number> {
        const server = new grpc.Server();
        this.#servers.push(server);
        server.addService(providerGrpc.ResourceProviderService, service);
        const credentials = grpc.ServerCredentials.createInsecure();
        return new Promise((resolve, reject) => {
            server.bindAsync("127.0.0.1:0", credentials, (error, port) => {
                if (error === null) resolve(port);
                else reject(error);
            });
        });
    }
}

interface ChangeRequest {
    getUrn: () => string;
    getPreview?: () => boolean;
}

function mapValues<Name extends string, V>(
    values: Readonly<Record<Name, V>>,
    map: (value: V) => V,
): Record<Name, V> {
    return Object.fromEntries(
        Object.entries<V>(values).map(([name, value]) => [name, map(value)]),
    ) as Record<Name, V>;
}
