import assert from "node:assert/strict";
import { developer, hubConfig, spokeAccount } from "../../helpers/configs";
import { LocalHub, toolsList } from "../../helpers/localHub";

const searchTool = "x_amz_bedrock_agentcore_search";

/** The hub's config, with the gateway's search or without. */
const config = (searchType?: "SEMANTIC") => {
    const { gateways, ...rest } = hubConfig([developer]);
    return {
        ...rest,
        gateways: { tools: { ...gateways.tools, ...(searchType && { searchType }) } },
    };
};

describe("a gateway with searchType SEMANTIC", () => {
    let hub: LocalHub;
    beforeEach(async () => {
        hub = await new LocalHub().start();
    });
    afterEach(() => hub.stop());

    const names = async () => {
        const response = await hub.post(hub.session(spokeAccount, "developer"), toolsList);
        const { result } = (await response.json()) as { result: { tools: { name: string }[] } };
        return result.tools.map(({ name }) => name);
    };

    it("lists its search first", async () => {
        hub.project.config("provider", config("SEMANTIC"));
        await hub.deployAll();
        assert.deepEqual(await names(), [searchTool, "echo-tools___echo_message"]);
    });

    it("is so from its creation: a change is refused, with what to do", async () => {
        hub.project.config("provider", config());
        await hub.deployAll();
        hub.project.config("provider", config("SEMANTIC"));
        await assert.rejects(
            hub.deployAll(),
            /searchType: got SEMANTIC; must be none, because .* give the gateway another name/,
        );
        assert.deepEqual(await names(), ["echo-tools___echo_message"]);
    });
});
