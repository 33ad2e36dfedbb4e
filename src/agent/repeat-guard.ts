/**
 * Notices an agent that goes in circles: the same call with the same input and the same result, without anything
 * new in between. It first advises, then a person is asked or, where nobody is there, the turn is stopped; work that
 * makes progress never is.
 */
import { createHash } from "node:crypto";
import type { Json } from "../core/message.ts";

/** Identical rounds without progress after which the model is told. */
export const adviseAfter = 3;
/** Identical rounds without progress after which the turn is stopped. */
export const stopAfter = 6;

/** What a finished call was, as far as the guard cares. */
export type FinishedCall = {
  name: string;
  input: Json;
  result: string;
  /** Hashes of file contents the call left behind; empty when it changed nothing. */
  contents: readonly string[];
};

/** What to do after a batch of calls. */
export type GuardVerdict = { action: "go" } | { action: "advise" | "stop"; name: string; repeats: number };

/** Memory of one turn. */
export class RepeatGuard {
  /** Rounds of each (tool, input, result) since the last progress. */
  #rounds = new Map<string, number>();
  #results = new Set<string>();
  #contents = new Set<string>();

  /** Takes in a finished batch. */
  observe(calls: readonly FinishedCall[]): GuardVerdict {
    // Twins in one batch are one round.
    const names = new Map(
      calls.map((call) => [
        digest(call.name, JSON.stringify(call.input), withoutTimes(call.result)),
        call.name,
      ]),
    );
    if (this.#isProgress(calls, [...names.keys()])) this.#rounds.clear();
    let worst: GuardVerdict = { action: "go" };
    for (const [key, name] of names) {
      const repeats = (this.#rounds.get(key) ?? 0) + 1;
      this.#rounds.set(key, repeats);
      if (repeats >= stopAfter) return { action: "stop", name, repeats };
      if (repeats === adviseAfter) worst = { action: "advise", name, repeats };
    }
    return worst;
  }

  /** Counts anew: somebody said to go on. */
  reset(): void {
    this.#rounds.clear();
  }

  /** A result never seen in this turn, or file contents never seen, is progress; flipping between two states is not. */
  #isProgress(calls: readonly FinishedCall[], keys: readonly string[]): boolean {
    let progress = false;
    for (const content of calls.flatMap((call) => call.contents)) {
      if (!this.#contents.has(content)) progress = true;
      this.#contents.add(content);
    }
    for (const key of keys) {
      if (!this.#results.has(key)) progress = true;
      this.#results.add(key);
    }
    return progress;
  }
}

/** Test runners print how long they took, and logs the time: that is not news. */
function withoutTimes(text: string): string {
  return text
    .replace(/\d+(?:[.,]\d+)?\s?(?:ns|µs|us|ms|s|sec|secs|seconds|m|min|minutes)\b/g, "<time>")
    .replace(/\d{4}-\d{2}-\d{2}[T ]|\d{1,2}:\d{2}:\d{2}(?:[.,]\d+)?Z?/g, "<time>");
}

function digest(...texts: string[]): string {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(`${text.length}:${text}`);
  return hash.digest("base64url");
}

/** What the model is told when it repeats itself. */
export function repeatAdvice(name: string, repeats: number): string {
  return `You have made the same ${name} call ${repeats} times with the same result, and nothing changed in between. Repeating it will not help: look at what the result says, try another approach, or say what blocks you.`;
}
