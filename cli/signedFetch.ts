import { fromIni } from "@aws-sdk/credential-provider-ini";
import { defaultProvider } from "@aws-sdk/credential-provider-node";
import type { Connection } from "../local/connection";
import { sigv4Fetch } from "../sigv4-fetch/src/index.js";

/** A fetch that signs for AgentCore as a profile, or as the environment's credentials where none is named. */
export function signedFetch(
    as: string | undefined,
    region: string,
    connection: Connection | undefined,
): typeof fetch {
    if (connection !== undefined) {
        process.env["AWS_CONFIG_FILE"] = connection.awsConfigFile;
        process.env["AWS_SHARED_CREDENTIALS_FILE"] = connection.awsCredentialsFile;
    }
    const profile = as ?? process.env["AWS_PROFILE"];
    // The SDK reads a profile's own STS endpoint only where AWS_PROFILE names the profile too.
    if (profile !== undefined) process.env["AWS_PROFILE"] = profile;
    // One call or two are made; the SDK's advice on Node versions is not the user's concern here.
    process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
    return sigv4Fetch({
        service: "bedrock-agentcore",
        region,
        credentials:
            profile === undefined
                ? defaultProvider({ clientConfig: { region } })
                : fromIni({ profile, clientConfig: { region } }),
    });
}

const defaultStateFolder = ".hub/local";

/** How to have a refusal of the local cloud explained, by its answer's own header. */
export function explainCommand(pointer: string, stateFolder = defaultStateFolder): string {
    const folder = stateFolder === defaultStateFolder ? "" : ` --state-folder ${stateFolder}`;
    return `to see each step: npm run hub -- ${pointer.replace(/^hub /, "")}${folder}`;
}

/** AWS's answer names no reason; the local cloud remembers it. */
export async function reasonOf(
    connection: Connection | undefined,
    requestId: string | undefined,
): Promise<string | undefined> {
    if (connection === undefined || requestId === undefined) return undefined;
    const response = await fetch(`${connection.url}/_hub/refusals/${requestId}`, {
        headers: { "x-hub-token": connection.token },
    });
    if (!response.ok) return undefined;
    const { reason } = (await response.json()) as { reason: string | null };
    return reason ?? undefined;
}
