import * as grpc from "@grpc/grpc-js";
import analyzerGrpc from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import proto from "@pulumi/pulumi/proto/analyzer_pb";
import type { AnalyzedResource, Analyzer, Violation } from "./analyzer";
import { PackFailed, type PackProcess } from "./packProcess";
import { toStruct } from "./providerClient";
import type { Properties } from "./stackState";

/** What one policy of a pack is told. */
export interface PolicySetting {
    level: "advisory" | "mandatory" | "disabled";
    properties: Properties;
}

type Diagnostic = InstanceType<typeof proto.AnalyzeDiagnostic>;

const { EnforcementLevel, PolicySeverity } = proto;

const levels = {
    advisory: EnforcementLevel.ADVISORY,
    mandatory: EnforcementLevel.MANDATORY,
    disabled: EnforcementLevel.DISABLED,
} as const;

const severities: Readonly<Record<number, Violation["severity"]>> = {
    [PolicySeverity.POLICY_SEVERITY_LOW]: "low",
    [PolicySeverity.POLICY_SEVERITY_MEDIUM]: "medium",
    [PolicySeverity.POLICY_SEVERITY_HIGH]: "high",
    [PolicySeverity.POLICY_SEVERITY_CRITICAL]: "critical",
};

/** A policy pack in a process of its own, asked by Pulumi's `Analyzer` service as the Pulumi engine asks it. */
export class PolicyPack implements Analyzer {
    #client: grpc.Client | undefined;
    /** What the pack is told, and what it has said of resources since: a resource that stays the same is asked once. */
    #settings = "";
    #configured: Promise<unknown> = Promise.resolve();
    readonly #said = new Map<string, Violation[]>();

    constructor(private readonly process: PackProcess) {}

    /** Tells the pack its config, before it is asked the next time; what it was told before is gone. */
    configure(settings: Readonly<Record<string, PolicySetting>>): void {
        const told = JSON.stringify(settings);
        if (told === this.#settings) return;
        const request = new proto.ConfigureAnalyzerRequest();
        for (const [policy, { level, properties }] of Object.entries(settings)) {
            const config = new proto.PolicyConfig();
            config.setEnforcementlevel(levels[level]);
            config.setProperties(toStruct(properties));
            request.getPolicyconfigMap().set(policy, config);
        }
        this.#configured = this.#call("configure", request);
        // Who asks is told.
        this.#configured.catch(() => undefined);
        // Asked about nothing once, both sides have loaded what they ask and answer with.
        this.analyzeStack([]).catch(() => undefined);
        this.#settings = told;
        this.#said.clear();
    }

    /** @throws PackFailed */
    async analyze(resource: AnalyzedResource): Promise<Violation[]> {
        const asked = JSON.stringify(resource);
        const said = this.#said.get(asked);
        if (said !== undefined) return said;
        await this.#configured;
        const request = new proto.AnalyzeRequest();
        setResource(request, resource);
        const found = violations(await this.#call("analyze", request));
        // A policy that is asked about one resource need not say which.
        const named = found.map((violation) => ({
            ...violation,
            urn: violation.urn || resource.urn,
        }));
        this.#said.set(asked, named);
        return named;
    }

    /** @throws PackFailed */
    async analyzeStack(resources: readonly AnalyzedResource[]): Promise<Violation[]> {
        await this.#configured;
        const request = new proto.AnalyzeStackRequest();
        request.setResourcesList(
            resources.map((resource) => {
                const message = new proto.AnalyzerResource();
                setResource(message, resource);
                message.setParent(resource.parent);
                message.setDependenciesList([...resource.dependencies]);
                for (const [property, urns] of Object.entries(resource.propertyDependencies)) {
                    const made = new proto.AnalyzerPropertyDependencies();
                    made.setUrnsList([...urns]);
                    message.getPropertydependenciesMap().set(property, made);
                }
                return message;
            }),
        );
        return violations(await this.#call("analyzeStack", request));
    }

    /** Ends the connection and the process. */
    stop(): void {
        this.#client?.close();
        this.process.stop();
    }

    async #call<Response>(method: string, request: object): Promise<Response> {
        this.#client ??= new analyzerGrpc.AnalyzerClient(
            `127.0.0.1:${await this.process.port}`,
            grpc.credentials.createInsecure(),
        );
        const client = this.#client as unknown as Record<
            string,
            (
                request: object,
                callback: (error: grpc.ServiceError | null, response: Response) => void,
            ) => void
        >;
        return new Promise((resolve, reject) => {
            client[method]?.(request, (error, response) => {
                if (error === null) resolve(response);
                else if (error.code !== grpc.status.UNAVAILABLE) {
                    reject(
                        new PackFailed(
                            `The policy pack in ${this.process.folder}: ${error.details}`,
                        ),
                    );
                } else reject(new PackFailed(this.process.ended));
            });
        });
    }
}

type ResourceMessage = InstanceType<typeof proto.AnalyzeRequest | typeof proto.AnalyzerResource>;

function setResource(message: ResourceMessage, resource: AnalyzedResource): void {
    message.setUrn(resource.urn);
    message.setType(resource.type);
    message.setName(resource.name);
    message.setProperties(toStruct(resource.properties));
    // A pack reads the options of each resource, and in them the timeouts.
    const options = new proto.AnalyzerResourceOptions();
    options.setParent(resource.parent);
    options.setCustomtimeouts(new proto.AnalyzerResourceOptions.CustomTimeouts());
    message.setOptions(options);
    if (resource.provider === undefined) return;
    const provider = new proto.AnalyzerProviderResource();
    provider.setUrn(resource.provider.urn);
    provider.setType(resource.provider.type);
    provider.setName(resource.provider.name);
    provider.setProperties(toStruct(resource.provider.properties));
    message.setProvider(provider);
}

function violations(response: { getDiagnosticsList: () => Diagnostic[] }): Violation[] {
    return response.getDiagnosticsList().map((diagnostic) => ({
        pack: diagnostic.getPolicypackname(),
        policy: diagnostic.getPolicyname(),
        level:
            diagnostic.getEnforcementlevel() === EnforcementLevel.ADVISORY
                ? "advisory"
                : "mandatory",
        severity: severities[diagnostic.getSeverity()],
        // The SDK puts the policy's description before the message.
        message: diagnostic.getMessage().replace(`${diagnostic.getDescription()}\n`, ""),
        urn: diagnostic.getUrn(),
    }));
}
