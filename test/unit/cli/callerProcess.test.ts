import assert from "node:assert/strict";
import { join } from "node:path";
import { CallerFailed, CallerProcess } from "../../../cli/callerProcess";
import { repository, TestProject } from "../../helpers/project";

describe("a caller's process", () => {
    it("ends with the reason when a call cannot be made, and does not keep its caller waiting", async () => {
        const project = new TestProject();
        const caller = new CallerProcess(join(repository, "bin", "hub.js"), project.stateFolder);
        await assert.rejects(
            caller.call({
                as: "nobody",
                url: "http://127.0.0.1:1/gateway/a/mcp",
                region: "us-east-1",
                tool: "a___b",
                arguments: {},
            }),
            (error) => {
                assert.ok(error instanceof CallerFailed);
                assert.match(error.message, /The call as nobody was not made: hub: .*\[nobody\]/);
                return true;
            },
        );
        project.remove();
    });
});
