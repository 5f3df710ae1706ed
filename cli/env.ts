import { resolve } from "node:path";
import { pulumiEnvironment } from "../engine/localPulumi";
import { readProject } from "../engine/stacks";
import { readConnection } from "../local/connection";
import { chosen, remoteAccount } from "./deploy";
import { exitCode } from "./exitCode";
import { InvalidOptions } from "./invalidOptions";

/** Options of `hub env`. */
interface EnvOptions {
    json?: boolean;
    stateFolder: string;
}

/**
 * `hub env <stack>`: what to export so that plain `pulumi` commands, and AWS SDKs, reach the stack's account in the
 * running local cloud.
 */
export async function hubEnv(name: string, options: EnvOptions): Promise<number> {
    const stateFolder = resolve(options.stateFolder);
    const connection = readConnection(stateFolder);
    if (connection === undefined) {
        throw new InvalidOptions(
            `no local cloud is running in ${stateFolder}; start one with: npm run local -- --serve --empty`,
        );
    }
    const project = readProject(process.cwd());
    for (const { settings } of chosen(project, [name])) {
        const { providerPorts, name: profile } = await remoteAccount(
            connection,
            settings.accountId,
        );
        const environment = {
            AWS_CONFIG_FILE: connection.awsConfigFile,
            AWS_PROFILE: profile,
            AWS_SHARED_CREDENTIALS_FILE: connection.awsCredentialsFile,
            ...pulumiEnvironment({ stateFolder, passphrase: connection.token, providerPorts }),
        };
        const lines = Object.entries(environment).map(
            ([variable, value]) => `export ${variable}=${quoted(value)}`,
        );
        process.stdout.write(
            options.json === true ? `${JSON.stringify(environment)}\n` : `${lines.join("\n")}\n`,
        );
    }
    return exitCode.yes;
}

/** For a POSIX shell. */
function quoted(value: string): string {
    return /^[\w@%+=:,./-]*$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
