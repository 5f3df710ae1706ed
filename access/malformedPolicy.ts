/** A document that AWS would refuse, and the place in it, such as `Statement[0].Action`. */
export class MalformedPolicy extends Error {
    constructor(
        readonly place: string,
        readonly problem: string,
    ) {
        super(`${place}: ${problem}`);
        this.name = "MalformedPolicy";
    }

    /** The same problem, with the line where its statement begins. */
    inStatementAt(line: number): MalformedPolicy {
        return new MalformedPolicy(`${this.place} (statement at line ${line})`, this.problem);
    }
}
