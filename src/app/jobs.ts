/** The commands of a session that run in the background, for whoever looks at them and ends them. */
import type { ProcessHost } from "../tools/process/client.ts";
import type { CommandOutcome } from "../tools/process/protocol.ts";
import { plainText } from "../tools/process/text.ts";

/** A command in the background. */
export type BackgroundJob = {
  id: number;
  command: string;
  pid: number;
  /** Unix ms. */
  startedAt: number;
  /** Null while it runs. */
  ended: {
    /** `exited with 0`, `stopped`, `timed out`, `ended by SIGKILL`, `lost`. */
    how: string;
    exitCode: number | null;
    durationMs: number | null;
  } | null;
};

/** The jobs of a session. */
export type SessionJobs = {
  /** Oldest first; the last ended ones are among them. */
  list(): BackgroundJob[];
  /** What is kept of its output, as text; null when nothing is. */
  output(id: number): Promise<string | null>;
  /** Ends one, and resolves when it is gone: false when there is none of that id. */
  stop(id: number): Promise<boolean>;
};

/** Those of a host. */
export function jobsOf(host: Pick<ProcessHost, "list" | "output" | "stop">): SessionJobs {
  return {
    list: () =>
      host.list().map(({ id, label, pid, startedAt, outcome }) => ({
        id,
        command: label,
        pid,
        startedAt,
        ended: outcome && endOf(outcome),
      })),
    async output(id) {
      const page = await host.output(id, 0);
      if (page === null) return null;
      const where = page.spillPath === null ? "" : `; all of it is in ${page.spillPath}`;
      const skipped = page.skippedBytes > 0 ? `[${page.skippedBytes} bytes left out${where}]\n` : "";
      return skipped + plainText(page.text);
    },
    stop: async (id) => (await host.stop(id)) !== null,
  };
}

function endOf(outcome: CommandOutcome): NonNullable<BackgroundJob["ended"]> {
  if (outcome.status !== "exited") return { how: "lost", exitCode: null, durationMs: null };
  const { timedOut, aborted, signal, exitCode, durationMs } = outcome;
  if (timedOut) return { how: "timed out", exitCode: null, durationMs };
  if (aborted) return { how: "stopped", exitCode: null, durationMs };
  return { how: signal === null ? `exited with ${exitCode}` : `ended by ${signal}`, exitCode, durationMs };
}
