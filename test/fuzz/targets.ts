import { decisions } from "./decisions";
import type { FuzzCloud } from "./fuzzCloud";
import { headers } from "./headers";
import { jsonRpc } from "./jsonRpc";
import { policyDocuments, trustDocuments } from "./policyDocuments";
import { stores } from "./stores";
import type { FuzzTarget } from "./target";

/** All that is fuzzed. */
export function targetsOf(cloud: FuzzCloud): readonly FuzzTarget[] {
    return [
        policyDocuments,
        trustDocuments,
        stores(cloud),
        jsonRpc(cloud),
        headers(cloud),
        decisions(cloud),
    ];
}
