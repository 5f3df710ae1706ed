import type { Inventory } from "../../access/inventory";
import { accessMatrix } from "../../access/matrix";
import type { Project } from "../../engine/stacks";
import type { Connection } from "../../local/connection";
import type { AwsCredentials } from "../../sigv4-fetch/src/index.js";
import { InvalidOptions } from "../invalidOptions";
import { requireConnection } from "../localGateway";
import { verifyCases, type CasesOf, type VerifyCase } from "./verifyCases";
import { principalProfilesOf, type VerifyOptions } from "./verifyOptions";
import type { StackOutputs } from "./verifyOutputs";
import { placesOf } from "./verifyPlaces";
import { ProfileSessions } from "./verifyProfiles";
import { askersOf, casesOfConfig } from "./verifyProject";
import type { Callers } from "./verifyRun";

/** What the program says, and what the committed lock says of before. */
export interface Expected {
    project: Project;
    inventory: Inventory;
    /** Whether the lock has a pair as allowed. */
    wasAllowed: CasesOf["wasAllowed"];
}

/** @param expiredSessions whether there are some: only the local cloud makes them. */
export function casesOfExpected(
    { project, inventory, wasAllowed }: Expected,
    expiredSessions: boolean,
): VerifyCase[] {
    const matrix = accessMatrix(inventory);
    return verifyCases({ ...casesOfConfig(project), matrix, wasAllowed, expiredSessions });
}

/**
 * Where what is deployed is, and as whom it is asked.
 *
 * @throws InvalidOptions
 */
export function callersOf(
    { project, inventory }: Expected,
    options: VerifyOptions,
    outputs: StackOutputs,
): Callers {
    const profiles = principalProfilesOf(options, project, inventory);
    const connection = options.local === true ? requireConnection(options) : undefined;
    const region = connection?.region ?? project.stacks[0]?.settings.region ?? "us-east-1";
    return {
        places: placesOf(project, outputs, inventory, connection?.endpoints.bedrockAgentcore),
        sessions: new ProfileSessions({
            ...{ region, profiles },
            ...(connection !== undefined && {
                local: {
                    configFile: connection.awsConfigFile,
                    credentialsFile: connection.awsCredentialsFile,
                    sts: connection.endpoints.sts,
                },
            }),
        }),
        askers: askersOf(project, inventory, profiles, connection),
        ...(connection !== undefined && {
            expiredSession: (roleArn: string) => expiredSession(connection, roleArn),
        }),
    };
}

/** A session that has expired, which AWS makes for nobody. */
async function expiredSession(connection: Connection, roleArn: string): Promise<AwsCredentials> {
    const response = await fetch(`${connection.url}/_hub/expired-sessions`, {
        method: "PUT",
        headers: { "x-hub-token": connection.token, "content-type": "application/json" },
        body: JSON.stringify({ roleArn }),
    });
    if (!response.ok) {
        throw new InvalidOptions(
            `the local cloud at ${connection.url} answers ${response.status} to an expired session of ${roleArn}; start it again with: npm run local -- --serve`,
        );
    }
    return (await response.json()) as AwsCredentials;
}
