/** What to do about a refusal of the file system, by its code. */
const remedies: Readonly<Record<string, string>> = {
    ENOSPC: "the disk is full; free space, or choose another --state-folder",
    EDQUOT: "your quota of the disk is used up; free space, or choose another --state-folder",
    EFBIG: "the file may not be so large; raise the limit (ulimit -f)",
    EROFS: "the file system is read-only; choose another --state-folder",
    EACCES: "you may not; change who may, or choose another --state-folder",
    EPERM: "you may not; change who may, or choose another --state-folder",
    ENOTDIR: "a file stands where a folder should be; move it, or choose another --state-folder",
    EISDIR: "a folder stands where a file should be; move it, or choose another --state-folder",
    EMFILE: "this process has too many files open; raise its limit (ulimit -n)",
};

/** What to tell of a refusal of the file system; `undefined` for any other error. */
export function fileRefusal(error: unknown): string | undefined {
    if (!(error instanceof Error)) return undefined;
    const { code = "", syscall = "", path = "a file" } = error as NodeJS.ErrnoException;
    const remedy = Object.hasOwn(remedies, code) ? remedies[code] : undefined;
    return remedy && `${syscall} ${path}: ${remedy} (${code})`;
}
