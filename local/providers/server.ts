import * as grpc from "@grpc/grpc-js";
import emptyProto from "google-protobuf/google/protobuf/empty_pb";
import pluginProto from "@pulumi/pulumi/proto/plugin_pb";
import providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb";
import providerProto from "@pulumi/pulumi/proto/provider_pb";
import { createOnlyProperties, type ConstrainedType } from "../../agentcore/constraints";
import { AwsError } from "../awsError";
import type { LocalAccount } from "../services/account";
import { awsFunctions, awsResources } from "./aws";
import { awsNativeResources } from "./awsNative";
import { changedInputs, requireFixed } from "./changes";
import { failuresOf, withDocuments } from "./check";
import { commandResources } from "./command";
import { CommandRunner } from "./commandRunner";
import { dockerBuildResources } from "./dockerBuild";
import {
    checked,
    properties,
    struct,
    unary,
    type CheckRequest,
    type ConfigureRequest,
    type CreateRequest,
    type DeleteRequest,
    type DiffRequest,
    type HandshakeRequest,
    type InvokeRequest,
    type ReadRequest,
    type UpdateRequest,
} from "./protocol";
import type {
    Properties,
    ProviderDeps,
    ResourceContext,
    ResourceHandler,
    ResourceHandlers,
} from "./resourceHandler";

/** The packages that the local cloud has providers of. */
const packages = {
    aws: { resources: awsResources, functions: awsFunctions },
    "aws-native": { resources: awsNativeResources, functions: {} },
    "docker-build": { resources: dockerBuildResources, functions: {} },
    command: { resources: commandResources, functions: {} },
} as const satisfies Record<string, { resources: ResourceHandlers; functions: Functions }>;

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
        Object.entries(packages).map(async ([name, { resources, functions }]) => {
            const server = new grpc.Server();
            const service = provider({ ...deps, account, commands }, resources, functions);
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

type Functions = Readonly<
    Record<string, (context: ResourceContext, args: Properties) => Properties>
>;

function listen(server: grpc.Server): Promise<number> {
    return new Promise((resolve, reject) => {
        server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
            if (error) reject(error);
            else resolve(bound);
        });
    });
}

