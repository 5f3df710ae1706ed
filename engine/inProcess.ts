import * as grpc from "@grpc/grpc-js";
import emptyProto from "google-protobuf/google/protobuf/empty_pb";
import { setTimeout } from "node:timers/promises";
import engineGrpc from "@pulumi/pulumi/proto/engine_grpc_pb";
import engineProto from "@pulumi/pulumi/proto/engine_pb";
import providerProto from "@pulumi/pulumi/proto/provider_pb";
import resourceGrpc from "@pulumi/pulumi/proto/resource_grpc_pb";
import resourceProto from "@pulumi/pulumi/proto/resource_pb";
import { ResourceError } from "@pulumi/pulumi";
import { setAllConfig } from "@pulumi/pulumi/runtime/config";
import { disconnect, resetOptions } from "@pulumi/pulumi/runtime/settings";
import { runInPulumiStack } from "@pulumi/pulumi/runtime/stack";
import * as runtimeState from "@pulumi/pulumi/runtime/state";
import { Deployment, type EngineEvent, type Operation } from "./deployment";
import { fromStruct, toStruct } from "./providerClient";
import type { Backend, Properties } from "./stackState";

/** The runtime's own state for each run, as the Automation API gives inline programs; not in its types. */
const { withLocalStorage } = runtimeState as unknown as {
    withLocalStorage: <T>(run: () => Promise<T>) => Promise<T>;
};

/** The organization of stacks in a file backend. */
export const organization = "organization";

/** One run of the engine over one stack. */
export interface StackRun {
    project: string;
    projectFolder: string;
    stack: string;
    /** Full keys (`agentcore-hub:account`), structured values as JSON text. */
    config: Readonly<Record<string, string>>;
    backend: Backend;
    providerPorts: Readonly<Record<string, number>>;
    program: () => Promise<unknown>;
    onEvent: (event: EngineEvent) => void;
}

/** What a run came to. */
export interface StackResult {
    outputs: Properties;
    changes: Record<Operation, number>;
}

/** A deployment that stopped; what it had done by then is in the backend, and the next one goes on. */
export class DeployFailed extends Error {
    constructor(
        readonly stackName: string,
        message: string,
        cause: unknown,
    ) {
        super(`Stack ${stackName}: ${message}`, { cause });
        this.name = "DeployFailed";
    }
}

/**
 * Runs a program as the Pulumi engine would, in this process: the Node SDK talks to a `ResourceMonitor` and
 * an `Engine` on its own gRPC stubs, with a state of the runtime for each run.
 *
 * @throws DeployFailed
 */
export async function deployStack(run: StackRun): Promise<StackResult> {
    const deployment = new Deployment(run);
    const failure = new Failure();
    const server = new grpc.Server();
    server.addService(resourceGrpc.ResourceMonitorService, monitor(deployment, run, failure));
    server.addService(engineGrpc.EngineService, engine(run.onEvent));
    const port = await new Promise<number>((resolve, reject) => {
        server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
            if (error) reject(error);
            else resolve(bound);
        });
    });
    watchRejections();
    running = failure;
    const address = `127.0.0.1:${port}`;
    const program = withLocalStorage(async () => {
        resetOptions(run.project, run.stack, 16, address, address, false, organization);
        setAllConfig({ ...run.config }, []);
        await runInPulumiStack(run.program);
        await disconnect();
    });
    try {
        await Promise.race([program, failure.promise]);
        failure.check();
        await deployment.deleteLeftovers();
        deployment.save();
        return { outputs: deployment.outputs ?? {}, changes: deployment.changes };
    } catch (error) {
        // What the program still waits for fails too; those errors belong to this run, not to the next one.
        await Promise.race([program.catch(() => undefined), setTimeout(500)]);
        await setTimeout(20);
        throw new DeployFailed(run.stack, messageOf(error), error);
    } finally {
        server.forceShutdown();
        running = undefined;
        deployment.close();
    }
}

/**
 * Deletes everything of a stack, in reverse order, and leaves it with empty outputs.
 *
 * @throws DeployFailed
 */
export async function destroyStack(
    run: Omit<StackRun, "program" | "config">,
): Promise<StackResult> {
    const deployment = new Deployment(run);
    try {
        deployment.outputs = {};
        await deployment.deleteLeftovers();
        deployment.save();
        return { outputs: {}, changes: deployment.changes };
    } catch (error) {
        throw new DeployFailed(run.stack, messageOf(error), error);
    } finally {
        deployment.close();
    }
}

let running: Failure | undefined;
let isWatching = false;

/**
 * The SDK leaves rejected promises behind. A program's own error among them fails the run; calls that a
 * failed run could not finish say nothing new, even when they end during the next one.
 */
function watchRejections(): void {
    if (isWatching) return;
    isWatching = true;
    process.on("unhandledRejection", (reason) => {
        const isCall =
            reason instanceof Error && "code" in reason && typeof reason.code === "number";
        if (isCall || /Resource monitor is terminating/.test(String(reason))) return;
        if (running === undefined) throw reason;
        running.set(reason);
    });
}

/** The first error of a run. */
class Failure {
    readonly promise: Promise<never>;
    #reject: (error: unknown) => void = () => undefined;
    #error: unknown;

    constructor() {
        this.promise = new Promise<never>((_resolve, reject) => {
            this.#reject = reject;
        });
        this.promise.catch(() => undefined);
    }

    set(error: unknown): void {
        this.#error ??= error;
        this.#reject(this.#error);
    }

    check(): void {
        if (this.#error !== undefined) throw this.#error as Error;
    }
}

function messageOf(error: unknown): string {
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

function monitor(
    deployment: Deployment,
    run: StackRun,
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
                // Secrets are announced so that one is seen, and refused by name, and not kept as plain text.
                response.setHassupport(request.getId() === "secrets");
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
                    provider: request.getProvider(),
                    replaceOnChanges: request.getReplaceonchangesList(),
                    protect: request.getProtect() ?? false,
                    retainOnDelete: request.getRetainondelete() ?? false,
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
                        ? readStackOutputs(run, String(args["name"]))
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

/** An option that would change what happens, and that this engine would ignore. */
function refuseUnsupported(request: RegisterRequest): void {
    const unsupported = [
        request.getRemote() && "remote components",
        request.getImportid() !== "" && "import",
        request.getDeletebeforereplace() && "deleteBeforeReplace",
        request.getIgnorechangesList().length > 0 && "ignoreChanges",
        request.getReplaceonchangesList().some((path) => /[.[]/.test(path)) &&
            "replaceOnChanges inside a property",
        // A provider names its credentials; the local cloud's providers take none.
        !request.getType().startsWith("pulumi:providers:") &&
            request.getAdditionalsecretoutputsList().length > 0 &&
            "additionalSecretOutputs",
        request.getAliasurnsList().length + request.getAliasesList().length > 0 && "aliases",
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

function readStackOutputs(run: StackRun, name: string): Properties {
    const [, project, stack = ""] = /^organization\/([^/]+)\/([^/]+)$/.exec(name) ?? [];
    const state = project === run.project ? run.backend.read(stack) : undefined;
    if (state === undefined) throw new Error(`unknown stack "${name}"`);
    return { name, outputs: state.outputs, secretOutputNames: [] };
}

function engine(onEvent: StackRun["onEvent"]): grpc.UntypedServiceImplementation {
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
