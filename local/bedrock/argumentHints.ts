import { wordsOf } from "./words";

/** Where a step says the text of a property with such a name. */
export interface Hint {
    /** The words before it. */
    after: readonly string[];
    /** What it looks like, whatever is before it. */
    pattern?: RegExp;
}

/** The form of text that a schema's `format`, or a property's name, asks for. */
const forms: Readonly<Record<string, RegExp>> = {
    email: /^[\w.+-]+@[\w-]+(?:\.[\w-]+)+$/,
    uri: /^https?:\/\/\S+$/,
    url: /^https?:\/\/\S+$/,
    link: /^https?:\/\/\S+$/,
    date: /^(?:\d{4}-\d\d-\d\d|today|tomorrow|yesterday|(?:mon|tues|wednes|thurs|fri|satur|sun)day)$/i,
    day: /^(?:\d{4}-\d\d-\d\d|today|tomorrow|yesterday|(?:mon|tues|wednes|thurs|fri|satur|sun)day)$/i,
    "date-time": /^\d{4}-\d\d-\d\dT[\d:.]+Z?$/,
    time: /^(?:\d{1,2}:\d\d|\d{4}-\d\d-\d\dT[\d:.]+Z?)$/,
    uuid: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
};

const identifier = /^(?=.*\d)[\w-]+$/;

const groups: readonly { words: readonly string[]; hint: Hint }[] = [
    {
        words: ["origin", "from", "departure", "source", "start", "sender"],
        hint: { after: ["from"] },
    },
    {
        words: ["destination", "to", "arrival", "target", "end"],
        hint: { after: ["to", "into"] },
    },
    {
        words: "city location place country town region area airport state".split(" "),
        hint: { after: ["in", "at", "near", "for", "of", "from", "to"] },
    },
    {
        words: "name user person recipient who customer employee author guest friend contact".split(
            " ",
        ),
        hint: { after: ["named", "called", "to", "for", "by", "name", "user"] },
    },
    {
        words: "language lang currency unit format".split(" "),
        hint: { after: ["in", "into", "to", "as"] },
    },
    {
        words: "id identifier code key sku number reference order ticket invoice".split(" "),
        hint: { after: ["id", "number", "code"], pattern: identifier },
    },
];

/** Properties that take any text: a name in it is not the whole of it. */
const freeText = new Set(
    (
        "message text query content body input prompt question title subject note description comment " +
        "keyword keywords topic term expression phrase sentence string value data"
    ).split(" "),
);

/** What a string property's name and format say of its value. */
export function hintOf(name: string, format: string | undefined): Hint | undefined {
    const words = wordsOf(name);
    const form = forms[format ?? ""] ?? words.map((word) => forms[word]).find(Boolean);
    if (form !== undefined) return { after: [], pattern: form };
    // The last word says what it is, as in `userName` and `order_id`.
    for (const word of [...words].reverse()) {
        const group = groups.find((each) => each.words.includes(word));
        if (group !== undefined) return group.hint;
    }
    return undefined;
}

/** Whether a property takes whatever text a step has. */
export function isFreeText(name: string): boolean {
    return freeText.has(wordsOf(name).at(-1) ?? "");
}
