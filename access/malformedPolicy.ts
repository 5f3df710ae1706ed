/** A document that AWS would refuse, and the place in it, such as `Statement[0].Action`. */
export class MalformedPolicy extends Error {
    constructor(
        readonly place: string,
        problem: string,
    ) {
        super(`${place}: ${problem}`);
        this.name = "MalformedPolicy";
    }
}
