import assert from "node:assert/strict";
import {
    chmodSync,
    existsSync,
    mkdirSync,
    mkdtempSync,
    readdirSync,
    readFileSync,
    readlinkSync,
    rmSync,
    statSync,
    symlinkSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buildImage, contextHash } from "../../../local/services/dockerBuild";
import { repository } from "../../helpers/project";

const base = `public.ecr.aws/docker/library/node:24-slim@sha256:${"0".repeat(64)}`;
const end = `\nCMD ["node", "server.mjs"]\n`;

describe("a build of an image", () => {
    let folder: string;
    let context: string;
    let into: string;
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "agentcore-hub-build-"));
        context = join(folder, "context");
        into = join(folder, "images");
        mkdirSync(context);
    });
    afterEach(() => {
        rmSync(folder, { recursive: true });
    });

    /** Writes files into the context, and gives each its path as content where none is said. */
    const write = (...files: (string | [string, string])[]) => {
        for (const file of files) {
            const [path, text] = typeof file === "string" ? [file, file] : file;
            mkdirSync(dirname(join(context, path)), { recursive: true });
            writeFileSync(join(context, path), text);
        }
    };
    const build = (...lines: string[]) =>
        buildImage(
            {
                contextFolder: context,
                dockerfile: { text: `FROM ${base}\n${lines.join("\n")}${end}` },
            },
            into,
        );
    /** The files of the image, sorted. */
    const files = (...lines: string[]) => {
        const root = build(...lines).folder;
        return readdirSync(root, { recursive: true, encoding: "utf8" })
            .filter((path) => !statSync(join(root, path)).isDirectory())
            .map((path) => `/${path}`)
            .sort();
    };

    it("lays out the server of the examples", function () {
        const contextFolder = join(repository, "workloads", "mcp-server");
        const bundle = join(contextFolder, "dist", "server.mjs");
        if (!existsSync(bundle)) this.skip();
        const image = buildImage({ contextFolder }, into);
        assert.match(
            image.base,
            /^public\.ecr\.aws\/docker\/library\/node:\S+@sha256:[0-9a-f]{64}$/,
        );
        assert.equal(image.workingDirectory, "/app");
        assert.equal(image.user, "node");
        assert.deepEqual(image.ports, ["8000"]);
        assert.deepEqual(image.environment, { NODE_ENV: "production" });
        assert.equal(image.command[0], "node");
        assert.equal(image.command.at(-1), "server.mjs");
        assert.deepEqual(readdirSync(image.folder), ["app"]);
        assert.deepEqual(readdirSync(join(image.folder, "app")), ["server.mjs"]);
        const copy = readFileSync(join(image.folder, "app", "server.mjs"));
        assert.ok(copy.equals(readFileSync(bundle)));
    });

    it("keeps what a process needs, and what of it is its own", () => {
        const image = build(
            "WORKDIR /srv",
            "WORKDIR app",
            'ENV A=1 B="two words" C=x\\ y',
            "ENV OLD of old",
            "EXPOSE 8000/tcp 8080",
            "USER 1000:1000",
            "LABEL team=tools",
        );
        assert.deepEqual(
            { ...image, folder: "", contextHash: "" },
            {
                folder: "",
                base,
                command: ["node", "server.mjs"],
                environment: { A: "1", B: "two words", C: "x y", OLD: "of old" },
                workingDirectory: "/srv/app",
                user: "1000:1000",
                ports: ["8000/tcp", "8080"],
                labels: ["team=tools"],
                contextHash: "",
            },
        );
        assert.ok(existsSync(join(image.folder, "srv", "app")));
    });

    describe("copies", () => {
        for (const [what, lines, expected] of [
            ["a file under its name", ["COPY a.mjs /app/"], ["/app/a.mjs"]],
            ["a file under another name", ["COPY a.mjs /app/b.mjs"], ["/app/b.mjs"]],
            ["a file to the working directory", ["WORKDIR /app", "COPY a.mjs ."], ["/app/a.mjs"]],
            [
                "a file into a folder that is there",
                ["WORKDIR /app", "COPY lib /app", "COPY a.mjs /app"],
                ["/app/a.mjs", "/app/b.mjs", "/app/deep/c.mjs"],
            ],
            ["a folder's content", ["COPY lib /app"], ["/app/b.mjs", "/app/deep/c.mjs"]],
            ["several files", ["COPY a.mjs lib/b.mjs /app/"], ["/app/a.mjs", "/app/b.mjs"]],
            ["by a pattern", ["COPY *.mjs lib/deep/?.mjs /app/"], ["/app/a.mjs", "/app/c.mjs"]],
            [
                "by JSON, with spaces in names",
                ['COPY ["with space.txt", "/my app/"]'],
                ["/my app/with space.txt"],
            ],
            [
                "with an owner and a mode, which are the container's own matter",
                ["COPY --chown=node:node --chmod=755 a.mjs /"],
                ["/a.mjs"],
            ],
            ["nothing from above the context", ["COPY ../../a.mjs /"], ["/a.mjs"]],
            [
                "everything",
                ["COPY . /"],
                ["/a.mjs", "/lib/b.mjs", "/lib/deep/c.mjs", "/with space.txt"],
            ],
        ] as const) {
            it(what, () => {
                write("a.mjs", "lib/b.mjs", "lib/deep/c.mjs", "with space.txt");
                assert.deepEqual(files(...lines), expected);
            });
        }

        it("what a later line puts in an earlier one's place", () => {
            write(["one", "1"], ["two", "2"]);
            const { folder: root } = build("COPY one /x", "COPY two /x");
            assert.equal(readFileSync(join(root, "x"), "utf8"), "2");
        });

        it("programs as programs, and links as links", () => {
            write("bin/run", "bin/plain");
            chmodSync(join(context, "bin", "run"), 0o755);
            symlinkSync("run", join(context, "bin", "start"));
            const { folder: root } = build("COPY . /");
            assert.notEqual(statSync(join(root, "bin", "run")).mode & 0o111, 0);
            assert.equal(statSync(join(root, "bin", "plain")).mode & 0o111, 0);
            assert.equal(readlinkSync(join(root, "bin", "start")), "run");
        });

        it("no link that leads out of the image", () => {
            write("app/a.mjs");
            for (const target of ["/etc/passwd", "../../outside"]) {
                symlinkSync(target, join(context, "app", "link"));
                assert.throws(() => build("COPY . /"), {
                    code: "NotEmulated",
                    message: new RegExp(`the symbolic link app/link to ${target}\\.`),
                });
                rmSync(join(context, "app", "link"));
            }
        });

        it("nothing that is not there, by its line", () => {
            assert.throws(() => build("", "COPY dist/server.mjs ./"), {
                name: "BuildFailed",
                message:
                    /^Dockerfile:3: failed to calculate checksum of ref: "\/dist\/server\.mjs": not found$/,
            });
            assert.equal(existsSync(into) ? readdirSync(into).length : 0, 0);
        });

        it("from earlier stages, whose commands do not reach the image", () => {
            write("a.mjs", "lib/b.mjs");
            const image = buildImage(
                {
                    contextFolder: context,
                    dockerfile: {
                        text: [
                            `FROM ${base} AS files`,
                            "WORKDIR /files",
                            "ENV STAGE=1",
                            "COPY lib .",
                            `FROM ${base} AS unused`,
                            "RUN npm ci",
                            "FROM files AS more",
                            "COPY a.mjs .",
                            `FROM ${base}`,
                            "WORKDIR /app",
                            "COPY --from=more /files ./",
                            "COPY --from=0 /files/b.mjs c.mjs",
                            'CMD ["node", "a.mjs"]',
                        ].join("\n"),
                    },
                },
                into,
            );
            assert.deepEqual(readdirSync(join(image.folder, "app")).sort(), [
                "a.mjs",
                "b.mjs",
                "c.mjs",
            ]);
            assert.deepEqual(readdirSync(image.folder), ["app"]);
            assert.deepEqual(image.environment, {});
        });
    });

    describe("leaves out what .dockerignore names:", () => {
        for (const [what, list, expected] of [
            ["paths from the root only", "lib\n", ["/a.mjs", "/more/lib/c.mjs"]],
            ["at any depth with **", "**/lib\n", ["/a.mjs"]],
            ["folders with a slash at the end", "/lib/\n", ["/a.mjs", "/more/lib/c.mjs"]],
            ["by patterns", "*.mjs\nmore/*/c.*\n", ["/lib/b.mjs"]],
            ["all but exceptions, below folders too", "*\n!lib/b.mjs\n", ["/lib/b.mjs"]],
            [
                "what a later line takes back again",
                "*\n!lib\nlib/b.mjs\n!more\n",
                ["/more/lib/c.mjs"],
            ],
            [
                "not by comments and empty lines",
                "# a.mjs\n\n",
                ["/a.mjs", "/lib/b.mjs", "/more/lib/c.mjs"],
            ],
        ] as const) {
            it(what, () => {
                write("a.mjs", "lib/b.mjs", "more/lib/c.mjs", [
                    ".dockerignore",
                    `${list}.dockerignore\n`,
                ]);
                assert.deepEqual(files("COPY . /"), expected);
            });
        }

        it("by the Dockerfile's own list before the context's", () => {
            write("a.mjs", "b.mjs", [".dockerignore", "a.mjs"], ["D.dockerignore", "*\n!a.mjs"]);
            write(["D", `FROM ${base}\nCOPY . /${end}`]);
            const image = buildImage(
                { contextFolder: context, dockerfile: { path: join(context, "D") } },
                into,
            );
            assert.deepEqual(readdirSync(image.folder), ["a.mjs"]);
        });
    });

    describe("names by its line", () => {
        for (const [what, lines, problem] of [
            ["RUN", ["RUN npm ci"], "Dockerfile line 2: RUN"],
            ["ADD", ["ADD a.tar /"], "Dockerfile line 2: ADD"],
            ["ARG", ["ARG VERSION=1"], "Dockerfile line 2: ARG"],
            ["HEALTHCHECK", ["HEALTHCHECK CMD true"], "Dockerfile line 2: HEALTHCHECK"],
            ["VOLUME", ["VOLUME /data"], "Dockerfile line 2: VOLUME"],
            [
                "a command in shell form",
                ["ENTRYPOINT node"],
                "Dockerfile line 2: ENTRYPOINT in shell form; write it as JSON",
            ],
            ["a variable", ["ENV A=1", "WORKDIR /$A"], "Dockerfile line 3: the variable A"],
            ["an unknown flag", ["COPY --parents a /"], "Dockerfile line 2: COPY --parents"],
            [
                "a copy from another image",
                ["COPY --from=nginx:1 /a /"],
                "Dockerfile line 2: COPY --from=nginx:1, which is no earlier stage",
            ],
            [
                "all of them at once",
                ["RUN a", "RUN b"],
                "Dockerfile line 2: RUN; Dockerfile line 3: RUN",
            ],
        ] as const) {
            it(what, () => {
                assert.throws(() => build(...lines), {
                    code: "NotEmulated",
                    message: `NotEmulated: ${problem}. The local cloud does not model it; docs/local-mode.md lists what it does.`,
                });
            });
        }

        for (const [what, text, message] of [
            [
                "an instruction that there is not",
                `FROM ${base}\nINSTALL a`,
                "dockerfile parse error on line 2: unknown instruction: INSTALL",
            ],
            [
                "what stands before FROM",
                "WORKDIR /",
                "dockerfile parse error on line 1: no build stage in current context",
            ],
            [
                "a copy to nowhere",
                `FROM ${base}\nCOPY a`,
                "dockerfile parse error on line 2: COPY requires at least two arguments",
            ],
            [
                "FROM nothing",
                "FROM",
                "dockerfile parse error on line 1: FROM requires either one or three arguments",
            ],
            ["nothing at all", "", "file with no instructions"],
        ] as const) {
            it(what, () => {
                assert.throws(
                    () => buildImage({ contextFolder: context, dockerfile: { text } }, into),
                    { name: "BuildFailed", message },
                );
            });
        }

        it("a Dockerfile that is not there", () => {
            assert.throws(() => buildImage({ contextFolder: context }, into), {
                name: "BuildFailed",
                message: `failed to read dockerfile: open ${join(context, "Dockerfile")}: no such file or directory`,
            });
        });
    });

    describe("knows what an image runs:", () => {
        const commandOf = (text: string) =>
            buildImage({ contextFolder: context, dockerfile: { text } }, into).command;

        it("the entrypoint with the command after it", () => {
            const text = `FROM ${base}\nENTRYPOINT ["/usr/local/bin/node"]\nCMD ["a.mjs"]`;
            assert.deepEqual(commandOf(text), ["/usr/local/bin/node", "a.mjs"]);
        });

        it("node by itself in a distroless image", () => {
            const image = "gcr.io/distroless/nodejs24-debian13@sha256:1";
            assert.deepEqual(commandOf(`FROM ${image}\nCMD ["a.mjs"]`), ["node", "a.mjs"]);
        });

        it("a later stage's entrypoint takes an earlier one's command away", () => {
            const text = `FROM ${base} AS a\nCMD ["node", "a.mjs"]\nFROM a\nENTRYPOINT ["node", "b.mjs"]`;
            assert.deepEqual(commandOf(text), ["node", "b.mjs"]);
        });

        for (const text of [
            `FROM ${base}\nCMD ["python", "server.py"]`,
            `FROM ${base}\nCMD ["server.mjs"]`,
            `FROM ${base}`,
        ]) {
            it(`and refuses ${text.split("\n")[1] ?? "none"}`, () => {
                assert.throws(() => commandOf(text), {
                    code: "NotEmulated",
                    message: /it must run node, with CMD or ENTRYPOINT as JSON/,
                });
            });
        }
    });

    describe("has a hash of what it reads, which", () => {
        const hash = () => contextHash({ contextFolder: context });
        beforeEach(() => {
            write(["Dockerfile", `FROM ${base}\nCOPY a.mjs /${end}`], "a.mjs", "b.mjs");
            write([".dockerignore", "b.mjs\nDockerfile"]);
        });

        it("changes with a file, its name, its mode, and the Dockerfile", () => {
            const seen = new Set([hash()]);
            write(["a.mjs", "other"]);
            seen.add(hash());
            chmodSync(join(context, "a.mjs"), 0o755);
            seen.add(hash());
            write("c.mjs");
            seen.add(hash());
            write(["Dockerfile", `FROM ${base}${end}`]);
            seen.add(hash());
            assert.equal(seen.size, 5);
        });

        it("stays with what is left out", () => {
            const before = hash();
            write(["b.mjs", "other"]);
            assert.equal(hash(), before);
        });

        it("is the image's folder: the same sources are laid out once", () => {
            const one = buildImage({ contextFolder: context }, into);
            const other = buildImage({ contextFolder: context }, into);
            assert.equal(one.folder, other.folder);
            assert.deepEqual(readdirSync(into), [one.contextHash]);
        });
    });
});
