import { unknownValues } from "../../agentcore/unknownValues";

/** Whether a value of a preview is not known yet; text may have an unknown part. */
export function isUnknown(value: unknown): boolean {
    if (typeof value !== "string") return false;
    return [...unknownValues].some((unknown) => value.includes(unknown));
}
