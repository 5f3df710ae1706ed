import * as grpc from "@grpc/grpc-js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb";
import providerProto from "@pulumi/pulumi/proto/provider_pb";
import { randomBytes } from "node:crypto";
import { sameProcessClient } from "./sameProcess";
import type { Properties } from "./stackState";

/** What a change of inputs means for a resource. */
export type Difference = "same" | "update" | "replace" | "deleteThenCreate";

/** Where a provider is: on a loopback port, or in this process. */
export type ProviderAddress = number | grpc.UntypedServiceImplementation;

/** Speaks Pulumi's `ResourceProvider`. */
export class ProviderClient {
    readonly #client: object;
    readonly close: () => void;

    constructor(address: ProviderAddress) {
        if (typeof address !== "number") {
            this.#client = sameProcessClient(address);
            this.close = () => undefined;
            return;
        }
        const client = new providerGrpc.ResourceProviderClient(
            `127.0.0.1:${address}`,
            grpc.credentials.createInsecure(),
        );
        this.#client = client;
        this.close = () => {
            client.close();
        };
    }

    /** Tells the provider where the program stands, which relative paths among its inputs start from. */
    async handshake(programFolder: string): Promise<void> {
        const request = new providerProto.ProviderHandshakeRequest();
        request.setProgramDirectory(programFolder);
        await this.#call("handshake", request);
    }

    async configure(inputs: Properties): Promise<void> {
        const request = new providerProto.ConfigureRequest();
        request.setArgs(toStruct(inputs));
        request.setAcceptsecrets(false);
        await this.#call("configure", request);
    }

    /** @returns the inputs as the provider completes them, and what it refuses of them. */
    async check(
        urn: string,
        olds: Properties | undefined,
        news: Properties,
    ): Promise<{ inputs: Properties; failures: string[] }> {
        const request = new providerProto.CheckRequest();
        request.setUrn(urn);
        if (olds !== undefined) request.setOlds(toStruct(olds));
        request.setNews(toStruct(news));
        request.setRandomseed(randomBytes(32));
        const response = await this.#call<InstanceType<typeof providerProto.CheckResponse>>(
            "check",
            request,
        );
        return {
            inputs: fromStruct(response.getInputs()),
            failures: response.getFailuresList().map((failure) => failure.getReason()),
        };
    }

    async diff(
        urn: string,
        old: { id: string; inputs: Properties; outputs: Properties },
        news: Properties,
        replaceOnChanges: readonly string[],
    ): Promise<Difference> {
        const request = new providerProto.DiffRequest();
        request.setUrn(urn);
        request.setId(old.id);
        request.setOlds(toStruct(old.outputs));
        request.setOldInputs(toStruct(old.inputs));
        request.setNews(toStruct(news));
        const response = await this.#call<InstanceType<typeof providerProto.DiffResponse>>(
            "diff",
            request,
        );
        const mustReplace = response
            .getDiffsList()
            .some((name) => replaceOnChanges.includes(name) || replaceOnChanges.includes("*"));
        if (mustReplace || response.getReplacesList().length > 0) {
            return response.getDeletebeforereplace() ? "deleteThenCreate" : "replace";
        }
        const { DIFF_NONE } = providerProto.DiffResponse.DiffChanges;
        return response.getChanges() === DIFF_NONE ? "same" : "update";
    }

    async create(urn: string, inputs: Properties): Promise<{ id: string; outputs: Properties }> {
        const request = new providerProto.CreateRequest();
        request.setUrn(urn);
        request.setProperties(toStruct(inputs));
        const response = await this.#call<InstanceType<typeof providerProto.CreateResponse>>(
            "create",
            request,
        );
        return { id: response.getId(), outputs: fromStruct(response.getProperties()) };
    }

    async update(
        urn: string,
        old: { id: string; inputs: Properties; outputs: Properties },
        news: Properties,
    ): Promise<Properties> {
        const request = new providerProto.UpdateRequest();
        request.setUrn(urn);
        request.setId(old.id);
        request.setOlds(toStruct(old.outputs));
        request.setOldInputs(toStruct(old.inputs));
        request.setNews(toStruct(news));
        const response = await this.#call<InstanceType<typeof providerProto.UpdateResponse>>(
            "update",
            request,
        );
        return fromStruct(response.getProperties());
    }

    async delete(
        urn: string,
        old: { id: string; inputs: Properties; outputs: Properties },
    ): Promise<void> {
        const request = new providerProto.DeleteRequest();
        request.setUrn(urn);
        request.setId(old.id);
        request.setProperties(toStruct(old.outputs));
        request.setOldInputs(toStruct(old.inputs));
        await this.#call("delete", request);
    }

    async invoke(token: string, args: Properties): Promise<Properties> {
        const request = new providerProto.InvokeRequest();
        request.setTok(token);
        request.setArgs(toStruct(args));
        const response = await this.#call<InstanceType<typeof providerProto.InvokeResponse>>(
            "invoke",
            request,
        );
        return fromStruct(response.getReturn());
    }

    #call<Response>(method: string, request: unknown): Promise<Response> {
        const client = this.#client as Record<
            string,
            (
                request: unknown,
                callback: (error: grpc.ServiceError | null, response: Response) => void,
            ) => void
        >;
        return new Promise((resolve, reject) => {
            client[method]?.(request, (error, response) => {
                if (error) reject(new Error(error.details));
                else resolve(response);
            });
        });
    }
}

/** Properties as a protobuf Struct. */
export function toStruct(value: Properties): Struct {
    return Struct.fromJavaScript(
        JSON.parse(JSON.stringify(value)) as Parameters<typeof Struct.fromJavaScript>[0],
    );
}

/** A protobuf Struct as properties; nothing is no properties. */
export function fromStruct(message: Struct | undefined): Properties {
    return message === undefined ? {} : message.toJavaScript();
}
