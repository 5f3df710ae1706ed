import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Objects } from "../../../local/services/objects";

describe("the objects of an account", () => {
    let folder: string;
    let code: string;
    let objects: Objects;
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "agentcore-hub-s3-"));
        code = join(folder, "code");
        mkdirSync(join(code, "lib"), { recursive: true });
        writeFileSync(join(code, "server.mjs"), "one");
        writeFileSync(join(code, "lib", "a.mjs"), "a");
        objects = new Objects({ id: "111122223333", partition: "aws" }, join(folder, "s3"));
        objects.createBucket({ bucket: "archive" }, "us-east-1");
    });
    afterEach(() => {
        rmSync(folder, { recursive: true });
    });

    it("keep an archive's files as they were when it was put", () => {
        const object = objects.putArchive("archive", "tools/code.zip", { folder: code, hash: "1" });
        writeFileSync(join(code, "server.mjs"), "two");
        assert.equal(object.arn, "arn:aws:s3:::archive/tools/code.zip");
        assert.equal(readFileSync(join(object.folder, "server.mjs"), "utf8"), "one");
        assert.equal(readFileSync(join(object.folder, "lib", "a.mjs"), "utf8"), "a");
        assert.equal(objects.findObject("archive", "tools/code.zip"), object);
    });

    it("take another archive in one's place, and leave the first one's files to who has them", () => {
        const first = objects.putArchive("archive", "code.zip", { folder: code, hash: "1" });
        writeFileSync(join(code, "server.mjs"), "two");
        objects.putArchive("archive", "code.zip", { folder: code, hash: "2" });
        const second = objects.findObject("archive", "code.zip") ?? assert.fail();
        assert.equal(readFileSync(join(second.folder, "server.mjs"), "utf8"), "two");
        assert.equal(readFileSync(join(first.folder, "server.mjs"), "utf8"), "one");
    });

    it("are none that was deleted, and deleting one again is no error", () => {
        objects.putArchive("archive", "code.zip", { folder: code, hash: "1" });
        objects.deleteObject("archive", "code.zip");
        objects.deleteObject("archive", "code.zip");
        assert.equal(objects.findObject("archive", "code.zip"), undefined);
    });

    it("refuse a bucket that is there, and one of a bad name", () => {
        assert.throws(() => objects.createBucket({ bucket: "archive" }, "us-east-1"), {
            code: "BucketAlreadyOwnedByYou",
            httpStatus: 409,
        });
        assert.throws(() => objects.createBucket({ bucket: "Archive" }, "us-east-1"), {
            code: "ValidationException",
            message: /bucket: got "Archive"; must be 3-63 small letters/,
        });
        assert.deepEqual(
            objects.buckets().map(({ bucket }) => bucket),
            ["archive"],
        );
    });

    it("refuse whatever is about a bucket that is not there", () => {
        const missing = { code: "NoSuchBucket", httpStatus: 404 };
        assert.throws(() => objects.putArchive("b", "k", { folder: code, hash: "1" }), missing);
        assert.throws(() => {
            objects.deleteObject("nothing", "k");
        }, missing);
        assert.throws(() => {
            objects.deleteBucket("nothing");
        }, missing);
        assert.throws(() => objects.updateBucket({ bucket: "nothing" }), missing);
        assert.equal(objects.findObject("nothing", "k"), undefined);
    });

    it("keep their bucket from being deleted, unless it may take them along", () => {
        objects.putArchive("archive", "code.zip", { folder: code, hash: "1" });
        const remove = () => {
            objects.deleteBucket("archive");
        };
        assert.throws(remove, { code: "BucketNotEmpty", httpStatus: 409 });
        objects.updateBucket({ bucket: "archive", forceDestroy: true });
        remove();
        assert.equal(objects.findBucket("archive"), undefined);
        assert.equal(objects.findObject("archive", "code.zip"), undefined);
    });

    it("stay where their bucket's settings change; settings that are left out are reset", () => {
        objects.putArchive("archive", "code.zip", { folder: code, hash: "1" });
        objects.updateBucket({ bucket: "archive", forceDestroy: true, tags: { team: "tools" } });
        assert.deepEqual(objects.bucket("archive").tags, { team: "tools" });
        const reset = objects.updateBucket({ bucket: "archive" });
        assert.equal(reset.tags, undefined);
        assert.equal(reset.forceDestroy, undefined);
        assert.equal(reset.arn, "arn:aws:s3:::archive");
        assert.notEqual(objects.findObject("archive", "code.zip"), undefined);
    });
});
