import type { Properties } from "./resourceHandler";

/** A folder's archive as it travels between provider and engine (sdk/go/common/resource/sig). */
export function folderArchive(path: string, hash: string): Properties {
    return { "4dabf18193072939515e22adb298388d": "0def7320c3a5731c473e5ecbe6d01bc7", path, hash };
}
