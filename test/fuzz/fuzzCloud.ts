import assert from "node:assert/strict";
import aws4 from "aws4";
import { LocalCloud } from "../../local/cloud";
import type { LocalAccount } from "../../local/services/account";
import type { Gateway } from "../../local/services/agentcoreControl";
import type { Role } from "../../local/services/iam";
import type { SessionKey } from "../../local/services/sessionKey";
import { developer, hubAccount, hubConfig, spokeAccount } from "../helpers/configs";
import { LocalHub } from "../helpers/localHub";
import { HttpClient, type Answer } from "./httpClient";

/** What is asked of the cloud; the rest is as clients have it. */
export interface Asked {
    path: string;
    method?: "GET" | "POST" | "PUT";
    service?: string;
    headers?: Readonly<Record<string, string>>;
    /** A character for each byte. */
    body?: string;
    signQuery?: boolean;
}

/** A request with its signature. */
export interface Signed {
    method: string;
    path: string;
    headers: Record<string, string>;
    body: string;
}

/** A role that policies are put on, and its one session. */
export interface Fuzzed {
    role: Role;
    key: SessionKey;
}

/** A running local cloud with the shipped stacks, a clock of its own, and all that went wrong in it. */
export class FuzzCloud {
    readonly hub = new LocalHub();
    /** Moved on by hand, so that what expires does. */
    now = Date.UTC(2026, 10, 21, 12);
    readonly #faults: unknown[] = [];
    #client!: HttpClient;
    #callers!: Record<"granted" | "denied" | "admin", SessionKey>;

    async start(): Promise<this> {
        this.hub.cloud = await LocalCloud.start({
            port: 0,
            stateFolder: this.hub.project.stateFolder,
            now: () => this.now,
            onError: (error) => {
                this.#faults.push(error);
            },
        });
        this.hub.project.config("provider", hubConfig([developer]));
        await this.hub.deployAll();
        this.#client = new HttpClient(this.port);
        this.#callers = {
            granted: this.hub.session(spokeAccount, "developer"),
            denied: this.hub.session(spokeAccount, "auditor"),
            admin: this.hub.session(hubAccount, "AdminRole"),
        };
        return this;
    }

    async stop(): Promise<void> {
        this.#client.close();
        await this.hub.stop();
    }

    get port(): number {
        return Number(new URL(this.hub.cloud.url).port);
    }

    /** Whom the hub grants its gateway, whom it does not, and who administers it. */
    caller(name: "granted" | "denied" | "admin"): SessionKey {
        return this.#callers[name];
    }

    account(id: string): LocalAccount {
        return this.hub.cloud.accounts.get(id) ?? assert.fail(`no account ${id}`);
    }

    role(accountId: string, name: string): Role {
        return this.account(accountId).iam.role(name);
    }

    /** A role of an account whose policies nothing else uses. */
    fuzzedRole(accountId: string): Fuzzed {
        const { iam } = this.account(accountId);
        const trust = { AWS: `arn:aws:iam::${accountId}:root` };
        const role = iam.createRole({
            roleName: "fuzzed",
            tags: { team: "blue" },
            assumeRolePolicyDocument: JSON.stringify({
                Version: "2012-10-17",
                Statement: { Effect: "Allow", Principal: trust, Action: "sts:AssumeRole" },
            }),
        });
        return { role, key: this.hub.session(accountId, "fuzzed") };
    }

    /** A second gateway, for policies that nothing else is called by; the first one's role admits its name. */
    fuzzedGateway(name: string): Gateway {
        const { roleArn, protocolConfiguration } = this.hub.gateway();
        return this.account(hubAccount).agentcore.createGateway(
            {
                name: `tools-${name}`,
                roleArn,
                authorizerType: "AWS_IAM",
                protocolType: "MCP",
                ...(protocolConfiguration !== undefined && { protocolConfiguration }),
            },
            "us-east-1",
        );
    }

    sign(key: SessionKey, asked: Asked): Signed {
        const { path, service = "bedrock-agentcore", body = "", signQuery = false } = asked;
        const { accessKeyId, secretAccessKey, sessionToken } = key;
        const headers = { ...asked.headers };
        const date = new Date(this.now).toISOString().replace(/[:-]|\.\d+/g, "");
        const dated = signQuery
            ? { path: `${path}?X-Amz-Date=${date}&X-Amz-Expires=300` }
            : { path, headers: { ...headers, "X-Amz-Date": date } };
        const signed = aws4.sign(
            {
                host: `127.0.0.1:${this.port}`,
                method: asked.method ?? "POST",
                service,
                region: "us-east-1",
                headers,
                // aws4 takes bytes too, which its types do not say.
                body: Buffer.from(body, "latin1") as unknown as string,
                signQuery,
                ...dated,
            },
            { accessKeyId, secretAccessKey, sessionToken: sessionToken ?? "" },
        );
        return {
            method: signed.method ?? "POST",
            path: signed.path ?? path,
            headers: Object.fromEntries(
                Object.entries({ ...headers, ...signed.headers }).map(([name, value]) => [
                    name,
                    String(value),
                ]),
            ),
            body,
        };
    }

    /** Asks over a connection that is kept; the answer's body is whole. */
    ask(key: SessionKey, asked: Asked): Promise<Answer> {
        return this.#client.send(this.sign(key, asked));
    }

    /** Whether the hub still answers a good call as it did before, and nothing failed in it. */
    async assertWell(): Promise<void> {
        this.assertNoFault();
        const answer = await this.ask(this.caller("granted"), {
            path: new URL(this.hub.gateway().gatewayUrl).pathname,
            headers: { "content-type": "application/json" },
            body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}',
        });
        assert.equal(answer.httpStatus, 200, "a good request afterwards");
        assert.match(answer.body, /"echo-tools___echo_message"/);
    }

    assertNoFault(): void {
        const [fault] = this.#faults.splice(0);
        if (fault === undefined) return;
        const problem = fault instanceof Error ? fault.stack : JSON.stringify(fault);
        assert.fail(`the local cloud failed: ${problem ?? ""}`);
    }
}
