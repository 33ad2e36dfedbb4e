/** The last resort of every command: an expected failure in words, anything else as the bug it is. */
import { exitCodes, messageOf, TauError } from "../core/errors.ts";
import { say } from "./print/streams.ts";

/** Prints the failure to stderr and sets the exit code. */
export function reportFailure(error: unknown): void {
  if (error instanceof TauError) {
    say(`tau: ${error.message}\n${error.hint ? `     ${error.hint}\n` : ""}`);
    process.exitCode = exitCodes[error.reason];
    return;
  }
  const detail = process.env.TAU_DEBUG && error instanceof Error ? error.stack : messageOf(error);
  say(`tau: internal error: ${detail}\n     this is a bug; TAU_DEBUG=1 shows where\n`);
  process.exitCode = exitCodes.failure;
}
