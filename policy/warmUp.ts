import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import type { Policies } from "@pulumi/policy";
import * as server from "@pulumi/policy/server";
import {
    AnalyzeRequest,
    AnalyzerResource,
    AnalyzerResourceOptions,
    AnalyzeStackRequest,
} from "@pulumi/pulumi/proto/analyzer_pb";
import type { ExampleResource, Rule } from "./rules/rule";

/** What answers the engine, in `@pulumi/policy` 1.21.0; not in its types. */
type Answer = (
    call: { request: AnalyzeRequest | AnalyzeStackRequest },
    callback: () => void,
) => Promise<void>;
type MakeAnswer = (
    ...pack: readonly [name: string, version: string, level: string, policies: Policies]
) => Answer;

const { makeAnalyzeRpcFun, makeAnalyzeStackRpcFun } = server as unknown as {
    makeAnalyzeRpcFun: MakeAnswer;
    makeAnalyzeStackRpcFun: MakeAnswer;
};

/**
 * Asks the policies about the rules' own examples, one of each type, once. An engine starts its packs while the program loads: for what
 * Node.js compiles in that time, no resource waits.
 */
export function warmUp(policies: Policies, rules: readonly Rule[]): void {
    const all = rules.flatMap(({ example }) => [...example.fails, ...example.passes]);
    const examples = [...new Map(all.map((example) => [example.type, example])).values()];
    const stack = new AnalyzeStackRequest();
    stack.setResourcesList(examples.map((example) => asked(new AnalyzerResource(), example)));
    const pack = ["examples", "0.0.0", "advisory", policies] as const;
    const ignored = () => undefined;
    setImmediate(() => {
        for (const example of examples) {
            const request = asked(new AnalyzeRequest(), example);
            void makeAnalyzeRpcFun(...pack)({ request }, ignored);
        }
        void makeAnalyzeStackRpcFun(...pack)({ request: stack }, ignored);
    });
}

function asked<Message extends AnalyzeRequest | AnalyzerResource>(
    message: Message,
    { type, name, props }: ExampleResource,
): Message {
    message.setUrn(`urn:pulumi:examples::examples::${type}::${name}`);
    message.setType(type);
    message.setName(name);
    message.setProperties(Struct.fromJavaScript(props as Record<string, JavaScriptValue>));
    const options = new AnalyzerResourceOptions();
    options.setCustomtimeouts(new AnalyzerResourceOptions.CustomTimeouts());
    message.setOptions(options);
    return message;
}
