import { ProviderClient, type ProviderAddress } from "./providerClient";
import type { ResourceRecord } from "./stackState";

/** The providers that a stack's provider resources stand for. */
export class StackProviders {
    readonly #clients = new Map<string, ProviderClient>();
    readonly #byAddress = new Map<ProviderAddress, ProviderClient>();

    constructor(
        private readonly addresses: Readonly<Record<string, ProviderAddress>>,
        private readonly programFolder: string,
    ) {}

    /** Makes the provider behind a provider resource ready: tells it of the program and its config. */
    async configure({ urn, id, type, inputs }: ResourceRecord): Promise<void> {
        const client = this.ofPackage(type.split(":").at(-1) ?? "");
        await client.handshake(this.programFolder);
        await client.configure(inputs);
        this.#clients.set(`${urn}::${id}`, client);
    }

    /** Makes those of old provider resources ready that the program has no more. */
    async reattach(records: readonly ResourceRecord[]): Promise<void> {
        for (const record of records) {
            if (!record.type.startsWith("pulumi:providers:")) continue;
            if (this.find(`${record.urn}::${record.id}`) === undefined)
                await this.configure(record);
        }
    }

    /** The provider of a reference, `<urn>::<id>`. */
    find(reference: string): ProviderClient | undefined {
        return this.#clients.get(reference);
    }

    /** The provider of a package, as it is without config. */
    ofPackage(name: string): ProviderClient {
        const address = this.addresses[name];
        if (address === undefined) {
            throw new Error(
                `NotEmulated: provider ${name}. The local cloud has ${Object.keys(this.addresses).join(", ")}.`,
            );
        }
        const client = this.#byAddress.get(address) ?? new ProviderClient(address);
        this.#byAddress.set(address, client);
        return client;
    }

    close(): void {
        for (const client of this.#byAddress.values()) client.close();
    }
}
