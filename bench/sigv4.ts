/**
 * Verifying the signature of a POST with a body of 1 KB, cold and warm, as a ratio to signing the same request
 * again with @smithy/signature-v4 in this run. The bounds are 100 µs, and a ratio of 1.
 */
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import { createHash, createHmac } from "node:crypto";
import { verifySigV4, type SignedRequest } from "../local/http/sigv4/verify";

const key = {
    accessKeyId: "ASIAEXAMPLE",
    secretAccessKey: "secret",
    sessionToken: "t".repeat(400),
};
const body = Buffer.from(JSON.stringify({ text: "x".repeat(1013) }));
const now = new Date();

/** Node's own digests, which the AWS SDK uses too. */
class NodeSha256 {
    readonly #digest;
    constructor(secret?: ConstructorParameters<typeof Sha256>[0]) {
        this.#digest =
            secret === undefined
                ? createHash("sha256")
                : createHmac(
                      "sha256",
                      typeof secret === "string" ? secret : Buffer.from(secret as Uint8Array),
                  );
    }
    update(data: Uint8Array | string): void {
        this.#digest.update(data);
    }
    digest(): Promise<Uint8Array> {
        return Promise.resolve(this.#digest.digest());
    }
    reset(): void {
        // Not used by the signer.
    }
}

const request = {
    method: "POST",
    protocol: "http:",
    hostname: "127.0.0.1",
    path: "/gateway/tools-abcdefghij/mcp",
    headers: {
        host: "127.0.0.1:4780",
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        "mcp-protocol-version": "2025-11-25",
    },
    body,
};
const signer = new SignatureV4({
    service: "bedrock-agentcore",
    region: "us-east-1",
    sha256: NodeSha256,
    credentials: key,
});

async function median(batch: () => Promise<number>): Promise<number> {
    const values: number[] = [];
    for (let run = 0; run < 21; run++) values.push(await batch());
    return values.sort((one, other) => one - other)[10] ?? 0;
}

async function microseconds(times: number, run: () => unknown): Promise<number> {
    const start = process.hrtime.bigint();
    for (let time = 0; time < times; time++) {
        const result = run();
        if (result instanceof Promise) await result;
    }
    return Number(process.hrtime.bigint() - start) / 1000 / times;
}

async function main(): Promise<void> {
    const sign = () => signer.sign(request, { signingDate: now });
    const start = process.hrtime.bigint();
    const { headers } = await sign();
    const signedCold = Number(process.hrtime.bigint() - start) / 1000;
    const sent: SignedRequest = {
        method: request.method,
        url: request.path,
        rawHeaders: Object.entries(headers).flat(),
        body,
    };
    const verifyWith = (secretAccessKey: string) =>
        verifySigV4(sent, {
            services: ["bedrock-agentcore"],
            regions: ["us-east-1"],
            keyOf: () => ({ ...key, secretAccessKey }),
            now: Date.now,
        }).result;
    const verify = () => {
        const result = verifyWith(key.secretAccessKey);
        if (result !== "verified") throw new Error(result);
    };
    const cold = await microseconds(1, verify);
    await microseconds(5000, verify);
    await microseconds(5000, sign);
    const verified = await median(() => microseconds(1000, verify));
    const signed = await median(() => microseconds(1000, sign));
    let secrets = 0;
    const derived = await median(() => microseconds(200, () => verifyWith(`other${secrets++}`)));
    const ratio = verified / signed;
    console.log(
        `verify a signature over ${body.length} bytes: ${verified.toFixed(0)} µs warm (bound 100), ${derived.toFixed(0)} µs with a signing key to derive, ${cold.toFixed(0)} µs the first time in a process`,
    );
    console.log(
        `ratio to signing again with @smithy/signature-v4: ${ratio.toFixed(2)} (${signed.toFixed(0)} µs; bound 1), the first time ${(cold / signedCold).toFixed(2)} (${signedCold.toFixed(0)} µs)`,
    );
    process.exitCode = verified <= 100 && ratio <= 1 ? 0 : 1;
}

void main();
