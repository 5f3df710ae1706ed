import * as grpc from "@grpc/grpc-js";
import emptyProto from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import pluginProto from "@pulumi/pulumi/proto/plugin_pb";
import providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb";
import providerProto from "@pulumi/pulumi/proto/provider_pb";
import { isDeepStrictEqual } from "node:util";
import { createOnlyProperties, type ConstrainedType } from "../../agentcore/constraints";
import { shown } from "../../agentcore/shown";
import { AwsError, validation } from "../awsError";
import type { LocalAccount } from "../services/account";
import { awsFunctions, awsResources } from "./aws";
import { awsNativeResources } from "./awsNative";
import { failuresOf, withDocuments, type Failure } from "./check";
import type {
    Properties,
    ResourceContext,
    ResourceHandler,
    ResourceHandlers,
} from "./resourceHandler";

/** The loopback ports of one account's providers, by Pulumi package. */
export type ProviderPorts = Record<"aws" | "aws-native", number>;

/** One account's providers, until they are stopped. */
export interface ServedProviders {
    ports: ProviderPorts;
    stop: () => Promise<void>;
}

/**
 * Serves Pulumi's `ResourceProvider` for one account on loopback, a port for each package. A provider acts
 * with the credentials of this account, so its `allowedAccountIds` pin is checked against it.
 */
export async function serveProviders(account: LocalAccount): Promise<ServedProviders> {
    const aws = await serve(account, awsResources, awsFunctions);
    const awsNative = await serve(account, awsNativeResources, {});
    return {
        ports: { aws: aws.port, "aws-native": awsNative.port },
        stop: async () => {
            aws.server.forceShutdown();
            awsNative.server.forceShutdown();
            return Promise.resolve();
        },
    };
}

type Functions = Readonly<Record<string, (accountId: string, region: string) => Properties>>;

async function serve(
    account: LocalAccount,
    resources: ResourceHandlers,
    functions: Functions,
): Promise<{ server: grpc.Server; port: number }> {
    const server = new grpc.Server();
    server.addService(
        providerGrpc.ResourceProviderService,
        provider(account, resources, functions),
    );
    const port = await new Promise<number>((resolve, reject) => {
        server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
            if (error) reject(error);
            else resolve(bound);
        });
    });
    return { server, port };
}

