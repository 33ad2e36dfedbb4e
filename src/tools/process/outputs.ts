/**
 * The saved outputs of commands, a folder a session: how they go when their session goes, and how what nobody needs is
 * swept. The outputs of a session that exists are only touched when all of them together pass a stated size, and then
 * a word stays where each one was.
 */
import { lstatSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { systemCode, TauError } from "../../core/errors.ts";

/** What sweeping keeps to; docs/configuration.md states the same figures. */
export const outputLimits = {
  /** Bytes of all saved outputs together. */
  totalBytes: 2 * 1024 ** 3,
  /** How long an output outlives a session that the ledger does not know (another ledger may), in ms. */
  strayMs: 7 * 24 * 3_600_000,
  /** Time between two sweeps, in ms. */
  everyMs: 24 * 3_600_000,
  /** What one sweep may take, in ms; the next one goes on. */
  mostMs: 250,
} as const;

/** A file written to this recently may still be written to by a command that runs, in ms. */
const settledMs = 3_600_000;
/** A note in an output's place is never longer, in bytes; what is shorter is not worth removing. */
const noteBytes = 400;
/** Its time is that of the last sweep. */
const markName = ".swept";

/** In the state folder. */
export const outputsFolder = "output";

/** The folder of a session's outputs. */
export function outputsOf(root: string, sessionId: string): string {
  return join(root, sessionId);
}

/**
 * Removes the outputs of a session that is deleted. To be called after the ledger forgot it: what a kill in between
 * leaves is swept later. @throws the file system's error when something cannot be removed
 */
export function removeOutputs(root: string, sessionId: string): void {
  rmSync(outputsOf(root, sessionId), { recursive: true, force: true });
}

/** What a sweep needs to know. */
export type Sweep = {
  /** The folder that holds all sessions' outputs. */
  root: string;
  /** Unix ms. */
  now(): number;
  /** Whether the ledger has a session of this id. */
  exists(sessionId: string): Promise<boolean>;
  limits: { totalBytes: number; strayMs: number; everyMs: number; mostMs: number };
};

type Saved = { path: string; bytes: number; at: number; kept: boolean };

/**
 * Removes outputs of sessions that no longer exist and of dead runs, and the oldest ones beyond the size; at most once
 * in `everyMs`, by one process, and for `mostMs` at most. Costs one look at a file when it is not time.
 * @returns the bytes freed; null when it was not time, or when the disk refuses: housekeeping fails no run
 */
export async function sweepOutputs(sweep: Sweep): Promise<number | null> {
  try {
    return isTime(sweep.root, sweep.now(), sweep.limits.everyMs) ? await sweepNow(sweep) : null;
  } catch (error) {
    // Also when another process removes at the same moment, or the ledger cannot be asked.
    if (systemCode(error) === undefined && !(error instanceof TauError)) throw error;
    return null;
  }
}

async function sweepNow({ root, now, exists, limits }: Sweep): Promise<number> {
  const begun = now();
  const hasTime = () => now() - begun < limits.mostMs;
  let freed = 0;
  const saved: Saved[] = [];
  for (const name of readdirSync(root)) {
    if (name === markName || !hasTime()) continue;
    const path = join(root, name);
    const kept = await exists(name);
    const files = filesIn(path);
    const newest = Math.max(...files.map(({ at }) => at), lstatSync(path).mtimeMs);
    if (!kept && begun - newest > limits.strayMs) {
      rmSync(path, { recursive: true, force: true });
      freed += files.reduce((sum, { bytes }) => sum + bytes, 0);
    } else saved.push(...files.map((file) => ({ ...file, kept })));
  }
  let total = saved.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const file of saved.sort((a, b) => a.at - b.at)) {
    if (total <= limits.totalBytes || !hasTime()) break;
    if (file.bytes <= noteBytes || begun - file.at < settledMs) continue;
    const left = file.kept ? leaveNote(file, begun, limits.totalBytes) : remove(file);
    total -= file.bytes - left;
    freed += file.bytes - left;
  }
  return freed;
}

/** Whether a sweep is due; then the mark is set first, so that no other process begins one too. */
function isTime(root: string, now: number, everyMs: number): boolean {
  if (statSync(root, { throwIfNoEntry: false }) === undefined) return false;
  const mark = join(root, markName);
  const last = statSync(mark, { throwIfNoEntry: false })?.mtimeMs;
  // A mark from the future is a clock that was wrong.
  if (last !== undefined && Math.abs(now - last) < everyMs) return false;
  if (last === undefined) writeFileSync(mark, "", { mode: 0o600 });
  utimesSync(mark, now / 1000, now / 1000);
  return true;
}

/** A session's outputs; a file that stands alone is one too. */
function filesIn(path: string): Omit<Saved, "kept">[] {
  const at = lstatSync(path);
  if (!at.isDirectory()) return [{ path, bytes: at.size, at: at.mtimeMs }];
  return readdirSync(path).map((name) => {
    const file = lstatSync(join(path, name));
    return { path: join(path, name), bytes: file.size, at: file.mtimeMs };
  });
}

function remove({ path }: Saved): number {
  rmSync(path, { force: true });
  return 0;
}

/** Puts in an output's place what a reader of it is told; renamed into place, so that it is one or the other. */
function leaveNote({ path, bytes }: Saved, now: number, totalBytes: number): number {
  const day = new Date(now).toISOString().slice(0, 10);
  const note = `[This saved output of ${bytes} bytes was removed on ${day}: the saved outputs of all sessions had passed ${totalBytes} bytes, and the oldest went first. Run the command again if it is still needed.]\n`;
  const fresh = join(path, "..", `.${basename(path)}.note`);
  writeFileSync(fresh, note, { mode: 0o600 });
  renameSync(fresh, path);
  return note.length;
}
