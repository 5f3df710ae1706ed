import { evaluate } from "../access";
import { modelActions, inferenceProfileArnKey } from "../agentcore/bedrock";
import { isGatewayArn, parseArn } from "../agentcore/arn";
import { runtimeEndpointArn } from "../agentcore/runtime";
import { unscopedActions } from "../agentcore/unscopedActions";
import type { CompiledStatement } from "../access/compiledStatement";
import { isPattern, readDocument, statementsOf, type PlacedStatement } from "./documents";
import { at, unknown } from "./resource";
import { several, undecided, violation, type Finding } from "./rules/rule";
import type { Role, StackView, Worker } from "./stackView";

/** What a permission is for; each has its rule. */
export type Purpose = "targets" | "code" | "logs" | "gateways" | "models" | "telemetry";

/** Something that a role needs: actions, and the resources that it needs them on. */
export interface Permission {
    purpose: Purpose;
    actions: readonly string[];
    /** Whether a resource, as it is written, is one of them; `undefined` where that is not known yet. */
    covers: (resource: string, statement: CompiledStatement) => boolean | undefined;
    /** The resources in words. */
    must: string;
}

/** What a role has beyond its permissions; `unlisted` is an action that is none of them. */
export interface Excess extends Finding {
    purpose: Purpose | "unlisted";
}

/** What a role needs for all that uses it; what calls gateways and is nobody's is a caller's. */
export function permissionsOf(stack: StackView, role: Role): Permission[] {
    const workers = stack.workersOf(role);
    if (workers.length === 0) return [invokeGateways];
    return workers.flatMap((worker) => {
        switch (worker.kind) {
            case "gateway":
                return targetPermissions(stack, worker);
            case "function":
                return [logPermission(stack, worker)];
            case "runtime":
                return [
                    codePermission(stack, worker),
                    logPermission(stack, worker),
                    invokeGateways,
                    invokeModels,
                    ...unscoped,
                ];
        }
    });
}

/** All that the policies of a role allow beyond its permissions. */
export function excessOf(
    stack: StackView,
    role: Role,
    allowedActions: readonly string[] = [],
): Excess[] {
    const permissions = permissionsOf(stack, role);
    const ignored = new Set(allowedActions.map((action) => action.toLowerCase()));
    return stack
        .documentsOf(role)
        .flatMap((document) => statementsOf(document))
        .flatMap((placed) => excessOfStatement(placed, permissions, ignored));
}

function excessOfStatement(
    placed: PlacedStatement,
    permissions: readonly Permission[],
    ignored: ReadonlySet<string>,
): Excess[] {
    const { statement, document, place } = placed;
    const { action } = statement;
    const names = several(permissions.flatMap(({ actions }) => actions));
    const unlisted = (got: string): Excess => ({
        ...violation(document.urn, `${place}.${action.name}`, {
            got,
            must: `one of ${names}`,
            instead: "take the others out, or give them to a role of their own",
        }),
        purpose: "unlisted",
    });
    if (action.name === "NotAction") return [unlisted(`all but ${several(action.written)}`)];
    return action.written.flatMap((written) => {
        const lower = written.toLowerCase();
        if (ignored.has(lower)) return [];
        const fitting = permissions.filter(({ actions }) =>
            actions.some((one) => one.toLowerCase() === lower),
        );
        if (fitting.length === 0) return [unlisted(written)];
        return excessResources(placed, fitting);
    });
}

function excessResources(
    { statement, document, place }: PlacedStatement,
    permissions: readonly Permission[],
): Excess[] {
    const { resource } = statement;
    const { purpose } = permissions[0] as Permission;
    const must = permissions.map((permission) => permission.must).join(", or ");
    const instead = `write that for ${several(statement.action.written)}`;
    const path = `${place}.${resource?.name ?? "Resource"}`;
    if (resource === undefined || resource.name === "NotResource") {
        const got = `all but ${several(resource?.written ?? [])}`;
        return [{ ...violation(document.urn, path, { got, must, instead }), purpose }];
    }
    return resource.written.flatMap((written): Excess[] => {
        const answers = permissions.map(({ covers }) => covers(written, statement));
        if (answers.includes(true)) return [];
        if (answers.includes(undefined)) return [{ ...undecided(document.urn, path), purpose }];
        return [{ ...violation(document.urn, path, { got: written, must, instead }), purpose }];
    });
}

