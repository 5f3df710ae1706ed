import assert from "node:assert/strict";
import {
    account,
    document,
    gatewayInputs,
    otherAccount,
    Providers,
    trustOf,
    types,
    type Inputs,
} from "./providersFixture";

describe("the providers refuse a resource policy", () => {
    let providers: Providers;
    beforeEach(async () => {
        providers = await new Providers().start();
    });
    afterEach(() => providers.stop());
    const gateway = async () => {
        const role = await providers.role("gateway", trustOf("bedrock-agentcore.amazonaws.com"));
        return providers.create(types.gateway, gatewayInputs("tools", role));
    };
    const put = async (statement: Inputs) => {
        const { outputs } = await gateway();
        const gatewayArn = outputs["gatewayArn"] as string;
        const full = {
            Principal: "*",
            Action: "bedrock-agentcore:InvokeGateway",
            Resource: gatewayArn,
            ...statement,
        };
        const policy = JSON.stringify(document(full)).replaceAll("<gateway>", gatewayArn);
        return providers.create(types.resourcePolicy, { resourceArn: gatewayArn, policy });
    };
    const absent = undefined;
    for (const [what, statement, message] of [
        [
            "for every resource",
            { Resource: "*" },
            /Statement\[0\]\.Resource: got "\*"; must be the gateway's exact ARN arn:/,
        ],
        [
            "for a pattern of its ARN",
            { Resource: "<gateway>*" },
            /Resource: got "arn:\S+\*"; must be/,
        ],
        ["for its targets", { Resource: "<gateway>/*" }, /Resource: got /],
        ["for another gateway too", { Resource: ["<gateway>", "<gateway>0"] }, /Resource: got /],
        ["for its ARN in capitals", { Resource: "ARN:AWS" }, /Resource: got /],
        [
            "for all but a resource",
            { Resource: absent, NotResource: "<gateway>0" },
            /NotResource: got "arn:\S+0"; must be absent/,
        ],
        [
            "of every action",
            { Action: "*" },
            /Action: got "\*"; must be bedrock-agentcore:InvokeGateway/,
        ],
        [
            "of a pattern of actions",
            { Action: "bedrock-agentcore:Invoke*" },
            /Action: got "bedrock-agentcore:Invoke\*"/,
        ],
        [
            "of a runtime's action",
            { Action: "bedrock-agentcore:InvokeAgentRuntime" },
            /Action: got /,
        ],
        [
            "of another action too",
            { Action: ["bedrock-agentcore:InvokeGateway", "s3:GetObject"] },
            /Action: got "s3:GetObject"/,
        ],
        [
            "of all but an action",
            { Action: absent, NotAction: "s3:GetObject" },
            /NotAction: got "s3:GetObject"; must be absent/,
        ],
        ["for no principal", { Principal: absent }, /malformed: /],
        [
            "for a pattern of roles",
            { Principal: { AWS: `arn:aws:iam::${otherAccount}:role/*` } },
            /malformed: /,
        ],
        [
            "for a group",
            { Principal: { AWS: `arn:aws:iam::${otherAccount}:group/g` } },
            /malformed: /,
        ],
        [
            "for a role that is not there",
            { Principal: { AWS: `arn:aws:iam::${account}:role/nobody` } },
            /Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:role\/nobody"/,
        ],
        [
            "for a user that is not there",
            { Principal: { AWS: `arn:aws:iam::${account}:user/nobody` } },
            /Invalid principal in policy/,
        ],
        ["that denies what it does not know", { Effect: "Forbid" }, /malformed: /],
    ] as [string, Inputs, RegExp][]) {
        it(what, async () => {
            await assert.rejects(put(statement), (error: Error) => {
                assert.match(error.message, /^ValidationException: /);
                assert.match(error.message, message);
                return true;
            });
        });
    }

    it("of a gateway that is not there", async () => {
        const resourceArn = `arn:aws:bedrock-agentcore:us-east-1:${account}:gateway/tools-0123456789`;
        const policy = JSON.stringify(document({}));
        await assert.rejects(providers.create(types.resourcePolicy, { resourceArn, policy }), {
            message: /^ResourceNotFoundException: /,
        });
    });

    for (const [what, statement] of [
        ["everyone", { Principal: "*" }],
        ["an account by its id", { Principal: { AWS: otherAccount } }],
        ["an account by its root", { Principal: { AWS: `arn:aws:iam::${otherAccount}:root` } }],
        ["a role that is there", { Principal: { AWS: `arn:aws:iam::${account}:role/AdminRole` } }],
        [
            "a role of an account that is not here",
            { Principal: { AWS: "arn:aws:iam::999988887777:role/a" } },
        ],
        [
            "a user of an account that is not here",
            { Principal: { AWS: "arn:aws:iam::999988887777:user/a" } },
        ],
        [
            "a session",
            { Principal: { AWS: `arn:aws:sts::${account}:assumed-role/AdminRole/session` } },
        ],
        ["its own ARN in a list", { Resource: ["<gateway>"] }],
        ["a deny", { Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }],
    ] as [string, Inputs][]) {
        it(`but not one with ${what}`, async () => {
            await put(statement);
        });
    }
});
