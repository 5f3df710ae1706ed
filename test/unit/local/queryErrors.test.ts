import assert from "node:assert/strict";
import { sigv4Fetch } from "../../../sigv4-fetch/src/index.js";
import { credentialsOf, LocalHub } from "../../helpers/localHub";

describe("STS and IAM refuse a signature in the query protocol's words", () => {
    let hub: LocalHub;
    before(async () => {
        hub = await new LocalHub().start();
        await hub.cloud.account("111122223333");
    });
    after(() => hub.stop());

    const init = { method: "POST", body: "Action=GetCallerIdentity&Version=2011-06-15" };
    const signed = (change: object = {}) =>
        sigv4Fetch({
            service: "sts",
            region: "us-east-1",
            credentials: credentialsOf(hub.session("111122223333", "AdminRole")),
            ...change,
        });
    const answerOf = async (response: Response) => ({
        status: response.status,
        code: /<Code>(\w+)<\/Code>/.exec(await response.text())?.[1],
    });

    it("MissingAuthenticationToken, 403", async () => {
        assert.deepEqual(await answerOf(await fetch(hub.cloud.endpoints.sts, init)), {
            status: 403,
            code: "MissingAuthenticationToken",
        });
    });

    it("IncompleteSignature, 400", async () => {
        const authorization = "AWS4-HMAC-SHA256 Credential=x";
        const response = await fetch(hub.cloud.endpoints.iam, {
            ...init,
            headers: { authorization },
        });
        assert.deepEqual(await answerOf(response), { status: 400, code: "IncompleteSignature" });
    });

    it("InvalidClientTokenId, 403", async () => {
        const credentials = { accessKeyId: "ASIANOBODY", secretAccessKey: "x" };
        const response = await signed({ credentials })(hub.cloud.endpoints.sts, init);
        assert.deepEqual(await answerOf(response), { status: 403, code: "InvalidClientTokenId" });
    });

    it("SignatureDoesNotMatch, 403", async () => {
        const credentials = credentialsOf(hub.session("111122223333", "AdminRole"));
        const wrong = { credentials: { ...credentials, secretAccessKey: "x" } };
        const response = await signed(wrong)(hub.cloud.endpoints.sts, init);
        assert.deepEqual(await answerOf(response), { status: 403, code: "SignatureDoesNotMatch" });
    });
});

describe("IAM's GetRole", () => {
    it("gives the role's tags", async () => {
        const hub = await new LocalHub().start();
        try {
            await hub.cloud.account("111122223333");
            const { iam } = hub.cloud.accounts.get("111122223333") ?? assert.fail();
            iam.createRole({
                roleName: "tagged",
                assumeRolePolicyDocument: iam.role("AdminRole").trust.text,
                tags: { team: "tools", empty: "" },
            });
            const fetch = sigv4Fetch({
                service: "iam",
                region: "us-east-1",
                credentials: credentialsOf(hub.session("111122223333", "AdminRole")),
            });
            const body = "Action=GetRole&Version=2010-05-08&RoleName=tagged";
            const answer = await fetch(hub.cloud.endpoints.iam, { method: "POST", body });
            assert.match(
                await answer.text(),
                /<Tags><member><Key>team<\/Key><Value>tools<\/Value><\/member><member><Key>empty<\/Key><Value><\/Value><\/member><\/Tags>/,
            );
        } finally {
            await hub.stop();
        }
    });
});
