import {
    completable,
    McpServer,
    ResourceTemplate,
    type CallToolResult,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import { registerTools } from "./fixtureTools";

/** The smallest PNG there is: one red pixel. */
export const png =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";

/** A text of a tool's answer. */
export function text(value: string): CallToolResult {
    return { content: [{ type: "text", text: value }] };
}

/** What a {@link fixture} has. */
export interface FixtureOptions {
    /** Whether a tool's schema has `$defs` and `$ref`, with which AgentCore takes no server. @default true */
    withReferences?: boolean;
}

/**
 * A server with the tools, resources and prompts that the scenarios of the MCP conformance suite ask for, under
 * the names that they use.
 *
 * Source: `@modelcontextprotocol/conformance` 0.1.16, "Server Implementation Requirements" of each scenario.
 */
export function fixture(options: FixtureOptions = {}): McpServer {
    const server = new McpServer(
        { name: "conformance-fixture", version: "1.0.0" },
        {
            // A client that does not say that it can be asked, is not asked (MCP, capability negotiation).
            enforceStrictCapabilities: true,
            capabilities: {
                logging: {},
                completions: {},
                resources: { subscribe: true, listChanged: true },
            },
        },
    );
    registerTools(server, options);
    registerResources(server);
    registerPrompts(server);
    return server;
}

function registerResources(server: McpServer): void {
    const textUri = "test://static-text";
    server.registerResource(
        "static-text",
        textUri,
        { description: "A text", mimeType: "text/plain" },
        () => ({
            contents: [{ uri: textUri, mimeType: "text/plain", text: "The text of a resource." }],
        }),
    );
    const binaryUri = "test://static-binary";
    server.registerResource(
        "static-binary",
        binaryUri,
        { description: "An image", mimeType: "image/png" },
        () => ({ contents: [{ uri: binaryUri, mimeType: "image/png", blob: png }] }),
    );
    server.registerResource(
        "template",
        new ResourceTemplate("test://template/{id}/data", { list: undefined }),
        { description: "The data of an id", mimeType: "application/json" },
        (uri, { id }) => ({
            contents: [
                { uri: uri.href, mimeType: "application/json", text: JSON.stringify({ id }) },
            ],
        }),
    );
    const watched = new Set<string>();
    server.server.setRequestHandler("resources/subscribe", ({ params }) => {
        watched.add(params.uri);
        return {};
    });
    server.server.setRequestHandler("resources/unsubscribe", ({ params }) => {
        watched.delete(params.uri);
        return {};
    });
}

function registerPrompts(server: McpServer): void {
    const user = "user" as const;
    server.registerPrompt("test_simple_prompt", { description: "A prompt" }, () => ({
        messages: [{ role: user, content: { type: "text", text: "A simple prompt." } }],
    }));
    const words = ["paris", "park", "party"];
    const first = completable(z.string(), (value) =>
        words.filter((word) => word.startsWith(value)),
    );
    server.registerPrompt(
        "test_prompt_with_arguments",
        {
            description: "A prompt with two arguments",
            argsSchema: z.object({ arg1: first, arg2: z.string() }),
        },
        ({ arg1, arg2 }) => ({
            messages: [
                { role: user, content: { type: "text", text: `arg1='${arg1}', arg2='${arg2}'` } },
            ],
        }),
    );
    server.registerPrompt(
        "test_prompt_with_embedded_resource",
        { description: "A resource", argsSchema: z.object({ resourceUri: z.string() }) },
        ({ resourceUri: uri }) => ({
            messages: [
                {
                    role: user,
                    content: {
                        type: "resource",
                        resource: { uri, mimeType: "text/plain", text: "The resource." },
                    },
                },
                { role: user, content: { type: "text", text: "Process the resource above." } },
            ],
        }),
    );
    server.registerPrompt("test_prompt_with_image", { description: "An image" }, () => ({
        messages: [
            { role: user, content: { type: "image", data: png, mimeType: "image/png" } },
            { role: user, content: { type: "text", text: "Describe the image above." } },
        ],
    }));
}
