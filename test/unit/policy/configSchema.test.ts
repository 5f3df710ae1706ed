import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { packConfigSchema } from "../../../policy/configSchema";
import { repository } from "../../helpers/project";

for (const pack of ["provider", "consumer"] as const) {
    const file = join(repository, "policy", pack, "config.schema.json");

    describe(`policy/${pack}/config.schema.json`, () => {
        it("is what the rules read", async () => {
            const schema = JSON.stringify(packConfigSchema(pack));
            const text = await format(schema, { parser: "json", printWidth: 100, tabWidth: 4 });
            if (process.env["WRITE_DOCS"] === "1") writeFileSync(file, text);
            assert.equal(readFileSync(file, "utf8"), text);
        });
    });
}
