import { programInventory } from "../../../../cli/inventory/programInventory";
import { verified, verifyExpected, type VerifyBy } from "../../../../cli/verify/verify";
import type { Expected } from "../../../../cli/verify/verifyExpected";
import type { VerifyOptions } from "../../../../cli/verify/verifyOptions";
import type { CaseResult } from "../../../../cli/verify/verifyRun";
import { readProject } from "../../../../engine/stacks";
import type { LocalAccount } from "../../../../local/services/account";
import { expiredSession } from "../../../../local/services/expiredSession";
import { LocalHub } from "../../../helpers/localHub";

/** Calls that only read, by target, as config has them. */
export const examples = {
    "echo-tools": { echo_message: { arguments: { message: "hello" }, readOnly: true } },
    calculator: { add_numbers: { arguments: { a: 2, b: 3 }, readOnly: true } },
};

/** A local cloud with deployed stacks, verified against what its program says. */
export class VerifyHub {
    readonly hub = new LocalHub();

    readonly #by = {
        expiredSession: (roleArn: string) => {
            const { accounts, sts } = this.hub.cloud;
            const session = expiredSession(accounts, sts, roleArn);
            if (session === undefined) throw new Error(`No role ${roleArn}`);
            return Promise.resolve(session);
        },
    };

    async deploy(): Promise<void> {
        await this.hub.deployAll();
        await (await this.hub.target()).writeConnection();
    }

    /** What the program says, deployed to a cloud of its own. */
    async expected(): Promise<Expected> {
        const read = readProject(this.hub.project.folder);
        const { inventory, project } = await programInventory(read, { json: true });
        return { project, inventory, wasAllowed: () => false };
    }

    options(more: VerifyOptions = {}): VerifyOptions {
        return { local: true, stateFolder: this.hub.project.stateFolder, ...more };
    }

    results(
        expected: Expected,
        more: VerifyOptions = {},
        by: VerifyBy = {},
    ): Promise<CaseResult[]> {
        return verified(expected, this.options(more), { ...this.#by, ...by });
    }

    /** The names of the cases that differ, with what was got. */
    async differing(expected: Expected): Promise<Record<string, string>> {
        const results = await this.results(expected);
        return Object.fromEntries(
            results
                .filter(({ status }) => status === "differs")
                .map(({ name, got }) => [name, got]),
        );
    }

    async run(
        expected: Expected,
        more: VerifyOptions = {},
        by: VerifyBy = {},
    ): Promise<{ code: number; stdout: string }> {
        let stdout = "";
        const code = await verifyExpected(expected, this.options(more), {
            ...this.#by,
            ...by,
            write: (text) => {
                stdout += text;
                by.write?.(text);
            },
        });
        return { code, stdout };
    }

    account(id: string): LocalAccount {
        const account = this.hub.cloud.accounts.get(id);
        if (account === undefined) throw new Error(`No account ${id}`);
        return account;
    }
}
