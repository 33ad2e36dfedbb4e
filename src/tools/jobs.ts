/** The `jobs` tool: what the bash tool started in the background. */
import * as z from "zod";
import type { Clock } from "../core/ids.ts";
import { defineTool, type Tool, type ToolResult } from "../core/tool.ts";
import { type Job, maxEndedJobs, maxRunningJobs, type ProcessHost } from "./process/client.ts";
import { plainText } from "./process/text.ts";

const input = z.strictObject({
  action: z.enum(["list", "output", "stop"]),
  id: z.int().optional().describe("The job, for output and stop."),
  since: z.int().min(0).optional().describe("Byte to read output from; default 0."),
});

type Input = z.infer<typeof input>;

/** What the tool needs of the world. */
export type JobsOptions = { host: ProcessHost; now: Clock };

/** The jobs tool. */
export function jobsTool({ host, now }: JobsOptions): Tool {
  return defineTool<Input>({
    name: "jobs",
    description:
      `Background jobs started by bash: list them, read output from a byte on, or stop one. At most ` +
      `${maxRunningJobs} run at once; the last ${maxEndedJobs} ended ones are kept. All end with the session.`,
    input,
    // Looking at and ending what the user already let run needs no further permission.
    access: "read",
    intent: ({ action, id }) => ({
      summary: id === undefined ? `jobs ${action}` : `jobs ${action} ${id}`,
      paths: [],
      ...(action === "stop" && { mutates: true as const }),
    }),
    async run({ action, id, since }) {
      if (action === "list") return listed(host.list(), now());
      if (id === undefined) return refused(`action ${action} needs the id of a job`);
      if (action === "output") return await outputOf(host, id, since ?? 0);
      const job = await host.stop(id);
      return job === null ? unknownJob(id) : said(`Job ${id} ${stateOf(job)}.`);
    },
  });
}

function said(text: string, note?: string): ToolResult {
  return { output: text, ...(note === undefined ? {} : { note }), display: [{ type: "text", text }] };
}

function refused(text: string): ToolResult {
  return { ...said(text), isError: true };
}

function unknownJob(id: number): ToolResult {
  return refused(`There is no job ${id}; list shows those there are.`);
}

function stateOf({ outcome }: Job): string {
  if (outcome === null) return "running";
  if (outcome.status !== "exited") return "lost";
  if (outcome.timedOut) return "timed out";
  if (outcome.aborted) return "stopped";
  return outcome.signal === null ? `exited with ${outcome.exitCode}` : `ended by ${outcome.signal}`;
}

/** How it ended, for the record; nothing as long as it runs, or when it did not end by itself. */
function exitCodeOf({ outcome }: Job): { exitCode?: number } {
  if (outcome?.status !== "exited" || outcome.timedOut || outcome.aborted) return {};
  return outcome.exitCode === null ? {} : { exitCode: outcome.exitCode };
}

function listed(jobs: readonly Job[], nowMs: number): ToolResult {
  if (jobs.length === 0) return said("No background jobs.");
  const rows = jobs.map((job) => {
    const ranMs =
      job.outcome?.status === "exited" ? job.outcome.durationMs : Math.max(0, nowMs - job.startedAt);
    return [String(job.id), stateOf(job), `${Math.round(ranMs / 1000)} s`, String(job.pid), job.label];
  });
  return {
    output: rows.map((row) => row.join("\t")).join("\n"),
    display: [{ type: "table", columns: ["job", "state", "time", "pid", "command"], rows }],
  };
}

async function outputOf(host: ProcessHost, id: number, since: number): Promise<ToolResult> {
  const job = host.list().find((one) => one.id === id);
  if (job === undefined) return unknownJob(id);
  const page = await host.output(id, since);
  if (page === null) return refused(`The output of job ${id} is gone: ${stateOf(job)}.`);
  const skipped =
    page.skippedBytes === 0
      ? ""
      : `[... ${page.skippedBytes} bytes left out${page.spillPath === null ? "" : `; full output in ${page.spillPath}`} ...]\n`;
  const text = `${skipped}${plainText(page.text).trimEnd()}`;
  return {
    ...said(
      text === "" ? "(no new output)" : text,
      `Job ${id}: ${stateOf(job)}. Next output from since=${page.next}.`,
    ),
    facts: {
      job: id,
      next: page.next,
      running: job.outcome === null,
      ...exitCodeOf(job),
      ...(page.skippedBytes > 0 && { truncated: true, savedPath: page.spillPath }),
    },
  };
}
