import { problemsOf, typeConstraints, type Constraint } from "../../agentcore/constraints";
import { identityPolicyTypes, roleTypes } from "../kinds";
import { unknown, unknownsIn } from "../resource";
import { example } from "./examples";
import { undecided, type Rule } from "./rule";

/** What AWS refuses is refused before anything is made. */
export const inputsAccepted: Rule = {
    name: "inputs-accepted",
    pack: "both",
    severity: "medium",
    level: "mandatory",
    scope: "resource",
    page: "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/bedrock-agentcore-limits.html",
    description:
        "Names, sizes, numbers and choices are what the services' APIs take, for the resource types of this program.",
    example: {
        fails: [
            example("runtime", "mcp-server-runtime", {
                lifecycleConfiguration: { idleRuntimeSessionTimeout: 5 },
            }),
        ],
        passes: [
            example("runtime", "mcp-server-runtime", {
                lifecycleConfiguration: { idleRuntimeSessionTimeout: 900 },
            }),
        ],
    },
    check: (stack) =>
        stack.resources.flatMap(({ urn, type, props }) => {
            const constraints: readonly Constraint[] | undefined = Object.entries(
                typeConstraints,
            ).find(([one]) => one === type)?.[1];
            if (constraints === undefined) return [];
            const inputs = new Set(constraints.map(({ path }) => /^[^.[{]*/.exec(path)?.[0] ?? ""));
            const notes = unknownsIn(props)
                .filter((path) => inputs.has(/^[^.[]*/.exec(path)?.[0] ?? ""))
                .map((path) => undecided(urn, path));
            const refused = problemsOf(constraints, props, (value) => value === unknown)
                .filter(({ property }) => !isDocumentObject(type, property, props[property]))
                .map(({ path, text }) => ({
                    urn,
                    got: path,
                    message: `${text}; AWS would refuse it: write that`,
                }));
            return [...notes, ...refused];
        }),
};

/** Pulumi's `aws` takes a document as an object too, and makes it a text. */
function isDocumentObject(type: string, property: string, value: unknown): boolean {
    const document = identityPolicyTypes[type]?.document ?? roleTypes["aws:iam/role:Role"].trust;
    return type.startsWith("aws:iam/") && property === document && typeof value === "object";
}
