import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { accessHtml } from "../../../../cli/access/accessHtml";
import { caller, gateway, grant, reportOf } from "./accessFixture";
import { Chromium, findChromium } from "./chromium";

const roles = Array.from({ length: 60 }, (_, index) => `role-${index}`);
const report = reportOf({
    principals: roles.map((role) => caller(role, ["tools", "search"])),
    gateways: ["tools", "search"].map((name) => gateway(name, [grant(roles.slice(0, 20))])),
});

describe("the page of hub access in Chromium", function () {
    this.timeout(60_000);
    let folder: string;
    let url: string;
    let browser: Chromium;
    before(async function () {
        const executable = findChromium();
        if (executable === undefined) {
            if (process.env["REQUIRE_CHROMIUM"] === "1") throw new Error("There is no Chromium");
            this.skip();
        }
        folder = mkdtempSync(join(tmpdir(), "agentcore-hub-page-"));
        const file = join(folder, "access.html");
        writeFileSync(file, accessHtml(report));
        url = pathToFileURL(file).href;
        browser = new Chromium(executable);
        await browser.open(url);
    });
    after(async () => {
        if (findChromium() === undefined) return;
        await browser.close();
        rmSync(folder, { recursive: true });
    });

    const filtered = (words: string) =>
        browser.evaluate(`(() => {
            const input = document.getElementById("filter");
            input.value = ${JSON.stringify(words)};
            input.dispatchEvent(new Event("input"));
            const rows = [...document.querySelectorAll("#rows tr")];
            const seen = rows.filter((row) => row.getClientRects().length > 0).length;
            return [seen, document.getElementById("shown").textContent];
        })()`);

    it("shows the rows that have the filter's words, and how many they are", async () => {
        assert.deepEqual(await filtered("ROLE-7"), [1, "1 of 60"]);
        assert.deepEqual(await filtered("allowed role-1"), [11, "11 of 60"]);
        assert.deepEqual(await filtered("nobody"), [0, "0 of 60"]);
        assert.deepEqual(await filtered(""), [60, "60 of 60"]);
    });

    it("asks for nothing but itself, and its policy forbids more", async () => {
        assert.deepEqual(browser.requests, [url]);
        const forbidden = await browser.evaluate(`new Promise((resolve) => {
            document.addEventListener("securitypolicyviolation", (event) =>
                resolve(event.effectiveDirective));
            document.body.append(Object.assign(new Image(), { src: "http://127.0.0.1:9/x.png" }));
        })`);
        assert.equal(forbidden, "img-src");
    });

    it("is no wider than a small screen but for its tables, which scroll", async () => {
        const widths = await browser.evaluate(`(() => {
            document.documentElement.style.width = "320px";
            document.body.style.width = "320px";
            return [...document.querySelectorAll("main > *")].map(
                (element) => element.getBoundingClientRect().right);
        })()`);
        for (const right of widths as number[]) assert.ok(right <= 320, `got ${right}`);
    });

    it("is readable in light and dark: each text against its ground by 4.5 to 1", async () => {
        // WCAG 2.2, 1.4.3.
        for (const scheme of ["light", "dark"]) {
            const worst = await browser.evaluate(`(() => {
                document.documentElement.style.colorScheme = ${JSON.stringify(scheme)};
                const canvas = document.createElement("canvas").getContext("2d");
                const rgb = (color) => {
                    canvas.fillStyle = color;
                    canvas.fillRect(0, 0, 1, 1);
                    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
                };
                const luminance = (color) => rgb(color)
                    .map((part) => part / 255)
                    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
                    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
                const probe = document.createElement("div");
                probe.style.background = "Canvas";
                document.body.append(probe);
                const ground = luminance(getComputedStyle(probe).backgroundColor);
                probe.remove();
                return Math.min(...[...document.querySelectorAll("td b, td small, h1")].map((one) => {
                    const text = luminance(getComputedStyle(one).color);
                    return (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
                }));
            })()`);
            assert.ok((worst as number) >= 4.5, `${scheme}: got ${String(worst)}`);
        }
    });
});
