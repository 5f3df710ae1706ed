import assert from "node:assert/strict";
import { RuntimeSessions } from "../../../local/runtime/sessions";

describe("the sessions of a runtime", () => {
    it("are forgotten when idle, but for those with calls at work", () => {
        const sessions = new RuntimeSessions(-1);
        const one = sessions.begin("one");
        const two = sessions.begin("one");
        sessions.begin("two").done();
        assert.equal(sessions.has("two"), false);
        one.done();
        assert.equal(sessions.has("one"), true);
        two.done();
        assert.equal(sessions.has("one"), false);
    });

    it("are forgotten from the longest unused on when they are too many", () => {
        const sessions = new RuntimeSessions(60_000);
        sessions.begin("kept").done();
        for (let at = 0; at < 9_999; at++) sessions.begin(`session ${at}`).done();
        sessions.begin("kept").done();
        sessions.begin("new").done();
        assert.equal(sessions.size, 10_000);
        assert.equal(sessions.has("kept"), true);
        assert.equal(sessions.has("session 0"), false);
        assert.equal(sessions.has("session 1"), true);
    });
});
