import { runtimeErrors, type RuntimeError, type RuntimeProtocol } from "../../agentcore/runtime";
import type { Assumptions } from "../../agentcore/openFacts";
import type { Readable } from "node:stream";

/** What is sent back of a runtime. */
export interface RuntimeAnswer {
    httpStatus: number;
    headers: Record<string, string>;
    /** Whole, or as it comes from the container. */
    body: Buffer | Readable;
}

/** A call that is not answered by the container. */
export class RuntimeRefusal extends Error {
    /** AWS's words. */
    readonly text: string;

    constructor(
        readonly error: RuntimeError,
        readonly values: Readonly<Record<string, string>>,
        options: {
            /** @default the error's */
            text?: string;
            /** What people are told beside AWS's words. */
            reason?: string;
        } = {},
    ) {
        const text = filled(options.text ?? error.text, values);
        super(options.reason ?? text);
        this.name = "RuntimeRefusal";
        this.text = text;
    }
}

/**
 * A refusal as the runtime's clients read it: as restJson, or in JSON-RPC where the runtime speaks MCP. SDKs read
 * the code from the header, and AWS's own answers to MCP clients have no id.
 */
export function refusalAnswer(
    { error, text, values }: RuntimeRefusal,
    protocol: RuntimeProtocol | undefined,
    { runtimeJsonRpcText }: Pick<Assumptions, "runtimeJsonRpcText">,
): RuntimeAnswer {
    const { code, httpStatus, jsonRpc } = error;
    if (protocol !== "MCP") return answer(code, httpStatus, { message: text });
    const message = runtimeJsonRpcText === "exception" ? text : filled(jsonRpc.text, values);
    return answer(code, jsonRpc.httpStatus, {
        jsonrpc: "2.0",
        id: null,
        error: { code: jsonRpc.code, message },
    });
}

/** Who calls without a signature that holds, in the verifier's words. */
export function unauthenticated(code: string, text: string, httpStatus: number): RuntimeRefusal {
    return new RuntimeRefusal({ ...runtimeErrors.authentication, code, text, httpStatus }, {});
}

function answer(code: string, httpStatus: number, body: unknown): RuntimeAnswer {
    return {
        httpStatus,
        headers: { "content-type": "application/json", "x-amzn-errortype": code },
        body: Buffer.from(JSON.stringify(body)),
    };
}

function filled(text: string, values: Readonly<Record<string, string>>): string {
    return text.replace(/<(\w+)>/g, (place, name: string) => values[name] ?? place);
}
