import type { CompiledStatement } from "../access/compiledStatement";
import { isPattern } from "./documents";

/** What a permission is for; each has its rule. */
export type Purpose =
    "targets" | "code" | "logs" | "gateways" | "models" | "telemetry" | "operators";

/** Something that a role needs: actions, and the resources that it needs them on. */
export interface Permission {
    purpose: Purpose;
    actions: readonly string[];
    /** Whether a resource, as it is written, is one of them; `undefined` where that is not known yet. */
    covers: (resource: string, statement: CompiledStatement) => boolean | undefined;
    /** The resources in words. */
    must: string;
}

/** Whether a resource is one that is not known yet: not known either, but for wildcards, which are refused in any case. */
export function undecidedUnlessPattern(resource: string): boolean | undefined {
    return isPattern(resource) ? false : undefined;
}
