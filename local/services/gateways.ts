import type { NamedDocument } from "../../access";
import { accountOfArn } from "../../agentcore/arn";
import { gatewayErrors } from "../../agentcore/mcp";
import type { LocalAccount } from "./account";
import { supportedVersions, type Gateway, type GatewayTarget } from "./agentcoreControl";
import { hasToolSearch } from "./agentcoreChecks";
import type { Authorizer, DecisionRecord } from "./authorizer";
import type { GatewayTargets, McpServerGatewayTarget } from "./gatewayTargets";
import type { LambdaInvoker } from "./lambdaInvoker";
import type { RequestOrigin } from "./requestContext";
import type { SessionKey } from "./sessionKey";
import type { Sts } from "./sts";
import {
    routeMcp,
    type CallTarget,
    type GatewayView,
    type McpServerView,
    type McpRequest,
    type McpResponse,
} from "../gateway/mcpRouter";
import { ToolSearch } from "../gateway/toolSearch";

/** A gateway and the account that owns it. */
export interface OwnedGateway {
    account: LocalAccount;
    gateway: Gateway;
}

/** The gateways' data plane: authorization by both sides' policies, then MCP, then the target. */
export class Gateways {
    /** By the targets of a gateway, which an update of it keeps. */
    readonly #searches = new WeakMap<Gateway["targets"], ToolSearch>();

    constructor(
        private readonly accounts: ReadonlyMap<string, LocalAccount>,
        private readonly sts: Sts,
        private readonly authorizer: Authorizer,
        private readonly invoker: LambdaInvoker,
    ) {}

    find(gatewayId: string): OwnedGateway | undefined {
        for (const account of this.accounts.values()) {
            const gateway = account.agentcore.findGateway(gatewayId);
            if (gateway !== undefined) return { account, gateway };
        }
        return undefined;
    }

    /** `InvokeGateway` as the caller, by its own policies and the gateway's resource policy. */
    authorize(
        caller: SessionKey,
        { account, gateway }: OwnedGateway,
        requestId: string,
        origin: RequestOrigin,
    ): DecisionRecord {
        return this.authorizer.decide(caller, {
            action: "bedrock-agentcore:InvokeGateway",
            resource: gateway.gatewayArn,
            resourceAccountId: account.id,
            ...(gateway.resourcePolicy !== undefined && {
                resourcePolicy: resourcePolicyOf(gateway, gateway.resourcePolicy),
            }),
            requestId,
            origin,
        });
    }

    /** Answers one authorized MCP request. */
    answer({ account, gateway }: OwnedGateway, request: McpRequest): Promise<McpResponse> {
        const { requestId } = request;
        // What the gateway's calls of MCP servers are logged under.
        const calling = { ...gateway, requestId };
        const callTarget: CallTarget = async (view, tool, args, clientContext) => {
            const { agentcore } = account;
            const target = agentcore.target(gateway.gatewayId, view.targetId);
            const role = this.sts.serviceSession(
                gateway.roleArn,
                gatewayService,
                { accountId: account.id, arn: gateway.gatewayArn },
                "gateway",
            );
            this.#logTrust(requestId, { account, gateway }, role);
            if (target.kind === "mcpServer") {
                const leaving = request.leaving?.();
                return agentcore.targets.callTool(calling, target, tool, args, leaving);
            }
            const { lambdaArn } = target;
            if (role === undefined) {
                return {
                    result: "error",
                    debugText: gatewayErrors.cannotAssumeRole.text,
                };
            }
            const invocation = await this.invoker.invoke(
                role,
                lambdaArn,
                args,
                clientContext,
                requestId,
            );
            if (invocation.result === "ok") return invocation;
            return {
                result: "error",
                debugText:
                    invocation.result === "denied"
                        ? gatewayErrors.lambdaAccessDenied.text.replace("<arn>", lambdaArn)
                        : `${invocation.errorType}: ${invocation.errorMessage}`,
            };
        };
        return routeMcp(
            {
                ...viewOf(account, calling, request),
                ...(hasToolSearch(gateway) && { toolSearch: this.#toolSearch(gateway) }),
            },
            request,
            callTarget,
        );
    }

    /** What the role's trust policy, as it is now, said. */
    #logTrust(
        requestId: string,
        { account, gateway }: OwnedGateway,
        session: SessionKey | undefined,
    ): void {
        const { roleArn, gatewayArn } = gateway;
        const roleAccount = this.accounts.get(accountOfArn(roleArn) ?? "");
        const role = roleAccount?.iam.roleByArn(roleArn);
        this.authorizer.log.decided(requestId, {
            ...{ kind: "assumeRole", roleArn, decision: session === undefined ? "deny" : "allow" },
            ...(role !== undefined && {
                trust: {
                    principal: { type: "service", service: gatewayService },
                    roleArn,
                    roleAccountId: roleAccount?.id ?? "",
                    trust: {
                        name: `role ${role.roleName}, trust policy`,
                        document: role.trust.text,
                        principalIds: role.trust.principalIds,
                    },
                    policies: { identity: [] },
                    context: { "aws:SourceAccount": account.id, "aws:SourceArn": gatewayArn },
                },
            }),
        });
    }

    #toolSearch({ targets }: Gateway): ToolSearch {
        const search = this.#searches.get(targets) ?? new ToolSearch();
        this.#searches.set(targets, search);
        return search;
    }
}

const gatewayService = "bedrock-agentcore.amazonaws.com";

function viewOf(
    { agentcore }: LocalAccount,
    gateway: Gateway,
    { leaving }: McpRequest,
): GatewayView {
    const instructions = gateway.protocolConfiguration?.mcp?.instructions;
    return {
        gatewayId: gateway.gatewayId,
        name: gateway.name,
        supportedVersions: supportedVersions(gateway),
        ...(instructions !== undefined && { instructions }),
        ...(gateway.exceptionLevel === "DEBUG" && { exceptionLevel: "DEBUG" as const }),
        targets: [...gateway.targets.values()].map((target) => ({
            name: target.name,
            targetId: target.targetId,
            tools: target.tools,
            ...(isLive(target) && {
                liveTools: () => agentcore.targets.liveTools(gateway, target),
            }),
            ...(target.kind === "mcpServer" && {
                server: serverView(agentcore.targets, gateway, target, leaving),
            }),
        })),
    };
}

function serverView(
    targets: GatewayTargets,
    gateway: Gateway,
    target: McpServerGatewayTarget,
    leaving: McpRequest["leaving"],
): McpServerView {
    const live: boolean = isLive(target);
    return {
        resourcePriority: target.resourcePriority,
        isLive: live,
        list: (name) => (live ? targets.liveList(gateway, target, name) : target.lists[name]),
        ask: (request) => targets.ask(gateway, target, request, leaving?.()),
    };
}

function isLive(target: GatewayTarget): target is McpServerGatewayTarget {
    return target.kind === "mcpServer" && target.listingMode === "DYNAMIC";
}

function resourcePolicyOf(
    gateway: Gateway,
    policy: NonNullable<Gateway["resourcePolicy"]>,
): NamedDocument {
    return {
        name: `resource policy of ${gateway.gatewayArn}`,
        document: policy.text,
        principalIds: policy.principalIds,
    };
}
