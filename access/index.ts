export { UnsupportedConditionOperator } from "./conditions";
export {
    parsePolicyDocument,
    type DocumentKind,
    type PolicyDocument,
    type Statement,
} from "./document";
export {
    evaluate,
    evaluateTrust,
    type AccessPolicies,
    type AccessRequest,
    type Decision,
    type DecisionWord,
    type Layer,
    type LayerResult,
    type NamedDocument,
    type TrustRequest,
} from "./evaluate";
export { explain, explainShort } from "./explain";
export { MalformedPolicy } from "./malformedPolicy";
export type { RequestPrincipal } from "./principal";
