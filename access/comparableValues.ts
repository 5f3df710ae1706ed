import ipaddr from "ipaddr.js";

/** A decimal number without rounding: `digits` times ten to the power of minus `scale`. */
interface Decimal {
    digits: bigint;
    scale: number;
}

/** Compares a value of the request with one of the policy; `undefined` when it is of another type. */
export type Comparison = (text: string) => number | undefined;

/** A number, exactly as it is written: IAM's numbers are integers and decimals. */
export function compareNumber(policyValue: string): Comparison | undefined {
    const limit = decimalOf(policyValue);
    if (limit === undefined) return undefined;
    return (text) => {
        const given = decimalOf(text);
        if (given === undefined) return undefined;
        const scale = Math.max(given.scale, limit.scale);
        return compare(scaled(given, scale), scaled(limit, scale));
    };
}

/**
 * A date: ISO 8601 in W3C's profile, or whole seconds since 1970
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date).
 */
export function compareDate(policyValue: string): Comparison | undefined {
    const limit = millisecondsOf(policyValue);
    if (limit === undefined) return undefined;
    return (text) => {
        const given = millisecondsOf(text);
        return given === undefined ? undefined : compare(given, limit);
    };
}

/** `true` or `false`, without regard to case. */
export function compareBool(policyValue: string): Comparison | undefined {
    const wanted = policyValue.toLowerCase();
    if (wanted !== "true" && wanted !== "false") return undefined;
    return (text) => (text.toLowerCase() === wanted ? 0 : undefined);
}

/** Bytes in base64. */
export function compareBinary(policyValue: string): Comparison | undefined {
    const wanted = bytesOf(policyValue);
    return wanted && ((text) => (bytesOf(text)?.equals(wanted) === true ? 0 : undefined));
}

/** An address, or a range in CIDR notation, of IPv4 or IPv6: zero when the address is in it. */
export function compareAddress(policyValue: string): Comparison | undefined {
    const range = rangeOf(policyValue);
    if (range === undefined) return undefined;
    const [network, bits] = range;
    return (text) => {
        const address = addressOf(text);
        return address?.kind() === network.kind() && address.match(network, bits) ? 0 : undefined;
    };
}

function compare<T extends number | bigint>(one: T, other: T): number {
    return one < other ? -1 : one > other ? 1 : 0;
}

function decimalOf(text: string): Decimal | undefined {
    const [, sign = "", whole = "", fraction = ""] = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
    if (whole === "") return undefined;
    const digits = BigInt(whole + fraction);
    return { digits: sign === "-" ? -digits : digits, scale: fraction.length };
}

function scaled({ digits, scale }: Decimal, to: number): bigint {
    return digits * 10n ** BigInt(to - scale);
}

const isoDate =
    /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d{2}):(\d{2})))?$/;

function millisecondsOf(text: string): number | undefined {
    if (/^\d{1,12}$/.test(text)) return Number(text) * 1000;
    const match = isoDate.exec(text);
    if (match === null) return undefined;
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
        .slice(1, 7)
        .map((part: string | undefined) => Number(part ?? 0));
    const [fraction = "", sign = "+", offsetHours = "0", offsetMinutes = "0"] = match.slice(7);
    const midnight = new Date(0);
    midnight.setUTCFullYear(year, month - 1, day);
    if (Number(offsetHours) > 23 || Number(offsetMinutes) > 59) return undefined;
    const isCalendarDay = midnight.getUTCMonth() === month - 1 && midnight.getUTCDate() === day;
    if (!isCalendarDay || hour > 23 || minute > 59 || second > 59) return undefined;
    const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * (sign === "-" ? -1 : 1);
    return (
        midnight.getTime() +
        ((hour * 60 + minute - offset) * 60 + second) * 1000 +
        Number(`0.${fraction}0`) * 1000
    );
}

function bytesOf(text: string): Buffer | undefined {
    const isBase64 = text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
    return isBase64 ? Buffer.from(text, "base64") : undefined;
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** An IPv4 address that is mapped into IPv6, `::ffff:a.b.c.d`, is that IPv4 address. */
function addressOf(text: string): Address | undefined {
    if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
    const hextets = withoutDots(text);
    if (!hextets.includes(":") || hextets.includes("%") || !ipaddr.IPv6.isValid(hextets)) {
        return undefined;
    }
    const address = ipaddr.IPv6.parse(hextets);
    return address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

/** `::1.2.3.4` as `::102:304`: the library would take it for a mapped IPv4 address. */
function withoutDots(text: string): string {
    const [tail = ""] = /[\d.]+$/.exec(text) ?? [];
    if (!ipaddr.IPv4.isValidFourPartDecimal(tail)) return text;
    const [one = 0, two = 0, three = 0, four = 0] = ipaddr.IPv4.parse(tail).octets;
    const last = [one * 256 + two, three * 256 + four].map((hextet) => hextet.toString(16));
    return text.slice(0, -tail.length) + last.join(":");
}

function rangeOf(text: string): [Address, number] | undefined {
    const [, host = "", suffix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
    const address = addressOf(host);
    if (address === undefined) return undefined;
    const writtenBits = host.includes(":") ? 128 : 32;
    const bits = suffix === undefined ? writtenBits : Number(suffix);
    // `::ffff:10.0.0.0/104` is `10.0.0.0/8`.
    const mapped = host.includes(":") && address.kind() === "ipv4" ? 96 : 0;
    return bits > writtenBits || bits < mapped ? undefined : [address, bits - mapped];
}
