import * as grpc from "@grpc/grpc-js";
import emptyProto from "google-protobuf/google/protobuf/empty_pb";
import engineProto from "@pulumi/pulumi/proto/engine_pb";
import providerProto from "@pulumi/pulumi/proto/provider_pb";
import resourceProto from "@pulumi/pulumi/proto/resource_pb";
import { ResourceError } from "@pulumi/pulumi";
import type { Deployment, EngineEvent } from "./deployment";
import type { Failure } from "./failure";
import { fromStruct, toStruct } from "./providerClient";
import type { Properties } from "./stackState";

/** Reads another stack's outputs by its full name; throws for one that is not there. */
type ReadStackOutputs = (name: string) => Properties;

/** An error as it is shown: a component's own errors name the component. */
export function messageOf(error: unknown): string {
    if (error instanceof ResourceError && error.resource !== undefined) {
        const { __pulumiType: type, __name: name } = error.resource as unknown as {
            __pulumiType: string;
            __name: string;
        };
        return `${type} (${name}): ${error.message}`;
    }
    return error instanceof Error ? error.message : String(error);
}

type RegisterRequest = InstanceType<typeof resourceProto.RegisterResourceRequest>;

/** Pulumi's `ResourceMonitor`: what the program registers is deployed as it comes. */
export function monitor(
    deployment: Deployment,
    readStackOutputs: ReadStackOutputs,
    failure: Failure,
): grpc.UntypedServiceImplementation {
    const answer = <Request, Response>(
        respond: (request: Request) => Promise<Response> | Response,
        mayFail = false,
    ): grpc.handleUnaryCall<Request, Response> => {
        return (call, callback) => {
            Promise.resolve()
                .then(() => respond(call.request))
                .then(
                    (response) => {
                        callback(null, response);
                    },
                    (error: unknown) => {
                        if (!mayFail) failure.set(error);
                        callback({ code: grpc.status.UNKNOWN, details: messageOf(error) });
                    },
                );
        };
    };
    return {
        supportsFeature: answer(
            (request: InstanceType<typeof resourceProto.SupportsFeatureRequest>) => {
                const response = new resourceProto.SupportsFeatureResponse();
                // Announced so that one is seen, and refused by name: a secret would be kept as plain text, and the SDK
                // drops a resource with transforms, and tells of it when the run may be over.
                response.setHassupport(["secrets", "transforms"].includes(request.getId()));
                return response;
            },
        ),
        registerResource: answer(async (request: RegisterRequest) => {
            refuseUnsupported(request);
            let record;
            try {
                record = await deployment.register({
                    type: request.getType(),
                    name: request.getName(),
                    parent: request.getParent(),
                    custom: request.getCustom(),
                    inputs: fromStruct(request.getObject()),
                    dependencies: request.getDependenciesList(),
                    propertyDependencies: propertyDependencies(request),
                    provider: request.getProvider(),
                    replaceOnChanges: request.getReplaceonchangesList(),
                    protect: request.getProtect() ?? false,
                    retainOnDelete: request.getRetainondelete() ?? false,
                    deleteBeforeReplace: request.getDeletebeforereplace(),
                    aliases: request.getAliasurnsList(),
                    // A provider names its credentials; the local cloud's providers take none.
                    secretOutputs: request.getType().startsWith("pulumi:providers:")
                        ? []
                        : request.getAdditionalsecretoutputsList(),
                });
            } catch (error) {
                throw new Error(
                    `${request.getType()} (${request.getName()}): ${messageOf(error)}`,
                    { cause: error },
                );
            }
            const response = new resourceProto.RegisterResourceResponse();
            response.setUrn(record.urn);
            response.setId(record.id);
            response.setObject(toStruct({ ...record.inputs, ...record.outputs }));
            response.setResult(resourceProto.Result.SUCCESS);
            return response;
        }),
        registerResourceOutputs: answer(
            (request: InstanceType<typeof resourceProto.RegisterResourceOutputsRequest>) => {
                deployment.setOutputs(request.getUrn(), fromStruct(request.getOutputs()));
                return new emptyProto.Empty();
            },
        ),
        invoke: answer(
            async (request: InstanceType<typeof resourceProto.ResourceInvokeRequest>) => {
                const args = fromStruct(request.getArgs());
                const response = new providerProto.InvokeResponse();
                const result =
                    request.getTok() === "pulumi:pulumi:readStackOutputs"
                        ? readStackOutputs(String(args["name"]))
                        : await deployment.invoke(request.getTok(), args, request.getProvider());
                response.setReturn(toStruct(result));
                return response;
            },
            true,
        ),
        readResource: answer((request: InstanceType<typeof resourceProto.ReadResourceRequest>) => {
            throw new Error(
                `${request.getType()} (${request.getName()}): the in-process engine reads no resources; use the Pulumi CLI`,
            );
        }),
        registerStackTransform: answer(() => {
            throw new Error("The in-process engine takes no transforms; use the Pulumi CLI");
        }),
        signalAndWaitForShutdown: answer(() => new emptyProto.Empty()),
    };
}

