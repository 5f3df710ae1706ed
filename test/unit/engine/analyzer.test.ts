import assert from "node:assert/strict";
import type { AnalyzedResource, Analyzer, Violation } from "../../../engine/analyzer";
import { InProcessEngine } from "../../../engine/inProcessEngine";
import type { EngineEvent } from "../../../engine/deployment";
import { LocalHub } from "../../helpers/localHub";

const violation = (level: Violation["level"], urn: string): Violation => ({
    ...{ pack: "house-rules", policy: "no-tools", level, severity: "high", urn },
    message: "name: got tools; must be something else",
});

describe("a deployment that a policy pack judges", () => {
    let hub: LocalHub;
    beforeEach(async () => {
        hub = await new LocalHub().start();
    });
    afterEach(() => hub.stop());

    /** Deploys the shipped hub with an analyzer, and tells what it was asked and what came of it. */
    async function judged(analyzer: Partial<Analyzer>) {
        const target = await hub.target();
        const [stack] = target.project.stacks;
        const events: EngineEvent[] = [];
        const asked: AnalyzedResource[] = [];
        let whole: readonly AnalyzedResource[] = [];
        const engine = new InProcessEngine({
            project: target.project,
            backend: target.backend,
            providers: target.providers,
            onEvent: (_stack, event) => events.push(event),
            analyzer: () =>
                Promise.resolve({
                    analyze: (resource) => {
                        asked.push(resource);
                        return analyzer.analyze?.(resource) ?? Promise.resolve([]);
                    },
                    analyzeStack: (resources) => {
                        whole = resources;
                        return analyzer.analyzeStack?.(resources) ?? Promise.resolve([]);
                    },
                }),
        });
        const result = await engine
            .deploy(stack ?? assert.fail())
            .catch((error: unknown) => String(error));
        const found = events.flatMap((event) => (event.kind === "policy" ? event.violation : []));
        return { result, asked, whole, found };
    }

    const gateways = () => hub.cloud.accounts.get("111122223333")?.agentcore.gateways() ?? [];

    it("is asked of each resource as it will be made, then of the whole stack as it is", async () => {
        const { result, asked, whole } = await judged({});
        assert.equal(typeof result, "object");
        const isMade = ({ type }: AnalyzedResource) =>
            /^(aws|aws-native|docker-build|command):/.test(type);
        assert.deepEqual(
            asked.map(({ urn }) => urn),
            whole.filter(isMade).map(({ urn }) => urn),
        );
        assert.deepEqual(
            ["pulumi:pulumi:Stack", "pulumi:providers:aws", "agentcore-hub:index:ToolGateway"].map(
                (type) => whole.filter((one) => one.type === type).length,
            ),
            [1, 1, 1],
        );
        const isGateway = ({ type }: AnalyzedResource) =>
            type === "aws-native:bedrockagentcore:Gateway";
        const before = asked.find(isGateway) ?? assert.fail();
        const after = whole.find(isGateway) ?? assert.fail();
        assert.equal(before.properties["gatewayArn"], undefined);
        assert.equal(after.properties["gatewayArn"], hub.gateway().gatewayArn);
        assert.equal(before.name, "tools-gateway");
        assert.equal(before.provider?.type, "pulumi:providers:aws-native");
        assert.deepEqual(before.provider.properties["allowedAccountIds"], '["111122223333"]');
        const role = whole.find(({ name }) => name === "tools-service");
        assert.deepEqual(before.propertyDependencies["roleArn"], [role?.urn]);
    });

    it("ends before a resource is made that a mandatory policy refuses", async () => {
        const { result, found } = await judged({
            analyze: ({ type, urn }) =>
                Promise.resolve(
                    type === "aws-native:bedrockagentcore:Gateway"
                        ? [violation("advisory", urn), violation("mandatory", urn)]
                        : [],
                ),
        });
        assert.equal(
            result,
            "DeployFailed: Stack provider: aws-native:bedrockagentcore:Gateway (tools-gateway): house-rules no-tools: tools-gateway: name: got tools; must be something else",
        );
        assert.deepEqual(
            found.map(({ level }) => level),
            ["advisory", "mandatory"],
        );
        assert.deepEqual(gateways(), []);
    });

    it("ends with the whole stack's violation, and keeps what was made for the next deployment", async () => {
        const { result } = await judged({
            analyzeStack: () => Promise.resolve([violation("mandatory", "")]),
        });
        assert.equal(
            result,
            "DeployFailed: Stack provider: house-rules no-tools: name: got tools; must be something else",
        );
        const [made] = gateways();
        assert.notEqual(made, undefined);
        const { changes } = await hub.deploy("provider");
        assert.equal(changes.create, 0);
        assert.equal(gateways()[0]?.gatewayArn, made?.gatewayArn);
    });

    it("goes on after advice, and tells of it", async () => {
        const { result, found } = await judged({
            analyzeStack: () => Promise.resolve([violation("advisory", "")]),
        });
        assert.equal(typeof result, "object");
        assert.deepEqual(found, [violation("advisory", "")]);
    });
});
