/** The last resort of every command: an expected failure in words, anything else as the bug it is. */
import { exitCodes, messageOf, systemCode, TauError } from "../core/errors.ts";
import { say } from "./print/streams.ts";

/** Prints the failure to stderr and sets the exit code. */
export function reportFailure(thrown: unknown): void {
  const error = isGoneFolder(thrown)
    ? new TauError("usage", "the working directory is gone", "cd to one that exists")
    : thrown;
  if (error instanceof TauError) {
    say(`tau: ${error.message}\n${error.hint ? `     ${error.hint}\n` : ""}`);
    process.exitCode = exitCodes[error.reason];
    return;
  }
  const detail = process.env.TAU_DEBUG && error instanceof Error ? error.stack : messageOf(error);
  say(`tau: internal error: ${detail}\n     this is a bug; TAU_DEBUG=1 shows where\n`);
  process.exitCode = exitCodes.failure;
}

/** Libraries look up the working directory, too. */
const isGoneFolder = (error: unknown): boolean =>
  systemCode(error) === "ENOENT" &&
  error instanceof Error &&
  "syscall" in error &&
  error.syscall === "uv_cwd";
