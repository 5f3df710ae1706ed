import { resolve } from "node:path";
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { addAccessCommands } from "./accessCommands";
import { CallerProcess } from "./callerProcess";
import { collected } from "./collected";
import { exitCode } from "./exitCode";
import { fileRefusal } from "./fileRefusal";
import { PackProcesses } from "./packProcesses";

/** The `hub` command. Each subcommand loads only what it needs, because `hub call` should be quick. */
export function main(argv: readonly string[]): void {
    const program = new Command("hub")
        .description("Share agents' tools between AWS accounts, and try it on this machine")
        .exitOverride()
        .showHelpAfterError()
        .configureOutput({ writeErr: (text) => process.stderr.write(text) });

    program
        .command("local")
        .description("the story: refused, granted, called, on an AWS of this machine")
        .option("--serve", "stay up after the story, for other clients and terminals")
        .option("--empty", "start with nothing deployed (with --serve)")
        .option("--port <number>", "HTTP port on 127.0.0.1; 0 takes any free one", wholeNumber)
        .option("--json", "one JSON event per line")
        .option(
            "--steps <steps>",
            "short, or all: also a gateway's role without its runtime",
            "short",
        )
        .option("--engine <engine>", "auto, pulumi (the CLI) or in-process", "auto")
        .option(
            "--models <url>",
            "an OpenAI-compatible server of this machine for the agents, such as http://127.0.0.1:11434/v1",
        )
        .option("--model-id <id>", "the model that it is asked for (with --models)")
        .option("--state-folder <path>", "where the local cloud keeps its files", ".hub/local")
        .action(async (options: { empty?: boolean; stateFolder: string }) => {
            const stateFolder = resolve(options.stateFolder);
            const callers: CallerProcess[] = [];
            const addCaller = () => {
                callers.push(new CallerProcess(argv[1] ?? "", stateFolder));
            };
            // They load on another core while this process loads Pulumi; the first is needed first.
            const packs = new PackProcesses();
            packs.start("provider");
            packs.start("consumer");
            if (options.empty !== true) addCaller();
            try {
                const { hubLocal } = await import("./local.js");
                await finish(hubLocal({ ...options, stateFolder }, { packs, callers, addCaller }));
            } finally {
                packs.stop();
                for (const caller of callers) caller.stop();
            }
        });
    program
        .command("deploy")
        .description("deploy the stacks, or those named, until they have settled")
        .argument("[stack...]")
        .option("--local", "to the running local cloud")
        .option("--preview", "show what would change, and end")
        .option("--yes", "do not ask")
        .option("--profile <stack=profile>", "the AWS profile of a stack's account", collected, [])
        .option("--strict", "fail when something stays pending")
        .option("--json", "one JSON event per line")
        .option("--state-folder <path>", "the running local cloud's files", ".hub/local")
        .action(async (stacks: string[], options: object) => {
            const { hubDeploy } = await import("./deploy.js");
            await finish(hubDeploy(stacks, options));
        });
    program
        .command("destroy")
        .description("delete everything of the stacks, or of those named")
        .argument("[stack...]")
        .option("--local", "from the running local cloud")
        .option("--preview", "show what would go, and end")
        .option("--yes", "do not ask")
        .option("--profile <stack=profile>", "the AWS profile of a stack's account", collected, [])
        .option("--json", "one JSON event per line")
        .option("--state-folder <path>", "the running local cloud's files", ".hub/local")
        .action(async (stacks: string[], options: object) => {
            const { hubDestroy } = await import("./deploy.js");
            await finish(hubDestroy(stacks, options));
        });
    program
        .command("policy")
        .description("judge what the stacks deploy by the policy packs, on an AWS of this process")
        .option("--export <file>", "judge what `pulumi stack export` wrote; - reads stdin")
        .option("--pack <pack>", "provider or consumer (with --export)")
        .option("--config <file>", "the pack's config (with --export)")
        .option("--sarif <file>", "write the findings as SARIF 2.1.0; - is stdout")
        .option("--junit <file>", "write the rules as JUnit's test cases; - is stdout")
        .option("--strict", "fail when something could not be judged")
        .option("--json", "one JSON event per line")
        .action(async (options: object) => {
            const { hubPolicy } = await import("./policy.js");
            await finish(hubPolicy(options));
        });
    program
        .command("deployer-policy")
        .description("what the deployer of each stack must be allowed, as managed policies")
        .argument("[stack...]")
        .option("--json", "one array with every stack's policies")
        .action(async (stacks: string[], options: object) => {
            const { hubDeployerPolicy } = await import("./deployerPolicy.js");
            await finish(hubDeployerPolicy(stacks, options));
        });
    program
        .command("env")
        .description("what to export for pulumi commands on the running local cloud")
        .argument("<stack>")
        .option("--json", "one JSON object")
        .option("--state-folder <path>", "the running local cloud's files", ".hub/local")
        .action(async (stack: string, options: { stateFolder: string }) => {
            const { hubEnv } = await import("./env.js");
            await finish(hubEnv(stack, options));
        });
    callOptions(program.command("tools").description("list a gateway's tools")).action(
        async (options: object) => {
            const { hubTools } = await import("./call.js");
            await finish(hubTools(options));
        },
    );
    callOptions(program.command("call").description("call a tool"))
        .argument("<tool>", "the tool's full name, <target>___<tool>; - reads calls from stdin")
        .argument("[arguments]", "its arguments, as a JSON object", "{}")
        .action(async (tool: string, args: string, options: object) => {
            const { hubCall, hubCallLines } = await import("./call.js");
            await finish(tool === "-" ? hubCallLines() : hubCall(tool, args, options));
        });
    program
        .command("ask")
        .description("ask the spoke's agent")
        .argument("<prompt>")
        .option("--as <profile>", "the AWS profile to sign with, of invokedBy")
        .option("--agent <name>", "the agent's name in the local cloud (with --local)")
        .option("--runtime <arn>", "the ARN of the agent's runtime")
        .option("--session <id>", "go on with a conversation: its id, 33-256 characters")
        .option("--local", "an agent of the running local cloud")
        .option("--json", "one JSON event per line")
        .option("--state-folder <path>", "the running local cloud's files", ".hub/local")
        .action(async (prompt: string, options: object) => {
            const { hubAsk } = await import("./call.js");
            await finish(hubAsk(prompt, options));
        });
    callOptions(
        program
            .command("mcp-config")
            .description("an MCP client's configuration for a gateway, through mcp-proxy-for-aws")
            .option("--client <client>", "claude, vscode, cursor or kiro", "claude"),
    ).action(async (options: object) => {
        const { hubMcpConfig } = await import("./mcpConfig.js");
        await finish(Promise.resolve(hubMcpConfig(options)));
    });

    addAccessCommands(program, finish);

    // Whoever read the output has gone away: there is nobody to tell anything to.
    process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
        process.exit(code === "EPIPE" ? exitCode.yes : exitCode.failure);
    });
    program.parseAsync(argv).catch((error: unknown) => {
        if (error instanceof CommanderError) {
            process.exitCode = error.exitCode === 0 ? exitCode.yes : exitCode.failure;
            return;
        }
        fail(error);
    });
}

