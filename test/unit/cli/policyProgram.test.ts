import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
    cpSync,
    existsSync,
    mkdtempSync,
    readdirSync,
    readFileSync,
    rmSync,
    symlinkSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { repository } from "../../helpers/project";

/** A copy of the repository, as a pull request has it. */
class Copy {
    readonly folder = mkdtempSync(join(tmpdir(), "agentcore-hub-copy-"));

    constructor() {
        const left = new Set(["node_modules", "dist", "test", "docs", "bench"]);
        for (const name of readdirSync(repository)) {
            if (left.has(name) || name.startsWith(".")) continue;
            cpSync(join(repository, name), join(this.folder, name), {
                recursive: true,
                filter: (path) => !["node_modules", "dist"].includes(basename(path)),
            });
        }
        const workspaces = readdirSync(join(repository, "workloads")).map((name) =>
            join("workloads", name),
        );
        for (const workspace of ["", ...workspaces]) {
            const modules = join(workspace, "node_modules");
            if (!existsSync(join(repository, modules))) continue;
            symlinkSync(join(repository, modules), join(this.folder, modules));
        }
    }

    change(file: string, from: string, to: string): void {
        const path = join(this.folder, file);
        const text = readFileSync(path, "utf8");
        assert.ok(text.includes(from), `${file} has no ${from}`);
        writeFileSync(path, text.replace(from, to));
    }

    hub(...args: string[]) {
        return spawnSync(process.execPath, [join(this.folder, "bin", "hub.js"), ...args], {
            cwd: this.folder,
            // Without CI, for which the output would have colors.
            env: { PATH: process.env["PATH"] },
            encoding: "utf8",
        });
    }

    remove(): void {
        rmSync(this.folder, { recursive: true, force: true });
    }
}

describe("hub policy, in a pull request that loosens a component", function () {
    this.timeout(120_000);
    let copy: Copy;
    let stdout: string;
    before(() => {
        copy = new Copy();
        copy.change(
            "components/callerRole.ts",
            "invokeGatewayStatement(args.gatewayArns)",
            '{ ...invokeGatewayStatement([]), Resource: "*" }',
        );
        copy.change(
            "components/callerRole.ts",
            "callerTrust(args.assumedBy)",
            '{ ...callerTrust(args.assumedBy), Principal: { AWS: "444455556666" } }',
        );
        copy.change("components/containerImage.ts", '"IMMUTABLE"', '"MUTABLE"');
        const result = copy.hub("policy");
        assert.equal(result.status, 1, result.stderr);
        stdout = result.stdout;
    });
    after(() => {
        copy.remove();
    });
    const shows = (rule: string, resource: string, message: string, place: string) => {
        const [found = stdout] = stdout
            .split(/^ {2}(?=mandatory )/m)
            .filter((text) => text.startsWith(`mandatory ${rule} `))
            .filter((text) => text.includes(`: ${resource}\n`));
        const [, shown, at = ""] = found.split("\n");
        assert.equal(shown, `    ${message}`);
        assert.ok(at.startsWith(`    ${place} https://docs.aws.amazon.com/`), at);
    };

    it("refuses a caller's policy on every gateway, at the caller's line", () => {
        shows(
            "gateway-invoke-exact",
            "developer-invoke-gateways",
            "policy.Statement[0].Resource: got *; must be the exact ARN of a gateway, arn:aws:bedrock-agentcore:<region>:<account>:gateway/<id>; write the ARN of each gateway that is to be called, from the hub's outputs",
            "Pulumi.consumer.yaml:8",
        );
    });

    it("refuses a caller's trust in a whole account", () => {
        shows(
            "caller-trust-exact",
            "auditor-role",
            "assumeRolePolicy.Statement[0].Principal: got 444455556666; must be the exact ARN of a role or user, or this account with a condition ArnEquals aws:PrincipalArn of such ARNs; write arn:aws:iam::444455556666:role/<name> for each role that is meant",
            "Pulumi.consumer.yaml:12",
        );
    });

    it("refuses tags of images that can be moved, in both stacks", () => {
        const message =
            "imageTagMutability: got MUTABLE; must be IMMUTABLE; write IMMUTABLE, and give each image a tag of its own";
        shows("repository-immutable", "mcp-server-images", message, "Pulumi.provider.yaml:15");
        shows("repository-immutable", "agent-images", message, "Pulumi.consumer.yaml:16");
    });
});
