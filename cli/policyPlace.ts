import { readFileSync } from "node:fs";
import {
    isAlias,
    isMap,
    isNode,
    isScalar,
    isSeq,
    LineCounter,
    parseDocument,
    type Document,
    type Scalar,
} from "yaml";
import type { Finding } from "../policy/rules/rule";
import { nameOfUrn } from "../policy/resource";
import {
    configNamespace,
    type ProviderSettings,
    type Settings,
    type TargetSettings,
} from "../settings";

/** Where config stands: the keys below `config`, without the program's namespace. */
type ConfigPath = readonly string[];

/** Finds the lines of a stack's config that its resources stem from. */
export class ConfigLines {
    readonly #lines = new LineCounter();
    readonly #document: Document;

    constructor(
        path: string,
        private readonly settings: Settings,
    ) {
        this.#document = parseDocument(readFileSync(path, "utf8"), { lineCounter: this.#lines });
    }

    /**
     * The line of the entry that a finding's resource is made from, and in it of the value that was found; of the
     * config as a whole, where no entry is its own.
     */
    lineOf({ urn, got }: Pick<Finding, "urn" | "got">): number {
        const entries = pathsOf(urn, this.settings).flatMap((path) => this.#find(path) ?? []);
        for (const { value } of entries) {
            const [best] = this.#scalars(value)
                .filter((scalar) => names(got, String(scalar.value)))
                .sort((one, other) => String(other.value).length - String(one.value).length);
            if (best !== undefined) return this.#line(best);
        }
        return this.#line((entries[0] ?? this.#find([]))?.key);
    }

    #find([first, ...rest]: ConfigPath): { key: unknown; value: unknown } | undefined {
        const keys = [
            "config",
            ...(first === undefined ? [] : [`${configNamespace}:${first}`, ...rest]),
        ];
        let here: { key: unknown; value: unknown } = {
            key: undefined,
            value: this.#document.contents,
        };
        for (const name of keys) {
            const map = this.#resolved(here.value);
            const pair = isMap(map)
                ? map.items.find(({ key }) => isScalar(key) && String(key.value) === name)
                : undefined;
            if (pair === undefined) return undefined;
            here = pair;
        }
        return here;
    }

    /** Every value in a node; keys are none. */
    #scalars(node: unknown): Scalar[] {
        const found = this.#resolved(node);
        if (isScalar(found)) return [found];
        if (isMap(found)) return found.items.flatMap(({ value }) => this.#scalars(value));
        return isSeq(found) ? found.items.flatMap((item) => this.#scalars(item)) : [];
    }

    #resolved(node: unknown): unknown {
        return isAlias(node) ? node.resolve(this.#document) : node;
    }

    #line(node: unknown): number {
        const [start = 0] = (isNode(node) ? node.range : undefined) ?? [];
        return this.#lines.linePos(start).line;
    }
}

/** Whether a value of the config is in what was found: as the whole, or as a part of an ARN. */
function names(got: string, value: string): boolean {
    if (got === value) return true;
    if (value.length < 3) return false;
    const part = /[\w.-]/;
    for (let at = got.indexOf(value); at >= 0; at = got.indexOf(value, at + 1)) {
        const around = (got[at - 1] ?? "") + (got[at + value.length] ?? "");
        if (!part.test(around)) return true;
    }
    return false;
}

/** The entries of the config that a resource is made from, the nearest first. */
function pathsOf(urn: string, settings: Settings): ConfigPath[] {
    const name = nameOfUrn(urn);
    const component = /agentcore-hub:index:(\w+)/.exec(urn)?.[1];
    if (component === undefined) return [["account"]];
    return settings.role === "provider"
        ? providerPaths(component, name, settings)
        : consumerPaths(component, name, Object.keys(settings.callers));
}

function providerPaths(
    component: string,
    name: string,
    { gateways }: ProviderSettings,
): ConfigPath[] {
    if (component === "ToolGateway" || component === "GatewayServiceRole") {
        const gateway = ownerOf(name, Object.keys(gateways));
        if (gateway === undefined) return [["gateways"]];
        const path = ["gateways", gateway];
        if (component === "GatewayServiceRole") return [path];
        const own = name.slice(gateway.length + 1);
        const target = ownerOf(own, Object.keys(gateways[gateway]?.targets ?? {}));
        if (own === "grants") return [[...path, "grants"], path];
        return target === undefined ? [path] : [[...path, "targets", target]];
    }
    const targets = Object.entries(gateways).flatMap(([gateway, { targets }]) =>
        Object.entries(targets).flatMap(([target, settings]) =>
            ownerOf(name, workloadsOf(settings)) !== undefined
                ? [["gateways", gateway, "targets", target]]
                : [],
        ),
    );
    if (component === "RuntimeAccess") return [["runtime", "operators"], ...targets];
    return [...targets, component === "LambdaTool" ? ["lambda"] : ["runtime"]];
}

/** The workload that a target deploys; one that is there already deploys none. */
function workloadsOf(target: TargetSettings): string[] {
    const source = target.kind === "lambda" ? target.lambda : target.server;
    return source.kind === "workload" ? [source.workload] : [];
}

function consumerPaths(component: string, name: string, callers: readonly string[]): ConfigPath[] {
    if (component === "CallerRole") {
        const caller = ownerOf(name, callers);
        return [caller === undefined ? ["callers"] : ["callers", caller]];
    }
    return component === "RuntimeAccess"
        ? [["agent", "invokedBy"], ["agent"]]
        : [["agent"], ["runtime"]];
}

/** Whose resource it is by its name, `<owner>` or `<owner>-<role>`; of two, the longer. */
function ownerOf(name: string, owners: readonly string[]): string | undefined {
    return owners
        .filter((owner) => name === owner || name.startsWith(`${owner}-`))
        .sort((one, other) => other.length - one.length)[0];
}
