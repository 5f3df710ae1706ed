import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { credentials } from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import {
    AnalyzerProviderResource,
    AnalyzeRequest,
    AnalyzerResource,
    AnalyzerResourceOptions,
    AnalyzeStackRequest,
    ConfigureAnalyzerRequest,
    EnforcementLevel,
    PolicyConfig,
    type AnalyzeDiagnostic,
    type AnalyzeResponse,
    type AnalyzerInfo,
} from "@pulumi/pulumi/proto/analyzer_pb";
import * as sdk from "@pulumi/pulumi/runtime/rpc";
import * as marks from "../../../policy/bundle/rpc";
import { findingsOf } from "../../../policy/judge";
import { unknown, type Props, type StackResource } from "../../../policy/resource";
import { rulesOf } from "../../../policy/rules";
import type { Pack, Rule } from "../../../policy/rules/rule";
import { StackView } from "../../../policy/stackView";
import { baseResources } from "./baseStack";
import { exampleConfig } from "./ruleMessages";

// eslint-disable-next-line @typescript-eslint/no-require-imports -- the build is a script in JavaScript
const { buildPolicy } = require("../../../policy/build.js") as {
    buildPolicy: (folder: string) => string[];
};

const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const packs: readonly Pack[] = ["provider", "consumer"];

describe("a bundled pack, asked as the engine asks it", function () {
    this.timeout(60_000);
    const folder = mkdtempSync(join(tmpdir(), "agentcore-hub-policy-"));
    const processes: ChildProcess[] = [];
    const clients = new Map<Pack, AnalyzerClient>();
    before(async () => {
        const folders = buildPolicy(folder);
        for (const [index, pack] of packs.entries()) {
            const child = spawn(process.execPath, ["index.js"], {
                cwd: folders[index],
                stdio: ["ignore", "pipe", "inherit"],
            });
            processes.push(child);
            const [line] = (await once(child.stdout, "data")) as [Buffer];
            const client = new AnalyzerClient(
                `127.0.0.1:${line.toString().trim()}`,
                credentials.createInsecure(),
            );
            clients.set(pack, client);
            await configure(client, pack);
        }
    });
    after(() => {
        for (const client of clients.values()) client.close();
        for (const child of processes) child.kill();
        rmSync(folder, { recursive: true });
    });
    const clientOf = (pack: Pack): AnalyzerClient => {
        const client = clients.get(pack);
        assert.ok(client !== undefined);
        return client;
    };

    for (const pack of packs) {
        it(`has every rule of a ${pack}'s account`, async () => {
            const client = clientOf(pack);
            const info = await call<AnalyzerInfo>((done) =>
                client.getAnalyzerInfo(new Empty(), done),
            );
            const policies = info.getPoliciesList().map((one) => one.getName());
            const names = [...rulesOf(pack).map(({ name }) => name), "decided-on-update"];
            assert.deepEqual(policies.sort(), names.sort());
        });

        it(`gives the verdicts that the sources give on a ${pack}'s account`, async () => {
            for (const rule of rulesOf(pack)) {
                const resources = baseResources(rule.example.fails);
                const expected = findingsOf(
                    rule,
                    new StackView(resources),
                    exampleConfig[rule.name] ?? {},
                    "2026-11-21",
                );
                assert.ok(expected.length > 0, rule.name);
                assert.deepEqual(
                    await messagesOf(clientOf(pack), rule, resources),
                    expected.map(({ message }) => message),
                    rule.name,
                );
            }
        });
    }

    it("tells each of several requests at once its own verdict", async () => {
        const client = clientOf("provider");
        const stacks = [[], ...rulesOf("provider").map(({ example }) => example.fails)];
        const resources = stacks.map((fails) => baseResources(fails));
        const alone = [];
        for (const one of resources) alone.push((await analyzeStack(client, one)).map(text));
        const together = await Promise.all(resources.map((one) => analyzeStack(client, one)));
        assert.deepEqual(
            together.map((found) => found.map(text)),
            alone,
        );
        assert.ok(new Set(alone.map((found) => found.join())).size > 10);
    });

    it("judges the same resource anew when its properties have changed", async () => {
        const client = clientOf("provider");
        const rule = rulesOf("provider").find(({ name }) => name === "gateway-debug-off");
        assert.ok(rule !== undefined);
        for (const isBroken of [false, true, false]) {
            const found = await messagesOf(
                client,
                rule,
                baseResources(isBroken ? rule.example.fails : rule.example.passes),
            );
            assert.equal(found.length > 0, isBroken);
        }
    });

    it("finds nothing in a stack that keeps every rule", async () => {
        for (const client of clients.values()) {
            assert.deepEqual((await analyzeStack(client, baseResources())).map(text), []);
        }
    });

    it("says once for each resource, without refusing, what waits for the update", async () => {
        const resources = baseResources().map((one) =>
            one.name === "tools-grants"
                ? { ...one, props: { ...one.props, policy: unknown, resourceArn: unknown } }
                : one,
        );
        const found = await analyzeStack(clientOf("provider"), resources);
        assert.deepEqual(found.filter((one) => one.getUrn().endsWith("::tools-grants")).map(text), [
            "policy, resourceArn: not known before the update; will be checked on update by resource-policy-own-resource, resource-policy-exact-principals, policy-document-valid, policy-size, inputs-accepted",
        ]);
        for (const one of found) {
            assert.equal(one.getPolicyname(), "decided-on-update");
            assert.equal(one.getEnforcementlevel(), EnforcementLevel.ADVISORY);
        }
    });
});

