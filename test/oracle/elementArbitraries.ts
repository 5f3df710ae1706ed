import fc from "fast-check";
import type { PrincipalElement, Request } from "./types";
import {
    accounts,
    actionPatterns,
    namesOf,
    namesOfAccount,
    resourcePatternsFor,
    roleSessions,
    services,
    users,
} from "./universe";

/** Something that is made for a request, so that policies often speak of what is asked. */
export type For<T> = (request: Request) => T;

const account = fc.constantFrom(...accounts);

export const actionLists = lists<string>(
    constant((request) => request.action),
    constant((request) => request.action.replace(/:.*/, ":*")),
    constant(() => "*"),
    fc.constantFrom(...actionPatterns).map((pattern) => () => pattern),
);

export const resourceLists = lists<string>(
    constant((request) => request.resource),
    constant(() => "*"),
    fc
        .constantFrom(...resourcePatternsFor(""))
        .chain((_pattern) =>
            account.chain((id) =>
                fc.constantFrom(...resourcePatternsFor(id)).map((pattern) => () => pattern),
            ),
        ),
);

/** Names in Principal's AWS list: the caller's own more often than others'. */
const awsNames = fc.oneof(
    { weight: 5, arbitrary: fc.nat(5).map((index) => ownName(index)) },
    {
        weight: 2,
        arbitrary: fc
            .constantFrom(...roleSessions, ...users)
            .chain((caller) => fc.constantFrom(...namesOf(caller)))
            .map((name) => () => name),
    },
    { weight: 1, arbitrary: fc.constant(() => "*") },
);

export const principalElements: fc.Arbitrary<For<PrincipalElement>> = fc.oneof(
    { weight: 1, arbitrary: fc.constant(() => "*" as const) },
    {
        weight: 8,
        arbitrary: fc
            .record({
                aws: fc.array(awsNames, { minLength: 1, maxLength: 3 }),
                service: seldom(fc.constantFrom(...services), 2),
                isOne: fc.boolean(),
            })
            .map(({ aws, service, isOne }) => (request: Request) => {
                const names = distinct(aws.map((make) => make(request)));
                return {
                    AWS: isOne && names.length === 1 ? (names[0] ?? "*") : names,
                    ...(service !== null && { Service: service }),
                };
            }),
    },
    {
        weight: 2,
        arbitrary: fc
            .subarray([...services], { minLength: 1 })
            .map((names) => () => ({ Service: names })),
    },
    {
        weight: 1,
        arbitrary: fc
            .constantFrom<PrincipalElement>(
                { Federated: "cognito-identity.amazonaws.com" },
                {
                    CanonicalUser:
                        "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be",
                },
            )
            .map((element) => () => element),
    },
);

/** NotPrincipal by the rule book: the caller's account and a name of the caller, or less. */
export const notPrincipalElements: fc.Arbitrary<For<PrincipalElement>> = fc.oneof(
    {
        weight: 2,
        arbitrary: fc
            .subarray([0, 1, 2, 3, 4, 5], { minLength: 1 })
            .map((picked) => (request: Request) => ({
                AWS: distinct(picked.map((index) => ownName(index)(request))),
                Service: [services[0]],
            })),
    },
    { weight: 1, arbitrary: principalElements },
);

/** The value once in so many times, else null. */
export function seldom<T>(arbitrary: fc.Arbitrary<T>, times: number): fc.Arbitrary<T | null> {
    return fc.oneof({ weight: times - 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
}

/** True once in so many times. */
export function chance(times: number): fc.Arbitrary<boolean> {
    return fc.nat(times - 1).map((drawn) => drawn === times - 1);
}
function constant<T>(make: For<T>): fc.Arbitrary<For<T>> {
    return fc.constant(make);
}

function lists<T>(...elements: fc.Arbitrary<For<T>>[]): fc.Arbitrary<For<T | T[]>> {
    const element = fc.oneof(...elements);
    return fc.oneof(
        element,
        fc
            .array(element, { minLength: 1, maxLength: 3 })
            .map((made) => (request: Request) => distinct(together(made)(request))),
    );
}

export function together<T>(made: readonly For<T>[]): For<T[]> {
    return (request) => made.map((make) => make(request));
}

function distinct<T>(values: readonly T[]): T[] {
    return [...new Set(values)];
}

function ownName(index: number): For<string> {
    return ({ principal }) => {
        const names =
            principal.type === "service" ? namesOfAccount(accounts[0]) : namesOf(principal);
        return names[index % names.length] ?? "*";
    };
}
