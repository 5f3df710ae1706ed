import { runtimeEndpointArn } from "../../agentcore/runtime";
import { AwsError, notEmulated } from "../awsError";
import type { LocalAccount } from "../services/account";
import type { AgentRuntime } from "../services/agentRuntimes";
import { endpointDetail, runtimeDetail, runtimeSummary } from "./controlViews";
import { json, type HttpRequest } from "./exchange";
import { listed } from "./paging";
import { segments, unscoped, type Operation } from "./restOperation";

/** The reads of runtimes and their endpoints: `/runtimes/…`; nothing for another operation. */
export function runtimeOperation(
    request: HttpRequest,
    { id: accountId, partition, agentRuntimes }: LocalAccount,
): Operation | undefined {
    const [first, id = "", second, name = ""] = segments(request);
    const operation = `${request.method} ${second ?? ""}`;
    if (first !== "runtimes") return undefined;
    const arn =
        agentRuntimes.findRuntime(id)?.agentRuntimeArn ??
        `arn:${partition}:bedrock-agentcore:*:${accountId}:runtime/${id}`;
    const runtime = (): AgentRuntime => {
        const found = agentRuntimes.findRuntime(id);
        if (found === undefined) throw notFound(`Agent runtime ${id}`);
        return found;
    };
    const read = (action: string, answer: () => object, resource = arn): Operation => ({
        action: `bedrock-agentcore:${action}`,
        resource,
        run: () => json(200, answer()),
    });
    if (id === "") {
        if (operation !== "POST ") return undefined;
        return read(
            "ListAgentRuntimes",
            () =>
                listed(
                    request.path,
                    "agentRuntimes",
                    agentRuntimes.runtimes().map(runtimeSummary),
                    ({ agentRuntimeId }) => agentRuntimeId,
                ),
            unscoped,
        );
    }
    switch (operation) {
        case "GET ":
            return read("GetAgentRuntime", () => {
                const found = runtime();
                requireNewest(request, found);
                return runtimeDetail(found);
            });
        case "POST runtime-endpoints":
            return read(
                "ListAgentRuntimeEndpoints",
                () =>
                    listed(
                        request.path,
                        "runtimeEndpoints",
                        [endpointDetail(runtime())],
                        (endpoint) => endpoint.name,
                    ),
                unscoped,
            );
        case "GET runtime-endpoints":
            return read(
                "GetAgentRuntimeEndpoint",
                () => {
                    const endpoint = endpointDetail(runtime());
                    if (endpoint.name !== name) throw notFound(`Endpoint ${name} of ${id}`);
                    return endpoint;
                },
                runtimeEndpointArn(arn, name),
            );
        default:
            return undefined;
    }
}

function requireNewest(request: HttpRequest, { agentRuntimeVersion }: AgentRuntime): void {
    const version = new URL(request.path, "http://local").searchParams.get("version");
    if (version === null || version === agentRuntimeVersion) return;
    throw notEmulated(
        `GetAgentRuntime of version ${version}: ${agentRuntimeVersion} is the newest`,
    );
}

function notFound(what: string): AwsError {
    return new AwsError("ResourceNotFoundException", `${what} was not found`, 404);
}
