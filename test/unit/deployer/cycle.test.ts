import assert from "node:assert/strict";
import { projectPolicies } from "../../../cli/deployerPolicy";
import { deployerActions, functionActions } from "../../../deployer/actions";
import { readProject } from "../../../engine/stacks";
import { deployerConfigs } from "../../helpers/deployerConfigs";
import {
    actionsOf,
    allowedBy,
    askedDuring,
    deployerCycle,
    unneededPermissions,
    withoutAction,
    type Allowed,
    type CycleResult,
} from "../../helpers/deployerCycle";
import { TestProject } from "../../helpers/project";
import { deployTagged } from "./taggedResources";

/** The policies that are printed for a config, and how far its deployers come with them; each is run once. */
function cycleOf(name: string): Promise<{ allowed: Allowed; result: CycleResult }> {
    const known = cyclesByName.get(name);
    if (known !== undefined) return known;
    const run = (async () => {
        const project = new TestProject();
        deployerConfigs[name]?.(project);
        const policies = await projectPolicies(readProject(project.folder), () => undefined);
        const allowed = allowedBy(policies);
        const result = await deployerCycle(project, allowed);
        project.remove();
        return { allowed, result };
    })();
    cyclesByName.set(name, run);
    return run;
}

const cyclesByName = new Map<string, ReturnType<typeof cycleOf>>();

for (const name of Object.keys(deployerConfigs)) {
    describe(`the deployers of ${name}`, function () {
        this.timeout(60_000);

        it("deploy, update and destroy with exactly the printed policies", async () => {
            const { result } = await cycleOf(name);
            assert.equal(result.refused, undefined);
        });

        it("need each action of the policies on each of its resources", async () => {
            const { allowed, result } = await cycleOf(name);
            for (const [account, documents] of allowed) {
                const calls = result.calls.get(account) ?? [];
                assert.deepEqual(unneededPermissions(documents, calls), []);
            }
        });
    });
}

describe("a deployer that lacks one action", function () {
    this.timeout(60_000);

    it("is stopped, and told which, for each action of the policy for callers alone", async () => {
        const project = new TestProject();
        deployerConfigs["Lambda tools alone"]?.(project);
        const policies = await projectPolicies(readProject(project.folder), () => undefined);
        const consumer = policies.find(({ stack }) => stack === "consumer");
        assert.ok(consumer);
        const actions = actionsOf(consumer.documents);
        assert.ok(actions.includes("iam:UpdateAssumeRolePolicy"));
        for (const action of actions) {
            const allowed = allowedBy(policies);
            allowed.set(consumer.account, withoutAction(consumer.documents, action));
            const { refused = "nothing" } = await deployerCycle(project, allowed);
            assert.match(refused, new RegExp(`is not authorized to perform: ${action} on `));
        }
        project.remove();
    });
});

describe("the table of a deployer's actions", function () {
    this.timeout(60_000);

    it("has nothing that the providers never ask for", async () => {
        const cycles: Awaited<ReturnType<typeof cycleOf>>[] = [];
        for (const name of Object.keys(deployerConfigs)) cycles.push(await cycleOf(name));
        const tagged = await askedDuring(deployTagged);
        const asked = new Set(
            [...cycles.map(({ result }) => result.asked), tagged.asked].flatMap((set) => [...set]),
        );
        const inTable = Object.entries(deployerActions).flatMap(([type, rows]) =>
            rows.flatMap(({ actions }) => actions.map((action) => `${type} ${action}`)),
        );
        const ofFunctions = Object.entries(functionActions).flatMap(([token, { rows }]) =>
            rows.flatMap(({ actions }) => actions.map((action) => `${token} ${action}`)),
        );
        const never = [...inTable, ...ofFunctions].filter((one) => !asked.has(one));
        // These the command's own process asks for, over HTTP.
        assert.deepEqual(
            never.filter((one) => !one.startsWith("command:local:Command ")),
            [],
        );
        const calls = cycles.flatMap(({ result }) => [...result.calls.values()].flat());
        for (const one of never) {
            const action = one.split(" ")[1];
            assert.ok(
                calls.some((call) => call.action === action),
                one,
            );
        }
    });
});
