import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { registryCredentials, registryRefusal } from "../../../local/services/registryToken";
import { account, otherAccount, types, urnOf } from "./providersFixture";
import { registry, RuntimeFixture } from "./providersRuntimeFixture";

const lifecycle = (count: number) => ({
    rules: [
        {
            rulePriority: 1,
            selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: count },
            action: { type: "expire" },
        },
    ],
});

describe("the providers of images", () => {
    const fixture = new RuntimeFixture();
    beforeEach(fixture.start);
    afterEach(fixture.stop);
    const { local, repository, token, login, imageInputs, image } = fixture;

    describe("make a repository", () => {
        it("with its URL, and change its settings in place", async () => {
            const made = await repository({ tags: { team: "tools" } });
            assert.equal(made.id, "images");
            assert.equal(made.outputs["repositoryUrl"], `${registry}/images`);
            assert.equal(made.outputs["arn"], `arn:aws:ecr:us-east-1:${account}:repository/images`);
            assert.equal(made.outputs["registryId"], account);
            const client = await fixture.providers.client(types.repository);
            await client.update(urnOf(types.repository), made, {
                ...made.inputs,
                imageTagMutability: "MUTABLE",
            });
            assert.equal(local().images.findRepository("images")?.imageTagMutability, "MUTABLE");
        });

        it("with a name of small letters when the program gives none", async () => {
            const client = await fixture.providers.client(types.repository);
            const urn = "urn:pulumi:stack::project::aws:ecr/repository:Repository::Calculator";
            const { inputs, failures } = await client.check(urn, undefined, {});
            assert.deepEqual(failures, []);
            assert.match(String(inputs["name"]), /^calculator-[0-9a-f]{7}$/);
        });

        it("and delete it with its images only where that is said", async () => {
            const client = await fixture.providers.client(types.repository);
            const kept = await repository();
            await image();
            await assert.rejects(
                client.delete(urnOf(types.repository), kept),
                /^Error: RepositoryNotEmptyException: /,
            );
            const inputs = { ...kept.inputs, forceDelete: true };
            await client.delete(urnOf(types.repository), { ...kept, inputs });
            assert.equal(local().images.findRepository("images"), undefined);
        });

        it("with a lifecycle policy, of which a second one takes the first one's place", async () => {
            await repository();
            const inputs = { repository: "images", policy: lifecycle(10) };
            const made = await fixture.providers.create(types.lifecyclePolicy, inputs);
            assert.deepEqual(
                JSON.parse(local().images.getLifecyclePolicy("images") ?? ""),
                lifecycle(10),
            );
            const client = await fixture.providers.client(types.lifecyclePolicy);
            const urn = urnOf(types.lifecyclePolicy);
            const news = { repository: "images", policy: JSON.stringify(lifecycle(20)) };
            assert.equal(await client.diff(urn, made, news, []), "deleteThenCreate");
            await client.delete(urn, made);
            assert.equal(local().images.getLifecyclePolicy("images"), undefined);
        });
    });

    describe("hand out a token for the registry", () => {
        it("of the account, for twelve hours", async () => {
            const before = Date.now();
            const result = await token({ registryId: account });
            assert.equal(result["userName"], "AWS");
            assert.equal(result["proxyEndpoint"], `https://${registry}`);
            assert.equal(
                Buffer.from(String(result["authorizationToken"]), "base64").toString(),
                `AWS:${String(result["password"])}`,
            );
            const hours = (Date.parse(String(result["expiresAt"])) - before) / 3_600_000;
            assert.ok(hours >= 12 && hours < 12.1, String(hours));
        });

        it("that is refused when it is another account's, another one, changed, or old", () => {
            const now = 1_000_000;
            const { userName: username, password } = registryCredentials(account, now);
            const given = { username, password };
            const twelve = 12 * 3_600_000;
            const unauthorized = "unexpected status from HEAD request: 401 Unauthorized";
            assert.equal(registryRefusal(account, given, now + twelve - 1), undefined);
            assert.equal(
                registryRefusal(account, given, now + twelve),
                "denied: Your authorization token has expired. Reauthenticate and try again.",
            );
            assert.equal(registryRefusal(otherAccount, given, now), unauthorized);
            assert.equal(registryRefusal(account, undefined, now), "no basic auth credentials");
            assert.equal(registryRefusal(account, { username }, now), "no basic auth credentials");
            for (const other of [
                { username: "me", password },
                { username, password: "secret" },
                { username, password: `${password}0` },
                { username, password: password.replace("13", "14").replace(/\.\d/, ".9") },
            ]) {
                assert.equal(registryRefusal(account, other, now), unauthorized);
            }
        });
    });

    describe("build an image and push it", () => {
        it("with its files and its command, under its tag and its digest", async () => {
            await repository();
            const { id, outputs } = await image();
            assert.match(id, /^sha256:[0-9a-f]{64}$/);
            assert.equal(outputs["digest"], id);
            assert.equal(outputs["ref"], `${registry}/images:1@${id}`);
            const pushed = local().images.findImage(`${registry}/images@${id}`);
            assert.equal(local().images.findImage(`${registry}/images:1`), pushed);
            assert.deepEqual(pushed?.command, ["node", "server.mjs"]);
            assert.deepEqual(pushed.environment, { LEVEL: "info" });
            assert.deepEqual(pushed.platforms, ["linux/arm64"]);
            assert.equal(pushed.workingDirectory, "/app");
        });

        it("under each of its tags", async () => {
            await repository();
            const { id } = await image({ tags: [`${registry}/images:1`, `${registry}/images:2`] });
            assert.equal(local().images.findImage(`${registry}/images:2`)?.digest, id);
        });

        it("from a Dockerfile of another place, or in the program, relative to it", async () => {
            await repository();
            const client = await fixture.providers.client(types.image);
            await client.handshake(fixture.context);
            mkdirSync(join(fixture.context, "docker"));
            writeFileSync(
                join(fixture.context, "docker", "D"),
                'FROM a\nCMD ["node", "other.mjs"]\n',
            );
            const one = await image({
                context: { location: "." },
                dockerfile: { location: "docker/D" },
            });
            assert.deepEqual(local().images.findImage(`${registry}/images@${one.id}`)?.command, [
                "node",
                "other.mjs",
            ]);
            const two = await image({
                context: { location: "." },
                dockerfile: { inline: 'FROM a\nCMD ["node", "inline.mjs"]' },
                tags: [`${registry}/images:2`],
            });
            assert.deepEqual(local().images.findImage(`${registry}/images@${two.id}`)?.command, [
                "node",
                "inline.mjs",
            ]);
        });

        it("again where a file of its fixture.context has changed, and not for a new password", async () => {
            await repository();
            const made = await image();
            const client = await fixture.providers.client(types.image);
            const urn = urnOf(types.image);
            const relogged = await imageInputs({
                registries: [{ ...(await login()), password: "another" }],
            });
            assert.equal(await client.diff(urn, made, relogged, []), "same");
            const elsewhere = await imageInputs({
                registries: [{ ...(await login()), address: registry }],
            });
            assert.equal(await client.diff(urn, made, elsewhere, []), "update");
            writeFileSync(join(fixture.context, "server.mjs"), "2;\n");
            assert.equal(await client.diff(urn, made, await imageInputs(), []), "update");
            const news = await imageInputs({ tags: [`${registry}/images:2`] });
            const outputs = await client.update(urn, made, news);
            assert.notEqual(outputs["digest"], made.outputs["digest"]);
            assert.notEqual(outputs["contextHash"], made.outputs["contextHash"]);
            assert.notEqual(local().images.findImage(`${registry}/images@${made.id}`), undefined);
        });

        it("with another digest for another Dockerfile, unless only a comment of it is another", async () => {
            await repository();
            const dockerfile = join(fixture.context, "Dockerfile");
            const text = readFileSync(dockerfile, "utf8");
            const digests: string[] = [];
            for (const changed of [
                text,
                text.replace("node:24", "node:22"),
                `${text}USER node\n`,
                `${text}EXPOSE 8000\n`,
                `${text}LABEL team=tools\n`,
                text.replace("info", "debug"),
                text.replace('["node", "server.mjs"]', '["node", "--no-maglev", "server.mjs"]'),
            ]) {
                writeFileSync(dockerfile, changed);
                const tags = [`${registry}/images:${digests.length}`];
                digests.push((await image({ tags })).id);
            }
            assert.equal(new Set(digests).size, digests.length);
            writeFileSync(dockerfile, `# A comment.\n${text}`);
            assert.equal((await image({ tags: [`${registry}/images:same`] })).id, digests[0]);
        });

        it("but leave the tag of another image alone where tags are immutable", async () => {
            await repository();
            await image();
            await image();
            writeFileSync(join(fixture.context, "server.mjs"), "2;\n");
            await assert.rejects(image(), /ImageTagAlreadyExistsException/);
        });

        for (const [what, inputs, message] of [
            [
                "to a repository that is not there",
                { tags: [`${registry}/nothing:1`] },
                `RepositoryNotFoundException: failed to push ${registry}/nothing:1: name unknown: The repository with name 'nothing' does not exist in the registry with id '${account}'`,
            ],
            [
                "to another account's registry",
                { tags: [`${otherAccount}.dkr.ecr.us-east-1.amazonaws.com/images:1`] },
                `RepositoryNotFoundException: failed to push ${otherAccount}.dkr.ecr.us-east-1.amazonaws.com/images:1: name unknown: The repository with name 'images' does not exist in the registry with id '${otherAccount}'`,
            ],
            [
                "to another kind of registry",
                { tags: ["docker.io/library/images:1"] },
                `NotEmulated: NotEmulated: a push of docker.io/library/images:1: the registry here is ${registry}. The local cloud does not model it; docs/local-mode.md lists what it does.`,
            ],
            ["without a tag", { tags: [] }, "tag is needed when pushing to registry"],
            [
                "without a login",
                { registries: [] },
                `failed to push ${registry}/images:1: no basic auth credentials (registries: must have ${registry} with the userName and password of aws.ecr.getAuthorizationToken)`,
            ],
            [
                "with the login of another registry",
                { registries: [{ address: "docker.io", username: "AWS", password: "a" }] },
                `failed to push ${registry}/images:1: no basic auth credentials (registries: must have ${registry} with the userName and password of aws.ecr.getAuthorizationToken)`,
            ],
            [
                "with a wrong password",
                { registries: [{ address: registry, username: "AWS", password: "a" }] },
                `failed to push ${registry}/images:1: unexpected status from HEAD request: 401 Unauthorized (registries: must have ${registry} with the userName and password of aws.ecr.getAuthorizationToken)`,
            ],
            [
                "from a Dockerfile that would have to be run",
                { dockerfile: { inline: "FROM node:24\nRUN npm ci" } },
                "NotEmulated: NotEmulated: Dockerfile line 2: RUN. The local cloud does not model it; docs/local-mode.md lists what it does.",
            ],
        ] as const) {
            it(`but not ${what}`, async () => {
                await repository();
                await assert.rejects(image(inputs), { message });
                assert.equal(local().images.findRepository("images")?.images.size, 0);
            });
        }
    });
});