function callOptions(command: Command): Command {
    return command
        .option("--as <profile>", "the AWS profile to sign with")
        .option("--gateway <name>", "the gateway's name in the local cloud (with --local)")
        .option("--url <url>", "the gateway's URL")
        .option("--region <region>", "the gateway's region, where the URL does not tell")
        .option("--local", "a gateway of the running local cloud")
        .option("--json", "the answer as one line of JSON")
        .option("--state-folder <path>", "the running local cloud's files", ".hub/local");
}

async function finish(result: Promise<number>): Promise<void> {
    try {
        process.exitCode = await result;
    } catch (error) {
        fail(error);
    }
}

/** Errors that we name are their message; anything else is a fault of ours and keeps its stack. */
function fail(error: unknown): void {
    // By its name: each command's bundle has a class of its own.
    if (error instanceof Error && error.name === "Interrupted") {
        process.exitCode = exitCode.interrupted;
        return;
    }
    const named = error instanceof Error && error.name !== "Error" && error.name !== "TypeError";
    const text =
        fileRefusal(error) ??
        (error instanceof Error ? (named ? error.message : error.stack) : String(error));
    process.stderr.write(`hub: ${text ?? ""}\n`);
    process.exitCode = exitCode.failure;
}

function wholeNumber(text: string): number {
    const port = Number(text);
    if (!Number.isInteger(port) || port < 0 || port > 65535) {
        throw new InvalidArgumentError("must be a whole number, 0-65535");
    }
    return port;
}
