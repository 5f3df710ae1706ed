import { accountOfArn, parseArn } from "../../agentcore/arn";
import type { Assumptions } from "../../agentcore/openFacts";
import { refusals } from "../../agentcore/refusals";
import { notEmulated } from "../awsError";
import type { CheckedTarget } from "./agentcoreChecks";
import { refusal } from "./refuse";
import type { ServiceRoles } from "./serviceRoles";

/** A gateway as far as its role is about it. */
interface RoleUser {
    roleArn: string;
    gatewayArn: string;
}

const gatewayService = "bedrock-agentcore.amazonaws.com";

/** What the AgentCore control plane tries with a gateway's role before it takes a gateway or a target. */
export class TargetAccess {
    constructor(
        private readonly account: { id: string },
        private readonly deps: {
            roles: ServiceRoles;
            functionExists: (arn: string) => boolean;
            assumptions: Assumptions;
        },
    ) {}

    /** @throws AwsError when CreateGateway or UpdateGateway refuses the role. */
    checkGateway({ roleArn, gatewayArn }: RoleUser): void {
        const { roles, assumptions } = this.deps;
        const result = roles.assumability(roleArn, gatewayService, gatewayArn);
        if (result === "otherAccount") {
            throw refusal(
                refusals.crossAccountRole,
                `roleArn: got ${roleArn}; must be a role of account ${this.account.id}`,
            );
        }
        if (result === "missing" && assumptions.gatewayRoleExists === "refused") {
            throw refusal(
                refusals.gatewayRoleMissing,
                `roleArn: got ${roleArn}; must be a role that is there`,
                { role: roleArn },
            );
        }
        if (assumptions.gatewayRoleTrust === "onGateway") this.#checkTrust({ roleArn, gatewayArn });
    }

    /** The trust in the service and, of a function, the dry run. @throws AwsError when the target is refused. */
    checkTarget(gateway: RoleUser, target: CheckedTarget, operation: "create" | "update"): void {
        const { assumptions } = this.deps;
        if (target.kind === "lambda") {
            if (operation === "update" && assumptions.targetCheckOnUpdate === "unchecked") return;
            this.checkFunction(gateway, target.lambdaArn);
        } else if (assumptions.gatewayRoleTrust !== "onCall") this.#checkTrust(gateway);
    }

    /** The dry run of a target's function. @throws AwsError when it is refused. */
    checkFunction(gateway: RoleUser, lambdaArn: string): void {
        const { roles, functionExists, assumptions } = this.deps;
        const { functionArn, region } = this.#functionOf(lambdaArn);
        if (assumptions.gatewayRoleTrust !== "onCall") this.#checkTrust(gateway);
        if (!roles.allows(gateway.roleArn, "gateway", "lambda:InvokeFunction", functionArn)) {
            throw refusal(
                refusals.targetFunctionDenied,
                `roleArn: got ${gateway.roleArn}; must be a role whose policies allow lambda:InvokeFunction on it`,
                { function: lambdaArn },
            );
        }
        const gatewayRegion = parseArn(gateway.gatewayArn)?.region ?? "";
        if (region !== gatewayRegion && assumptions.functionInOtherRegion === "refused") {
            throw refusal(
                refusals.targetFunctionRegion,
                `lambdaArn: got ${lambdaArn}; must be a function of ${gatewayRegion}`,
                { functionRegion: region, region: gatewayRegion },
            );
        }
        if (accountOfArn(functionArn) !== this.account.id) {
            throw notEmulated(
                `the policy of a function in another account, which must allow the gateway's role (lambdaArn: got ${lambdaArn})`,
            );
        }
        if (assumptions.missingFunction === "refused" && !functionExists(functionArn)) {
            throw refusal(
                refusals.targetFunctionMissing,
                `lambdaArn: got ${lambdaArn}; must be a function that is there`,
                { function: lambdaArn },
            );
        }
    }

    #checkTrust({ roleArn, gatewayArn }: RoleUser): void {
        const result = this.deps.roles.assumability(roleArn, gatewayService, gatewayArn);
        if (result === "admitted") return;
        throw refusal(
            refusals.gatewayRoleTrust,
            `roleArn: got ${roleArn}; its trust policy must admit ${gatewayService} with aws:SourceAccount ${this.account.id} and aws:SourceArn ${gatewayArn}`,
        );
    }

    #functionOf(lambdaArn: string): { functionArn: string; region: string } {
        const [, , , region = "", , , , qualifier] = lambdaArn.split(":");
        if (qualifier !== undefined) {
            throw notEmulated(`Lambda versions and aliases (lambdaArn: got ${lambdaArn})`);
        }
        return { functionArn: lambdaArn, region };
    }
}
