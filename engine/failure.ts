/** The first error of a run. */
export class Failure {
    readonly promise: Promise<never>;
    #reject: (error: unknown) => void = () => undefined;
    #error: unknown;

    constructor() {
        this.promise = new Promise<never>((_resolve, reject) => {
            this.#reject = reject;
        });
        this.promise.catch(() => undefined);
    }

    set(error: unknown): void {
        this.#error ??= error;
        this.#reject(this.#error);
    }

    check(): void {
        if (this.#error !== undefined) throw this.#error as Error;
    }
}
