import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { rulesPage } from "../../../policy/documentation";
import { repository } from "../../helpers/project";

const file = join(repository, "docs", "policy.md");
const mark = "<!-- Below this line the page is generated from policy/rules. -->";

describe("docs/policy.md", () => {
    it("has every rule as the sources have it", async () => {
        const [written = ""] = readFileSync(file, "utf8").split(mark);
        const page = await format(`${written}${mark}\n\n${rulesPage()}`, {
            parser: "markdown",
            printWidth: 100,
            tabWidth: 2,
        });
        if (process.env["WRITE_DOCS"] === "1") writeFileSync(file, page);
        assert.equal(readFileSync(file, "utf8"), page);
    });
});