/** Those of some actions on resources that the policies of a role do not allow; `undefined` where one is not known yet. */
export function missingOf(
    stack: StackView,
    role: Role,
    needs: readonly (readonly [action: string, resource: string])[],
): (readonly [action: string, resource: string])[] | undefined {
    if (stack.hasPoliciesOfUnknownRoles) return undefined;
    const documents = stack.documentsOf(role);
    const read = documents.map((document) => readDocument(document));
    if (read.some(({ state }) => state === "unknown")) return undefined;
    // What another's policy allows is not known; that it is there is for another rule to say.
    const managed = stack.managedPoliciesOf(role);
    if (managed.some(({ policy }) => policy === undefined)) {
        return managed.some(({ arn }) => arn === unknown) ? undefined : [];
    }
    const identity = read.flatMap((one, index) =>
        one.state === "read" ? [{ name: `policy ${index}`, document: one.text }] : [],
    );
    const accountId = stack.accountOf(role.resource) ?? "111122223333";
    const principal = {
        type: "role-session",
        accountId,
        roleArn: typeof role.arn === "string" ? role.arn : `arn:aws:iam::${accountId}:role/asked`,
        roleId: "AROAASKED",
        sessionName: "asked",
        sessionArn: `arn:aws:sts::${accountId}:assumed-role/asked/asked`,
    } as const;
    return needs.filter(([action, resource]) => {
        const request = { principal, action, resource, resourceAccountId: accountId };
        return evaluate(request, { identity }).decision !== "allow";
    });
}

const invokeGateways: Permission = {
    purpose: "gateways",
    actions: ["bedrock-agentcore:InvokeGateway"],
    covers: isGatewayArn,
    must: "exact ARNs of gateways",
};

const invokeModels: Permission = {
    purpose: "models",
    actions: Object.values(modelActions),
    covers: isModel,
    must: "the exact ARN of a model or an inference profile; a model of any region only with bedrock:InferenceProfileArn of one exact profile",
};

/** https://docs.aws.amazon.com/bedrock/latest/userguide/geographic-cross-region-inference.html */
function isModel(resource: string, { conditions }: CompiledStatement): boolean {
    const arn = parseArn(resource);
    if (arn?.service !== "bedrock" || isPattern(arn.resource) || isPattern(arn.accountId)) {
        return false;
    }
    if (
        !/^(?:foundation-model|inference-profile|application-inference-profile)\/./.test(
            arn.resource,
        )
    ) {
        return false;
    }
    if (!isPattern(arn.region)) return true;
    return (
        arn.region === "*" &&
        conditions.some(
            ({ operator, key, values }) =>
                operator === "StringEquals" &&
                key.toLowerCase() === inferenceProfileArnKey.toLowerCase() &&
                values.length > 0 &&
                values.every((value) => parseArn(value) !== undefined && !isPattern(value)),
        )
    );
}

/** The actions that take no resource, each as AWS demands it; metrics only of AgentCore's namespace. */
const unscoped: readonly Permission[] = Object.keys(unscopedActions).map((action) => ({
    purpose: action.startsWith("ecr:") ? "code" : "telemetry",
    actions: [action],
    covers: (resource, statement) => resource === "*" && hasNamespace(action, statement),
    must:
        action === "cloudwatch:PutMetricData"
            ? '* with StringEquals cloudwatch:namespace "bedrock-agentcore"'
            : "*",
}));

/** https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-permissions.html */
export function hasNamespace(action: string, { conditions }: CompiledStatement): boolean {
    return (
        action.toLowerCase() !== "cloudwatch:putmetricdata" ||
        conditions.some(
            ({ operator, key, values }) =>
                operator === "StringEquals" &&
                key.toLowerCase() === "cloudwatch:namespace" &&
                values.length === 1 &&
                values[0] === "bedrock-agentcore",
        )
    );
}

