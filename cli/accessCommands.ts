import type { Command } from "commander";
import { collected } from "./collected";

/** `hub access`, `hub explain` and `hub verify`. */
export function addAccessCommands(
    program: Command,
    finish: (result: Promise<number>) => Promise<void>,
): void {
    sourceOptions(
        program
            .command("access")
            .description("who may call which tools, from the program, an export, or AWS")
            .option("--format <format>", "table, json, markdown, mermaid or html")
            .option("--output <file>", "write to a file")
            .option("--principal <name>", "one principal only")
            .option("--gateway <name>", "one gateway only")
            .option("--all", "also who may call nothing, and no stack knows")
            .option("--check [file]", "compare with access.lock.json; exit 1 where it differs")
            .option("--write-lock [file]", "write access.lock.json"),
    ).action(async (options: object) => {
        const { hubAccess } = await import("./access/access.js");
        await finish(hubAccess(options));
    });
    sourceOptions(
        program
            .command("explain")
            .description("why a call is refused or allowed, and the line that changes it")
            .argument("[request-id]", "a request of the running local cloud")
            .option("--principal <name>", "who calls: <stack>-<role>, or an ARN")
            .option("--gateway <name>", "the gateway")
            .option("--tool <name>", "<target>___<tool>, or a target")
            .option("--context <key=value>", "a condition key of the request", collected, [])
            .option("--session-policy <file>", "the session's policy")
            .option("--expect <answer>", "allow or deny; exit 1 where it is not"),
    ).action(async (requestId: string | undefined, options: object) => {
        const { hubExplain } = await import("./explain/explain.js");
        await finish(hubExplain(requestId, options));
    });
    program
        .command("verify")
        .description("prove by calling that access is what the program says")
        .option("--local", "on the running local cloud")
        .option("--stack-export <file>", "outputs of a stack, as exported", collected, [])
        .option(
            "--profile <name=profile>",
            "the AWS profile of a principal or stack",
            collected,
            [],
        )
        .option("--wait <seconds>", "how long to ask again: IAM is eventually consistent")
        .option("--strict", "fail when something could not be verified")
        .option("--json", "one JSON event per line")
        .option("--junit <file>", "write the cases as JUnit's; - is stdout")
        .option("--state-folder <path>", "the running local cloud's files", ".hub/local")
        .action(async (options: object) => {
            const { hubVerify } = await import("./verify/verify.js");
            await finish(hubVerify(options));
        });
}

function sourceOptions(command: Command): Command {
    return command
        .option("--stack-export <file>", "from what `pulumi stack export` wrote", collected, [])
        .option("--local", "from the running local cloud")
        .option("--aws", "from AWS, reading only")
        .option(
            "--profile <account=profile>",
            "the AWS profile of an account or stack (with --aws)",
            collected,
            [],
        )
        .option("--region <region>", "a region of gateways (with --aws)", collected, [])
        .option("--scp <account=file>", "service control policies of a level", collected, [])
        .option("--rcp <account=file>", "resource control policies of a level", collected, [])
        .option("--json", "for machines")
        .option("--state-folder <path>", "the running local cloud's files", ".hub/local");
}
