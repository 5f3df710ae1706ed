import type { GatewayError } from "../../agentcore/mcp";

/** A request that the gateway refuses, with the error of its table. */
export class McpRefusal extends Error {
    readonly error: GatewayError;
    readonly data: Record<string, unknown> | undefined;

    /** `fill` takes the place of the text's `<…>`. */
    constructor(error: GatewayError, fill = "", data?: Record<string, unknown>) {
        super(error.text.replace(/<\w+>/, () => fill));
        this.name = "McpRefusal";
        this.error = error;
        this.data = data;
    }
}
