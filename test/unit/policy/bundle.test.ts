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
import { rules, rulesOf } from "../../../policy/rules";
import type { Rule } from "../../../policy/rules/rule";
import { StackView } from "../../../policy/stackView";
import { baseResources } from "./baseStack";
import { exampleConfig } from "./ruleMessages";

// eslint-disable-next-line @typescript-eslint/no-require-imports -- the build is a script in JavaScript
const { buildPolicy } = require("../../../policy/build.js") as {
    buildPolicy: (folder: string) => string[];
};

const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

describe("a bundled pack, asked as the engine asks it", function () {
    this.timeout(60_000);
    const folder = mkdtempSync(join(tmpdir(), "agentcore-hub-policy-"));
    let pack: ChildProcess;
    let client: AnalyzerClient;
    before(async () => {
        const [provider = ""] = buildPolicy(folder);
        pack = spawn(process.execPath, ["index.js"], {
            cwd: provider,
            stdio: ["ignore", "pipe", "inherit"],
        });
        const [line] = (await once(pack.stdout ?? pack, "data")) as [Buffer];
        client = new AnalyzerClient(
            `127.0.0.1:${line.toString().trim()}`,
            credentials.createInsecure(),
        );
        await configure(client);
    });
    after(() => {
        client.close();
        pack.kill();
        rmSync(folder, { recursive: true });
    });

    it("has every rule of its kind of account", async () => {
        const info = await call<AnalyzerInfo>((done) => client.getAnalyzerInfo(new Empty(), done));
        const policies = info.getPoliciesList().map((one) => one.getName());
        const names = [...rulesOf("provider").map(({ name }) => name), "decided-on-update"];
        assert.deepEqual(policies.sort(), names.sort());
    });

    it("gives the verdicts that the sources give", async () => {
        for (const rule of rulesOf("provider")) {
            const resources = baseResources(rule.example.fails);
            const expected = findingsOf(
                rule,
                new StackView(resources),
                exampleConfig[rule.name] ?? {},
                "2026-11-21",
            );
            assert.ok(expected.length > 0, rule.name);
            assert.deepEqual(
                await messagesOf(client, rule, resources),
                expected.map(({ message }) => message),
                rule.name,
            );
        }
    });

    it("finds nothing in a stack that keeps every rule", async () => {
        assert.deepEqual((await analyzeStack(client, baseResources())).map(text), []);
    });

    it("says once, without refusing, what waits for the update", async () => {
        const resources = baseResources().map((one) =>
            one.name === "tools-grants"
                ? { ...one, props: { ...one.props, policy: unknown } }
                : one,
        );
        const found = await analyzeStack(client, resources);
        assert.deepEqual(found.map(text), [
            "policy: not known before the update; will be checked on update by resource-policy-own-resource, resource-policy-exact-principals, policy-document-valid, policy-size, inputs-accepted",
        ]);
        assert.deepEqual(
            found.map((one) => [one.getPolicyname(), one.getEnforcementlevel()]),
            [["decided-on-update", EnforcementLevel.ADVISORY]],
        );
    });
});

describe("the marks of values on the wire", () => {
    it("are those of the SDK", () => {
        for (const [name, mark] of Object.entries(marks)) {
            assert.equal(mark, sdk[name as keyof typeof marks], name);
        }
    });
});

function configure(client: AnalyzerClient): Promise<unknown> {
    const request = new ConfigureAnalyzerRequest();
    for (const { name } of rules) {
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
