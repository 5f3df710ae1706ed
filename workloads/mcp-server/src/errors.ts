/** A call that the caller can put right: its message is the tool's answer, marked as an error. */
export class InvalidArguments extends Error {
    override readonly name = "InvalidArguments";

    constructor(tool: string, problems: readonly string[]) {
        super(`${tool}: ${problems.join("; ")}. See the tool's input schema.`);
    }
}
