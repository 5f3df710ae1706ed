/**
 * The actions that take no resource, so that a policy has to say `*` for them: the only ones for which this program
 * does. Each with the page that says so.
 */
export const unscopedActions = {
    /** A registry's login. */
    "ecr:GetAuthorizationToken":
        "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html",
    /** A runtime's traces (AgentCore devguide, runtime-permissions). */
    "xray:PutTraceSegments":
        "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html",
    "xray:PutTelemetryRecords":
        "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html",
    /** A runtime's metrics, held to their namespace by a condition (AgentCore devguide, runtime-permissions). */
    "cloudwatch:PutMetricData":
        "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html",
} as const;

/** An action that takes no resource. */
export type UnscopedAction = keyof typeof unscopedActions;
