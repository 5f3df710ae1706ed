import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";

/** The repository that the tests stand in. */
export const repository = join(__dirname, "..", "..");

/** A project folder of a test's own: the shipped one, with other config where the test says so. */
export class TestProject {
    readonly folder = mkdtempSync(join(tmpdir(), "agentcore-hub-"));
    readonly stateFolder = join(this.folder, ".hub", "local");

    constructor() {
        for (const file of ["Pulumi.yaml", "Pulumi.provider.yaml", "Pulumi.consumer.yaml"]) {
            cpSync(join(repository, file), join(this.folder, file));
        }
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
        return this.file(`Pulumi.${stack}.yaml`, stringify({ config: full }));
    }

    file(name: string, text: string): this {
        writeFileSync(join(this.folder, name), text);
        return this;
    }

    remove(): void {
        rmSync(this.folder, { recursive: true, force: true });
    }
}
