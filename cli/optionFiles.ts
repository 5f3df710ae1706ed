import { readFileSync, writeFileSync } from "node:fs";
import { InvalidOptions } from "./invalidOptions";

/**
 * The text of a file that an option names.
 *
 * @param from where it is read; 0 is stdin.
 * @throws InvalidOptions
 */
export function readOptionFile(option: string, file: string, from: string | 0 = file): string {
    try {
        return readFileSync(from, "utf8");
    } catch (error) {
        throw new InvalidOptions(
            `${option}: got ${file}; must be a file to read: ${String(error)}`,
        );
    }
}

/** Writes a file that an option names. @throws InvalidOptions */
export function writeOptionFile(option: string, file: string, text: string): void {
    try {
        writeFileSync(file, text);
    } catch (error) {
        throw new InvalidOptions(
            `${option}: got ${file}; must be a file to write: ${String(error)}`,
        );
    }
}
