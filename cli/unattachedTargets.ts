import type * as grpc from "@grpc/grpc-js";
import providerProto from "@pulumi/pulumi/proto/provider_pb";
import { fromStruct, toStruct } from "../engine/providerClient";

type CreateRequest = InstanceType<typeof providerProto.CreateRequest>;
type CreateResponse = InstanceType<typeof providerProto.CreateResponse>;

/**
 * The `aws-native` provider, but for gateways' targets: those are taken as they are, and nobody calls what is behind
 * them. It may be in AWS alone, where a stack names a function or a runtime that is there already.
 */
export function withUnattachedTargets(
    provider: grpc.UntypedServiceImplementation,
): grpc.UntypedServiceImplementation {
    const own = provider["create"] as grpc.handleUnaryCall<CreateRequest, CreateResponse>;
    const create: typeof own = (call, callback) => {
        const { request } = call;
        if (!/:GatewayTarget::[^:]+$/.test(request.getUrn())) {
            own(call, callback);
            return;
        }
        const response = new providerProto.CreateResponse();
        response.setId("target");
        const inputs = fromStruct(request.getProperties());
        response.setProperties(toStruct({ ...inputs, targetId: "target" }));
        callback(null, response);
    };
    return { ...provider, create };
}
