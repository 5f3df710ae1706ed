import { unknownValues } from "../agentcore/unknownValues";
import { nameOfUrn, unknown, type Props, type StackResource } from "./resource";

/** A resource of a state, as an engine keeps it. */
export interface StateResource {
    urn: string;
    type: string;
    inputs?: Props;
    outputs?: Props;
    /** `<urn>::<id>` */
    provider?: string;
    propertyDependencies?: Readonly<Record<string, readonly string[]>>;
    delete?: boolean;
}

/** What Pulumi marks a secret with. */
const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** The resources of a state: what the provider gave back where it gave something back, and else the inputs. */
export function fromState(resources: readonly StateResource[]): StackResource[] {
    const current = resources.filter((resource) => resource.delete !== true);
    const byUrn = new Map(current.map((resource) => [resource.urn, resource]));
    return current.map((resource) => {
        const { urn, type, inputs = {}, outputs = {}, provider, propertyDependencies } = resource;
        const made = provider === undefined ? undefined : byUrn.get(urnOf(provider));
        return {
            urn,
            type,
            name: nameOfUrn(urn),
            props: plain({ ...inputs, ...outputs }) as Props,
            ...(made !== undefined && {
                provider: { type: made.type, props: plain(made.inputs ?? {}) as Props },
            }),
            ...(propertyDependencies !== undefined && { madeFrom: propertyDependencies }),
        };
    });
}

/**
 * The resources of what `pulumi stack export` writes.
 *
 * @throws Error for what is no export.
 */
export function fromExport(exported: unknown): StackResource[] {
    const { deployment } = (exported ?? {}) as { deployment?: { resources?: StateResource[] } };
    if (deployment === undefined) {
        throw new Error(
            "deployment: got nothing; must be the JSON that `pulumi stack export` writes",
        );
    }
    return fromState(deployment.resources ?? []);
}

/** What `@pulumi/policy` hands to a policy. */
export interface PolicyResource {
    urn: string;
    type: string;
    name: string;
    props: Props;
    provider?: { type: string; props: Props };
    propertyDependencies?: Readonly<Record<string, readonly { urn: string }[]>>;
}

/** The resources that a policy is asked about. */
export function fromPolicyResources(resources: readonly PolicyResource[]): StackResource[] {
    return resources.map(({ urn, type, name, props, provider, propertyDependencies }) => ({
        urn,
        type,
        name,
        props: plain(propsBehind(props)) as Props,
        ...(provider !== undefined && {
            provider: { type: provider.type, props: plain(propsBehind(provider.props)) as Props },
        }),
        ...(propertyDependencies !== undefined && {
            madeFrom: Object.fromEntries(
                Object.entries(propertyDependencies).map(([key, made]) => [
                    key,
                    made.map((one) => one.urn),
                ]),
            ),
        }),
    }));
}

/** What is behind the proxy that throws where a value is not known (`@pulumi/policy`, proxy.js). */
export function propsBehind(props: Props): Props {
    return (props["__getSpecialProxyTarget"] ?? props) as Props;
}

function plain(value: unknown): unknown {
    if (typeof value === "string" && unknownValues.has(value)) return unknown;
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value !== "object" || value === null) return value;
    const record = value as Props;
    if (record[signature] === secretSignature) return secretOf(record);
    return Object.fromEntries(Object.entries(record).map(([key, member]) => [key, plain(member)]));
}

/** An export without `--show-secrets` has only the cipher text. */
function secretOf(secret: Props): unknown {
    const { plaintext, value } = secret;
    if (typeof plaintext === "string") return plain(JSON.parse(plaintext));
    return value === undefined ? unknown : plain(value);
}

/** The URN of a reference to a provider, `<urn>::<id>`. */
function urnOf(reference: string): string {
    return reference.slice(0, reference.lastIndexOf("::"));
}
