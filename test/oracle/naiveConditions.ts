import { BlockList, isIPv4, isIPv6 } from "node:net";
import { fits, fitsBySegment, plain, spellOut, type Keys } from "./naiveText";
import { listed, type ConditionBlock } from "./types";

/** What a test of one request value against one policy value needs to know beside the two. */
interface Situation {
    keys: Keys;
    /** Version 2012-10-17: `${…}` is a variable. */
    hasVariables: boolean;
}

type Test = (value: string, wanted: string, situation: Situation) => boolean;

/**
 * Whether every operator with every key of a Condition element holds.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function conditionHolds(block: ConditionBlock | undefined, situation: Situation): boolean {
    return Object.entries(block ?? {}).every(([operator, byKey]) =>
        Object.entries(byKey).every(([key, wanted]) =>
            holds(
                operator,
                situation.keys.get(key.toLowerCase()) ?? [],
                listed(wanted).map(String),
                situation,
            ),
        ),
    );
}

function holds(operator: string, values: readonly string[], wanted: string[], at: Situation) {
    if (operator === "Null") {
        const answer = values.length === 0 ? "true" : "false";
        return wanted.some((text) => text.toLowerCase() === answer);
    }
    const [, quantifier, base = "", ifExists] =
        /^(?:(ForAllValues|ForAnyValue):)?(.*?)(IfExists)?$/.exec(operator) ?? [];
    const negated = /Not/.test(base);
    const test = tests[base.replace("Not", "")];
    if (test === undefined) {
        throw new Error(`no such condition operator: ${operator}`);
    }
    if (values.length === 0) {
        return absent(quantifier, negated, ifExists !== undefined);
    }
    if (quantifier !== undefined && values.join("") === "") {
        return quantifier === "ForAllValues";
    }
    const some = (value: string) => wanted.some((text) => test(value, text, at));
    const satisfied = (value: string) => (negated ? !some(value) : some(value));
    if (quantifier === undefined) {
        return negated ? values.every(satisfied) : values.some(satisfied);
    }
    return quantifier === "ForAllValues" ? values.every(satisfied) : values.some(satisfied);
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html */
function absent(quantifier: string | undefined, negated: boolean, ifExists: boolean): boolean {
    if (ifExists) {
        return true;
    }
    return quantifier === undefined ? negated : quantifier === "ForAllValues";
}

/** By the operator's name without "Not": what must hold for a value to match. */
const tests: Readonly<Record<string, Test>> = {
    StringEquals: (value, wanted, at) => fits(exact(wanted, at), value),
    StringEqualsIgnoreCase: (value, wanted, at) => fits(exact(wanted, at), value, "i"),
    StringLike: (value, wanted, at) => fits(spelled(wanted, at), value),
    ArnEquals: arnFits,
    ArnLike: arnFits,
    Bool: (value, wanted) => value.toLowerCase() === wanted.toLowerCase(),
    BinaryEquals: (value, wanted) => {
        const [mine, theirs] = [bytes(value), bytes(wanted)];
        return mine !== undefined && mine === theirs;
    },
    IpAddress: addressIn,
    ...ordered("Numeric", asNumber),
    ...ordered("Date", asMoment),
};

function spelled(pattern: string, at: Situation) {
    return spellOut(pattern, at.hasVariables ? at.keys : undefined);
}

/** StringEquals knows variables but no wildcards. */
function exact(pattern: string, at: Situation) {
    return spelled(pattern, at)?.flatMap(({ sign }) => plain(sign));
}

function arnFits(value: string, wanted: string, at: Situation): boolean {
    const isArn = value.startsWith("arn:");
    return wanted === "*" || (isArn && fitsBySegment(spelled(wanted, at), value));
}

function ordered(family: string, read: (text: string) => bigint | undefined) {
    const compare =
        (verdict: (mine: bigint, theirs: bigint) => boolean): Test =>
        (value, wanted) => {
            const [mine, theirs] = [read(value), read(wanted)];
            return mine !== undefined && theirs !== undefined && verdict(mine, theirs);
        };
    return {
        [`${family}Equals`]: compare((mine, theirs) => mine === theirs),
        [`${family}LessThan`]: compare((mine, theirs) => mine < theirs),
        [`${family}LessThanEquals`]: compare((mine, theirs) => mine <= theirs),
        [`${family}GreaterThan`]: compare((mine, theirs) => mine > theirs),
        [`${family}GreaterThanEquals`]: compare((mine, theirs) => mine >= theirs),
    };
}

/** A decimal as a whole count of 10⁻³⁰, so that no digit is lost. */
function asNumber(text: string): bigint | undefined {
    const [whole, sign, digits = "", fraction = ""] =
        /^([+-]?)(\d+)(?:\.(\d{1,30}))?$/.exec(text) ?? [];
    if (whole === undefined) {
        return undefined;
    }
    const size = BigInt(digits + fraction.padEnd(30, "0"));
    return sign === "-" ? -size : size;
}

/** A moment as nanoseconds; a day that its month has not is none. */
function asMoment(text: string): bigint | undefined {
    if (/^\d+$/.test(text)) {
        return BigInt(text) * 1_000_000_000n;
    }
    const [day = "", time] = text.split(/T(.*)/s);
    if (!/^\d{4}-\d\d-\d\d$/.test(day) || !isDay(day)) {
        return undefined;
    }
    const clock = /^([01]\d|2[0-3]):\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;
    if (time !== undefined && !clock.test(time)) {
        return undefined;
    }
    const [, fraction = ""] = /\.(\d+)/.exec(text) ?? [];
    const moment = Date.parse(text.replace(/\.\d+/, ""));
    return Number.isNaN(moment)
        ? undefined
        : BigInt(moment) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
}

function isDay(day: string): boolean {
    const moment = new Date(`${day}T00:00:00Z`);
    return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(day);
}

function bytes(text: string): string | undefined {
    const isBase64 = /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)?$/.test(text);
    return isBase64 ? Buffer.from(text, "base64").toString("hex") : undefined;
}

function addressIn(value: string, wanted: string): boolean {
    const address = withoutMapping(value);
    const [start = "", size] = wanted.split("/");
    const base = withoutMapping(start);
    const isMapped = isIPv6(start) && isIPv4(base);
    if (!isAddress(address) || isIPv4(address) !== isIPv4(base)) {
        return false;
    }
    const family = isIPv4(base) ? "ipv4" : "ipv6";
    const widest = family === "ipv4" ? 32 : 128;
    const bits = size === undefined ? widest : Number(size) - (isMapped ? 96 : 0);
    const list = new BlockList();
    list.addSubnet(base, bits, family);
    return list.check(address, family);
}

function isAddress(text: string): boolean {
    return isIPv4(text) || (isIPv6(text) && !text.includes("%"));
}

/** An IPv4-mapped IPv6 address in dots; a URL's parser writes all its spellings alike. */
function withoutMapping(address: string): string {
    if (!isIPv6(address) || !isAddress(address)) {
        return address;
    }
    const { hostname } = new URL(`http://[${address}]`);
    const [, high = "", low] = /^\[::ffff:([0-9a-f]+):([0-9a-f]+)\]$/.exec(hostname) ?? [];
    if (low === undefined) {
        return address;
    }
    const hex = high.padStart(4, "0") + low.padStart(4, "0");
    return (hex.match(/../g) ?? []).map((byte) => parseInt(byte, 16)).join(".");
}
