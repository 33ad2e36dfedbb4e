/** Expected failures: they carry a code, a sentence and a next step, and never a stack trace for the user. */

/** The process exit codes Tau promises; documented in docs/exit-codes.md. */
export const exitCodes = {
  done: 0,
  failure: 1,
  usage: 2,
  config: 3,
  auth: 4,
  /** The provider rejected the request (4xx). */
  rejected: 5,
  /** The provider could not be reached or kept failing after all retries. */
  unavailable: 6,
  rate_limited: 7,
  budget: 8,
  /** Step or turn limit reached. */
  limit: 9,
  /** Permission denied and the goal not met. */
  denied: 10,
  context: 11,
  /** The answer never satisfied the output schema. */
  schema: 12,
  sandbox: 13,
  timeout: 124,
  interrupted: 130,
  terminated: 143,
} as const;

/** Why a run ended other than well. */
export type ExitReason = keyof typeof exitCodes;

/** A failure the user can do something about. Thrown at boundaries, printed as `message` and `hint`. */
export class TauError extends Error {
  /** Decides the exit code. */
  readonly reason: ExitReason;
  /** What to do next, one sentence or a command. */
  readonly hint: string | undefined;

  constructor(reason: ExitReason, message: string, hint?: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "TauError";
    this.reason = reason;
    this.hint = hint;
  }
}

/** The text of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The same with what to do next behind it, for a front end that has one line to say it in. */
export function messageWithHint(error: unknown): string {
  const hint = error instanceof TauError ? error.hint : undefined;
  return hint ? `${messageOf(error)} (${hint})` : messageOf(error);
}

/** The `code` of a Node system error (`ENOSPC`, `EACCES`), if it has one. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
