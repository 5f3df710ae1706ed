import { distance } from "fastest-levenshtein";

/** Of known names, the three that are nearest to one that is not known. */
export function closest(name: string, known: readonly string[]): string[] {
    return [...known].sort((one, other) => distance(name, one) - distance(name, other)).slice(0, 3);
}
