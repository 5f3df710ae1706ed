import { AwsError, validation } from "../awsError";

/** A part of a list, and where the next one starts, where there is one. */
export interface Page<Item> {
    items: readonly Item[];
    next?: string;
}

/**
 * The items after a marker, in the order of their keys, which must be unique: what is made or deleted between two pages
 * takes nothing else with it. `undefined` for a marker that is none.
 */
export function pageOf<Item>(
    items: readonly Item[],
    keyOf: (item: Item) => string,
    { size, marker }: { size: number; marker?: string },
): Page<Item> | undefined {
    const after = marker === undefined ? "" : keyIn(marker);
    if (after === undefined) return undefined;
    const left = items
        .map((item) => ({ item, key: keyOf(item) }))
        .filter(({ key }) => key > after)
        .sort((one, other) => (one.key < other.key ? -1 : 1));
    const page = left.slice(0, size);
    const last = page.at(-1);
    return {
        items: page.map(({ item }) => item),
        ...(last !== undefined && left.length > size && { next: markerOf(last.key) }),
    };
}

/** Sure of ListGateways (API_ListGateways); other lists take fewer, which is not looked at. */
const maxResults = { min: 1, max: 1000 };

/**
 * The part of an AgentCore list that a request asks for by `maxResults` and `nextToken`; without the first, a page of
 * 100 (AgentCore control plane API reference; that many by default: inferred).
 *
 * @throws AwsError ValidationException
 */
export function listed<Item>(
    url: string,
    name: string,
    items: readonly Item[],
    keyOf: (item: Item) => string,
): Record<string, unknown> {
    const query = new URL(url, "http://local").searchParams;
    const size = Number(query.get("maxResults") ?? 100);
    if (!Number.isInteger(size) || size < maxResults.min || size > maxResults.max) {
        throw validation(
            `maxResults: got ${query.get("maxResults") ?? ""}; must be ${maxResults.min}–${maxResults.max}`,
        );
    }
    const marker = query.get("nextToken");
    const page = pageOf(items, keyOf, { size, ...(marker !== null && { marker }) });
    if (page === undefined) throw validation("nextToken: must be one that a list answered with");
    return { [name]: page.items, ...(page.next !== undefined && { nextToken: page.next }) };
}

/** @throws AwsError ValidationError, IAM's own code. */
export function invalidInput(message: string): AwsError {
    return new AwsError("ValidationError", message, 400);
}

const markerStart = "after:";

function markerOf(key: string): string {
    return Buffer.from(markerStart + key).toString("base64url");
}

function keyIn(marker: string): string | undefined {
    const text = Buffer.from(marker, "base64url").toString("utf8");
    return text.startsWith(markerStart) ? text.slice(markerStart.length) : undefined;
}
