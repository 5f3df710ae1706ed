import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";

/** The repository that the tests stand in. */
export const repository = join(__dirname, "..", "..");

/** Pulumi reads YAML 1.1, in which a date without quotes is none of the texts that it looks like. */
const yaml11 = { version: "1.1" } as const;

/** A project folder of a test's own: the shipped one, with other config where the test says so. */
export class TestProject {
    readonly folder = mkdtempSync(join(tmpdir(), "agentcore-hub-"));
    readonly stateFolder = join(this.folder, ".hub", "local");

    constructor() {
        cpSync(join(repository, "Pulumi.yaml"), join(this.folder, "Pulumi.yaml"));
        this.ship("provider");
        this.ship("consumer");
        for (const folder of ["workloads", "dist"]) {
            symlinkSync(join(repository, folder), join(this.folder, folder));
        }
    }

    /** Writes a stack's config; keys without a namespace are the program's. */
    config(stack: string, config: Record<string, unknown>): this {
        const full = Object.fromEntries(
            Object.entries({ "aws:region": "us-east-1", ...config }).map(([key, value]) => [
                key.includes(":") ? key : `agentcore-hub:${key}`,
                value,
            ]),
        );
        return this.file(`Pulumi.${stack}.yaml`, stringify({ config: full }, yaml11));
    }

    /** Gives a stack the config that is shipped. */
    ship(stack: "provider" | "consumer"): void {
        cpSync(join(repository, `Pulumi.${stack}.yaml`), join(this.folder, `Pulumi.${stack}.yaml`));
    }

    file(name: string, text: string): this {
        writeFileSync(join(this.folder, name), text);
        return this;
    }

    remove(): void {
        rmSync(this.folder, { recursive: true, force: true });
    }
}
