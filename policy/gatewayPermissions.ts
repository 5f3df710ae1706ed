import { isGatewayArn } from "../agentcore/arn";
import { runtimeEndpointArn } from "../agentcore/runtime";
import { isPattern } from "./documents";
import { undecidedUnlessPattern, type Permission } from "./permission";
import { unknown } from "./resource";
import { several } from "./rules/rule";
import type { StackView } from "./stackView";
import type { Worker } from "./workers";

/** What a gateway's targets are called with, each exactly. */
export function targetPermissions(stack: StackView, gateway: Worker): Permission[] {
    const targets = stack.targetsOf(gateway);
    const lambdas = targets.flatMap(({ lambdaArn }) => lambdaArn ?? []);
    const runtimes = targets.flatMap(({ runtime }) =>
        runtime === undefined
            ? []
            : [runtime.runtimeArn, runtimeEndpointArn(runtime.runtimeArn, runtime.qualifier)],
    );
    const urls = targets.flatMap(({ endpoint, runtime }) =>
        endpoint === undefined || runtime !== undefined ? [] : [endpoint],
    );
    return [
        exactly("lambda:InvokeFunction", lambdas, urls.length > 0 ? isFunctionArn : undefined),
        exactly(
            "bedrock-agentcore:InvokeAgentRuntime",
            runtimes,
            urls.includes(unknown) ? isExact : undefined,
        ),
        exactly(
            "lambda:InvokeFunctionUrl",
            [],
            hostsOf(urls, "lambda-url") ? isFunctionArn : undefined,
        ),
        exactly("execute-api:Invoke", [], (resource) => isMethodOf(resource, urls)),
        exactly(
            "bedrock-agentcore:InvokeGateway",
            [],
            hostsOf(urls, "gateway") ? isGatewayArn : undefined,
        ),
    ];
}

function exactly(
    action: string,
    arns: readonly unknown[],
    other?: (resource: string) => boolean,
): Permission {
    const known = arns.filter((arn): arn is string => typeof arn === "string");
    return {
        purpose: "targets",
        actions: [action],
        covers: (resource) => {
            if (known.includes(resource) || other?.(resource) === true) return true;
            return arns.includes(unknown) ? undecidedUnlessPattern(resource) : false;
        },
        must: `exactly what its targets name (${several(known, "nothing")})`,
    };
}

function isExact(resource: string): boolean {
    return !isPattern(resource);
}

function hostsOf(urls: readonly unknown[], part: string): boolean {
    return urls.some((url) => url === unknown || String(url).includes(`.${part}.`));
}

function isFunctionArn(resource: string): boolean {
    return /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+(?::[\w$-]+)?$/.test(resource);
}

/** A method of an API that a target's URL is of; a path's wildcards are the target's to choose. */
function isMethodOf(resource: string, urls: readonly unknown[]): boolean {
    const [, api] =
        /^arn:aws[a-z-]*:execute-api:[a-z0-9-]+:\d{12}:([a-z0-9]+)\/[^*?]+$/.exec(resource) ?? [];
    return (
        api !== undefined &&
        urls.some((url) => url === unknown || String(url).startsWith(`https://${api}.execute-api.`))
    );
}
