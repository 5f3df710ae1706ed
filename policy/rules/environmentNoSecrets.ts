import { functionTypes, runtimeTypes } from "../kinds";
import { at, textsIn, unknownsIn } from "../resource";
import { example } from "./examples";
import { undecided, violation, type Finding, type Rule } from "./rule";

/** Whoever may look at a configuration sees its variables. */
export const environmentNoSecrets: Rule = {
    name: "environment-no-secrets",
    pack: "both",
    severity: "high",
    level: "mandatory",
    scope: "resource",
    page: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html",
    description:
        "No environment variable of a runtime, a function or a command looks like a secret: access keys, private keys, tokens, and long random texts under a name that says so.",
    example: {
        fails: [
            example("runtime", "agent-runtime", {
                environmentVariables: { WEATHER_API_KEY: "9f86d081884c7d659a2feaa0c55ad015" },
            }),
        ],
        passes: [
            example("runtime", "agent-runtime", {
                environmentVariables: {
                    WEATHER_SECRET_ARN:
                        "arn:aws:secretsmanager:us-east-1:444455556666:secret:weather-AbCdEf",
                },
            }),
        ],
    },
    check: (stack) =>
        [
            ...stack.ofTypes(runtimeTypes).map((one) => ({ ...one, path: "environmentVariables" })),
            ...stack
                .ofTypes(Object.keys(functionTypes))
                .map((one) => ({ ...one, path: "environment.variables" })),
            ...stack
                .ofTypes(["command:local:Command"])
                .map((one) => ({ ...one, path: "environment" })),
        ].flatMap(({ urn, props, path }) => [
            ...unknownsIn(at(props, path), path).map((one) => undecided(urn, one)),
            ...textsIn(at(props, path)).flatMap(({ path: name, text }) =>
                secretIn(urn, `${path}.${name}`, name, text),
            ),
        ]),
};

/** Forms that nothing but a secret has. */
const forms = [
    { form: /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/, what: "an access key" },
    { form: /-----BEGIN [A-Z ]*PRIVATE KEY-----/, what: "a private key" },
    { form: /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]+/, what: "a token" },
    {
        form: /\b(?:gh[pousr]_\w{36}|github_pat_\w{22,}|xox[abprs]-[\w-]{10,}|sk-[\w-]{20,})/,
        what: "a token",
    },
    { form: /^[a-z+]+:\/\/[^\s/:@]+:[^\s/@]+@/i, what: "a password in a URL" },
] as const;

const secretName = /(?:SECRET|PASSWORD|PASSWD|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIAL)/i;
/** Where a secret is, and what it is called, are no secrets. */
const reference = /^(?:arn:|https?:\/\/|\/)/;

function secretIn(urn: string, path: string, name: string, text: string): Finding[] {
    const found =
        forms.find(({ form }) => form.test(text))?.what ??
        (secretName.test(name) && !reference.test(text) && isRandom(text) ? "a secret" : undefined);
    if (found === undefined) return [];
    return [
        violation(urn, path, {
            got: `what looks like ${found} (not shown)`,
            must: "no secret",
            instead: "put it into Secrets Manager, and write the secret's ARN here",
        }),
    ];
}

/** Long, without spaces, and with as many different characters as random text has. */
function isRandom(text: string): boolean {
    return text.length >= 16 && /^\S+$/.test(text) && new Set(text).size >= 8;
}
