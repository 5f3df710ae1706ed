/** gRPC's own statistics, which a pack does not serve, would be loaded with this. */
export function loadSync(file: string): never {
    throw new Error(`${file}: got a .proto file; must be none: a bundled pack reads no such files`);
}
