/** Who is running: how leases and reservations tell a live holder from a dead one. */
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { messageOf, systemCode, TauError } from "../core/errors.ts";

/** A process, told apart from a later one that was given the same pid. */
export type ProcessIdentity = {
  pid: number;
  /** When it started, as the system words it (Linux: clock ticks since boot); empty where it cannot be known. */
  startedAt: string;
  host: string;
};

/** This process, and a way to ask for others on the same host. */
export type ProcessInfo = ProcessIdentity & {
  /** Whether that process of this host still runs. When in doubt, yes. */
  isAlive(pid: number, startedAt: string): boolean;
};

/** The running process as the operating system knows it. */
export function thisProcess(): ProcessInfo {
  return {
    pid: process.pid,
    startedAt: startTime("self") ?? "",
    host: hostname(),
    isAlive: (pid, startedAt) => {
      if (process.platform === "linux") {
        const actual = startTime(String(pid));
        return actual !== null && (startedAt === "" || actual === startedAt);
      }
      return answersSignals(pid);
    },
  };
}

/**
 * Field 22 of /proc/<pid>/stat (proc_pid_stat(5)); null when there is no such process or only its zombie is left.
 * The second field, the command's name, may hold spaces and parentheses, so the fields count from its last `)`.
 */
function startTime(pid: string): string | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOENT" || code === "ESRCH") return null;
    throw new TauError(
      "failure",
      `Cannot look up process ${pid}: ${messageOf(error)}.`,
      "Tau needs /proc to tell whether another session is running.",
    );
  }
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const state = fields[0];
  return state === "Z" || state === "X" ? null : (fields[19] ?? null);
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, under another user.
    return systemCode(error) !== "ESRCH";
  }
}
