import tseslint from "typescript-eslint";

export default tseslint.config(
    { ignores: ["**/dist/**", "**/node_modules/**", ".hub/**", "coverage/**"] },
    {
        files: ["**/*.ts"],
        extends: [tseslint.configs.strictTypeChecked],
        languageOptions: {
            parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
        },
        rules: {
            "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
            "@typescript-eslint/no-unused-vars": [
                "error",
                { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true },
            ],
            // Parameter properties in small internal classes are used here; `new` for effect is Pulumi's way.
            "@typescript-eslint/no-extraneous-class": "off",
            "no-restricted-syntax": [
                "error",
                {
                    selector:
                        "CallExpression[callee.property.name='apply'] NewExpression[callee.name=/^(Role|RolePolicy|Gateway|GatewayTarget|ResourcePolicy|LogGroup|LambdaFunction)$/]",
                    message: "No resource inside apply: preview could not show it.",
                },
                { selector: "TSEnumDeclaration", message: "Use a union of string literals." },
                { selector: "ExportDefaultDeclaration", message: "Export by name." },
            ],
        },
    },
    {
        files: ["components/**/*.ts"],
        rules: {
            "no-restricted-syntax": [
                "error",
                {
                    selector:
                        "NewExpression[callee.name=/^(Role|RolePolicy|Gateway|GatewayTarget|ResourcePolicy|LogGroup|LambdaFunction)$/]:not(:has(ObjectExpression > Property[key.name='parent']))",
                    message: "A component's child needs { parent: this }.",
                },
            ],
        },
    },
    {
        files: ["test/**/*.ts"],
        rules: {
            "@typescript-eslint/no-floating-promises": [
                "error",
                {
                    allowForKnownSafeCalls: [
                        { from: "package", name: ["it", "describe"], package: "mocha" },
                    ],
                },
            ],
        },
    },
);