/** The service's methods. */
function provider(
    cloud: Omit<ResourceContext, "region" | "programFolder">,
    resources: ResourceHandlers,
    functions: Functions,
): grpc.UntypedServiceImplementation {
    const { account } = cloud;
    let region = "";
    // Where an engine attaches without a word of its program, that runs where this cloud was started.
    let programFolder = process.cwd();
    const context = (): ResourceContext => ({ ...cloud, region, programFolder });
    const resourceOf = (urn: string): { type: ConstrainedType; handler: ResourceHandler } => {
        const type = typeOfUrn(urn);
        const handler = resources[type];
        if (handler === undefined) throw notEmulatedType(type);
        return { type, handler };
    };
    const handlerOf = (urn: string) => resourceOf(urn).handler;
    return {
        handshake: unary((request: HandshakeRequest) => {
            programFolder = request.getProgramDirectory() || programFolder;
            const response = new providerProto.ProviderHandshakeResponse();
            response.setAcceptSecrets(false);
            response.setAcceptResources(false);
            response.setAcceptOutputs(false);
            return response;
        }),
        getPluginInfo: unary(() => {
            const info = new pluginProto.PluginInfo();
            info.setVersion("0.0.0");
            return info;
        }),
        attach: unary(() => new emptyProto.Empty()),
        cancel: unary(() => new emptyProto.Empty()),
        checkConfig: unary((request: CheckRequest) => checked(properties(request.getNews()))),
        diffConfig: unary(() => new providerProto.DiffResponse()),
        configure: unary((request: ConfigureRequest) => {
            const config = properties(request.getArgs());
            requireAllowedAccount(account.id, listOf(config["allowedAccountIds"]));
            region = typeof config["region"] === "string" ? config["region"] : region;
            const response = new providerProto.ConfigureResponse();
            response.setAcceptsecrets(false);
            response.setSupportspreview(false);
            return response;
        }),
        check: unary((request: CheckRequest) => {
            const { type, handler } = resourceOf(request.getUrn());
            const inputs = withDocuments(properties(request.getNews()), handler.documents ?? []);
            const olds = properties(request.getOlds());
            const { autoName } = handler;
            if (autoName !== undefined && inputs[autoName.property] === undefined) {
                inputs[autoName.property] =
                    olds[autoName.property] ??
                    randomName(request.getUrn(), request.getRandomseed_asU8(), autoName);
            }
            const failures = failuresOf(type, inputs);
            return checked(inputs, [...failures, ...(handler.check?.(context(), inputs) ?? [])]);
        }),
        diff: unary((request: DiffRequest) => {
            const { type, handler } = resourceOf(request.getUrn());
            const createOnly = createOnlyProperties(type);
            const inputs = properties(request.getOldInputs());
            const news = properties(request.getNews());
            const changed =
                handler.changes?.(
                    context(),
                    { inputs, outputs: properties(request.getOlds()) },
                    news,
                ) ?? changedInputs(inputs, news);
            const response = new providerProto.DiffResponse();
            response.setChanges(
                changed.length === 0
                    ? providerProto.DiffResponse.DiffChanges.DIFF_NONE
                    : providerProto.DiffResponse.DiffChanges.DIFF_SOME,
            );
            response.setDiffsList(changed);
            response.setReplacesList(changed.filter((name) => createOnly.includes(name)));
            response.setDeletebeforereplace(handler.deleteBeforeReplace ?? false);
            return response;
        }),
        create: unary(async (request: CreateRequest) => {
            const { id, outputs } = await handlerOf(request.getUrn()).create(
                context(),
                properties(request.getProperties()),
            );
            const response = new providerProto.CreateResponse();
            response.setId(id);
            response.setProperties(struct(outputs));
            return response;
        }),
        read: unary((request: ReadRequest) => {
            const inputs = properties(request.getInputs());
            const state = handlerOf(request.getUrn()).read(
                context(),
                request.getId(),
                inputs,
                properties(request.getProperties()),
            );
            const response = new providerProto.ReadResponse();
            if (state === undefined) return response;
            response.setId(state.id);
            response.setProperties(struct(state.outputs));
            response.setInputs(struct(inputs));
            return response;
        }),
        update: unary(async (request: UpdateRequest) => {
            const { type, handler } = resourceOf(request.getUrn());
            const news = properties(request.getNews());
            requireFixed(type, properties(request.getOldInputs()), news);
            const { outputs } = await handler.update(
                context(),
                request.getId(),
                news,
                properties(request.getOlds()),
            );
            const response = new providerProto.UpdateResponse();
            response.setProperties(struct(outputs));
            return response;
        }),
        delete: unary(async (request: DeleteRequest) => {
            const outputs = properties(request.getProperties());
            const oldInputs = request.getOldInputs();
            const inputs = oldInputs === undefined ? outputs : properties(oldInputs);
            await handlerOf(request.getUrn()).delete(context(), request.getId(), inputs, outputs);
            return new emptyProto.Empty();
        }),
        invoke: unary((request: InvokeRequest) => {
            const answer = functions[request.getTok()];
            if (answer === undefined) throw notEmulatedType(request.getTok());
            const response = new providerProto.InvokeResponse();
            response.setReturn(struct(answer(context(), properties(request.getArgs()))));
            return response;
        }),
    };
}

/** The pin of both AWS providers, in the words of the `aws` provider. */
function requireAllowedAccount(accountId: string, allowed: readonly string[]): void {
    if (allowed.length > 0 && !allowed.includes(accountId)) {
        throw new AwsError(
            "WrongAccount",
            `AWS account ID not allowed: the credentials are of account ${accountId}; the stack is pinned to ${allowed.join(", ")} (agentcore-hub:account.id). Use credentials of ${allowed.join(", ")}, or correct the config.`,
            403,
        );
    }
}

function notEmulatedType(type: string): AwsError {
    return new AwsError(
        "NotEmulated",
        `${type} is not modelled by the local cloud; docs/local-mode.md lists what it does`,
        501,
    );
}

/** Lists among a provider's inputs travel as JSON text. */
function listOf(value: unknown): string[] {
    const list: unknown = typeof value === "string" ? JSON.parse(value) : (value ?? []);
    return list as string[];
}

/** The resource type of a URN; one without a handler is refused by name. */
function typeOfUrn(urn: string): ConstrainedType {
    return (urn.split("::")[2]?.split("$").at(-1) ?? "") as ConstrainedType;
}

/** The resource's name and seven hex characters of the engine's seed, cut to fit. */
function randomName(
    urn: string,
    seed: Uint8Array,
    { maxCharacters, isLowerCase }: NonNullable<ResourceHandler["autoName"]>,
): string {
    const name = urn.split("::").at(-1) ?? "";
    const suffix = `-${Buffer.from(seed).toString("hex").slice(0, 7)}`;
    const full = name.slice(0, maxCharacters - suffix.length) + suffix;
    return isLowerCase === true ? full.toLowerCase() : full;
}
