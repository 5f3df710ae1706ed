import type { DeployedResource, Place } from "../../deployer/names";
import { requestsOf, requestsOfFunction } from "../../deployer/requests";
import type { Operation } from "../../deployer/row";
import { changedInputs } from "./changes";
import type { Properties, ResourceContext } from "./resourceHandler";

/** An operation on a resource, as far as the deployer's permissions for it depend on it. */
interface AskedOperation extends Omit<DeployedResource, "type"> {
    urn: string;
    operation: Operation;
    /** Before an update. */
    oldInputs?: Properties;
    /** Of the resource as it is: it may be of another region than the provider. */
    outputs?: Properties;
}

/**
 * Refuses an operation that the deployer is not allowed. A command is not asked for: what it calls, it calls as the
 * deployer, and is asked there.
 *
 * @throws AwsError AccessDenied
 */
export function requireAllowed(context: ResourceContext, asked: AskedOperation): void {
    const { urn, operation, oldInputs, outputs, ...resource } = asked;
    const [, , types = "", name = ""] = urn.split("::");
    const type = types.split("$").at(-1) ?? "";
    if (type.startsWith("command:")) return;
    const { region = context.region } = (outputs ?? {}) as { region?: string };
    const changed = oldInputs === undefined ? [] : changedInputs(oldInputs, { ...resource.inputs });
    const requests = requestsOf(
        { type, ...resource },
        placeOf(context, region),
        operation,
        changed,
    );
    context.deployer.require(requests, `${operation} of ${type} ${name}`);
}

/**
 * Refuses a function that the deployer is not allowed.
 *
 * @throws AwsError AccessDenied
 */
export function requireFunctionAllowed(context: ResourceContext, token: string): void {
    const requests = requestsOfFunction(token, placeOf(context, context.region));
    context.deployer.require(requests, token);
}

function placeOf({ account }: ResourceContext, region: string): Place {
    return { partition: account.partition, account: account.id, region };
}
