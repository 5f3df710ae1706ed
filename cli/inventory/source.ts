import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Inventory } from "../../access/inventory";
import { readProject, type Project } from "../../engine/stacks";
import { InvalidOptions } from "../invalidOptions";
import { requireConnection } from "../localGateway";
import { readExport } from "../stackExport";
import type { AwsInventoryArgs } from "./awsInventory";
import type { StackFailure } from "./programInventory";
import {
    readOrganizationPolicies,
    withOrganizationPolicies,
    type OrganizationPolicies,
    type OrganizationOptions,
} from "./sourcePolicies";

/** Where who may use what is read from; without any, the program in this folder. */
export interface SourceOptions extends OrganizationOptions {
    /** What `pulumi stack export` wrote; `-` is stdin. */
    stackExport?: readonly string[];
    /** The running local cloud. */
    local?: boolean;
    stateFolder?: string;
    /** Live AWS. */
    aws?: boolean;
    /** `<account id or stack>=<profile>`, with `aws`. */
    profile?: readonly string[];
    /** The gateways' regions, with `aws`. @default those of the project's stacks */
    region?: readonly string[];
    json?: boolean;
}

/** What was read, and from where. */
export interface SourceInventory {
    inventory: Inventory;
    source: "program" | "export" | "local" | "aws";
    /** The project in this folder, where there is one. */
    project?: Project;
    /** Stacks of the program that could not be deployed. */
    failures: readonly StackFailure[];
}

/**
 * Reads who may use what from where the options say.
 *
 * @throws InvalidOptions
 * @throws InvalidProject
 * @throws InvalidExport
 * @throws Interrupted
 */
export async function readInventory(
    options: SourceOptions,
    folder: string = process.cwd(),
): Promise<SourceInventory> {
    const source = sourceOf(options);
    const project = source === "program" ? readProject(folder) : projectIn(folder);
    // Read first: a fault in a file should not wait for a deployment, or for AWS.
    const policies = readOrganizationPolicies(options, project);
    const { inventory, failures = [] } = await readers[source](options, project, policies);
    return {
        inventory: withOrganizationPolicies(inventory, policies),
        ...{ source, failures },
        ...(project !== undefined && { project }),
    };
}

function sourceOf({
    stackExport = [],
    local = false,
    aws = false,
    profile = [],
    region = [],
}: SourceOptions): SourceInventory["source"] {
    const given = [
        ...(stackExport.length > 0
            ? [{ option: "--stack-export", source: "export" } as const]
            : []),
        ...(local ? [{ option: "--local", source: "local" } as const] : []),
        ...(aws ? [{ option: "--aws", source: "aws" } as const] : []),
    ];
    if (given.length > 1) {
        throw new InvalidOptions(
            `got ${given.map(({ option }) => option).join(" and ")}; must be one of them, or none for the program in this folder`,
        );
    }
    for (const [option, values] of Object.entries({ profile, region })) {
        if (values.length === 0 || aws) continue;
        throw new InvalidOptions(`--${option} goes with --aws: nothing else is read by account`);
    }
    return given[0]?.source ?? "program";
}

type Read = Pick<SourceInventory, "inventory"> & Partial<Pick<SourceInventory, "failures">>;

/** Loaded when they are used: Pulumi and the AWS SDK take longer to load than an export to read. */
const readers: Readonly<
    Record<
        SourceInventory["source"],
        (
            options: SourceOptions,
            project: Project | undefined,
            organization: OrganizationPolicies,
        ) => Promise<Read>
    >
> = {
    program: async ({ json = false }, project) => {
        if (project === undefined) throw new Error("A program is that of a project");
        const { programInventory } = await import("./programInventory.js");
        return programInventory(project, { json });
    },
    export: async ({ stackExport = [] }, project) => {
        const { exportInventory } = await import("./exportInventory.js");
        const files = stackExport.map((file) => ({ file, text: readExport(file) }));
        return { inventory: exportInventory(files, project) };
    },
    local: async (options, project, organization) => {
        const connection = requireConnection(options);
        const { localAccounts } = await import("./sourceAccounts.js");
        const { sts, iam, bedrockAgentcoreControl } = connection.endpoints;
        return readAws(options, {
            ...{ accounts: localAccounts(connection, project), stacks: project?.stacks ?? [] },
            ...{ organization, endpoints: { sts, iam, bedrockAgentcoreControl } },
        });
    },
    aws: async (options, project, organization) => {
        const { awsAccounts } = await import("./sourceAccounts.js");
        const accounts = awsAccounts(options, project);
        return readAws(options, { accounts, stacks: project?.stacks ?? [], organization });
    },
};

async function readAws({ json = false }: SourceOptions, args: AwsInventoryArgs): Promise<Read> {
    const { awsInventory } = await import("./awsInventory.js");
    const shows = process.stderr.isTTY && !json;
    const clear = shows ? "\r\u001b[2K" : "";
    try {
        const inventory = await awsInventory({
            ...args,
            onProgress: (message) => {
                if (shows) process.stderr.write(`${clear}… ${message}`);
            },
        });
        return { inventory };
    } finally {
        process.stderr.write(clear);
    }
}

/** The project of a folder or of one above, if it is one of this program's. */
function projectIn(folder: string): Project | undefined {
    for (let at = folder; ; at = dirname(at)) {
        if (existsSync(join(at, "Pulumi.yaml"))) {
            const project = readProject(at);
            return project.stacks.length > 0 ? project : undefined;
        }
        if (at === dirname(at)) return undefined;
    }
}
