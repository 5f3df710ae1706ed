import { ProviderClient, type ProviderAddress } from "./providerClient";
import type { ResourceRecord } from "./stackState";

/** The providers that a stack's provider resources stand for. */
export class StackProviders {
    readonly #clients = new Map<string, ProviderClient>();
    readonly #ofPackage = new Map<string, ProviderClient>();
    readonly #connected: ProviderClient[] = [];

    constructor(
        private readonly addresses: Readonly<Record<string, ProviderAddress>>,
        private readonly programFolder: string,
    ) {}

    /** Makes the provider behind a provider resource ready: tells it of the program and its config. */
    async configure({ urn, id, type, inputs }: ResourceRecord): Promise<void> {
        // A connection of its own: two provider resources of a package may be of different regions.
        const client = this.#connect(type.split(":").at(-1) ?? "");
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
        const client = this.#ofPackage.get(name) ?? this.#connect(name);
        this.#ofPackage.set(name, client);
        return client;
    }

    close(): void {
        for (const client of this.#connected) client.close();
    }

    #connect(name: string): ProviderClient {
        const address = this.addresses[name];
        if (address === undefined) {
            throw new Error(
                `NotEmulated: provider ${name}. The local cloud has ${Object.keys(this.addresses).join(", ")}.`,
            );
        }
        const client = new ProviderClient(address);
        this.#connected.push(client);
        return client;
    }
}
