import type { StackResult } from "./inProcess";
import type { Stack } from "./stacks";
import type { Properties } from "./stackState";

/** What runs the stacks of a project: this process, or the Pulumi CLI. */
export interface Engine {
    /** @throws DeployFailed */
    deploy: (stack: Stack) => Promise<StackResult>;
    /**
     * Deletes everything of one stack.
     *
     * @throws DeployFailed
     */
    destroy: (stack: Stack) => Promise<StackResult>;
    /** What {@link deploy} would do; an engine without it cannot tell before. */
    preview?: (stack: Stack) => Promise<StackResult>;
    /** What {@link destroy} would do. */
    previewDestroy?: (stack: Stack) => Promise<StackResult>;
    /** The outputs of a stack; `undefined` where it was never deployed. */
    outputs: (stack: Stack) => Promise<Properties | undefined>;
}
