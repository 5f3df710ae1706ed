import { ResourceError, type Resource } from "@pulumi/pulumi";

/** Arguments that AWS would refuse, each as `path: got X; must be Y`; shown without a stack trace. */
export class InvalidArgs extends ResourceError {
    constructor(resource: Resource, problems: readonly string[]) {
        super(problems.join("\n"), resource, true);
        this.name = "InvalidArgs";
    }
}
