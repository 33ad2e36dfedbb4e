/** What a session does for its front end: one thing at a time, and first of all what its opening has to tell. */
import { setMaxListeners } from "node:events";
import type { AgentEvent, DurableEvent, Entry } from "../core/event.ts";
import type { AgentRun } from "./run.ts";

/** Does a piece of work (a turn, a compaction) until `signal` stops it. */
export type Alone = <Result>(
  signal: AbortSignal,
  work: (run: AgentRun) => AsyncGenerator<AgentEvent, Result>,
) => AsyncGenerator<AgentEvent, Result>;

/**
 * Makes the way in. Using it while something runs throws.
 * @param opening entries committed when the session was opened, not yet told
 * @param begun what is committed as the first work begins: whoever only looks leaves no trace in a session
 */
export function oneAtATime(base: Omit<AgentRun, "signal">, opening: Entry[], begun: DurableEvent[]): Alone {
  const { session } = base;
  let running = false;
  return async function* alone(signal, work) {
    if (running) throw new Error("a turn is running in this session");
    running = true;
    // Every running call listens, and a batch may hold many.
    setMaxListeners(0, signal);
    try {
      yield* opening.splice(0);
      const first = begun.splice(0);
      for (const entry of first.length > 0 ? await session.commit(...first) : [])
        yield* [...(await session.asidesBefore(entry.seq)), entry];
      return yield* work({ ...base, signal });
    } finally {
      running = false;
    }
  };
}
