import { constraints, createOnly, list, map, sensitive, text, type Constraint } from "./constraint";

const pulumi = "@pulumi/command 4.5.0, and its schema";

/** `command:local:Command`. */
export const command: readonly Constraint[] = [
    ...constraints(pulumi, {
        create: [text],
        update: [text],
        delete: [text],
        dir: [text],
        interpreter: [list],
        "interpreter[]": [text],
        environment: [sensitive(map)],
        "environment{}": [sensitive(text)],
        stdin: [sensitive(text)],
        triggers: [list],
    }),
    ...constraints("pulumi-command, provider/pkg/provider/common: replaceOnChanges", {
        triggers: [createOnly],
    }),
];
