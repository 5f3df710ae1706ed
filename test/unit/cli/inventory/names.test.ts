import assert from "node:assert/strict";
import {
    configuredGatewayName,
    configuredRoles,
    gatewayNames,
    principalNames,
} from "../../../../cli/inventory/names";
import { parseSettings } from "../../../../settings";
import { admin, hubAccount, hubConfig, spokeAccount, spokeConfig } from "../../../helpers/configs";
import { repository } from "../../../helpers/project";

const stack = (name: string, config: Record<string, unknown>, region = "us-east-1") => ({
    name,
    settings: parseSettings(
        {
            "aws:region": region,
            ...Object.fromEntries(
                Object.entries(config).map(([key, value]) => [
                    `agentcore-hub:${key}`,
                    JSON.stringify(value),
                ]),
            ),
        },
        repository,
    ),
});
const role = (account: string, name: string) => `arn:aws:iam::${account}:role/${name}`;
const gateway = (id: string, { account = hubAccount, region = "us-east-1" } = {}) =>
    `arn:aws:bedrock-agentcore:${region}:${account}:gateway/${id}`;

describe("Principals are named", () => {
    it("by stack and role where config has the role in that account", () => {
        const operators = { readOnly: { roleName: "Reader", assumedBy: [admin(spokeAccount)] } };
        const spoke = stack("consumer", {
            ...spokeConfig(spokeAccount, ["developer"]),
            ...{
                operators,
                agent: { gateways: ["tools-team/tools"], invokedBy: [admin(spokeAccount)] },
            },
        });
        assert.deepEqual(
            configuredRoles(spoke).map(({ arn, name, kind }) => [arn, name, kind]),
            [
                [role(spokeAccount, "developer"), "consumer-developer", "caller"],
                [role(spokeAccount, "agent"), "consumer-agent", "agent"],
                [role(spokeAccount, "Reader"), "consumer-Reader", "operator"],
            ],
        );
        const nameOf = principalNames([spoke]);
        assert.deepEqual(nameOf(role(spokeAccount, "developer")), {
            ...{ name: "consumer-developer", kind: "caller" },
            ...{ stack: "consumer", role: "developer" },
        });
        const elsewhere = role(hubAccount, "developer");
        assert.deepEqual(nameOf(elsewhere), { name: elsewhere, kind: "other" });
        const inPath = role(spokeAccount, "team/developer");
        assert.deepEqual(nameOf(inPath), { name: inPath, kind: "other" });
    });

    it("by their ARNs where two stacks come to the same name", () => {
        const nameOf = principalNames([
            stack("a", spokeConfig(spokeAccount, ["b-c"])),
            stack("a-b", spokeConfig("777788889999", ["c"])),
        ]);
        const [one, other] = [role(spokeAccount, "b-c"), role("777788889999", "c")];
        assert.deepEqual([nameOf(one).name, nameOf(other).name], [one, other]);
        assert.equal(nameOf(one).stack, "a");
    });

    it("as roles of the hub where services work with them", () => {
        const service = role(hubAccount, "tools-service-1234567");
        const nameOf = principalNames([], new Set([service]));
        assert.deepEqual(nameOf(service), { name: service, kind: "hubRole" });
    });
});

describe("Gateways are named", () => {
    const hub = stack("provider", hubConfig([]));

    it("as config names them, in the stack's account and region", () => {
        const nameOf = gatewayNames([hub]);
        assert.deepEqual(nameOf(gateway("tools-0123456789")), {
            ...{ name: "tools", stack: "provider", configName: "tools" },
        });
        for (const [id, place] of [
            ["tools-0123456789", { account: spokeAccount }],
            ["tools-0123456789", { region: "eu-west-1" }],
            ["tools-2-0123456789", {}],
        ] as const) {
            assert.deepEqual(nameOf(gateway(id, place)), { name: id });
        }
    });

    it("with their stack where two hubs name one alike", () => {
        const other = stack("other", {
            ...hubConfig([]),
            account: { role: "provider", id: "777788889999" },
        });
        const nameOf = gatewayNames([hub, other]);
        assert.equal(nameOf(gateway("tools-0123456789")).name, "provider/tools");
        const ofOther = gateway("tools-0123456789", { account: "777788889999" });
        assert.equal(nameOf(ofOther).name, "other/tools");
        assert.equal(configuredGatewayName([hub, other], "other", "tools"), "other/tools");
        assert.equal(configuredGatewayName([hub], "provider", "tools"), "tools");
    });
});
