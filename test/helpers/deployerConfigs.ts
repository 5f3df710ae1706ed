import {
    admin,
    developer,
    hubAccount,
    hubConfig,
    operators,
    spokeAccount,
    spokeConfig,
} from "./configs";
import type { TestProject } from "./project";

/** Projects that ask for different things of their deployers. */
export const deployerConfigs: Readonly<Record<string, (project: TestProject) => unknown>> = {
    "the shipped stacks: Lambda, image, agent": () => undefined,
    "Lambda tools alone": (project) =>
        project
            .config("provider", hubConfig([developer]))
            .config("consumer", spokeConfig(spokeAccount, ["developer"])),
    "operators' roles, with keys, schemas and credential providers": (project) =>
        project
            .config("provider", { ...hubConfig([developer]), ...operators(hubAccount) })
            .config("consumer", {
                ...spokeConfig(spokeAccount, ["developer"]),
                operators: { readOnly: { assumedBy: [admin(spokeAccount)], roleName: "auditor" } },
            }),
    "archives, search, a live list, two gateways": (project) =>
        project
            .config("provider", {
                account: { role: "provider", id: hubAccount },
                spokes: { consumer: { account: spokeAccount, stack: "consumer" } },
                runtime: { artifact: "zip", operators: [admin(hubAccount)] },
                gateways: {
                    tools: {
                        searchType: "SEMANTIC",
                        targets: { calculator: { mcpServer: "mcp-server" } },
                        grants: [{ spoke: "consumer", roles: ["agent"] }],
                    },
                    live: {
                        description: "Asks for each list",
                        targets: {
                            calculator: { mcpServer: "mcp-server", listingMode: "DYNAMIC" },
                        },
                        grants: [],
                    },
                },
            })
            .config("consumer", {
                account: { role: "consumer", id: spokeAccount },
                hubs: { "tools-team": { account: hubAccount, stack: "provider" } },
                callers: {},
                runtime: { artifact: "zip" },
                agent: { gateways: ["tools-team/tools"], invokedBy: [admin(spokeAccount)] },
            }),
};
