import { createHmac, hash } from "node:crypto";

const keys = new Map<string, Buffer>();
const keep = 1000;

/** The key of a day, region and service, derived from the secret once. */
export function signingKey(secret: string, day: string, region: string, service: string): Buffer {
    const id = `${secret}\n${day}\n${region}\n${service}`;
    const known = keys.get(id);
    if (known !== undefined) return known;
    const key = [day, region, service, "aws4_request"].reduce<Buffer>(
        (previous, part) => hmac(previous, part),
        Buffer.from(`AWS4${secret}`),
    );
    if (keys.size >= keep) keys.delete(keys.keys().next().value ?? "");
    keys.set(id, key);
    return key;
}

export function hmac(key: Buffer, text: string): Buffer {
    return createHmac("sha256", key).update(text).digest();
}

export function sha256(content: string | Uint8Array): string {
    return hash("sha256", content);
}
