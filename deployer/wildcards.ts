import { idSuffixCharacters, type DeployedResource } from "./names";

/** A resource with its URN. */
export type NamedResource = DeployedResource & { urn: string };

/** ARNs with a wildcard for what only a deployment makes: random suffixes, ids, digests. */
export class Wildcards {
    /** Patterns by the text that they stand for, the longest text first. */
    readonly #patterns: readonly [text: string, pattern: string][];

    constructor(resources: readonly NamedResource[]) {
        const patterns = resources.flatMap(patternsOf);
        this.#patterns = patterns.sort(([one], [other]) => other.length - one.length);
    }

    apply(arn: string): string {
        return this.#patterns.reduce(
            (pattern, [text, wild]) => pattern.replaceAll(text, wild),
            arn,
        );
    }
}

function patternsOf({ urn, type, id, inputs }: NamedResource): [string, string][] {
    const given = [inputs["name"], inputs["bucket"]].filter((name) => typeof name === "string");
    const patterns = given.flatMap((name): [string, string][] => {
        const start = autoNamedStart(name, urn.split("::").at(-1) ?? "");
        return start === undefined ? [] : [[name, `${start}-*`]];
    });
    if (idsByAgentCore.includes(type) && id !== undefined) {
        // Not `*`, which would reach over the slash to the runtime's endpoints.
        const start = id.slice(0, -idSuffixCharacters);
        patterns.push([id, start + "?".repeat(idSuffixCharacters)]);
    }
    const { key } = inputs;
    if (type === "aws:s3/bucketObjectv2:BucketObjectv2" && typeof key === "string") {
        // An archive's key has the digest of what is in it.
        patterns.push([key, key.replace(/[0-9a-f]{16,64}/, "*")]);
    }
    return patterns;
}

const idsByAgentCore = [
    "aws-native:bedrockagentcore:Runtime",
    "aws-native:bedrockagentcore:Gateway",
];

/**
 * What stands before the random suffix of a name that Pulumi has made: the resource's name, cut to fit, and seven
 * hexadecimal characters (https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming).
 */
function autoNamedStart(name: string, resourceName: string): string | undefined {
    const [, start = ""] = /^(.+)-[0-9a-f]{7}$/.exec(name) ?? [];
    const isOwn = resourceName.toLowerCase().startsWith(start.toLowerCase());
    return start !== "" && isOwn ? start : undefined;
}
