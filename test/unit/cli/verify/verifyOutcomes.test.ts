import assert from "node:assert/strict";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { Interrupted } from "../../../../cli/interrupted";
import { InvalidExport } from "../../../../cli/stackExport";
import type { Expected } from "../../../../cli/verify/verifyExpected";
import type { VerifyBy } from "../../../../cli/verify/verify";
import type { ResourceRecord } from "../../../../engine/stackState";
import { developer, hubConfig, spokeAccount, spokeConfig } from "../../../helpers/configs";
import { changed, encrypted, exportOf, resourcesOf } from "../inventory/stackStates";
import { VerifyHub } from "./verifyFixture";

const names = [
    ...["consumer-auditor → tools", "consumer-developer → tools", "unsigned → tools"],
    ...["wrong region → tools", "wrong service → tools", "expired session → tools"],
] as const;

describe("hub verify, where not all goes well", function () {
    this.timeout(60_000);
    const verify = new VerifyHub();
    let expected: Expected;
    before(async () => {
        await verify.hub.start();
        verify.hub.project
            .config("provider", hubConfig([developer]))
            .config("consumer", spokeConfig(spokeAccount, ["developer", "auditor"]));
        await verify.deploy();
        expected = await verify.expected();
    });
    after(() => verify.hub.stop());

    /** Time that passes by pauses alone. */
    const clock = (onPause: () => void = () => undefined): VerifyBy => {
        let time = 0;
        return {
            now: () => time,
            pause: (milliseconds) => {
                time += milliseconds;
                onPause();
                return Promise.resolve();
            },
        };
    };

    /** Has the trust policy of a role refuse everybody; returns what undoes it. */
    const untrusted = (roleName: string) => {
        const { iam } = verify.account(spokeAccount);
        const { text } = iam.role(roleName).trust;
        iam.updateRole(roleName, { assumeRolePolicyDocument: text.replace("Allow", "Deny") });
        return () => {
            iam.updateRole(roleName, { assumeRolePolicyDocument: text });
        };
    };

    describe("a role that cannot be assumed", () => {
        it("is asked for again: its trust policy may not be visible everywhere yet", async () => {
            const undo = untrusted("auditor");
            const results = await verify.results(expected, { wait: "60" }, clock(undo));
            assert.deepEqual(
                results.map(({ status }) => status),
                names.map(() => "held"),
            );
            assert.deepEqual(
                results.filter(({ attempts }) => attempts > 1).map(({ name }) => name),
                ["consumer-auditor → tools"],
            );
        });

        it("is not verified when the time is over, with STS's reason", async () => {
            const undo = untrusted("auditor");
            try {
                const results = await verify.results(expected, { wait: "3" }, clock());
                const [auditor] = results;
                assert.deepEqual([auditor?.status, auditor?.attempts], ["notVerified", 3]);
                assert.match(
                    auditor?.got ?? "",
                    /^no credentials by profile consumer-auditor: .*not authorized to perform: sts:AssumeRole/,
                );
                assert.ok(results.slice(1).every(({ status }) => status === "held"));
            } finally {
                undo();
            }
        });

        it("is not asked for again where there is no such profile", async () => {
            const options = { wait: "60", profile: ["consumer-auditor=nobody"] };
            const [auditor] = await verify.results(expected, options, clock());
            assert.deepEqual([auditor?.status, auditor?.attempts], ["notVerified", 1]);
        });
    });

    describe("a gateway that does not answer", () => {
        /** The outputs with another URL of the gateway. */
        const at = (gatewayUrl: string): VerifyBy => {
            const { gatewayArn } = verify.hub.gateway();
            const gateways = { tools: { gatewayUrl, gatewayArn } };
            return { outputs: new Map([["provider", { gateways }]]) };
        };
        const differs = async (by: VerifyBy, got: RegExp) => {
            const results = await verify.results(expected, {}, by);
            for (const { name, status, got: text } of results) {
                assert.equal(status, "differs", name);
                assert.match(text, got, name);
            }
            assert.deepEqual(
                results.map(({ name }) => name),
                names,
            );
        };
        let server: Server;
        let url: string;
        const serve = async (listener: RequestListener = () => undefined) => {
            server = createServer(listener);
            await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
            url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
        };
        afterEach(() => {
            server.closeAllConnections();
            server.close();
        });

        it("differs with the cause: nobody listens", async () => {
            await serve();
            await new Promise((resolve) => server.close(resolve));
            await differs(at(url), /^no answer: fetch failed: connect ECONNREFUSED 127\.0\.0\.1:/);
        });

        it("differs with the cause: no such host", async () => {
            await serve();
            const gone = "http://gateway.invalid/mcp";
            await differs(at(gone), /^no answer: fetch failed: getaddrinfo \w+ gateway\.invalid$/);
        });

        it("differs when a call's time is over, and holds nothing up", async () => {
            await serve();
            await differs(
                { ...at(url), callTimeoutMs: 50 },
                /^no answer: The operation was aborted due to timeout$/,
            );
        });

        it("differs where the answer breaks off", async () => {
            await serve((_request, response) => {
                response.write("{");
            });
            const results = await verify.results(expected, {}, { ...at(url), callTimeoutMs: 50 });
            assert.ok(results.every(({ status }) => status === "differs"));
        });
    });

    describe("interrupted", () => {
        it("tells what was found so far, and that the rest is not verified", async () => {
            const interrupt = new AbortController();
            let stdout = "";
            // The two that differ wait: the interruption comes in their first pause.
            const undo = untrusted("auditor");
            const run = verify.run(
                expected,
                { wait: "60" },
                {
                    stop: interrupt.signal,
                    pause: () => {
                        interrupt.abort();
                        return Promise.resolve();
                    },
                    write: (text) => (stdout += text),
                },
            );
            await assert.rejects(run, Interrupted);
            undo();
            assert.match(stdout, /^interrupted: (nothing was verified|\d of 6 cases hold); /);
            assert.match(stripVTControlCharacters(stdout), /│ \? │ consumer-auditor → tools /);
        });

        it("ends calls that are under way, and writes JUnit too", async () => {
            const interrupt = new AbortController();
            const server = createServer(() => {
                interrupt.abort();
            });
            await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
            const { port } = server.address() as AddressInfo;
            const { gatewayArn } = verify.hub.gateway();
            const gateways = { tools: { gatewayUrl: `http://127.0.0.1:${port}`, gatewayArn } };
            let stdout = "";
            const started = Date.now();
            await assert.rejects(
                verify.run(
                    expected,
                    { junit: "-" },
                    {
                        stop: interrupt.signal,
                        outputs: new Map([["provider", { gateways }]]),
                        write: (text) => (stdout += text),
                    },
                ),
                Interrupted,
            );
            server.closeAllConnections();
            server.close();
            assert.ok(Date.now() - started < 5000);
            assert.match(stdout, /<testsuites name="hub verify" tests="6" failures="0"/);
            assert.equal(stdout.match(/<skipped message="not verified: interrupted"/g)?.length, 6);
        });
    });

    describe("with exported stacks", () => {
        let states: Record<"provider" | "consumer", ResourceRecord[]>;
        before(async () => {
            states = {
                provider: await resourcesOf(verify.hub, "provider"),
                consumer: await resourcesOf(verify.hub, "consumer"),
            };
        });
        const file = (name: string, text: string): string => {
            verify.hub.project.file(name, text);
            return join(verify.hub.project.folder, name);
        };

        it("finds the gateways in them, in whatever order", async () => {
            const files = [
                file("spoke.json", exportOf(states.consumer)),
                file("hub.json", exportOf(states.provider)),
            ];
            for (const stackExport of [files, [...files].reverse()]) {
                const results = await verify.results(expected, { stackExport });
                assert.deepEqual(
                    results.map(({ name, status }) => [name, status]),
                    names.map((name) => [name, "held"]),
                );
            }
        });

        it("does not verify gateways of a stack that it has no export of", async () => {
            const stackExport = [file("spoke.json", exportOf(states.consumer))];
            const { code, stdout } = await verify.run(expected, { stackExport });
            assert.equal(code, 2);
            assert.match(stdout, /^nothing was verified; 6 not verified\n/);
            assert.match(stdout, /gateway tools is not in its stack's outputs/);
        });

        it("refuses what is no export of this project's stacks", async () => {
            const hub = exportOf(states.provider);
            const urlHidden = changed(
                states.provider,
                "agentcore-hub-provider",
                "gateways",
                () => encrypted,
            );
            for (const [texts, message] of [
                [["{}"], /^\S+0\.json: deployment: got nothing; must be what/],
                [[hub, hub], /^\S+1\.json: got stack provider again; must be .* of another stack$/],
                [
                    [hub.replaceAll("::agentcore-hub::", "::shop::")],
                    /got stack provider of project shop; must be .* of a stack of project agentcore-hub: consumer, provider$|: provider, consumer$/,
                ],
                [
                    [exportOf(urlHidden)],
                    /output gateways is encrypted; must be what `pulumi stack export` writes with --show-secrets$/,
                ],
            ] as const) {
                const stackExport = texts.map((text, index) => file(`${index}.json`, text));
                await assert.rejects(verify.results(expected, { stackExport }), (error) => {
                    assert.ok(error instanceof InvalidExport);
                    assert.match(error.message, message);
                    return true;
                });
            }
        });
    });
});
