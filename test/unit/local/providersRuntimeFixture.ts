import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import assert from "node:assert/strict";
import { account, Providers, trustOf, types, type Inputs } from "./providersFixture";

/** The service that assumes execution roles. */
export const service = "bedrock-agentcore.amazonaws.com";

/** The registry of the tests' account. */
export const registry = `${account}.dkr.ecr.us-east-1.amazonaws.com`;

/** A repository, an image built from a small folder, and a runtime of it, made as a program makes them. */
export class RuntimeFixture {
    providers!: Providers;
    /** What images are built from. */
    context = "";

    readonly start = async (): Promise<void> => {
        this.providers = await new Providers().start();
        this.context = mkdtempSync(join(tmpdir(), "agentcore-hub-context-"));
        writeFileSync(
            join(this.context, "Dockerfile"),
            'FROM node:24\nWORKDIR /app\nCOPY server.mjs ./\nENV LEVEL=info\nCMD ["node", "server.mjs"]\n',
        );
        writeFileSync(join(this.context, "server.mjs"), "1;\n");
    };

    readonly stop = async (): Promise<void> => {
        await this.providers.stop();
        rmSync(this.context, { recursive: true });
    };

    readonly local = () => this.providers.cloud.accounts.get(account) ?? assert.fail();

    readonly repository = (inputs: Inputs = {}) =>
        this.providers.create(types.repository, {
            name: "images",
            imageTagMutability: "IMMUTABLE",
            imageScanningConfiguration: { scanOnPush: true },
            ...inputs,
        });

    readonly token = async (args: Inputs = {}) =>
        (await this.providers.client(types.repository)).invoke(
            "aws:ecr/getAuthorizationToken:getAuthorizationToken",
            args,
        );

    readonly login = async () => {
        const { userName: username, password } = await this.token();
        return { address: `${registry}/images`, username, password };
    };

    readonly imageInputs = async (inputs: Inputs = {}): Promise<Inputs> => ({
        context: { location: this.context },
        push: true,
        buildOnPreview: false,
        network: "default",
        platforms: ["linux/arm64"],
        tags: [`${registry}/images:1`],
        registries: [await this.login()],
        ...inputs,
    });

    readonly image = async (inputs?: Inputs) =>
        this.providers.create(types.image, await this.imageInputs(inputs));

    /** A role that may read the repository. */
    readonly execution = () =>
        this.providers.role("execution", trustOf(service), {
            Action: [
                "ecr:GetAuthorizationToken",
                "ecr:BatchGetImage",
                "ecr:GetDownloadUrlForLayer",
            ],
            Resource: ["*", `arn:aws:ecr:us-east-1:${account}:repository/images`],
        });

    readonly runtimeInputs = (roleArn: string, containerUri: string): Inputs => ({
        agentRuntimeName: "calculator",
        roleArn,
        agentRuntimeArtifact: { containerConfiguration: { containerUri } },
        protocolConfiguration: "MCP",
        networkConfiguration: { networkMode: "PUBLIC" },
        lifecycleConfiguration: { idleRuntimeSessionTimeout: 300 },
        environmentVariables: { LEVEL: "debug" },
    });

    readonly runtime = async () => {
        const role = await this.execution();
        await this.repository();
        const { id } = await this.image();
        return this.providers.create(
            types.runtime,
            this.runtimeInputs(role, `${registry}/images@${id}`),
        );
    };
}
