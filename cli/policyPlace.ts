import { readFileSync } from "node:fs";
import type { Finding } from "../policy/rules/rule";
import { nameOfUrn } from "../policy/resource";
import type { ProviderSettings, Settings, TargetSettings } from "../settings";
import { ConfigDocument, type ConfigPath } from "./configDocument";

/** Finds the lines of a stack's config that its resources stem from. */
export class ConfigLines {
    readonly #document: ConfigDocument;

    constructor(
        path: string,
        private readonly settings: Settings,
    ) {
        this.#document = new ConfigDocument(readFileSync(path, "utf8"));
    }

    /**
     * The line of the entry that a finding's resource is made from, and in it of the value that was found; of the
     * config as a whole, where no entry is its own.
     */
    lineOf({ urn, got }: Pick<Finding, "urn" | "got">): number {
        const document = this.#document;
        const entries = pathsOf(urn, this.settings).flatMap((path) => document.find(path) ?? []);
        for (const { value } of entries) {
            const [best] = document
                .scalars(value)
                .filter((scalar) => names(got, String(scalar.value)))
                .sort((one, other) => String(other.value).length - String(one.value).length);
            if (best !== undefined) return document.line(best);
        }
        return document.line((entries[0] ?? document.find([]))?.key);
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
