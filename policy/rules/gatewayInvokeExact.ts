import { isGatewayArn } from "../../agentcore/arn";
import { intersect, type PlacedStatement } from "../documents";
import { allow, example, hub, policy } from "./examples";
import { several, violation, type Finding, type Rule } from "./rule";
import { statementFindings } from "./statementFindings";

const action = "bedrock-agentcore:invokegateway";
const must =
    "the exact ARN of a gateway, arn:aws:bedrock-agentcore:<region>:<account>:gateway/<id>";
const instead = "write the ARN of each gateway that is to be called, from the hub's outputs";

/** A caller may invoke the gateways that it names, and no gateway that comes to be later. */
export const gatewayInvokeExact: Rule = {
    name: "gateway-invoke-exact",
    pack: "both",
    severity: "critical",
    level: "mandatory",
    scope: "resource",
    page: "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-inbound-auth.html",
    description:
        "Identity policies allow InvokeGateway on exact gateway ARNs only, however the action and the resource are written.",
    example: {
        fails: [
            example("rolePolicy", "developer-invoke-gateways", {
                policy: policy(
                    allow(
                        "bedrock-agentcore:Invoke*",
                        "arn:aws:bedrock-agentcore:us-east-1:111122223333:gateway/*",
                    ),
                ),
            }),
        ],
        passes: [
            example("rolePolicy", "developer-invoke-gateways", {
                policy: policy(allow("bedrock-agentcore:InvokeGateway", hub.gateway)),
            }),
        ],
    },
    check: (stack) => statementFindings(stack.identityDocuments, inStatement),
};

function inStatement({ document, statement, place }: PlacedStatement): Finding[] {
    const { resource } = statement;
    if (resource === undefined || !statement.action.matches(action)) return [];
    const path = `${place}.${resource.name}`;
    if (resource.name === "NotResource") {
        const got = `all but ${several(resource.written)}`;
        return [violation(document.urn, path, { got, must, instead })];
    }
    return resource.written
        .filter((written) => !isGatewayArn(written) && mayBeGateway(written))
        .map((got) => violation(document.urn, path, { got, must, instead }));
}

/** Whether a pattern has a gateway's ARN among what it matches. */
function mayBeGateway(pattern: string): boolean {
    return intersect(pattern, "arn:aws*:bedrock-agentcore:*:*:gateway/*");
}
