/** What a person is doing with the open questions, as a value. */
import type { PastMatches } from "../../app/contract.ts";
import type { Question } from "../state/calls.ts";

/** Which question has the foreground, and what was made of each so far. */
export type Asks = {
  /** The question that was walked to; the first one where it is gone. */
  marked: string | null;
  /** Questions that take keys; see {@link answerGuardMs}. */
  ready: ReadonlySet<string>;
  /** One was answered a moment ago: the next takes no keys yet, and a key pressed twice is no word for the model. */
  settling: boolean;
  /** Questions of which all was shown: somewhere above, or when they had the foreground. */
  seen: ReadonlySet<string>;
  /** The call that is being refused: what is typed is the reason, and Enter sends it. */
  refusing: string | null;
  /** The rule that was chosen or written for a call, where it is not the suggested one. */
  rules: ReadonlyMap<string, string>;
  /** What rules would have let run in the past, by rule. */
  matches: ReadonlyMap<string, PastMatches>;
};

/** Nothing was done yet. */
export const noAsks: Asks = {
  marked: null,
  ready: new Set(),
  settling: false,
  seen: new Set(),
  refusing: null,
  rules: new Map(),
  matches: new Map(),
};

/**
 * How long a question is shown before it takes keys, in ms: whoever is typing when it comes up must not answer it by
 * accident.
 */
export const answerGuardMs = 300;

/** The question that is shown whole and takes the keys; null when none is open. */
export function foreground(questions: readonly Question[], { marked }: Asks): Question | null {
  return questions.find(({ callId }) => callId === marked) ?? questions[0] ?? null;
}

/** The rule an "always" would save now; null where there is none. */
export const ruleOf = ({ callId, suggestedRule }: Question, { rules }: Asks): string | null =>
  rules.get(callId) ?? suggestedRule;

/** The rules to choose from, narrowest first. */
export const widthsOf = ({ details }: Question): readonly { width: string; rule: string }[] =>
  details?.rules ?? [];
