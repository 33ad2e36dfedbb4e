/** What a session does for its front end: one thing at a time, and first of all what its opening has to tell. */
import { setMaxListeners } from "node:events";
import type { AgentEvent, DurableEvent, Entry } from "../core/event.ts";
import type { AgentRun } from "./run.ts";

/** Does a piece of work (a turn, a compaction) until `signal` stops it. */
export type Alone = <Result>(
  signal: AbortSignal,
  work: (run: AgentRun) => AsyncGenerator<AgentEvent, Result>,
) => AsyncGenerator<AgentEvent, Result>;

/** The ways in. Using one while something runs throws. */
export type OneAtATime = {
  alone: Alone;
  /** Work between two turns that has no stream of its own. */
  between<Result>(work: () => Promise<Result>): Promise<Result>;
};

/**
 * Makes the ways in.
 * @param opening entries committed when the session was opened, not yet told
 * @param begin gives what is committed as the next work begins, once: whoever only looks leaves no trace in a session
 */
export function oneAtATime(
  base: Omit<AgentRun, "signal">,
  opening: Entry[],
  begin: () => DurableEvent[],
): OneAtATime {
  const { session } = base;
  let running = false;
  const enter = (): void => {
    if (running) throw new Error("a turn is running in this session");
    running = true;
  };
  return {
    async *alone(signal, work) {
      enter();
      // Every running call listens, and a batch may hold many.
      setMaxListeners(0, signal);
      try {
        yield* opening.splice(0);
        const first = begin();
        for (const entry of first.length > 0 ? await session.commit(...first) : [])
          yield* [...(await session.asidesBefore(entry.seq)), entry];
        return yield* work({ ...base, signal });
      } finally {
        running = false;
      }
    },
    async between(work) {
      enter();
      try {
        return await work();
      } finally {
        running = false;
      }
    },
  };
}
