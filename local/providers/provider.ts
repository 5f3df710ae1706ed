import type * as grpc from "@grpc/grpc-js";
import emptyProto from "google-protobuf/google/protobuf/empty_pb";
import pluginProto from "@pulumi/pulumi/proto/plugin_pb";
import providerProto from "@pulumi/pulumi/proto/provider_pb";
import { createOnlyProperties, type ConstrainedType } from "../../agentcore/constraints";
import { AwsError } from "../awsError";
import { requireAllowed, requireFunctionAllowed } from "./authorize";
import { changedInputs, difference, requireFixed } from "./changes";
import { failuresOf, withDocuments } from "./check";
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
import { configFailures, ProviderConfigs, requireAllowedAccount } from "./providerConfig";
import type {
    Properties,
    ResourceContext,
    ResourceHandler,
    ResourceHandlers,
} from "./resourceHandler";
import { isUnknown } from "./unknown";

/** The functions (invokes) of a package. */
export type Functions = Readonly<
    Record<string, (context: ResourceContext, args: Properties) => Properties>
>;

/** A Pulumi package, as far as the local cloud has it. */
export interface ProviderPackage {
    name: string;
    /** Of the package's SDK: the engine compares them. */
    version: string;
    resources: ResourceHandlers;
    functions?: Functions;
}

/** The methods of a package's `ResourceProvider` in one account. */
export function provider(
    cloud: Omit<ResourceContext, "region" | "programFolder" | "caller">,
    { name: packageName, version, resources, functions = {} }: ProviderPackage,
): grpc.UntypedServiceImplementation {
    const { account } = cloud;
    const configs = new ProviderConfigs();
    const contextOf = (caller: string): ResourceContext => ({
        ...cloud,
        ...configs.of(caller),
        caller,
    });
    const resourceOf = (urn: string): { type: ConstrainedType; handler: ResourceHandler } => {
        const type = typeOfUrn(urn);
        const handler = resources[type];
        if (handler === undefined) throw notEmulatedType(type);
        return { type, handler };
    };
    return {
        handshake: unary((request: HandshakeRequest, caller) => {
            const programFolder = request.getProgramDirectory();
            if (programFolder !== undefined && programFolder !== "") {
                configs.set(caller, { programFolder });
            }
            const response = new providerProto.ProviderHandshakeResponse();
            response.setAcceptSecrets(false);
            response.setAcceptResources(false);
            response.setAcceptOutputs(false);
            return response;
        }),
        getPluginInfo: unary(() => {
            const info = new pluginProto.PluginInfo();
            info.setVersion(version.replace(/^v/, ""));
            return info;
        }),
        attach: unary(() => new emptyProto.Empty()),
        cancel: unary((_request: unknown, caller) => {
            cloud.commands.cancel(caller);
            return new emptyProto.Empty();
        }),
        checkConfig: unary((request: CheckRequest) => {
            const config = properties(request.getNews());
            return checked(config, configFailures(packageName, config));
        }),
        diffConfig: unary((request: DiffRequest) => {
            const olds = properties(request.getOldInputs() ?? request.getOlds());
            // Neither AWS provider replaces what it has made when its own config changes (pulumi/pulumi-aws#5656,
            // pulumi-aws-native's DiffConfig): resources of `aws` look at their region themselves.
            return difference(olds, properties(request.getNews()), {
                changed: changedInputs(olds, properties(request.getNews())),
                replaced: [],
            });
        }),
        configure: unary((request: ConfigureRequest, caller) => {
            const config = properties(request.getArgs());
            const [failure] = configFailures(packageName, config);
            if (failure !== undefined) throw new AwsError("NotEmulated", failure.reason, 501);
            requireAllowedAccount(account.id, config);
            const { region } = config;
            if (typeof region === "string" && !isUnknown(region)) configs.set(caller, { region });
            const response = new providerProto.ConfigureResponse();
            response.setAcceptsecrets(false);
            response.setSupportspreview(true);
            return response;
        }),
        check: unary((request: CheckRequest, caller) => {
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
            const own = handler.check?.(contextOf(caller), inputs) ?? [];
            return checked(inputs, [...failures, ...own]);
        }),
        diff: unary((request: DiffRequest, caller) => {
            const { type, handler } = resourceOf(request.getUrn());
            const context = contextOf(caller);
            const old = {
                inputs: properties(request.getOldInputs()),
                outputs: properties(request.getOlds()),
            };
            const news = properties(request.getNews());
            const changed =
                handler.changes?.(context, old, news) ?? changedInputs(old.inputs, news);
            if (isElsewhere(handler, old.outputs, context.region)) changed.push("region");
            const fixed = [...createOnlyProperties(type), "region"];
            const response = difference(old.inputs, news, {
                changed,
                replaced: changed.filter((name) => fixed.includes(name)),
            });
            response.setDeletebeforereplace(handler.deleteBeforeReplace ?? false);
            return response;
        }),
        create: unary(async (request: CreateRequest, caller) => {
            const { handler } = resourceOf(request.getUrn());
            const inputs = properties(request.getProperties());
            const response = new providerProto.CreateResponse();
            if (request.getPreview()) {
                // What is not said is not known.
                response.setProperties(struct(inputs));
                return response;
            }
            const context = contextOf(caller);
            requireAllowed(context, { urn: request.getUrn(), operation: "create", inputs });
            const { id, outputs } = await handler.create(context, inputs);
            response.setId(id);
            response.setProperties(struct(withRegion(handler, outputs, context.region)));
            return response;
        }),
        read: unary((request: ReadRequest, caller) => {
            const { handler } = resourceOf(request.getUrn());
            const inputs = properties(request.getInputs());
            const context = contextOf(caller);
            const outputs = properties(request.getProperties());
            const resource = { urn: request.getUrn(), id: request.getId(), inputs, outputs };
            requireAllowed(context, { ...resource, operation: "read" });
            const state = handler.read(context, request.getId(), inputs, outputs);
            const response = new providerProto.ReadResponse();
            if (state === undefined) return response;
            const { region = context.region } = outputs as { region?: string };
            response.setId(state.id);
            response.setProperties(struct(withRegion(handler, state.outputs, region)));
            response.setInputs(struct(state.inputs));
            return response;
        }),
        update: unary(async (request: UpdateRequest, caller) => {
            const { type, handler } = resourceOf(request.getUrn());
            const news = properties(request.getNews());
            requireFixed(type, properties(request.getOldInputs()), news);
            const olds = properties(request.getOlds());
            const response = new providerProto.UpdateResponse();
            if (request.getPreview()) {
                response.setProperties(struct(afterUpdate(handler, olds, news)));
                return response;
            }
            const context = contextOf(caller);
            requireAllowed(context, {
                ...{ urn: request.getUrn(), operation: "update", id: request.getId() },
                ...{ inputs: news, oldInputs: properties(request.getOldInputs()), outputs: olds },
            });
            const { outputs } = await handler.update(context, request.getId(), news, olds);
            const { region = context.region } = olds as { region?: string };
            response.setProperties(struct(withRegion(handler, outputs, region)));
            return response;
        }),
        delete: unary(async (request: DeleteRequest, caller) => {
            const { handler } = resourceOf(request.getUrn());
            const outputs = properties(request.getProperties());
            const oldInputs = request.getOldInputs();
            const inputs = oldInputs === undefined ? outputs : properties(oldInputs);
            const context = contextOf(caller);
            const resource = { urn: request.getUrn(), id: request.getId(), inputs, outputs };
            requireAllowed(context, { ...resource, operation: "delete" });
            try {
                await handler.delete(context, request.getId(), inputs, outputs);
            } catch (error) {
                // What is gone is deleted, for both AWS providers.
                if (!(error instanceof AwsError && goneCodes.has(error.code))) throw error;
            }
            return new emptyProto.Empty();
        }),
        invoke: unary((request: InvokeRequest, caller) => {
            const answer = functions[request.getTok()];
            if (answer === undefined) throw notEmulatedType(request.getTok());
            const response = new providerProto.InvokeResponse();
            const context = contextOf(caller);
            requireFunctionAllowed(context, request.getTok());
            const result = answer(context, properties(request.getArgs()));
            response.setReturn(struct(result));
            return response;
        }),
    };
}

