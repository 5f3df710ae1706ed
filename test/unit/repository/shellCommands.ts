import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runHub } from "../../helpers/hubProcess";
import { repository } from "../../helpers/project";

/** The words of each simple command of a shell script: without comments, redirections and environment. */
export function commandsOf(script: string): string[][] {
    return script
        .replace(/\\\n/g, " ")
        .split("\n")
        .flatMap((line) => line.replace(/(^|\s)#.*$/, "").split(/\|\|?|&&|;|[$<]?\(|\)|`/))
        .map((command) =>
            [...command.matchAll(/"[^"]*"?|'[^']*'?|[^\s"']+/g)]
                .map(([word]) => word.replace(/^["']|["']$/g, ""))
                .filter((word) => word !== "" && !/^\d?[<>]/.test(word)),
        )
        .map((words) => words.slice(words.findIndex((word) => !/^(\w+=|eval$|export$)/.test(word))))
        .filter((words) => words.length > 0);
}

/** What is wrong with a command of this repository; nothing where it is none of them. */
export async function problemOf(words: readonly string[]): Promise<string | undefined> {
    const [program, ...rest] = words;
    if (program === "hub") return hubProblem(rest);
    if (program === "npx") return npxProblem(rest);
    if (program !== "npm" || rest[0] === "ci") return undefined;
    const [script = "", ...args] = (rest[0] === "run" ? rest.slice(1) : rest).filter(
        (word) => word !== "--silent",
    );
    if (rest[0] !== "run" && script !== "test") return undefined;
    const line = scripts[script];
    if (line === undefined) return `package.json has no script ${script}`;
    const hub = /^node bin\/hub\.js ?(.*)$/.exec(line)?.[1];
    if (hub === undefined) return undefined;
    // What stands before `--` npm keeps for itself.
    if (args.length > 0 && args[0] !== "--") return `npm run ${script} ${args.join(" ")} lacks --`;
    return hubProblem([hub, ...args.slice(1)].filter((word) => word !== ""));
}

const { scripts } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as {
    scripts: Readonly<Record<string, string>>;
};

async function hubProblem([command = "", ...args]: readonly string[]): Promise<string | undefined> {
    const { known, options } = await help(command);
    if (!known) return `hub has no command ${command}`;
    const unknown = args
        .filter((word) => word.startsWith("--"))
        .map((word) => word.replace(/[=.,:]?$/, ""))
        .filter((word) => !options.includes(word));
    return unknown.length === 0
        ? undefined
        : `hub ${command} has no ${unknown.join(", ")}; it has ${options.join(", ")}`;
}

function npxProblem(words: readonly string[]): string | undefined {
    const name = words.find((word) => !word.startsWith("-")) ?? "";
    return existsSync(join(repository, "node_modules", ".bin", name))
        ? undefined
        : `npx ${name} is not installed by package.json`;
}

interface Help {
    known: boolean;
    options: string[];
}

const helps = new Map<string, Promise<Help>>();

function help(command: string): Promise<Help> {
    const known = helps.get(command);
    if (known !== undefined) return known;
    const asked = runHub(repository, [command, "--help"]).then(({ code, stdout }) => ({
        // To an unknown command hub gives the help of all.
        known: code === 0 && stdout.startsWith(`Usage: hub ${command} `),
        options: [...stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, name = ""]) => name),
    }));
    helps.set(command, asked);
    return asked;
}