describe("the marks of values on the wire", () => {
    it("are those of the SDK", () => {
        for (const [name, mark] of Object.entries(marks)) {
            assert.equal(mark, sdk[name as keyof typeof marks], name);
        }
    });
});

function configure(client: AnalyzerClient, pack: Pack): Promise<unknown> {
    const request = new ConfigureAnalyzerRequest();
    for (const { name } of rulesOf(pack)) {
        const config = new PolicyConfig();
        config.setProperties(struct(exampleConfig[name] ?? {}));
        config.setEnforcementlevel(EnforcementLevel.MANDATORY);
        request.getPolicyconfigMap().set(name, config);
    }
    return call((done) => client.configure(request, done));
}

async function messagesOf(
    client: AnalyzerClient,
    rule: Rule,
    resources: readonly StackResource[],
): Promise<string[]> {
    const found =
        rule.scope === "stack"
            ? await analyzeStack(client, resources)
            : (await Promise.all(resources.map((one) => analyze(client, one)))).flat();
    return found.filter((one) => one.getPolicyname() === rule.name).map(text);
}

/** A message comes after the rule's description. */
function text(diagnostic: AnalyzeDiagnostic): string {
    return diagnostic.getMessage().split("\n").at(-1) ?? "";
}

async function analyze(client: AnalyzerClient, one: StackResource): Promise<AnalyzeDiagnostic[]> {
    const request = new AnalyzeRequest();
    request.setUrn(one.urn);
    request.setType(one.type);
    request.setName(one.name);
    request.setProperties(struct(one.props));
    request.setProvider(providerOf(one));
    request.setOptions(options());
    const answer = await call<AnalyzeResponse>((done) => client.analyze(request, done));
    return answer.getDiagnosticsList();
}

async function analyzeStack(
    client: AnalyzerClient,
    resources: readonly StackResource[],
): Promise<AnalyzeDiagnostic[]> {
    const request = new AnalyzeStackRequest();
    for (const one of resources) {
        const resource = new AnalyzerResource();
        resource.setUrn(one.urn);
        resource.setType(one.type);
        resource.setName(one.name);
        resource.setProperties(struct(one.props));
        resource.setProvider(providerOf(one));
        resource.setOptions(options());
        request.addResources(resource);
    }
    const answer = await call<AnalyzeResponse>((done) => client.analyzeStack(request, done));
    return answer.getDiagnosticsList();
}

function options(): AnalyzerResourceOptions {
    const message = new AnalyzerResourceOptions();
    message.setCustomtimeouts(new AnalyzerResourceOptions.CustomTimeouts());
    return message;
}

function providerOf({ provider }: StackResource): AnalyzerProviderResource | undefined {
    if (provider === undefined) return undefined;
    const message = new AnalyzerProviderResource();
    message.setType(provider.type);
    message.setProperties(struct(provider.props));
    return message;
}

function struct(props: Props): Struct {
    const known = JSON.stringify(props, (_, value: unknown) =>
        value === unknown ? unknownText : value,
    );
    return Struct.fromJavaScript(JSON.parse(known) as Record<string, JavaScriptValue>);
}

function call<T>(start: (done: (error: Error | null, answer: T) => void) => unknown): Promise<T> {
    return new Promise((resolve, reject) => {
        start((error, answer) => {
            if (error === null) resolve(answer);
            else reject(error);
        });
    });
}