/** The URNs that each property is made from. */
function propertyDependencies(request: RegisterRequest): Record<string, string[]> {
    const urns: Record<string, string[]> = {};
    request.getPropertydependenciesMap().forEach((made, property) => {
        urns[property] = made.getUrnsList();
    });
    return urns;
}

/** An option that would change what happens, and that this engine would ignore. */
function refuseUnsupported(request: RegisterRequest): void {
    const unsupported = [
        request.getRemote() && "remote components",
        request.getImportid() !== "" && "import",
        request.getIgnorechangesList().length > 0 && "ignoreChanges",
        request.getReplaceonchangesList().some((path) => /[.[]/.test(path)) &&
            "replaceOnChanges inside a property",
        // Announced as not supported, so that the SDK works out the URNs.
        request.getAliasesList().length > 0 && "aliases",
        request.getTransformsList().length > 0 && "transforms",
        request.getDeletedwith() !== "" && "deletedWith",
        hasTimeouts(request.getCustomtimeouts()) && "customTimeouts",
    ].filter((option) => option !== false);
    if (unsupported.length > 0) {
        throw new Error(
            `${request.getType()} (${request.getName()}): the in-process engine does not support ${unsupported.join(", ")}; use the Pulumi CLI`,
        );
    }
}

/** The SDK always sends the message; only a text in it is a timeout. */
function hasTimeouts(timeouts: ReturnType<RegisterRequest["getCustomtimeouts"]>): boolean {
    return timeouts !== undefined && Object.values(timeouts.toObject()).some((text) => text !== "");
}

/** Pulumi's `Engine`: the program's log, and its root resource. */
export function engine(onEvent: (event: EngineEvent) => void): grpc.UntypedServiceImplementation {
    let root = "";
    const unary =
        <Request, Response>(respond: (request: Request) => Response) =>
        (
            call: grpc.ServerUnaryCall<Request, Response>,
            callback: grpc.sendUnaryData<Response>,
        ): void => {
            callback(null, respond(call.request));
        };
    return {
        log: unary((request: InstanceType<typeof engineProto.LogRequest>) => {
            const severity = (["debug", "info", "warning", "error"] as const)[
                request.getSeverity()
            ];
            if (severity !== "debug" && !request.getEphemeral()) {
                onEvent({ kind: "diagnostic", severity, message: request.getMessage() });
            }
            return new emptyProto.Empty();
        }),
        getRootResource: unary(() => {
            const response = new engineProto.GetRootResourceResponse();
            response.setUrn(root);
            return response;
        }),
        setRootResource: unary(
            (request: InstanceType<typeof engineProto.SetRootResourceRequest>) => {
                root = request.getUrn();
                return new engineProto.SetRootResourceResponse();
            },
        ),
        requirePulumiVersion: unary(() => new engineProto.RequirePulumiVersionResponse()),
    };
}