/** What services answer when what is to be deleted is not there. */
const goneCodes = new Set([
    ...["NoSuchEntity", "ResourceNotFoundException", "NoSuchBucket"],
    ...["RepositoryNotFoundException", "LifecyclePolicyNotFoundException"],
]);

/**
 * Whether the provider is of another region than the resource: `aws` replaces it then (pulumi-aws 7, on
 * forceNewIfRegionChanges of terraform-provider-aws 6).
 */
function isElsewhere(handler: ResourceHandler, outputs: Properties, region: string): boolean {
    const { region: own } = outputs;
    return (
        handler.isRegional === true && typeof own === "string" && region !== "" && own !== region
    );
}

function withRegion(handler: ResourceHandler, outputs: Properties, region: string): Properties {
    return handler.isRegional === true && region !== "" ? { ...outputs, region } : outputs;
}

/** The state that an update will lead to, without what only the update can tell. */
function afterUpdate(handler: ResourceHandler, olds: Properties, news: Properties): Properties {
    const kept = Object.entries(olds).filter(([name]) => !handler.updatedOutputs?.includes(name));
    return { ...Object.fromEntries(kept), ...news };
}

function notEmulatedType(type: string): AwsError {
    return new AwsError(
        "NotEmulated",
        `${type} is not modelled by the local cloud; docs/local-mode.md lists what it does`,
        501,
    );
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
