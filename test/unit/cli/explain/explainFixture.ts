import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { accessMatrix } from "../../../../access/matrix";
import { withEdit, type ConfigEdit } from "../../../../cli/explain/configEdits";
import { explainRequest } from "../../../../cli/explain/explain";
import type { ExplainReport } from "../../../../cli/explain/explainReport";
import { explainText } from "../../../../cli/explain/explainText";
import { readInventory } from "../../../../cli/inventory/source";
import { readProject } from "../../../../engine/stacks";
import type { LoggedRequest } from "../../../../local/services/requestLog";
import { spokeAccount } from "../../../helpers/configs";
import { LocalHub, toolsList } from "../../../helpers/localHub";

/** A local cloud whose refusals are explained. */
export class ExplainedHub extends LocalHub {
    /** The log's entry, as another terminal gets it. */
    async logged(requestId: string): Promise<LoggedRequest> {
        const response = await fetch(`${this.cloud.url}/_hub/requests/${requestId}`, {
            headers: { "x-hub-token": this.cloud.token },
        });
        assert.equal(response.status, 200);
        return (await response.json()) as LoggedRequest;
    }

    /** What is said of an answer by the id in its headers. */
    async explain(response: Response): Promise<ExplainReport> {
        await response.body?.cancel();
        const requestId = response.headers.get("x-amzn-requestid") ?? "";
        const project = readProject(this.project.folder);
        return explainRequest(await this.logged(requestId), project, await this.inventory());
    }

    /** A signed `tools/list`, and what is said of it. */
    async listed(role: string, account = spokeAccount): Promise<Response> {
        return this.post(this.session(account, role), toolsList);
    }

    /** The running cloud's, read through its control plane. */
    async inventory() {
        await (await this.target()).writeConnection();
        const { stateFolder, folder } = this.project;
        return (await readInventory({ local: true, stateFolder }, folder)).inventory;
    }

    /** Who may call what, by names: `consumer-developer tools: allowed`. */
    async access(): Promise<string[]> {
        return accessMatrix(await this.inventory()).pairs.map(
            ({ principal, gateway, access }) => `${principal.name} ${gateway.name}: ${access}`,
        );
    }

    /** Writes the lines that are proposed. */
    apply(report: ExplainReport): void {
        for (const change of report.changes) {
            if (change.kind === "config") for (const edit of change.edits) this.write(edit);
        }
    }

    write(edit: ConfigEdit): void {
        const path = join(this.project.folder, edit.file);
        writeFileSync(path, withEdit(readFileSync(path, "utf8"), edit));
    }

    /** Puts a statement into the gateway's own resource policy, in place of what is there. */
    putPolicy(accountId: string, statement: object): void {
        const { gatewayArn } = this.gateway(accountId);
        this.cloud.accounts
            .get(accountId)
            ?.agentcore.putResourcePolicy(
                gatewayArn,
                JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
            );
    }
}

/** An explanation for people, each line of it whole. */
export function unwrapped(report: ExplainReport): string {
    return explainText(report, Number.POSITIVE_INFINITY);
}

/** The layers of the first step with what each said. */
export function layersOf({ steps }: ExplainReport): Record<string, string> {
    return Object.fromEntries(
        (steps[0]?.layers ?? []).map(({ layer, decision }) => [layer, decision]),
    );
}
