import * as grpc from "@grpc/grpc-js";
import awsPackage from "@pulumi/aws/package.json";
import awsNativePackage from "@pulumi/aws-native/package.json";
import commandPackage from "@pulumi/command/package.json";
import dockerBuildPackage from "@pulumi/docker-build/package.json";
import providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb";
import type { LocalAccount } from "../services/account";
import { awsFunctions, awsResources } from "./aws";
import { awsNativeResources } from "./awsNative";
import { commandResources } from "./command";
import { CommandRunner } from "./commandRunner";
import { dockerBuildResources } from "./dockerBuild";
import { provider, type ProviderPackage } from "./provider";
import type { ProviderDeps } from "./resourceHandler";

/** The packages that the local cloud has providers of, in the versions of the SDKs that programs use. */
const packages = {
    aws: { resources: awsResources, functions: awsFunctions, version: awsPackage.version },
    "aws-native": { resources: awsNativeResources, version: awsNativePackage.version },
    "docker-build": { resources: dockerBuildResources, version: dockerBuildPackage.version },
    command: { resources: commandResources, version: commandPackage.version },
} as const satisfies Record<string, Omit<ProviderPackage, "name">>;

/** The loopback ports of one account's providers, by Pulumi package. */
export type ProviderPorts = Record<keyof typeof packages, number>;

/** One account's providers, until they are stopped. */
export interface ServedProviders {
    ports: ProviderPorts;
    /** The same, for an engine in this process. */
    services: Record<keyof typeof packages, grpc.UntypedServiceImplementation>;
    stop: () => Promise<void>;
}

/**
 * Serves Pulumi's `ResourceProvider` for one account on loopback, a port for each package. A provider acts
 * with the credentials of this account, so its `allowedAccountIds` pin is checked against it.
 */
export async function serveProviders(
    account: LocalAccount,
    deps: ProviderDeps,
): Promise<ServedProviders> {
    const commands = new CommandRunner();
    const served = await Promise.all(
        Object.entries(packages).map(async ([name, served]) => {
            const server = new grpc.Server();
            const service = provider({ ...deps, account, commands }, { name, ...served });
            server.addService(providerGrpc.ResourceProviderService, service);
            return { name, server, service, port: await listen(server) };
        }),
    );
    return {
        ports: Object.fromEntries(served.map(({ name, port }) => [name, port])) as ProviderPorts,
        services: Object.fromEntries(
            served.map(({ name, service }) => [name, service]),
        ) as ServedProviders["services"],
        stop: async () => {
            commands.stop();
            for (const { server } of served) server.forceShutdown();
            return Promise.resolve();
        },
    };
}

function listen(server: grpc.Server): Promise<number> {
    return new Promise((resolve, reject) => {
        server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
            if (error) reject(error);
            else resolve(bound);
        });
    });
}
