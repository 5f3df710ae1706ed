import XMLBuilder from "fast-xml-builder";
import { summaryOf } from "./verifyReport";
import type { CaseResult } from "./verifyRun";

const builder = new XMLBuilder({
    ignoreAttributes: false,
    attributeNamePrefix: "@",
    format: true,
});

/** The cases as JUnit's XML: a suite for each gateway. What was not verified is skipped, with the reason. */
export function verifyJunit(results: readonly CaseResult[]): string {
    const gateways = [...new Set(results.map(({ gateway }) => gateway))];
    return builder.build({
        "?xml": { "@version": "1.0", "@encoding": "UTF-8" },
        testsuites: {
            "@name": "hub verify",
            ...countsOf(results),
            testsuite: gateways.map((gateway) => {
                const cases = results.filter((result) => result.gateway === gateway);
                return { "@name": gateway, ...countsOf(cases), testcase: cases.map(testCase) };
            }),
        },
    });
}

function countsOf(results: readonly CaseResult[]) {
    const { differs, notVerified, skipped } = summaryOf(results);
    return {
        "@tests": results.length,
        "@failures": differs,
        "@errors": 0,
        "@skipped": notVerified + skipped,
    };
}

function testCase(result: CaseResult) {
    const { name, kind, gateway, status, got, expect, milliseconds, requestId } = result;
    const request = requestId === undefined ? "" : ` (request ${requestId})`;
    return {
        "@classname": gateway,
        "@name": name,
        "@time": (milliseconds / 1000).toFixed(3),
        ...(status === "differs" && {
            failure: {
                "@message": got,
                "@type": kind,
                "#text": `expected ${expect}; got ${got}${request}`,
            },
        }),
        ...((status === "skipped" || status === "notVerified") && {
            skipped: { "@message": status === "skipped" ? got : `not verified: ${got}` },
        }),
        ...(status === "held" && { "system-out": `${got}${request}` }),
    };
}
