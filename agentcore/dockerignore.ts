import ignore from "ignore";

/** What a `.dockerignore` leaves out of an image. */
export interface Dockerignore {
    /** Whether a path is left out; it is relative to the context, with slashes. */
    ignores: (path: string) => boolean;
    /** Whether a folder is left out with all that is below it, so that nobody need look there. */
    prunes: (folder: string) => boolean;
}

/**
 * Reads a `.dockerignore`, by Docker's rules (https://docs.docker.com/build/concepts/context/#dockerignore-files):
 * patterns start at the context's root, the last one that fits a path or a folder above it decides, and `!` takes back.
 */
export function dockerignore(text: string): Dockerignore {
    const rules = text.split(/\r?\n/).flatMap((line) => {
        if (line.startsWith("#")) return [];
        const isException = line.trim().startsWith("!");
        const pattern = line
            .trim()
            .replace(/^!\s*/, "")
            .replace(/^(?:\.?\/)+|\/+$/g, "");
        if (pattern === "" || pattern === ".") return [];
        return [{ isException, pattern, matcher: ignore().add(`/${pattern}`) }];
    });
    const lastOf = (path: string) => rules.findLastIndex(({ matcher }) => matcher.ignores(path));
    const ignores = (path: string) => rules[lastOf(path)]?.isException === false;
    return {
        ignores,
        // What is below the folder fits the same pattern; only a later exception could take some of it back.
        prunes: (folder) =>
            ignores(folder) &&
            !rules
                .slice(lastOf(folder) + 1)
                .some(({ isException, pattern }) => isException && reaches(pattern, `${folder}/`)),
    };
}

/** Whether a pattern may fit something below a folder. */
function reaches(pattern: string, folder: string): boolean {
    const wildcard = pattern.search(/[*?[\\]/);
    if (wildcard < 0) return pattern.startsWith(folder);
    const fixed = pattern.slice(0, pattern.lastIndexOf("/", wildcard) + 1);
    return fixed.startsWith(folder) || folder.startsWith(fixed);
}
