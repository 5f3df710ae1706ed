/** The gateway asked for a tool that this function does not have. */
export class UnknownTool extends Error {
    override readonly name = "UnknownTool";

    constructor(tool: string | undefined, known: readonly string[]) {
        super(
            tool === undefined
                ? "No tool name in the client context (bedrockAgentCoreToolName): call this function through an AgentCore gateway."
                : `No tool ${tool}. This function has: ${known.join(", ")}.`,
        );
    }
}

/** The arguments do not fit the tool's input schema, or what the tool can compute. */
export class InvalidArguments extends Error {
    override readonly name = "InvalidArguments";

    constructor(tool: string, problems: readonly string[]) {
        super(`${tool}: ${problems.join("; ")}. See the tool's input schema.`);
    }
}