/** The service's methods; each answers synchronously, and an {@link AwsError} keeps its code. */
function provider(
    account: LocalAccount,
    resources: ResourceHandlers,
    functions: Functions,
): grpc.UntypedServiceImplementation {
    let region = "";
    const context = (): ResourceContext => ({ account, region });
    const resourceOf = (urn: string): { type: ConstrainedType; handler: ResourceHandler } => {
        const type = typeOfUrn(urn);
        const handler = resources[type];
        if (handler === undefined) throw notEmulatedType(type);
        return { type, handler };
    };
    const handlerOf = (urn: string) => resourceOf(urn).handler;
    return {
        handshake: unary(() => {
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
            return checked(inputs, failuresOf(type, inputs));
        }),
        diff: unary((request: DiffRequest) => {
            const createOnly = createOnlyProperties(resourceOf(request.getUrn()).type);
            const olds = properties(request.getOldInputs());
            const news = properties(request.getNews());
            const changed = [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter(
                (name) => !isDeepStrictEqual(comparable(olds[name]), comparable(news[name])),
            );
            const response = new providerProto.DiffResponse();
            response.setChanges(
                changed.length === 0
                    ? providerProto.DiffResponse.DiffChanges.DIFF_NONE
                    : providerProto.DiffResponse.DiffChanges.DIFF_SOME,
            );
            response.setDiffsList(changed);
            response.setReplacesList(changed.filter((name) => createOnly.includes(name)));
            return response;
        }),
        create: unary((request: CreateRequest) => {
            const { id, outputs } = handlerOf(request.getUrn()).create(
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
            const state = handlerOf(request.getUrn()).read(context(), request.getId(), inputs);
            const response = new providerProto.ReadResponse();
            if (state === undefined) return response;
            response.setId(state.id);
            response.setProperties(struct(state.outputs));
            response.setInputs(struct(inputs));
            return response;
        }),
        update: unary((request: UpdateRequest) => {
            const { type, handler } = resourceOf(request.getUrn());
            const news = properties(request.getNews());
            requireFixed(type, properties(request.getOldInputs()), news);
            const { outputs } = handler.update(context(), request.getId(), news);
            const response = new providerProto.UpdateResponse();
            response.setProperties(struct(outputs));
            return response;
        }),
        delete: unary((request: DeleteRequest) => {
            const inputs = properties(request.getOldInputs() ?? request.getProperties());
            handlerOf(request.getUrn()).delete(context(), request.getId(), inputs);
            return new emptyProto.Empty();
        }),
        invoke: unary((request: InvokeRequest) => {
            const answer = functions[request.getTok()];
            if (answer === undefined) throw notEmulatedType(request.getTok());
            const response = new providerProto.InvokeResponse();
            response.setReturn(struct(answer(account.id, region)));
            return response;
        }),
    };
}

type CheckRequest = InstanceType<typeof providerProto.CheckRequest>;
type ConfigureRequest = InstanceType<typeof providerProto.ConfigureRequest>;
type DiffRequest = InstanceType<typeof providerProto.DiffRequest>;
type CreateRequest = InstanceType<typeof providerProto.CreateRequest>;
type ReadRequest = InstanceType<typeof providerProto.ReadRequest>;
type UpdateRequest = InstanceType<typeof providerProto.UpdateRequest>;
type DeleteRequest = InstanceType<typeof providerProto.DeleteRequest>;
type InvokeRequest = InstanceType<typeof providerProto.InvokeRequest>;

/** A gRPC method that answers at once; whatever it throws becomes the call's error. */
function unary<Request, Response>(
    answer: (request: Request) => Response,
): grpc.handleUnaryCall<Request, Response> {
    return (call, callback) => {
        try {
            callback(null, answer(call.request));
        } catch (error) {
            const message =
                error instanceof AwsError
                    ? `${error.code}: ${error.message}`
                    : error instanceof Error
                      ? error.message
                      : String(error);
            callback({ code: grpc.status.UNKNOWN, details: message });
        }
    };
}

function checked(inputs: Properties, failures: readonly Failure[] = []) {
    const response = new providerProto.CheckResponse();
    response.setInputs(struct(inputs));
    response.setFailuresList(
        failures.map(({ property, reason }) => {
            const failure = new providerProto.CheckFailure();
            failure.setProperty(property);
            failure.setReason(reason);
            return failure;
        }),
    );
    return response;
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

/** What only another resource can have is no update, whoever asks for it. */
function requireFixed(type: ConstrainedType, olds: Properties, news: Properties): void {
    const changed = createOnlyProperties(type).filter(
        (name) => olds[name] !== undefined && !isDeepStrictEqual(olds[name], news[name]),
    );
    if (changed.length === 0) return;
    const lines = changed.map(
        (name) =>
            `${name}: got ${shown(news[name])}; must stay ${shown(olds[name])}: another value is another resource`,
    );
    throw validation(lines.join("; "));
}

function notEmulatedType(type: string): AwsError {
    return new AwsError(
        "NotEmulated",
        `${type} is not modelled by the local cloud; docs/local-mode.md lists what it does`,
        501,
    );
}

function properties(message: Struct | undefined): Properties {
    return message === undefined ? {} : message.toJavaScript();
}

function struct(value: Properties): Struct {
    return Struct.fromJavaScript(
        JSON.parse(JSON.stringify(value)) as Parameters<typeof Struct.fromJavaScript>[0],
    );
}

/** Archives are compared by their digest, wherever they stand. */
function comparable(value: unknown): unknown {
    if (typeof value === "object" && value !== null && "hash" in value) return value.hash;
    return value;
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
    { maxCharacters }: { maxCharacters: number },
): string {
    const name = urn.split("::").at(-1) ?? "";
    const suffix = `-${Buffer.from(seed).toString("hex").slice(0, 7)}`;
    return name.slice(0, maxCharacters - suffix.length) + suffix;
}
