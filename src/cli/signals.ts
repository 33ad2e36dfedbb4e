/**
 * Signals as an abort: the first asks the run to end with its work kept, the second hurries it, and the third ends the
 * process at once.
 */

import type { StopReason } from "../agent/run.ts";
import { exitCodes } from "../core/errors.ts";

/** Aborts `controller` on SIGINT, SIGTERM and SIGHUP; `hurry` is for who asks again. Returns what undoes it. */
export function abortOnSignals(controller: AbortController, hurry: () => void): () => void {
  let hurried = false;
  const stop = (reason: StopReason) => (): void => {
    if (hurried) process.exit(exitCodes[reason]);
    hurried = controller.signal.aborted;
    if (hurried) hurry();
    else controller.abort(reason);
  };
  const interrupted = stop("interrupted");
  const terminated = stop("terminated");
  process.on("SIGINT", interrupted);
  process.on("SIGTERM", terminated);
  process.on("SIGHUP", terminated);
  return () => {
    process.off("SIGINT", interrupted);
    process.off("SIGTERM", terminated);
    process.off("SIGHUP", terminated);
  };
}
