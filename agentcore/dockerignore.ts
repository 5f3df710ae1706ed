import ignore from "ignore";

/**
 * Which paths a `.dockerignore` leaves out of an image, by Docker's rules
 * (https://docs.docker.com/build/concepts/context/#dockerignore-files): patterns start at the context's root, the
 * last one that fits a path or a folder above it decides, and `!` takes back.
 */
export function dockerignore(text: string): (path: string) => boolean {
    const rules = text.split(/\r?\n/).flatMap((line) => {
        if (line.startsWith("#")) return [];
        const isException = line.trim().startsWith("!");
        const pattern = line
            .trim()
            .replace(/^!\s*/, "")
            .replace(/^(?:\.?\/)+|\/+$/g, "");
        if (pattern === "" || pattern === ".") return [];
        return [{ isException, matcher: ignore().add(`/${pattern}`) }];
    });
    return (path) => {
        const last = rules.findLast(({ matcher }) => matcher.ignores(path));
        return last !== undefined && !last.isException;
    };
}
