import { AwsError } from "../awsError";
import type { ResourceContext } from "./resourceHandler";

/**
 * Whether something is in the provider's region. `aws-native` looks for a resource in its own region alone, also where
 * it made it in another one (pulumi-aws-native: DiffConfig replaces nothing, and Read asks Cloud Control there).
 */
export function isHere(
    { region }: Pick<ResourceContext, "region">,
    thing: { region: string },
): boolean {
    return region === "" || thing.region === region;
}

/** @throws AwsError ResourceNotFoundException */
export function requireHere(
    context: Pick<ResourceContext, "region">,
    thing: { region: string },
    id: string,
): void {
    if (isHere(context, thing)) return;
    throw new AwsError(
        "ResourceNotFoundException",
        `${id} was not found in region ${context.region}`,
        404,
    );
}
