export type { ContextKeys } from "./context";
export { parsePolicyDocument } from "./document";
export type { DocumentKind, PolicyDocument, Statement } from "./documentSchema";
export { evaluate, evaluateTrust, type Decision, type TrustRequest } from "./evaluate";
export { explain, explainShort } from "./explain";
export {
    explainAccess,
    explainTrust,
    type ExplainedLayer,
    type ExplainedStatement,
    type Explanation,
    type UnmetElement,
} from "./explanation";
export type { DecisionWord, Layer, LayerResult } from "./layers";
export { MalformedPolicy } from "./malformedPolicy";
export { anySessionOf, type RequestPrincipal } from "./principal";
export type { AccessPolicies, AccessRequest, NamedDocument } from "./request";
