import {
    boolean,
    constraints,
    list,
    object,
    oneOf,
    pattern,
    required,
    sensitive,
    text,
    type Constraint,
} from "./constraint";

/** The platforms that the provider's schema has (@pulumi/docker-build 0.0.22). */
const platforms = [
    ...["darwin/386", "darwin/amd64", "darwin/arm", "darwin/arm64", "dragonfly/amd64"],
    ...["freebsd/386", "freebsd/amd64", "freebsd/arm", "linux/386", "linux/amd64", "linux/arm"],
    ...["linux/arm64", "linux/mips64", "linux/mips64le", "linux/ppc64le", "linux/riscv64"],
    ...["linux/s390x", "netbsd/386", "netbsd/amd64", "netbsd/arm", "openbsd/386"],
    ...["openbsd/amd64", "openbsd/arm", "plan9/386", "plan9/amd64", "solaris/amd64"],
    ...["windows/386", "windows/amd64"],
] as const;

/** A name with a tag, by the grammar of github.com/distribution/reference. */
const reference = {
    pattern:
        /^(?:[a-zA-Z0-9.-]+(?::\d+)?\/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*(?::\w[\w.-]{0,127})?$/,
    rule: "an image's name: [registry/]repository[:tag]",
};

/** `docker-build:index:Image`. */
export const image: readonly Constraint[] = [
    ...constraints("@pulumi/docker-build 0.0.22, and its schema", {
        push: [required, boolean],
        buildOnPreview: [boolean],
        context: [object],
        "context.location": [required, text],
        dockerfile: [object],
        "dockerfile.location": [text],
        "dockerfile.inline": [text],
        network: [text, oneOf(["default", "host", "none"])],
        platforms: [list],
        "platforms[]": [text, oneOf(platforms)],
        registries: [list],
        "registries[]": [object],
        "registries[].address": [required, text],
        "registries[].username": [text],
        "registries[].password": [sensitive(text)],
        tags: [list],
        "tags[]": [text],
    }),
    ...constraints("github.com/distribution/reference, which the provider parses tags with", {
        "tags[]": [pattern(reference)],
    }),
];
