/** A value for a line `path: got X; must be Y`: as JSON, in part where it is long. */
export function shown(value: unknown, maxCharacters = 120): string {
    const text = value === undefined ? "nothing" : JSON.stringify(value);
    return text.length > maxCharacters ? `${text.slice(0, maxCharacters - 3)}...` : text;
}
