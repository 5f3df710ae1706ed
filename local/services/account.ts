import { join } from "node:path";
import { assumptions, type Assumptions } from "../../agentcore/openFacts";
import { AgentcoreControl } from "./agentcoreControl";
import { Iam } from "./iam";
import { LambdaFunctions } from "./lambdaFunctions";
import { Logs } from "./logs";
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
    agentcore: AgentcoreControl;
}

/** What an account needs of the cloud around it. */
export interface AccountDeps {
    directory: PrincipalDirectory;
    stateFolder: string;
    gatewayUrl: (gatewayId: string) => string;
    now: () => number;
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
    return {
        ...account,
        name,
        iam,
        lambda,
        logs: new Logs(account, join(deps.stateFolder, "logs", id)),
        agentcore: new AgentcoreControl(account, {
            ...deps,
            roles,
            functionExists: (arn) => lambda.functionByArn(arn) !== undefined,
            assumptions: deps.assumptions ?? assumptions(),
        }),
    };
}
