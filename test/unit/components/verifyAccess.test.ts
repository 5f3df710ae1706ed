import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { CommandFailed } from "../../../components/commands/deployment";
import { verifyAccess, type VerifiedRole } from "../../../components/commands/verifyAccess";
import { developer, hubAccount, hubConfig, spokeAccount, spokeConfig } from "../../helpers/configs";
import { LocalHub } from "../../helpers/localHub";

describe("the command that verifies access", function () {
    this.timeout(60_000);
    const hub = new LocalHub();
    const saved = { ...process.env };
    before(async () => {
        await hub.start();
        hub.project.config("provider", hubConfig([developer]));
        hub.project.config("consumer", spokeConfig(spokeAccount, ["developer", "auditor"]));
        await hub.deployAll();
        const connection = await (await hub.target()).writeConnection();
        Object.assign(process.env, {
            AWS_CONFIG_FILE: connection.awsConfigFile,
            AWS_SHARED_CREDENTIALS_FILE: connection.awsCredentialsFile,
            AWS_ENDPOINT_URL_STS: connection.endpoints.sts,
            AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
        });
    });
    after(async () => {
        process.env = saved;
        await hub.stop();
    });

    const run = (...roles: VerifiedRole[]) => {
        const url = hub.gateway().gatewayUrl;
        const gateways = [{ name: "tools", url, region: "us-east-1", roles }];
        return verifyAccess({
            HUB_ACCOUNT_ID: hubAccount,
            HUB_REGION: "us-east-1",
            HUB_ACCESS: JSON.stringify({ waitSeconds: 0, gateways }),
        });
    };
    const arnOf = (role: string) => `arn:aws:iam::${spokeAccount}:role/${role}`;
    const granted: VerifiedRole = {
        ...{ name: "consumer-developer", arn: arnOf("developer") },
        expect: "allow",
    };
    const refused: VerifiedRole = {
        ...{ name: "consumer-auditor", arn: arnOf("auditor") },
        expect: "refuse",
    };

    it("says of each role and each signature how the gateway answered", async () => {
        assert.deepEqual((await run(granted, refused)).split("\n"), [
            "verified: 5 of 5 hold",
            "ok  unsigned → tools            refuse  HTTP 401",
            "ok  wrong region → tools        refuse  HTTP 401",
            "ok  wrong service → tools       refuse  HTTP 401",
            "ok  consumer-developer → tools  allow   HTTP 200",
            "ok  consumer-auditor → tools    refuse  HTTP 403",
        ]);
    });

    it("fails with all of them where one is not as it must be", async () => {
        const wrong = { ...refused, expect: "allow" } as const;
        await assert.rejects(run(granted, wrong), (error) => {
            assert.ok(error instanceof CommandFailed);
            const [first, ...lines] = error.message.split("\n");
            assert.equal(first, "NOT as the program says: 1 of 5");
            assert.deepEqual(
                lines.filter((line) => line.startsWith("NO")),
                ["NO  consumer-auditor → tools    allow   HTTP 403"],
            );
            return true;
        });
        await assert.rejects(run({ ...granted, expect: "refuse" }), /NO .*refuse {2}HTTP 200/);
    });

    it("says what it has not verified, and does not fail for it", async () => {
        const skipped = { ...granted, skip: "its own stack waits" };
        const text = await run(skipped, { ...refused, name: "consumer-agent" });
        assert.match(text, /^verified: 1 of 1 hold; 4 not verified\n/);
        assert.match(text, /--\s+consumer-developer → tools .* not verified: its own stack waits/);
        assert.match(
            text,
            /--\s+consumer-agent → tools .* no credentials by profile consumer-agent/,
        );
    });

    it("takes no session of another role for an answer about this one", async () => {
        const text = await run(granted, { ...refused, name: "consumer-developer" });
        assert.match(text, /^verified: 4 of 4 hold; 1 not verified\n/);
        assert.match(
            text,
            /not verified: profile consumer-developer is \S+:assumed-role\/developer\/\S+, no session of \S+:role\/auditor/,
        );
    });

    it("takes no refusal of something on the way for the gateway's", async () => {
        const proxy = createServer((_request, response) => response.writeHead(403).end("no"));
        await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
        const { port } = proxy.address() as AddressInfo;
        const gateways = [
            { name: "tools", url: `http://127.0.0.1:${port}`, region: "us-east-1", roles: [] },
        ];
        try {
            await assert.rejects(
                verifyAccess({
                    HUB_ACCOUNT_ID: hubAccount,
                    HUB_REGION: "us-east-1",
                    HUB_ACCESS: JSON.stringify({ waitSeconds: 0, gateways }),
                }),
                /NO {2}unsigned → tools .* HTTP 403 without a request id of AWS/,
            );
        } finally {
            proxy.close();
        }
    });
});
