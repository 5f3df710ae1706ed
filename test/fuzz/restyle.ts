import fc from "fast-check";

/** Ways to write a request that is the same to HTTP and SigV4. */
export interface Style {
    /** Turns the order of headers, and of parameters. */
    turn: number;
    names: "as they are" | "lower" | "upper";
    space: "" | " " | "   ";
    authority: "" | "http://127.0.0.1" | "http://localhost:1";
    more: readonly string[];
}

/** Styles, some of which change nothing. */
export const styles: fc.Arbitrary<Style> = fc.record({
    turn: fc.nat(5),
    names: fc.constantFrom<Style["names"]>("as they are", "lower", "upper"),
    space: fc.constantFrom<Style["space"]>("", " ", "   "),
    authority: fc.oneof(
        { weight: 4, arbitrary: fc.constant("" as const) },
        {
            weight: 1,
            arbitrary: fc.constantFrom("http://127.0.0.1" as const, "http://localhost:1" as const),
        },
    ),
    more: fc.array(
        fc.constantFrom(
            "Accept: */*",
            "X-Other:",
            "User-Agent: a  b",
            "Cookie: a=b",
            "x-other: \xe9",
        ),
        { maxLength: 3 },
    ),
});

/** The request with its body as it is. */
export function restyled(request: string, style: Style): string {
    const [head = "", ...body] = request.split("\r\n\r\n");
    const [line = "", ...fields] = head.split("\r\n");
    const [method = "", target = "", version = ""] = line.split(" ");
    const [path = "", query] = target.split("?");
    const parameters = turned(query?.split("&") ?? [], style.turn).join("&");
    const written = turned([...fields, ...style.more], style.turn).map((field) => {
        const [, name = "", value = ""] = /^([^:]*):(.*)$/.exec(field) ?? [];
        return `${named(name, style.names)}:${style.space}${value.trim()}${style.space}`;
    });
    const url = `${style.authority}${path}${query === undefined ? "" : `?${parameters}`}`;
    return [[`${method} ${url} ${version}`, ...written].join("\r\n"), ...body].join("\r\n\r\n");
}

function named(name: string, names: Style["names"]): string {
    if (names === "as they are") return name;
    return names === "lower" ? name.toLowerCase() : name.toUpperCase();
}

function turned<T>(values: readonly T[], by: number): T[] {
    const at = by % Math.max(values.length, 1);
    return [...values.slice(at), ...values.slice(0, at)];
}
