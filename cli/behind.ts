import { constants, setPriority } from "node:os";

/** Lets this process go before a child that it has started ahead of its need: on few cores, both load at once. */
export function putBehind(pid: number | undefined): void {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
}
