/** Who may still write into standard input: what tells a slow `tsc | tau exec` from a pipe somebody left open. Linux. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { systemCode } from "../core/errors.ts";

/** The commands at the other end of the pipe, and the CPU time they have used so far in clock ticks. */
export type PipeWriters = { names: string[]; cpuTicks: number };

/**
 * The commands of the pipeline that hold the writing end of standard input. Processes Tau descends from do not count: a
 * script or CI runner that starts Tau with a pipe of its own may never write to it. Null where it cannot be known.
 * Source: proc_pid_fd(5), proc_pid_fdinfo(5), proc_pid_stat(5).
 */
export function pipeWriters(): PipeWriters | null {
  if (process.platform !== "linux") return null;
  const pipe = orNull(() => readlinkSync("/proc/self/fd/0"));
  if (pipe?.startsWith("pipe:") !== true) return null;
  const own = ancestors();
  const found = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && !own.has(Number(name)) && writesTo(name, pipe))
    .flatMap((pid) => statOf(pid) ?? []);
  return {
    names: [...new Set(found.map(({ name }) => name))],
    cpuTicks: found.reduce((sum, { cpuTicks }) => sum + cpuTicks, 0),
  };
}

function ancestors(): Set<number> {
  const seen = new Set<number>();
  for (let pid = process.pid; pid > 0 && !seen.has(pid); pid = statOf(String(pid))?.parent ?? 0)
    seen.add(pid);
  return seen;
}

function writesTo(pid: string, pipe: string): boolean {
  const descriptors = orNull(() => readdirSync(`/proc/${pid}/fd`)) ?? [];
  return descriptors.some((descriptor) => {
    if (orNull(() => readlinkSync(`/proc/${pid}/fd/${descriptor}`)) !== pipe) return false;
    const info = orNull(() => readFileSync(`/proc/${pid}/fdinfo/${descriptor}`, "latin1")) ?? "";
    // The last octal digit of the flags holds the access mode: 0 reads only.
    return /^flags:\s*[0-7]*[12567]$/m.test(info);
  });
}

function statOf(pid: string): { name: string; parent: number; cpuTicks: number } | null {
  const stat = orNull(() => readFileSync(`/proc/${pid}/stat`, "latin1"));
  if (stat === null) return null;
  // The name may hold spaces and parentheses, so the fields count from its last `)`.
  const end = stat.lastIndexOf(")");
  const fields = stat
    .slice(end + 2)
    .split(" ")
    .map(Number);
  const [utime, stime, childrenUtime, childrenStime] = fields.slice(11, 15);
  return {
    name: stat.slice(stat.indexOf("(") + 1, end),
    parent: fields[1] ?? 0,
    cpuTicks: (utime ?? 0) + (stime ?? 0) + (childrenUtime ?? 0) + (childrenStime ?? 0),
  };
}

/** Processes end while one looks, and those of others cannot be looked at. */
function orNull<Value>(look: () => Value): Value | null {
  try {
    return look();
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return null;
  }
}
