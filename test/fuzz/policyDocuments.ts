import assert from "node:assert/strict";
import fc from "fast-check";
import {
    evaluate,
    explain,
    explainAccess,
    MalformedPolicy,
    parsePolicyDocument,
    type DocumentKind,
} from "../../access";
import { scenarios, type Layer, type Scenario } from "../oracle/arbitraries";
import { naiveDecision } from "../oracle/naiveEvaluator";
import { withEachDocument } from "../oracle/transformations";
import type { Document, Policies, Request } from "../oracle/types";
import { mutated } from "./mutations";
import { mustBeRefused, naiveCanRead } from "./naiveReading";
import { hardPolicies, policyMutations } from "./policyTexts";
import { target, withInput } from "./target";

const kinds: Readonly<Record<Layer, DocumentKind>> = {
    identity: "identity",
    boundary: "identity",
    session: "identity",
    resource: "resource",
    scp: "scp",
    rcp: "rcp",
};

/**
 * Each text is a policy or is refused with its place, and what is a policy decides as the second evaluator
 * decides.
 */
export const policyDocuments = target(
    "policy documents",
    fc.record({
        scenario: scenarios,
        which: fc.nat(99),
        mutation: policyMutations,
        hard: hardPolicies,
    }),
    ({ scenario, which, mutation, hard }) => {
        const { policies, changed, kind } = withOneChanged(
            scenario.policies,
            which,
            (text) => hard ?? mutated(text, mutation),
        );
        withInput(`${kind} policy`, changed, () => {
            const request = withText(scenario.request);
            const isRead = isPolicy(changed, kind);
            if (isRead && areAllRead(policies)) decides({ request, policies }, hard === null);
            else isNoReasonToAllow({ request, policies });
        });
    },
);

/** Trust policies have elements of their own, and no layer among the scenarios'. */
export const trustDocuments = target(
    "trust documents",
    fc.record({ scenario: scenarios, which: fc.nat(99), mutation: policyMutations }),
    ({ scenario, which, mutation }) => {
        const { changed } = withOneChanged(scenario.policies, which, (text) =>
            mutated(text.replace(/,?"Resource":("[^"]*"|\[[^\]]*\])/g, ""), mutation),
        );
        withInput("trust policy", changed, () => {
            isPolicy(changed, "trust");
        });
    },
);

/** Whether a text is read as a policy; anything but that or a refusal with its place is a fault. */
function isPolicy(text: string, kind: DocumentKind): boolean {
    try {
        parsePolicyDocument(text, kind);
    } catch (error) {
        if (!(error instanceof MalformedPolicy)) throw error;
        assert.notEqual(error.place, "");
        assert.notEqual(error.problem, "");
        return false;
    }
    assert.equal(mustBeRefused(text), undefined, "was read as a policy");
    return true;
}

function decides({ request, policies }: Scenario, isSmall: boolean): void {
    const decided = evaluate(request, policies);
    const { decision } = decided;
    if (decision !== "allow") assert.notEqual(explain(decided, request), "");
    assert.equal(explainAccess(request, policies).decision, decision);
    if (!isSmall || !naiveCanRead(policies)) return;
    assert.equal(
        decision,
        naiveDecision(request, policies),
        `not as the second evaluator: ${JSON.stringify({ request, policies })}`,
    );
}

function areAllRead(policies: Policies): boolean {
    let areAll = true;
    withEachDocument(policies, (document, layer) => {
        areAll &&= isPolicy(textOf(document), kinds[layer]);
        return document;
    });
    return areAll;
}

/** Where a document is no policy, the decision is refused, or another document denies before it is read. */
function isNoReasonToAllow({ request, policies }: Scenario): void {
    // Service control policies are not asked about services.
    const { scp: _scp, ...asked } = policies;
    const isService = request.principal.type === "service";
    if (isService && areAllRead(asked)) return;
    try {
        assert.notEqual(evaluate(request, policies).decision, "allow");
    } catch (error) {
        if (!(error instanceof MalformedPolicy)) throw error;
    }
}

function textOf({ document }: Document): string {
    return typeof document === "string" ? document : JSON.stringify(document);
}

/** The long value that the hard policies' patterns are tried on. */
function withText(request: Request): Request {
    return { ...request, context: { ...request.context, "aws:Text": "a".repeat(200) } };
}

/** The policies with one document's text changed; `which` counts modulo those that are there. */
function withOneChanged(
    policies: Policies,
    which: number,
    change: (text: string) => string,
): { policies: Policies; changed: string; kind: DocumentKind } {
    const layers: Layer[] = [];
    withEachDocument(policies, (document, layer) => {
        layers.push(layer);
        return document;
    });
    const place = which % Math.max(layers.length, 1);
    const layer = layers[place];
    if (layer === undefined) {
        const changed = change(onlyPolicy);
        const resource = { name: "resource", document: changed };
        return { policies: { ...policies, resource }, changed, kind: "resource" };
    }
    let index = 0;
    let changed = "";
    const others = withEachDocument(policies, (document) => {
        if (index++ !== place) return document;
        changed = change(textOf(document));
        return { ...document, document: changed };
    });
    return { policies: others, changed, kind: kinds[layer] };
}

const onlyPolicy =
    '{"Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"tools:*","Resource":"*"}}';
