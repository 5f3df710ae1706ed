/**
 * `@pulumi/policy` 1.21.0 reads the properties of a request's resources anew for each policy (server.js), which is most
 * of what a pack of forty policies costs. Here they are read once for each message, and are the same object for all.
 */
// eslint-disable-next-line @typescript-eslint/no-require-imports -- the module's own object is needed, not a copy of it
import deserialize = require("@pulumi/policy/deserialize");

type Deserialize = (message: object, proxySecrets: boolean) => object;

const sdk = deserialize as unknown as { deserializeProperties: Deserialize };

/** Has the SDK read the properties of a message once; a policy must not change them. */
export function readPropertiesOnce(): void {
    const original = sdk.deserializeProperties;
    const read = new WeakMap<object, object>();
    sdk.deserializeProperties = (message, proxySecrets) => {
        // With its secrets marked it is another value, for remediations, which are asked about it once.
        if (proxySecrets) return original(message, proxySecrets);
        let properties = read.get(message);
        if (properties === undefined) {
            properties = original(message, proxySecrets);
            read.set(message, properties);
        }
        return properties;
    };
}
