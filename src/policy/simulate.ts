/** What a change of the rules would have meant for calls that were made: which questions go, which come, what runs unasked. */
import type { Decision } from "../core/permission.ts";
import { decide, type Policy, type PolicyCall } from "./decide.ts";

/** How a call's fate changes. */
export type Change = "newly allowed" | "newly asked" | "newly refused";

/** Calls of one kind whose fate changes alike. */
export type Difference = {
  change: Change;
  /** The call, in one line. */
  summary: string;
  /** How often it was made. */
  count: number;
  before: Decision;
  after: Decision;
};

/** What came of it. */
export type Simulation = {
  /** Calls that were looked at. */
  calls: number;
  /** Of them those that ask, before and after. */
  asked: { before: number; after: number };
  /** Most frequent first within each change; `newly allowed` is what would run without a question. */
  differences: Difference[];
};

/** Holds two policies against the same calls. */
export function simulate(calls: readonly PolicyCall[], before: Policy, after: Policy): Simulation {
  const found = new Map<string, Difference>();
  const asked = { before: 0, after: 0 };
  for (const call of calls) {
    const was = decide(call, before);
    const is = decide(call, after);
    if (was.effect === "ask") asked.before += 1;
    if (is.effect === "ask") asked.after += 1;
    if (was.effect === is.effect) continue;
    const summary = call.intent.command ?? call.intent.summary;
    const key = `${is.effect} ${was.effect} ${summary}`;
    const same = found.get(key);
    if (same) same.count += 1;
    else found.set(key, { change: changes[is.effect], summary, count: 1, before: was, after: is });
  }
  const differences = [...found.values()].toSorted(
    (a, b) => order.indexOf(a.change) - order.indexOf(b.change) || b.count - a.count,
  );
  return { calls: calls.length, asked, differences };
}

const changes = { allow: "newly allowed", ask: "newly asked", deny: "newly refused" } as const;
const order: readonly Change[] = ["newly allowed", "newly asked", "newly refused"];
