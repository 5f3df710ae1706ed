import { join } from "node:path";
import { assumptions, type Assumptions } from "../../agentcore/openFacts";
import { AgentcoreControl } from "./agentcoreControl";
import { AgentRuntimes, type OnRuntimeChange } from "./agentRuntimes";
import { Iam } from "./iam";
import { Images } from "./images";
import { LambdaFunctions } from "./lambdaFunctions";
import { Logs } from "./logs";
import { Objects } from "./objects";
import type { McpServers } from "./mcpServers";
import type { PrincipalDirectory } from "./principals";
import { ServiceRoles } from "./serviceRoles";

/** The state of one AWS account: its services, and nothing shared with another account. */
export interface LocalAccount {
    id: string;
    name: string;
    partition: string;
    iam: Iam;
    lambda: LambdaFunctions;
    logs: Logs;
    images: Images;
    objects: Objects;
    agentcore: AgentcoreControl;
    agentRuntimes: AgentRuntimes;
}

/** What an account needs of the cloud around it. */
export interface AccountDeps {
    directory: PrincipalDirectory;
    stateFolder: string;
    gatewayUrl: (gatewayId: string) => string;
    now: () => number;
    /** What the account's gateways call MCP servers through. */
    mcpServers?: McpServers;
    /** Called when a runtime was updated or deleted. */
    onRuntimeChange?: OnRuntimeChange;
    /** What is taken for true of AWS where no source says. @default the table's settings */
    assumptions?: Assumptions;
}

/** Every account of the local cloud starts with this role, which its administrators use. */
export const adminRoleName = "AdminRole";

/** An empty account with its `AdminRole`, as a landing zone gives it. */
export function newAccount(id: string, name: string, deps: AccountDeps): LocalAccount {
    const account = { id, partition: "aws" };
    const iam = new Iam(account, deps.directory, deps.now);
    const roles = new ServiceRoles(account, iam, deps.now);
    const admin = iam.createRole({
        roleName: adminRoleName,
        description: "The account's administrators",
        assumeRolePolicyDocument: JSON.stringify({
            Version: "2012-10-17",
            Statement: [
                {
                    Effect: "Allow",
                    Principal: { AWS: `arn:aws:iam::${id}:root` },
                    Action: "sts:AssumeRole",
                },
            ],
        }),
    });
    admin.attachedPolicies.set(
        "arn:aws:iam::aws:policy/AdministratorAccess",
        JSON.stringify({
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
        }),
    );
    const lambda = new LambdaFunctions(account, {
        folder: join(deps.stateFolder, "lambda"),
        roles,
        now: deps.now,
    });
    const images = new Images(account, deps.now);
    const objects = new Objects(account, join(deps.stateFolder, "s3", id));
    const assumed = deps.assumptions ?? assumptions();
    return {
        ...account,
        name,
        iam,
        lambda,
        logs: new Logs(account, join(deps.stateFolder, "logs", id)),
        images,
        objects,
        agentcore: new AgentcoreControl(account, {
            ...deps,
            roles,
            functionExists: (arn) => lambda.functionByArn(arn) !== undefined,
            assumptions: assumed,
        }),
        agentRuntimes: new AgentRuntimes(account, {
            ...{ roles, images, objects },
            directory: deps.directory,
            now: deps.now,
            assumptions: assumed,
            ...(deps.onRuntimeChange !== undefined && { onChange: deps.onRuntimeChange }),
        }),
    };
}
