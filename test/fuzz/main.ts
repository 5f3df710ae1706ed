import { randomInt } from "node:crypto";
import { runCampaign } from "./campaign";
import { leftoversOf } from "./leftovers";

/** The long lane: `FUZZ_SECONDS`, `FUZZ_SEED` and `FUZZ_TARGET` choose how long, which inputs, and of what. */
async function main(): Promise<void> {
    const seconds = Number(process.env["FUZZ_SECONDS"] ?? 600);
    const seed = Number(process.env["FUZZ_SEED"] ?? randomInt(2 ** 31));
    const only = process.env["FUZZ_TARGET"] ?? "";
    if (!(seconds > 0) || !Number.isInteger(seed)) {
        throw new Error("FUZZ_SECONDS must be over 0, and FUZZ_SEED a whole number");
    }
    console.log(`Fuzzing for ${seconds} s with FUZZ_SEED=${seed}`);
    const left = await leftoversOf(() =>
        runCampaign({
            seconds,
            seed,
            only,
            report: (line) => {
                console.log(line);
            },
        }),
    );
    if (left.length > 0) throw new Error(`Left behind: ${left.join(", ")}`);
    console.log("No input failed.");
}

main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
});
