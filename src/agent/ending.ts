/** How a turn ends, and what each failure of a model call means for it. */
import { type ExitReason, messageOf, TauError } from "../core/errors.ts";
import type { BudgetRefusal } from "../core/event.ts";
import { claimWords, type Evidence } from "../core/evidence.ts";
import type { ModelError, ModelErrorCode } from "../core/model.ts";
import type { TurnOutcome } from "../core/turn.ts";
import type { Answer } from "./attempt.ts";
import { type AgentRun, modelOf, type StopReason } from "./run.ts";

/** Why a turn ends. */
export type Ending = Pick<TurnOutcome, "reason" | "error" | "resetsAt">;

const reasons: Readonly<Record<ModelErrorCode, ExitReason>> = {
  auth: "auth",
  rate_limited: "rate_limited",
  quota: "rate_limited",
  overloaded: "unavailable",
  network: "unavailable",
  timeout: "unavailable",
  stalled: "unavailable",
  truncated: "unavailable",
  oversized: "unavailable",
  unknown: "unavailable",
  context_overflow: "context",
  invalid_request: "rejected",
  refused: "failure",
  aborted: "interrupted",
};

const hints: Partial<Record<ModelErrorCode, string>> = {
  auth: "check the provider's key (tau doctor shows where it is taken from)",
  rate_limited: "wait for the reset, or run with --on-limit wait or --on-limit fallback",
  quota: "check the account's credit, or choose another provider",
  context_overflow: "start a new session, or choose a model with a larger window",
  network: "check the connection and the provider's base URL",
};

/** Every vendor answers 404 for a model it does not have, and so does a host at the wrong address. */
const hintOfMissing =
  "check the model's name (tau models lists those known) and, where one is set, the provider's base URL";

/** The ending an answer forces; null when the turn can go on. */
export function endingOf(answer: Answer, signal: AbortSignal): Ending | null {
  const { end } = answer;
  if (end.reason === "aborted" || signal.aborted) return endOfStop(signal);
  if (end.reason === "refusal") {
    return {
      reason: "failure",
      error: {
        code: "refused",
        message: `${answer.target.upstream.name} refused to answer${end.raw ? ` (${end.raw})` : ""}`,
      },
    };
  }
  return end.error ? endOfCall(answer.target.upstream.name, end.error) : null;
}

/** What a failed model call makes of what it was for. */
export function endOfCall(upstream: string, error: ModelError): Ending {
  const hint = error.status === 404 ? hintOfMissing : hints[error.code];
  const status = error.status === undefined ? "" : ` (HTTP ${error.status})`;
  return {
    reason: reasons[error.code],
    error: {
      code: error.code,
      message: `${upstream}: ${error.message}${status}`,
      ...(hint && { hint }),
    },
    ...(error.resetsAt !== undefined && { resetsAt: error.resetsAt }),
  };
}

/** The ending of a run stopped from outside. */
export function endOfStop(signal: AbortSignal): Ending {
  const reason: StopReason =
    signal.reason === "timeout" || signal.reason === "terminated" ? signal.reason : "interrupted";
  const message = {
    interrupted: "interrupted",
    terminated: "terminated by a signal",
    timeout: "the time limit passed",
  }[reason];
  return { reason, error: { code: reason, message, hint: "everything so far is kept; tau exec -c goes on" } };
}

/** The ending of a turn that was wrapped up because its caller's time limit was near. */
export const endOfTime: Ending = {
  reason: "timeout",
  error: {
    code: "timeout",
    message: "the time limit was near, so the turn was wrapped up",
    hint: "everything so far is kept; tau exec -c goes on",
  },
};

/** The ending of a turn that threw: an expected failure in its own words, a bug as such. */
export function endOfError(error: unknown): Ending {
  if (error instanceof TauError) {
    return {
      reason: error.reason,
      error: {
        code: error.reason,
        message: error.message,
        ...(error.hint !== undefined && { hint: error.hint }),
      },
    };
  }
  return { reason: "failure", error: { code: "internal", message: messageOf(error) } };
}

const ending = (reason: ExitReason, code: string, message: string, hint?: string): Ending => ({
  reason,
  error: { code, message, ...(hint !== undefined && { hint }) },
});

/** The gate did not let the next call out. */
export const endOfBudget = (refusal: BudgetRefusal): Ending =>
  ending("budget", "budget", refusal.reason, "raise the budget, or choose a cheaper model");

/** Another model answered, and the caller does not accept that. */
export const endMismatch = (run: AgentRun, answered: string): Ending =>
  ending(
    "failure",
    "model_mismatch",
    `asked for ${modelOf(run)}, answered by ${answered}`,
    "run without --require-model to accept it",
  );

/** The agent goes in circles and did not heed the advice. */
export const endNoProgress = (name: string, repeats: number): Ending =>
  ending(
    "limit",
    "no_progress",
    `the same ${name} call was made ${repeats} times with the same result`,
    "resume the session and say what to do differently",
  );

/** The answer was cut at the output limit again and again. */
export const endUnfinished = (): Ending =>
  ending(
    "limit",
    "output_limit",
    "the answer was cut at the output limit and is not whole",
    "resume the session to go on, or ask for less at once",
  );

/** The model stopped without a word, twice. */
export const endEmpty = (): Ending =>
  ending("failure", "empty_answer", "the model stopped without an answer", "resume the session and ask it");

/** Nothing the agent wanted to do was permitted. */
export const endAllDenied = (): Ending =>
  ending(
    "denied",
    "denied",
    "every tool call was refused",
    "allow what the task needs with --allow or --mode",
  );

/** The answer missed the output schema, and its repair too. */
export const endSchema = (problem: string): Ending =>
  ending("schema", "schema", `the answer does not fit the output schema: ${problem}`);

/** The verify command fails, and nothing is done about it: going on would only use up the other limits. */
export const endUnverified = (command: string): Ending =>
  ending("limit", "not_verified", `\`${command}\` still fails`, "resume the session to go on");

/** The answer claims what the record does not bear out, and did so again when it was told. */
export const endUnproven = ({ claims }: Evidence): Ending => {
  const open = claims.filter(({ verdict }) => verdict !== "supported");
  return ending(
    "failure",
    "unproven_claim",
    `the answer ${open.map((claim) => claimWords(claim, () => "before")).join("; it ")}`,
    "run the check yourself before you trust the answer",
  );
};
