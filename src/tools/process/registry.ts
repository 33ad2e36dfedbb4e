/**
 * What is written down so that even the death of Tau and its helper at one instant leaves no process behind: a file
 * for each helper, naming the process groups it owns. The next start reads the files of dead helpers and ends what lives.
 */
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../core/errors.ts";
import { endProcesses, processRow, processTable } from "./table.ts";

/** The first line of a registry file. Pids mean nothing on another boot or in another pid namespace. */
type Header = { v: 1; hostId: string; pid: number; start: string | null; machine: string };

/** A process group that began (`+`) or ended (`-`). */
type Line = { op: "+"; pid: number; start: string | null } | { op: "-"; pid: number };

const suffix = ".processes";

/** A file with nothing alive in it begins anew above this size. */
const compactAboveBytes = 64 * 1024;

/** Files from another boot or namespace are swept after this long. */
const staleAfterMs = 7 * 24 * 3600 * 1000;

function textOr(read: () => string, otherwise: string): string {
  try {
    return read().trim();
  } catch {
    return otherwise; // no /proc here
  }
}

/** This boot and pid namespace. */
function machineId(): string {
  const boot = textOr(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8"), "");
  const namespace = textOr(() => readlinkSync("/proc/self/ns/pid"), "");
  return `${boot} ${namespace}`.trim();
}

/** The registry of one running helper. Lines are appended without fsync: they outlive processes, not power cuts. */
export class Registry {
  #path: string;
  #header: string;
  #fd: number | null;
  #live = new Set<number>();
  #bytes = 0;

  constructor(stateDir: string, hostId: string) {
    this.#path = join(stateDir, hostId + suffix);
    const start = processRow(process.pid)?.start ?? null;
    const header: Header = { v: 1, hostId, pid: process.pid, start, machine: machineId() };
    this.#header = `${JSON.stringify(header)}\n`;
    try {
      mkdirSync(stateDir, { recursive: true, mode: 0o700 });
      this.#fd = openSync(this.#path, "a", 0o600);
    } catch {
      this.#fd = null; // no writable state directory: the worst case goes unguarded, everything else works
    }
    this.#append(this.#header);
  }

  #append(text: string): void {
    if (this.#fd === null) return;
    try {
      this.#bytes += writeSync(this.#fd, text);
    } catch {
      closeSync(this.#fd);
      this.#fd = null; // disk full: as above
    }
  }

  /** A process group began. */
  add(pid: number): void {
    this.#live.add(pid);
    const line: Line = { op: "+", pid, start: processRow(pid)?.start ?? null };
    this.#append(`${JSON.stringify(line)}\n`);
  }

  /** A process group ended. */
  remove(pid: number): void {
    this.#live.delete(pid);
    if (this.#live.size === 0 && this.#bytes > compactAboveBytes && this.#fd !== null) {
      ftruncateSync(this.#fd);
      this.#bytes = 0;
      this.#append(this.#header);
      return;
    }
    const line: Line = { op: "-", pid };
    this.#append(`${JSON.stringify(line)}\n`);
  }

  /** Everything is known to be dead: the file goes. */
  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
    rmSync(this.#path, { force: true });
  }
}

function parseLine<Value>(line: string): Value | null {
  try {
    return JSON.parse(line) as Value;
  } catch {
    return null; // the last line of a helper killed while it wrote
  }
}

/** What reaping came to: processes ended, and a sentence for each file that could not be dealt with. */
export type Reaped = { ended: number; problems: string[] };

/**
 * Ends what dead helpers left behind, and removes their files. Cheap when there are none: one directory listing.
 * Never rejects: what is in the way of one file (a folder that cannot be written, no `ps`) keeps no other from being
 * dealt with, and no Tau from starting.
 */
export async function reapOrphans(stateDir: string): Promise<Reaped> {
  let names: string[];
  try {
    names = readdirSync(stateDir).filter((name) => name.endsWith(suffix));
  } catch {
    return { ended: 0, problems: [] }; // no such directory yet
  }
  const reaped: Reaped = { ended: 0, problems: [] };
  for (const name of names) {
    const path = join(stateDir, name);
    try {
      reaped.ended += await reapFile(path);
    } catch (error) {
      reaped.problems.push(
        `What an earlier run left behind could not be cleared away (${path}): ${messageOf(error)}`,
      );
    }
  }
  return reaped;
}

async function reapFile(path: string): Promise<number> {
  const [first = "", ...rest] = textOr(() => readFileSync(path, "utf8"), "").split("\n");
  const header = parseLine<Header>(first);
  if (header?.machine !== machineId()) {
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > staleAfterMs) rmSync(path, { force: true });
    return 0;
  }
  const table = processTable();
  const isAlive = (pid: number, start: string | null) =>
    table.some((row) => row.pid === pid && (start === null || row.start === start));
  if (isAlive(header.pid, header.start)) return 0;
  const groups = new Map<number, string | null>();
  for (const text of rest) {
    const line = parseLine<Line>(text);
    if (line?.op === "+") groups.set(line.pid, line.start);
    if (line?.op === "-") groups.delete(line.pid);
  }
  // A leader that is dead may have living members, but its number may also have been given anew: then only the
  // marker counts. Where start times are unknown (macOS), a living leader of that number is left alone.
  const reused = (pid: number, start: string | null) =>
    table.some((row) => row.pid === pid && (start === null || row.start !== start));
  const ours = [...groups].flatMap(([pid, start]) => (reused(pid, start) ? [] : [pid]));
  const ended = await endProcesses({ groups: ours, marker: `${header.hostId}.` }, 200);
  rmSync(path, { force: true });
  rmSync(path.slice(0, -suffix.length), { recursive: true, force: true });
  return ended;
}
