import { toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler } from "@modelcontextprotocol/server";
import { httpServer } from "../../workloads/mcp-server/src/http.js";
import { fixture } from "./fixture";

// The fixture as a container of AgentCore Runtime: stateless, because the sessions there are Runtime's.
const mcp = createMcpHandler(() => fixture({ withReferences: false }));
httpServer({ mcp: toNodeHandler(mcp), hostnames: undefined, maxBodyBytes: 1 << 20 }).listen(
    Number(process.env["PORT"]),
    process.env["HOST"],
);
