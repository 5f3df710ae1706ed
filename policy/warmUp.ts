import type { Pack } from "./rules/rule";
import { rulesOf } from "./rules";
import { StackView } from "./stackView";

/**
 * Runs the rules over their own examples, one at a time and after whatever has been asked meanwhile. An engine starts its
 * packs while the program loads: what Node.js compiles in that time, no resource waits for.
 */
export function warmUp(pack: Pack): void {
    const rules = [...rulesOf(pack)];
    const examples = rules.flatMap(({ example }) => [...example.passes, ...example.fails]);
    const view = new StackView(
        examples.map(({ type, name, props }) => ({
            ...{ type, name, props },
            urn: `urn:pulumi:examples::examples::${type}::${name}`,
        })),
    );
    const next = () => {
        const rule = rules.pop();
        if (rule === undefined) return;
        rule.check(view, {});
        setImmediate(next);
    };
    setImmediate(next);
}
