/** /jobs: what runs in the background: a list that moves, each job's output, and ending one. */
import type { BackgroundJob } from "../../app/jobs.ts";
import { messageWithHint } from "../../core/errors.ts";
import type { CommandPlace, LocalCommand } from "../commands.ts";
import type { Dialog } from "../dialog/dialog.ts";
import { type ListRow, listDialog } from "../dialog/list.ts";
import { ownKeys } from "../dialog/own-keys.ts";
import { clean } from "../view/clean.ts";
import { plain, wrap } from "../view/line.ts";

/** The commands of this file. */
export const jobCommands = [
  {
    name: "jobs",
    aliases: ["bashes"],
    argument: "",
    help: "commands in the background: state, output, ending one",
    whileWorking: true,
    run(place) {
      if (place.session().jobs.list().length === 0) return "nothing runs in the background";
      place.open(jobsDialog(place));
      follow(place);
      return null;
    },
  },
] as const satisfies readonly LocalCommand[];

function jobsDialog(place: CommandPlace): Dialog {
  return listDialog<BackgroundJob>({
    title: "Background jobs",
    empty: "no job fits",
    // Asked for at each look: jobs begin and end while the list is open.
    rows: (query) => {
      const wanted = query.trim().toLowerCase();
      const now = Date.now();
      return place
        .session()
        .jobs.list()
        .map((job) => jobRow(job, now))
        .filter(({ text, detail = "" }) => `${text} ${detail}`.toLowerCase().includes(wanted));
    },
    keys: [
      {
        ...ownKeys["jobs.end"],
        press(job, list) {
          if (job.ended !== null) place.tell(`job ${job.id} is over: ${job.ended.how}`);
          else void end(place, job);
          return list;
        },
      },
    ],
    choose(job) {
      void read(place, job);
      return jobsDialog(place);
    },
  });
}

/** A job as a row of the list. */
export function jobRow(job: BackgroundJob, now: number): ListRow<BackgroundJob> {
  const { id, command, ended, startedAt } = job;
  const ms = ended === null ? Math.max(0, now - startedAt) : ended.durationMs;
  const time = ms === null ? [] : [timeText(ms)];
  return {
    value: job,
    text: `${ended === null ? "●" : "○"} ${id}  ${command}`,
    detail: [ended?.how ?? "running", ...time].join(" · "),
  };
}

function timeText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${seconds % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The list's clock; it stands still where nothing runs, and ends with the list. */
const tickMs = 1_000;

function follow(place: CommandPlace): void {
  const tick = (): void => {
    if (place.store.state.dialog === null) return;
    place.redraw();
    const runs = place
      .session()
      .jobs.list()
      .some(({ ended }) => ended === null);
    if (runs) setTimeout(tick, tickMs).unref();
  };
  setTimeout(tick, tickMs).unref();
}

async function read(place: CommandPlace, { id, command }: BackgroundJob): Promise<void> {
  try {
    const output = await place.session().jobs.output(id);
    if (output === null) return place.warn(`nothing is kept of the output of job ${id}`);
    const text = output === "" ? "(no output yet)" : clean(output);
    place.page(`job ${id}: ${command}`, [
      { lines: (columns) => wrap(text, columns).map((row) => plain(row)) },
    ]);
  } catch (error) {
    place.warn(messageWithHint(error));
  }
}

async function end(place: CommandPlace, { id, command }: BackgroundJob): Promise<void> {
  try {
    const was = await place.session().jobs.stop(id);
    place.tell(was ? `job ${id} is ended: ${command}` : `there is no job ${id} any more`);
    place.redraw();
  } catch (error) {
    place.warn(messageWithHint(error));
  }
}
