import { join } from "node:path";
import { PackProcess } from "../engine/packProcess";
import type { Pack } from "../policy/rules/rule";

/** A process for each pack. */
export type PackProcesses = Readonly<Record<Pack, PackProcess>>;

/** Starts both packs as they are built, so that they load while something else does. */
export function startPacks(): PackProcesses {
    return { provider: startPack("provider"), consumer: startPack("consumer") };
}

function startPack(pack: Pack): PackProcess {
    return new PackProcess(join(__dirname, "policy", pack));
}
