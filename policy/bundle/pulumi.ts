/**
 * What a bundled pack has of `@pulumi/pulumi`: all that `@pulumi/policy` 1.21.0 asks of it, without the compiler and the
 * package manager that programs need.
 */
export * as asset from "@pulumi/pulumi/asset";

/** No value that a pack is asked about is an output: they come resolved. */
export const Output = { isInstance: (_value: unknown): boolean => false };
