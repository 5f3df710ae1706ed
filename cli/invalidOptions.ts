/** Options that do not go together, or name what is not there. */
export class InvalidOptions extends Error {
    constructor(message: string) {
        super(message);
        this.name = "InvalidOptions";
    }
}
