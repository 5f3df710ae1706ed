import assert from "node:assert/strict";
import {
    appendFileSync,
    mkdtempSync,
    readdirSync,
    readFileSync,
    rmSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Backend, type ResourceRecord, type StackState } from "../../../engine/stackState";

const record = (name: string, id: string): ResourceRecord => ({
    urn: `urn:pulumi:stack::project::type::${name}`,
    type: "type",
    custom: true,
    id,
    inputs: {},
    outputs: {},
    needs: [],
    provider: "",
    protect: false,
    retainOnDelete: false,
});
const ids = (records: readonly ResourceRecord[] = []) => records.map(({ id }) => id);

describe("the state of a stack", () => {
    let folder: string;
    let backend: Backend;
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "agentcore-hub-state-"));
        backend = new Backend(folder);
    });
    afterEach(() => {
        rmSync(folder, { recursive: true });
    });

    const before = (): StackState => ({
        outputs: { roles: "old" },
        resources: [record("one", "one-1"), record("two", "two-1"), record("three", "three-1")],
        pendingDelete: [record("one", "one-0")],
    });

    it("has the steps of a deployment that did not end, and keeps the old outputs", () => {
        backend.write("stack", before());
        backend.append("stack", { made: record("four", "four-1") });
        backend.append("stack", { made: record("two", "two-2"), replaced: record("two", "two-1") });
        const state = backend.read("stack");
        // What is made comes first: what is left may need it, and is deleted before it.
        assert.deepEqual(ids(state?.resources), ["four-1", "two-2", "one-1", "three-1"]);
        assert.deepEqual(ids(state?.pendingDelete), ["one-0", "two-1"]);
        assert.deepEqual(state?.outputs, { roles: "old" });
    });

    it("loses what was deleted, and has the outputs that came with it", () => {
        backend.write("stack", before());
        backend.append("stack", { deleted: record("one", "one-0"), outputs: { roles: "new" } });
        backend.append("stack", { deleted: record("three", "three-1") });
        const state = backend.read("stack");
        assert.deepEqual(ids(state?.resources), ["one-1", "two-1"]);
        assert.deepEqual(state?.pendingDelete, []);
        assert.deepEqual(state.outputs, { roles: "new" });
    });

    it("is there after the first step of a new stack", () => {
        backend.append("stack", { made: record("one", "one-1") });
        assert.deepEqual(ids(backend.begin("stack")?.resources), ["one-1"]);
    });

    it("is one file again when the next deployment begins", () => {
        backend.write("stack", before());
        backend.append("stack", { made: record("four", "four-1") });
        const state = backend.begin("stack");
        assert.deepEqual(readdirSync(folder), ["stack.json"]);
        assert.deepEqual(backend.read("stack"), state);
        assert.equal(state?.resources.length, 4);
    });

    it("leaves out a step that was cut off", () => {
        backend.write("stack", before());
        backend.append("stack", { deleted: record("one", "one-1") });
        appendFileSync(join(folder, "stack.steps"), '{"deleted":{"urn":"urn:pu');
        assert.deepEqual(ids(backend.read("stack")?.resources), ["two-1", "three-1"]);
    });

    it("is the same when the steps of an ended deployment were not removed", () => {
        backend.write("stack", before());
        backend.append("stack", { made: record("two", "two-2"), replaced: record("two", "two-1") });
        backend.append("stack", { made: record("one", "one-1") });
        backend.append("stack", { deleted: record("one", "one-0"), outputs: { roles: "new" } });
        backend.append("stack", { deleted: record("two", "two-1") });
        backend.append("stack", { deleted: record("three", "three-1") });
        const steps = readFileSync(join(folder, "stack.steps"));
        const state = backend.read("stack") ?? assert.fail();
        backend.write("stack", state);
        writeFileSync(join(folder, "stack.steps"), steps);
        assert.deepEqual(backend.read("stack"), state);
    });
});
