import type { Properties, ResourceRecord } from "./stackState";

/** A resource as a policy pack is asked about it. */
export interface AnalyzedResource {
    urn: string;
    type: string;
    name: string;
    /** Its inputs before it is made; with what the provider gave back, once it is. */
    properties: Properties;
    parent: string;
    dependencies: readonly string[];
    /** The URNs that each property is made from. */
    propertyDependencies: Readonly<Record<string, readonly string[]>>;
    provider?: { urn: string; type: string; name: string; properties: Properties };
}

/** What a policy found. */
export interface Violation {
    pack: string;
    policy: string;
    level: "advisory" | "mandatory";
    severity: "low" | "medium" | "high" | "critical" | undefined;
    message: string;
    /** The resource that it is about; empty for the stack as a whole. */
    urn: string;
}

/**
 * What judges a deployment: each resource before it is made, and at the end the whole stack, with its components and
 * providers, of which nothing is made.
 */
export interface Analyzer {
    analyze: (resource: AnalyzedResource) => Promise<readonly Violation[]>;
    analyzeStack: (resources: readonly AnalyzedResource[]) => Promise<readonly Violation[]>;
}

/** A deployment that a mandatory policy stopped. */
export class PolicyViolated extends Error {
    constructor(readonly violations: readonly Violation[]) {
        super(violations.map(violationText).join("\n"));
        this.name = "PolicyViolated";
    }
}

/** `<pack> <policy>: <resource>: <message>` */
export function violationText({ pack, policy, urn, message }: Violation): string {
    const resource = nameOf(urn);
    return [`${pack} ${policy}`, ...(resource === "" ? [] : [resource]), message].join(": ");
}

/** What the program said of a resource, besides its inputs. */
type Relations = Pick<AnalyzedResource, "parent" | "dependencies" | "propertyDependencies">;

/** The resources of one deployment, and what its analyzer says of them; without an analyzer, nothing. */
export class StackAnalysis {
    readonly #resources = new Map<string, { record: ResourceRecord; relations: Relations }>();

    constructor(
        private readonly analyzer: Analyzer | undefined,
        private readonly onViolation: (violation: Violation) => void,
    ) {}

    add(record: ResourceRecord, relations: Relations): void {
        this.#resources.set(record.urn, { record, relations });
    }

    /**
     * Has a resource judged, before anything is done to it.
     *
     * @throws PolicyViolated
     */
    async analyze({ urn }: ResourceRecord): Promise<void> {
        if (this.analyzer === undefined) return;
        for (const resource of this.#analyzed(urn)) {
            this.#report(await this.analyzer.analyze(resource));
        }
    }

    /**
     * Has the stack judged as a whole.
     *
     * @throws PolicyViolated
     */
    async analyzeStack(): Promise<void> {
        if (this.analyzer === undefined) return;
        const resources = [...this.#resources.keys()].flatMap((urn) => this.#analyzed(urn));
        this.#report(await this.analyzer.analyzeStack(resources));
    }

    #analyzed(urn: string): AnalyzedResource[] {
        const found = this.#resources.get(urn);
        if (found === undefined) return [];
        const { type, inputs, outputs, provider } = found.record;
        const { parent, dependencies, propertyDependencies } = found.relations;
        const made = this.#resources.get(provider.split("::").slice(0, -1).join("::"))?.record;
        return [
            {
                ...{ urn, type, name: nameOf(urn), properties: { ...inputs, ...outputs } },
                ...{ parent, dependencies, propertyDependencies },
                ...(made !== undefined && {
                    provider: {
                        ...{ urn: made.urn, type: made.type, name: nameOf(made.urn) },
                        properties: made.inputs,
                    },
                }),
            },
        ];
    }

    /** Tells of all that was found, then stops the deployment when something of it is mandatory. */
    #report(violations: readonly Violation[]): void {
        for (const violation of violations) this.onViolation(violation);
        const mandatory = violations.filter(({ level }) => level === "mandatory");
        if (mandatory.length > 0) throw new PolicyViolated(mandatory);
    }
}

function nameOf(urn: string): string {
    return urn.split("::").at(-1) ?? "";
}
