/** Checkpoints around calls: which of them may change files, and what is recorded of it. */
import type { CheckpointNote } from "../core/checkpoint.ts";
import type { DurableEvent } from "../core/event.ts";
import { onlyReads } from "../policy/decide.ts";
import type { AgentRun } from "./run.ts";
import type { PreparedCall } from "./toolbox.ts";

/** Captures the project before a call that may change it; resolves to what is recorded of that. */
export async function captureBefore(
  run: AgentRun,
  item: PreparedCall,
  tell: (...events: DurableEvent[]) => Promise<unknown>,
): Promise<DurableEvent[]> {
  const paths = changeable(item);
  if (paths === "nothing") return [];
  const { callId, ...call } = { turnId: run.session.turn, callId: item.call.id, paths };
  const taking = run.checkpoints.before({ callId, ...call }, run.signal);
  const told = (await takesLong(run, taking)) ? run.checkpoints.waiting() : [];
  if (told.length > 0) await tell(...told.map((note) => noteOf(note, "info")));
  const taken = await taking;
  const before =
    taken === null ? [] : [{ type: "checkpoint.created", when: "before", callId, ...taken } as const];
  return [...(await capturedAfter(run)), ...before];
}

/** What is recorded of the calls that ended since: what they did to files. */
export async function capturedAfter(run: AgentRun): Promise<DurableEvent[]> {
  const settled = await run.checkpoints.settled();
  return [
    ...settled.flatMap(({ notCovered, ...call }): DurableEvent[] =>
      call.count === 0
        ? []
        : [{ type: "checkpoint.created", when: "after", ...call, ...(notCovered > 0 && { notCovered }) }],
    ),
    ...run.checkpoints.notes().map((note) => noteOf(note, "warning")),
  ];
}

const noteOf = (note: CheckpointNote, level: "info" | "warning"): DurableEvent => ({
  type: "note",
  level,
  ...note,
});

/** A wait that is longer is told. */
const longMs = 1_000;

async function takesLong(run: AgentRun, taking: Promise<unknown>): Promise<boolean> {
  const over = new AbortController();
  const slow = run.sleep(longMs, over.signal).then(
    () => true,
    () => false,
  );
  const isSlow = await Promise.race([taking.then(() => false), slow]);
  over.abort();
  return isSlow;
}

/** What a call may change: nothing, some paths, or (null) anything. */
function changeable({ tool, intent, line, effect }: PreparedCall): readonly string[] | null | "nothing" {
  if (effect === "edit") return intent.paths;
  if (effect !== "execute") return "nothing";
  if (intent.command !== undefined) return line && onlyReads(line) ? "nothing" : null;
  // A read that changes something of Tau's own, as ending a background job does.
  return tool.access === "read" ? "nothing" : null;
}
