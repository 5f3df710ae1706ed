import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parsePolicyDocument, type DocumentKind } from "../../access";
import type { FuzzCloud } from "./fuzzCloud";

/** More than any memory of the local cloud keeps: compiled documents, decisions, refusals. */
const kept = 2_500;
const kinds: readonly DocumentKind[] = ["identity", "resource", "trust", "scp", "rcp"];

/**
 * Bytes in use when all that is kept for a while is of the same small inputs, whatever was asked before: what is
 * more the next time is what grows.
 */
export async function settledHeapBytes(cloud: FuzzCloud): Promise<number> {
    for (const kind of kinds) fillCache(kind);
    for (let count = 0; count < kept; count++) await cloud.assertWell();
    setFlagsFromString("--expose_gc");
    const collect = runInNewContext("gc") as () => void;
    collect();
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
}

function fillCache(kind: DocumentKind): void {
    const isResource = kind === "resource" || kind === "rcp" || kind === "trust";
    for (let index = 0; index < kept; index++) {
        const statement = {
            Sid: `Small${index}`,
            Effect: kind === "rcp" ? "Deny" : "Allow",
            ...(isResource && { Principal: "*" }),
            Action: kind === "trust" ? "sts:AssumeRole" : "s3:GetObject",
            ...(kind !== "trust" && { Resource: "*" }),
        };
        parsePolicyDocument({ Version: "2012-10-17", Statement: [statement] }, kind);
    }
}
