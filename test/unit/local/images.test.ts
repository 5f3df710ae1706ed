import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Images, type PushInput, type RepositoryInput } from "../../../local/services/images";

const lifecycle = JSON.stringify({
    rules: [
        {
            rulePriority: 1,
            selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 10 },
            action: { type: "expire" },
        },
    ],
});

describe("the images of an account", () => {
    let folder: string;
    let images: Images;
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "hub-images-"));
        mkdirSync(join(folder, "app"));
        writeFileSync(join(folder, "app", "server.mjs"), "one");
        images = new Images({ id: "111122223333", partition: "aws" }, Date.now);
    });
    afterEach(() => {
        rmSync(folder, { recursive: true, force: true });
    });
    const create = (change: Partial<RepositoryInput> = {}) =>
        images.createRepository(
            { name: "servers", imageTagMutability: "IMMUTABLE", scanOnPush: true, ...change },
            "us-east-1",
        );
    const push = (change: Partial<PushInput> = {}) =>
        images.push({
            repositoryUrl: "111122223333.dkr.ecr.us-east-1.amazonaws.com/servers",
            platforms: ["linux/arm64"],
            folder,
            command: ["node", "server.mjs"],
            environment: { A: "1", B: "2" },
            workingDirectory: "/app",
            ...change,
        }).digest;

    it("are in repositories with AWS's ARNs and URLs", () => {
        const { repositoryName, repositoryArn, repositoryUrl } = create({ name: "team/servers" });
        assert.deepEqual(
            { repositoryName, repositoryArn, repositoryUrl },
            {
                repositoryName: "team/servers",
                repositoryArn: "arn:aws:ecr:us-east-1:111122223333:repository/team/servers",
                repositoryUrl: "111122223333.dkr.ecr.us-east-1.amazonaws.com/team/servers",
            },
        );
        assert.equal(images.findRepository("team/servers")?.repositoryName, "team/servers");
        const china = new Images({ id: "111122223333", partition: "aws-cn" }, Date.now);
        const { repositoryUrl: url } = china.createRepository(
            { name: "servers", imageTagMutability: "MUTABLE", scanOnPush: false },
            "cn-north-1",
        );
        assert.equal(url, "111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/servers");
    });

    it("are in repositories that ECR would take, once", () => {
        assert.throws(() => create({ name: "Servers" }), { code: "InvalidParameterException" });
        create();
        assert.throws(() => create(), {
            code: "RepositoryAlreadyExistsException",
            message:
                "The repository with name 'servers' already exists in the registry with id '111122223333'",
        });
    });

    it("have a digest of all that they are made of", () => {
        create();
        const first = push();
        assert.match(first, /^sha256:[0-9a-f]{64}$/);
        assert.equal(push({ environment: { B: "2", A: "1" } }), first);
        const file = join(folder, "app", "server.mjs");
        const changes: (() => Partial<PushInput>)[] = [
            () => ({ command: ["node", "other.mjs"] }),
            () => ({ environment: { A: "1" } }),
            () => ({ workingDirectory: "/" }),
            () => ({ platforms: ["linux/amd64", "linux/arm64"] }),
            () => ({ base: "node:24" }),
            () => ({ base: "node:22" }),
            () => ({ user: "node" }),
            () => ({ ports: ["8000"] }),
            () => ({ labels: ["8000"] }),
            () => {
                writeFileSync(file, "two");
                return {};
            },
            () => {
                chmodSync(file, 0o755);
                return {};
            },
            () => {
                symlinkSync("server.mjs", join(folder, "app", "link.mjs"));
                return {};
            },
            () => {
                mkdirSync(join(folder, "empty"));
                return {};
            },
        ];
        const digests = new Set([first, ...changes.map((change) => push(change()))]);
        assert.equal(digests.size, changes.length + 1);
    });

    it("are found by digest, by tag, and by the tag latest", () => {
        const { repositoryUrl } = create();
        const one = push({ tag: "v1" });
        const two = push({ tag: "latest", environment: {} });
        const found = (suffix: string) => images.findImage(`${repositoryUrl}${suffix}`)?.digest;
        assert.equal(found(`@${one}`), one);
        assert.equal(found(":v1"), one);
        assert.equal(found(`:v1@${two}`), two);
        assert.equal(found(""), two);
        assert.equal(found(":v2"), undefined);
        assert.equal(found(`@sha256:${"0".repeat(64)}`), undefined);
        assert.equal(images.findImage(`other.example/servers@${one}`), undefined);
    });

    it("keep their tags in an immutable repository, where a push of the same again is no change", () => {
        const { repositoryUrl } = create();
        const one = push({ tag: "v1" });
        assert.equal(push({ tag: "v1" }), one);
        assert.throws(() => push({ tag: "v1", environment: {} }), {
            code: "ImageTagAlreadyExistsException",
            message:
                /^The image tag 'v1' already exists in the 'servers' repository and cannot be overwritten because the tag is immutable\./,
        });
        assert.equal(images.repository("servers").images.size, 1);
        images.updateRepository({
            name: "servers",
            imageTagMutability: "MUTABLE",
            scanOnPush: false,
        });
        const two = push({ tag: "v1", environment: {} });
        assert.equal(images.findImage(`${repositoryUrl}:v1`)?.digest, two);
        assert.equal(images.findImage(`${repositoryUrl}@${one}`)?.tags.size, 0);
    });

    it("are pushed to a repository that is there", () => {
        assert.throws(() => push(), {
            code: "RepositoryNotFoundException",
            message:
                "The repository with name 'servers' does not exist in the registry with id '111122223333'",
        });
    });

    it("keep their repository, unless they may go with it", () => {
        create();
        push();
        assert.throws(
            () => {
                images.deleteRepository("servers", { force: false });
            },
            { code: "RepositoryNotEmptyException" },
        );
        images.deleteRepository("servers", { force: true });
        assert.deepEqual(images.repositories(), []);
        assert.throws(() => images.repository("servers"), { code: "RepositoryNotFoundException" });
    });

    it("have a lifecycle policy, which goes when it is deleted", () => {
        create({ tags: { team: "a" } });
        assert.equal(images.getLifecyclePolicy("servers"), undefined);
        images.setLifecyclePolicy("servers", lifecycle);
        images.updateRepository({
            name: "servers",
            imageTagMutability: "MUTABLE",
            scanOnPush: true,
        });
        assert.equal(images.getLifecyclePolicy("servers"), lifecycle);
        assert.equal(images.repository("servers").tags, undefined);
        images.deleteLifecyclePolicy("servers");
        assert.throws(
            () => {
                images.deleteLifecyclePolicy("servers");
            },
            { code: "LifecyclePolicyNotFoundException" },
        );
        for (const bad of ["no JSON".repeat(20), JSON.stringify({ rules: "x".repeat(100) })]) {
            assert.throws(
                () => {
                    images.setLifecyclePolicy("servers", bad);
                },
                { code: "InvalidParameterException" },
            );
        }
    });
});
