import { MalformedPolicy, parsePolicyDocument, type NamedDocument } from "../../access";
import type { Inventory, InventoryAccount } from "../../access/inventory";
import type { Project } from "../../engine/stacks";
import { InvalidOptions } from "../invalidOptions";
import { readOptionFile } from "../optionFiles";
import { closest } from "../../agentcore/closest";

/** The organization's policies of accounts, as options give them. */
export interface OrganizationOptions {
    /** `<account>=<file>`: each a level, of one document or a list of them. */
    scp?: readonly string[];
    rcp?: readonly string[];
}

type Kind = "scp" | "rcp";

/** The levels of each account, by its id. */
export type OrganizationPolicies = ReadonlyMap<string, Pick<InventoryAccount, Kind>>;

/**
 * Reads the files that `--scp` and `--rcp` name.
 *
 * @param project its stacks' names stand for their accounts.
 * @throws InvalidOptions
 */
export function readOrganizationPolicies(
    options: OrganizationOptions,
    project: Project | undefined,
): OrganizationPolicies {
    const accounts = new Map<string, Pick<InventoryAccount, Kind>>();
    for (const kind of ["scp", "rcp"] as const) {
        for (const written of options[kind] ?? []) {
            const { id, file } = parseOption(kind, written, project);
            const levels = accounts.get(id) ?? {};
            const level = readLevel(kind, file);
            accounts.set(id, { ...levels, [kind]: [...(levels[kind] ?? []), level] });
        }
    }
    return accounts;
}

/**
 * The inventory with the organization's policies on its accounts.
 *
 * @throws InvalidOptions where an account is none of the inventory's: its policies would decide nothing.
 */
export function withOrganizationPolicies(
    inventory: Inventory,
    policies: OrganizationPolicies,
): Inventory {
    const known = inventory.accounts.map(({ id }) => id);
    for (const [id, { scp }] of policies) {
        if (known.includes(id)) continue;
        throw new InvalidOptions(
            `--${scp === undefined ? "rcp" : "scp"}: got account ${id}, which nothing that was read is of; must be one of ${known.join(", ") || "none"}`,
        );
    }
    return {
        ...inventory,
        accounts: inventory.accounts.map((account) => ({
            ...account,
            ...policies.get(account.id),
        })),
    };
}

function parseOption(
    kind: Kind,
    written: string,
    project: Project | undefined,
): { id: string; file: string } {
    const [, account = "", file = ""] = /^([^=]+)=(.+)$/.exec(written) ?? [];
    if (account === "") {
        throw new InvalidOptions(
            `--${kind}: got ${written}; must be <account>=<file>, such as 111122223333=root-${kind}.json`,
        );
    }
    if (/^\d{12}$/.test(account)) return { id: account, file };
    const stacks = project?.stacks ?? [];
    const stack = stacks.find(({ name }) => name === account);
    if (stack !== undefined) return { id: stack.settings.accountId, file };
    const names = closest(
        account,
        stacks.map(({ name }) => name),
    );
    const orStack = names.length === 0 ? "" : `, or a stack of the project: ${names.join(", ")}`;
    throw new InvalidOptions(
        `--${kind}: got ${account}; must be an account id of 12 digits${orStack}`,
    );
}

function readLevel(kind: Kind, file: string): NamedDocument[] {
    const text = readOptionFile(`--${kind}`, file);
    const isList = text.trimStart().startsWith("[");
    const documents: (string | object)[] = isList ? readList(kind, file, text) : [text];
    const level = documents.map((document, index) => {
        const name = isList ? `${file}[${index}]` : file;
        try {
            parsePolicyDocument(document, kind);
        } catch (error) {
            if (!(error instanceof MalformedPolicy)) throw error;
            throw new InvalidOptions(`--${kind}: ${name}: ${error.message}`);
        }
        return { name, document };
    });
    return kind === "rcp" ? withFullAccess(level) : level;
}

function readList(kind: Kind, file: string, text: string): object[] {
    const problem = (what: string) =>
        new InvalidOptions(
            `--${kind}: ${file}: ${what}; must be a policy document, or a list of them`,
        );
    let list: unknown;
    try {
        list = JSON.parse(text) as unknown;
    } catch (error) {
        throw problem(`got what is not JSON (${(error as Error).message})`);
    }
    const documents = list as unknown[];
    if (documents.length === 0) throw problem("got an empty list");
    const other = documents.findIndex((one) => typeof one !== "object" || one === null);
    if (other >= 0) throw problem(`[${other}]: got ${JSON.stringify(documents[other])}`);
    return documents as object[];
}

/**
 * AWS attaches it to the root, each OU and each account, and it cannot be detached
 * (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html).
 */
function withFullAccess(level: NamedDocument[]): NamedDocument[] {
    return [fullAccess, ...level];
}

const fullAccess: NamedDocument = {
    name: "RCPFullAWSAccess",
    document: {
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }],
    },
};
