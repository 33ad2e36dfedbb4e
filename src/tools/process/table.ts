/** The machine's process table, and ending a set of processes found in it. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** One living process. Zombies are not listed: they are dead, only nobody has fetched their exit code. */
export type ProcessRow = {
  pid: number;
  ppid: number;
  pgid: number;
  /** Session id; 0 where the system does not tell. */
  session: number;
  /** Start time as the system prints it; with the pid it names one process for ever. */
  start: string;
};

/** What belongs to a command: its process groups, and whoever carries `marker` in the environment. */
export type ProcessMatch = { groups: readonly number[]; marker: string | null };

function readText(path: string): string | null {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return null; // gone meanwhile, or not ours to read
  }
}

/** Parses `/proc/<pid>/stat` (proc(5)); the command name may hold blanks and parentheses. */
export function parseStat(pid: number, stat: string): ProcessRow | null {
  const [state, ppid, pgid, session, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const start = rest[15];
  if (state === undefined || start === undefined || state === "Z" || state === "X") return null;
  return { pid, ppid: Number(ppid), pgid: Number(pgid), session: Number(session), start };
}

/** Parses `ps -A -o pid=,ppid=,pgid=,stat=,lstart=`, where there is no /proc (macOS, BSD). */
export function parsePs(output: string): ProcessRow[] {
  return output.split("\n").flatMap((line) => {
    const [pid, ppid, pgid, state, ...start] = line.trim().split(/\s+/);
    if (pid === undefined || start.length === 0 || state?.startsWith("Z")) return [];
    return [{ pid: Number(pid), ppid: Number(ppid), pgid: Number(pgid), session: 0, start: start.join(" ") }];
  });
}

/** The row of one process; null when it is dead or there is no /proc. */
export function processRow(pid: number): ProcessRow | null {
  const stat = readText(`/proc/${pid}/stat`);
  return stat === null ? null : parseStat(pid, stat);
}

/** All living processes. A few milliseconds: never on the path of a command that ended well. */
export function processTable(): ProcessRow[] {
  if (process.platform !== "linux") {
    const ps = spawnSync("ps", ["-A", "-o", "pid=,ppid=,pgid=,stat=,lstart="], { encoding: "utf8" });
    return parsePs(ps.stdout ?? "");
  }
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    return processRow(Number(name)) ?? [];
  });
}

/**
 * The processes that belong to a command: in its groups or sessions, marked in their environment, or descended from
 * one that is. A process that left its session, wiped its environment and lost its parent is not found; nor is the
 * environment readable outside Linux, where only groups and descent count.
 */
export function findProcesses(match: ProcessMatch, table: readonly ProcessRow[]): ProcessRow[] {
  const groups = new Set(match.groups);
  const found = new Map<number, ProcessRow>();
  for (const row of table) {
    if (row.pid === process.pid || row.pid === process.ppid) continue;
    const ours =
      groups.has(row.pgid) ||
      groups.has(row.session) ||
      (match.marker !== null && readText(`/proc/${row.pid}/environ`)?.includes(match.marker) === true);
    if (ours) found.set(row.pid, row);
  }
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const row of table) if (found.has(row.ppid)) found.set(row.pid, row);
  }
  return [...found.values()];
}

/** Sends a signal; a process or group (negative pid) that is gone or not ours is no error. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    return; // ESRCH: already gone; EPERM: changed its user, and only that user may end it
  }
}

/** Whether a process group has members; zombies count, so this may err towards true. */
export function groupExists(pgid: number): boolean {
  try {
    process.kill(-pgid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** How often a killed set is searched again: a process may fork between the search and the signal. */
const killPasses = 8;

/**
 * Ends all processes that match: SIGTERM, up to `graceMs` to comply, then SIGKILL until none is left.
 * Returns how many different ones there were.
 */
export async function endProcesses(match: ProcessMatch, graceMs: number): Promise<number> {
  const seen = new Set<number>();
  const find = () => findProcesses(match, processTable());
  const signalAll = (rows: readonly ProcessRow[], signal: NodeJS.Signals) => {
    for (const row of rows) {
      seen.add(row.pid);
      sendSignal(row.pid, signal);
    }
  };
  let rows = find();
  if (graceMs > 0) {
    signalAll(rows, "SIGTERM");
    for (let waited = 0, step = 10; rows.length > 0 && waited < graceMs; waited += step, step *= 2) {
      await wait(Math.min(step, graceMs - waited));
      rows = find();
    }
  }
  for (let pass = 0; rows.length > 0 && pass < killPasses; pass++) {
    signalAll(rows, "SIGKILL");
    await wait(5 * (pass + 1));
    rows = find();
  }
  return seen.size;
}
