import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../../helpers/project";

/** The properties of a resource type, read from the declarations that Pulumi's package ships. */
export class PulumiTypes {
    readonly #args: string;
    readonly #inputs: string;

    constructor(type: string) {
        const [packageName = "", module = "", name = ""] = type.split(":");
        const folder = join(repository, "node_modules", "@pulumi", packageName);
        const [first = "", file = `${name.charAt(0).toLowerCase()}${name.slice(1)}`] =
            module.split("/");
        // What a package has at its top level is in its module `index`.
        const namespace = first === "index" ? "" : first;
        const declaration = readFileSync(join(folder, namespace, `${file}.d.ts`), "utf8");
        this.#args = interfaceOf(declaration, `${name}Args`);
        const inputs = readFileSync(join(folder, "types", "input.d.ts"), "utf8");
        const start = inputs.indexOf(`declare namespace ${namespace} {`);
        this.#inputs =
            start < 0
                ? inputs
                : inputs.slice(start, inputs.indexOf("\nexport declare namespace", start + 1));
    }

    /** Whether the type has a property at a constraint's path. */
    has(path: string): boolean {
        let owners = [this.#args];
        for (const step of path.match(/[^.[\]{}]+/g) ?? []) {
            const type = owners
                .map((owner) => new RegExp(`^ *${step}\\??: (.*);$`, "m").exec(owner)?.[1])
                .find((found) => found !== undefined);
            if (type === undefined) return false;
            owners = [...type.matchAll(/inputs\.(?:\w+\.)?(\w+)/g)].map(([, name = ""]) =>
                interfaceOf(this.#inputs, name),
            );
        }
        return true;
    }
}

/** The lines of an interface, with maps in one line. */
function interfaceOf(source: string, name: string): string {
    const start = source.indexOf(`interface ${name} {`);
    if (start < 0) throw new Error(`No interface ${name}`);
    const body = source.slice(start);
    const end = /^ {0,4}\}$/m.exec(body)?.index ?? body.length;
    return body.slice(0, end).replace(/\{\n([^{}]*)\n\s*\}(?= \||>)/g, "{ $1 }");
}
