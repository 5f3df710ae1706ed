import assert from "node:assert/strict";
import { projectPolicies } from "../../cli/deployerPolicy";
import { readProject } from "../../engine/stacks";
import { deployerConfigs } from "../helpers/deployerConfigs";
import { actionsOf, allowedBy, deployerCycle, withoutAction } from "../helpers/deployerCycle";
import { TestProject } from "../helpers/project";

/** For each action of each policy a whole deployment, update and destruction: minutes, so in a lane of its own. */
for (const [name, configure] of Object.entries(deployerConfigs)) {
    describe(`without one action, the deployers of ${name}`, () => {
        it("are stopped, and told which, for each action in turn", async () => {
            const project = new TestProject();
            configure(project);
            const policies = await projectPolicies(readProject(project.folder), () => undefined);
            for (const { account, documents } of policies) {
                for (const action of actionsOf(documents)) {
                    const allowed = allowedBy(policies);
                    allowed.set(account, withoutAction(documents, action));
                    const { refused = "nothing" } = await deployerCycle(project, allowed);
                    const expected = `sts::${account}:assumed-role/deployer/deployer is not authorized to perform: ${action} on `;
                    assert.ok(refused.includes(expected), `${action}: ${refused}`);
                }
            }
            project.remove();
        });
    });
}