function codePermission(stack: StackView, runtime: Worker): Permission {
    const artifact = runtime.resource.props["agentRuntimeArtifact"];
    const uri = at(artifact, "containerConfiguration.containerUri");
    const s3 = at(artifact, "codeConfiguration.code.s3");
    if (uri !== undefined) {
        const expected = typeof uri === "string" ? repositoryArnOf(uri) : undefined;
        return {
            purpose: "code",
            actions: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            covers: (resource) =>
                uri === unknown ? undecidedUnless(resource) : resource === expected,
            must: `the repository of the runtime's image${expected === undefined ? "" : `, ${expected}`}`,
        };
    }
    const [bucket, key] = [at(s3, "bucket"), at(s3, "prefix")];
    const isKnown = typeof bucket === "string" && typeof key === "string";
    const partition = parseArn(String(runtime.arn))?.partition ?? "aws";
    const expected = isKnown ? `arn:${partition}:s3:::${bucket}/${key}` : undefined;
    return {
        purpose: "code",
        actions: ["s3:GetObject"],
        covers: (resource) => (isKnown ? resource === expected : undecidedUnless(resource)),
        must: `the runtime's archive${expected === undefined ? "" : `, ${expected}`}`,
    };
}

/** What has wildcards is refused whatever is not known yet. */
function undecidedUnless(resource: string): boolean | undefined {
    return isPattern(resource) ? false : undefined;
}

/** The repository's ARN of `<account>.dkr.ecr.<region>.amazonaws.com/<repository>@…`. */
export function repositoryArnOf(uri: string): string | undefined {
    const match =
        /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?\/([^:@]+)(?:[:@].*)?$/.exec(uri);
    if (match === null) return undefined;
    const [, account = "", region = "", china, repository = ""] = match;
    const partition =
        china !== undefined ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
    return `arn:${partition}:ecr:${region}:${account}:repository/${repository}`;
}

/** The group that something logs to; of a runtime, up to its endpoint's name. */
export function logGroupOf({ kind, resource, id, name }: Worker): unknown {
    if (kind === "runtime") {
        return typeof id === "string" ? `/aws/bedrock-agentcore/runtimes/${id}-` : unknown;
    }
    const configured = at(resource.props, "loggingConfig.logGroup");
    if (configured !== undefined && configured !== null) return configured;
    return typeof name === "string" ? `/aws/lambda/${name}` : unknown;
}

function logPermission(stack: StackView, worker: Worker): Permission {
    const group = logGroupOf(worker);
    const account = stack.accountOf(worker.resource);
    const region = stack.regionOf(worker.resource);
    const end = worker.kind === "runtime" ? "[A-Za-z][A-Za-z0-9_]*" : "";
    const own = new RegExp(
        `^arn:aws[a-z-]*:logs:${region ?? "[a-z0-9-]+"}:${account ?? "\\d{12}"}:log-group:${escaped(String(group))}${end}(?::\\*|:log-stream:[^*?]*\\*?)?$`,
    );
    return {
        purpose: "logs",
        actions: [
            ...["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
            "logs:CreateLogGroup",
        ],
        covers: (resource) => {
            if (group !== unknown) return own.test(resource);
            return /[*?].*./.test(resource.replace(/:\*$/, "")) ? false : undefined;
        },
        must: `its own log group, …:log-group:${group === unknown ? "<its name>" : String(group)}${worker.kind === "runtime" ? "<endpoint>" : ""}:*`,
    };
}

function escaped(text: string): string {
    return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

/** What a gateway's targets are called with, each exactly. */
function targetPermissions(stack: StackView, gateway: Worker): Permission[] {
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
            urls.includes(unknown) ? yes : undefined,
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
            return arns.includes(unknown) ? undecidedUnless(resource) : false;
        },
        must: `exactly what its targets name (${several(known, "nothing")})`,
    };
}

const yes = (resource: string): boolean => !isPattern(resource);

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
