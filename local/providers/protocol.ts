import * as grpc from "@grpc/grpc-js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import providerProto from "@pulumi/pulumi/proto/provider_pb";
import { AwsError } from "../awsError";
import type { Failure, Properties } from "./resourceHandler";

/** Requests of Pulumi's `ResourceProvider`. */
export type HandshakeRequest = InstanceType<typeof providerProto.ProviderHandshakeRequest>;
export type CheckRequest = InstanceType<typeof providerProto.CheckRequest>;
export type ConfigureRequest = InstanceType<typeof providerProto.ConfigureRequest>;
export type DiffRequest = InstanceType<typeof providerProto.DiffRequest>;
export type CreateRequest = InstanceType<typeof providerProto.CreateRequest>;
export type ReadRequest = InstanceType<typeof providerProto.ReadRequest>;
export type UpdateRequest = InstanceType<typeof providerProto.UpdateRequest>;
export type DeleteRequest = InstanceType<typeof providerProto.DeleteRequest>;
export type InvokeRequest = InstanceType<typeof providerProto.InvokeRequest>;

/**
 * A gRPC method; whatever it throws becomes the call's error, and an {@link AwsError} keeps its code.
 *
 * @param answer is told which connection asks.
 */
export function unary<Request, Response>(
    answer: (request: Request, caller: string) => Response | Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
    return (call, callback) => {
        Promise.resolve(call.request)
            .then((request) => answer(request, call.getPeer()))
            .then(
                (response) => {
                    callback(null, response);
                },
                (error: unknown) => {
                    callback({ code: grpc.status.UNKNOWN, details: messageOf(error) });
                },
            );
    };
}

/** Check's answer. */
export function checked(inputs: Properties, failures: readonly Failure[] = []) {
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

/** A protobuf Struct as properties; nothing is no properties. */
export function properties(message: Struct | undefined): Properties {
    return message === undefined ? {} : message.toJavaScript();
}

/** Properties as a protobuf Struct. */
export function struct(value: Properties): Struct {
    return Struct.fromJavaScript(
        JSON.parse(JSON.stringify(value)) as Parameters<typeof Struct.fromJavaScript>[0],
    );
}

function messageOf(error: unknown): string {
    if (error instanceof AwsError) return `${error.code}: ${error.message}`;
    return error instanceof Error ? error.message : String(error);
}
