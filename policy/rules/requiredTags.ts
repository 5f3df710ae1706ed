import { taggableTypes } from "../kinds";
import { hasUnknown, type StackResource } from "../resource";
import { example } from "./examples";
import { several, undecided, violation, type Rule } from "./rule";

/** Somebody can be asked. */
export const requiredTags: Rule = {
    name: "required-tags",
    pack: "both",
    severity: "low",
    level: "mandatory",
    scope: "resource",
    page: "https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html",
    description:
        "Resources have the tags that the config requires, by themselves or by the provider's default tags.",
    config: ["requiredTags"],
    example: {
        fails: [example("gateway", "tools-gateway", { tags: { owner: "" } })],
        passes: [example("gateway", "tools-gateway", { tags: { owner: "tools-team" } })],
    },
    check: (stack, { requiredTags: required = [] }) =>
        stack.ofTypes(taggableTypes).flatMap((resource) => {
            const { urn } = resource;
            const tags = tagsOf(resource);
            if (tags === "unknown") {
                const isAsked = required.length > 0 || hasUnknown(resource.props["tags"]);
                return isAsked ? [undecided(urn, "tags")] : [];
            }
            const empty = Object.keys(tags).filter((key) => tags[key] === "");
            const missing = required.filter((key) => !(key in tags) || empty.includes(key));
            const wrong = [...new Set([...missing, ...empty])];
            if (wrong.length === 0) return [];
            return [
                violation(urn, "tags", {
                    got: `nothing for ${several(wrong)}`,
                    must: `a value for ${several([...new Set([...required, ...wrong])])}`,
                    instead: "write it in the resource's tags, or in the provider's defaultTags",
                }),
            ];
        }),
};

/** Tags as a map, as a list of keys and values, and with those of the provider. */
function tagsOf({ props }: StackResource): Record<string, unknown> | "unknown" {
    const { tags, tagsAll } = props;
    if (hasUnknown(tags)) return "unknown";
    // Before the update a provider may not say what it adds.
    if (hasUnknown(tagsAll) && tags === undefined) return "unknown";
    const listed = Array.isArray(tags)
        ? Object.fromEntries(
              (tags as { key: string; value: unknown }[]).map(({ key, value }) => [key, value]),
          )
        : tags;
    return { ...(tagsAll as object | undefined), ...(listed as object | undefined) };
}
