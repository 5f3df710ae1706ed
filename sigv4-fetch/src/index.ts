import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";

/** AWS credentials, as the SDK's providers give them. */
export interface AwsCredentials {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
    readonly expiration?: Date;
}

/** What {@link sigv4Fetch} takes. */
export interface SigV4FetchOptions {
    /** The signing name, `bedrock-agentcore` for gateways and runtimes. */
    service: string;
    /** The region of what is called; for a gateway, the one in its ARN. */
    region: string;
    /** Credentials, or a provider of them; asked again only when they are about to expire. */
    credentials: AwsCredentials | (() => Promise<AwsCredentials>);
    /** @default the global fetch */
    fetch?: typeof fetch;
    /** Milliseconds since 1970. @default Date.now */
    now?: () => number;
}

/** A body that cannot be hashed before it is sent. */
export class UnsupportedBody extends TypeError {
    constructor(body: unknown) {
        super(
            `body: got ${Object.prototype.toString.call(body)}; must be a string, bytes or URLSearchParams, because the signature covers it`,
        );
        this.name = "UnsupportedBody";
    }
}

const refreshAheadMs = 5 * 60 * 1000;

/**
 * A `fetch` that signs each request with AWS SigV4, for any MCP client transport. Redirects are refused: a
 * signature is for one host.
 *
 * @example
 * new StreamableHTTPClientTransport(new URL(gatewayUrl), {
 *     fetch: sigv4Fetch({ service: "bedrock-agentcore", region, credentials: fromNodeProviderChain() }),
 * });
 */
export function sigv4Fetch(options: SigV4FetchOptions): typeof fetch {
    const { service, region } = options;
    const now = options.now ?? Date.now;
    const send = options.fetch ?? fetch;
    const signer = new SignatureV4({
        service,
        region,
        sha256: Sha256,
        credentials: memoized(options.credentials, now),
    });
    return async (input, init = {}) => {
        const request = input instanceof Request ? input : undefined;
        const url = new URL(input instanceof Request ? input.url : input);
        const headers = new Headers(init.headers ?? request?.headers);
        const method = (init.method ?? request?.method ?? "GET").toUpperCase();
        const body = await bytesOf(
            init.body ?? (request && new Uint8Array(await request.arrayBuffer())),
        );
        if (init.body instanceof URLSearchParams && !headers.has("content-type")) {
            headers.set("content-type", "application/x-www-form-urlencoded;charset=UTF-8");
        }
        headers.delete("host");
        const signed = await signer.sign(
            {
                method,
                protocol: url.protocol,
                hostname: url.hostname,
                ...(url.port !== "" && { port: Number(url.port) }),
                path: url.pathname,
                query: queryOf(url.searchParams),
                headers: { ...Object.fromEntries(headers), host: url.host },
                ...(body !== undefined && { body }),
            },
            { signingDate: new Date(now()) },
        );
        const { host: _host, ...sent } = signed.headers;
        return send(url, {
            ...init,
            method,
            headers: sent,
            ...(body !== undefined && { body }),
            ...(request?.signal !== undefined &&
                init.signal === undefined && { signal: request.signal }),
            redirect: "error",
        });
    };
}

/**
 * The region of a gateway, from its ARN or its URL on AWS; `undefined` when the text names none.
 */
export function gatewayRegion(arnOrUrl: string): string | undefined {
    return (
        /^arn:[^:]+:bedrock-agentcore:([^:]+):/.exec(arnOrUrl)?.[1] ??
        /^https:\/\/[^/]+\.gateway\.bedrock-agentcore\.([^./]+)\.amazonaws\.com/.exec(arnOrUrl)?.[1]
    );
}

/** Asks a provider once for as long as its credentials last; a failure is not kept. */
function memoized(
    credentials: SigV4FetchOptions["credentials"],
    now: () => number,
): () => Promise<AwsCredentials> {
    if (typeof credentials !== "function") return () => Promise.resolve(credentials);
    let pending: Promise<AwsCredentials> | undefined;
    let refreshAt = Infinity;
    return () => {
        if (pending !== undefined && now() < refreshAt) return pending;
        refreshAt = Infinity;
        const asked = credentials();
        pending = asked;
        asked.then(
            ({ expiration }) => {
                if (expiration === undefined) return;
                // Credentials that last less than twice the margin are used until they expire.
                const left = expiration.getTime() - now();
                refreshAt = expiration.getTime() - (left > 2 * refreshAheadMs ? refreshAheadMs : 0);
            },
            () => {
                if (pending === asked) pending = undefined;
            },
        );
        return asked;
    };
}

async function bytesOf(body: unknown): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (body === undefined || body === null) return undefined;
    if (typeof body === "string" || body instanceof URLSearchParams) {
        return new TextEncoder().encode(String(body));
    }
    if (body instanceof ArrayBuffer) return new Uint8Array(body);
    if (ArrayBuffer.isView(body)) {
        return new Uint8Array(
            body.buffer.slice(body.byteOffset, body.byteOffset + body.byteLength) as ArrayBuffer,
        );
    }
    if (body instanceof Blob) return new Uint8Array(await body.arrayBuffer());
    throw new UnsupportedBody(body);
}

function queryOf(params: URLSearchParams): Record<string, string | string[]> {
    const query: Record<string, string | string[]> = {};
    for (const key of new Set(params.keys())) {
        const values = params.getAll(key);
        query[key] = values.length === 1 ? (values[0] ?? "") : values;
    }
    return query;
}
