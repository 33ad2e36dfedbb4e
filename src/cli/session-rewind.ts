/** `tau sessions rewind`: the conversation of a session that is not open, its files, or both, as they were before. */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import * as z from "zod";
import { offError, openStore, openTidied, type StorePlace } from "../app/checkpoint-store.ts";
import type { FileRestore, FilesBack, RestoreOutcome } from "../app/contract.ts";
import { filesBack } from "../app/file-restore.ts";
import { loadSettings } from "../config/load.ts";
import { projectRoot } from "../config/project.ts";
import { exitCodes, TauError } from "../core/errors.ts";
import type { DurableEvent } from "../core/event.ts";
import { type EntryId, idSource } from "../core/ids.ts";
import type { SessionSummary, SessionTree, Store } from "../core/store.ts";
import { follow, type Stamps } from "../sessions/amend.ts";
import type { ProjectCheckpoints } from "../sessions/checkpoints/project.ts";
import { findSession } from "../sessions/choose.ts";
import { type LeftBehind, leftBehind, type MoveTarget, planMove, sumOf } from "../sessions/move.ts";
import { displayText } from "../tui/plain/displays.ts";
import { leftText, movedText } from "../tui/sessions/points.ts";
import {
  conflictRows,
  counted,
  fileText,
  notCoveredRows,
  restoredText,
  sumText,
} from "../tui/sessions/restore-text.ts";
import { reveal } from "../tui/view/clean.ts";
import { homeFolder } from "./folder.ts";
import { ownPaths, withLedger } from "./ledger.ts";
import { numbered, shownPoints } from "./numbered.ts";
import { print } from "./print/streams.ts";

const options = z
  .object({
    json: z.boolean().default(false),
    to: z.string().trim().min(1).optional(),
    conversation: z.boolean().default(false),
    files: z.boolean().default(false),
    both: z.boolean().default(false),
    dryRun: z.boolean().default(false),
    diff: z.boolean().default(false),
    overwrite: z.boolean().default(false),
    skip: z.boolean().default(false),
  })
  .refine(({ conversation, files, both }) => [conversation, files, both].filter(Boolean).length <= 1)
  .refine(({ overwrite, skip }) => !(overwrite && skip));

type Options = z.infer<typeof options>;

/** What is gone back to, and what of it. */
type Wish = { target: MoveTarget; conversation: boolean; files: FileRestore | null };

/** Runs the command and returns the exit code. */
export async function runRewind(prefix: string, raw: object): Promise<number> {
  const parsed = options.safeParse(raw);
  if (!parsed.success)
    throw new TauError(
      "usage",
      "--conversation, --files and --both exclude one another, and so do --overwrite and --skip",
      `tau sessions rewind ${prefix} --both --dry-run shows what would change`,
    );
  const chosen = parsed.data;
  return await withLedger(async ({ store }) => {
    const session = await findSession(store, prefix);
    const tree = await store.tree(session.id, shownPoints);
    const target = targetOf(session, tree, chosen.to);
    const files = chosen.files || chosen.both ? filesWish(tree, target, session) : null;
    const wish: Wish = { target, conversation: !chosen.files, files };
    if (chosen.dryRun) {
      const show = (back: FilesBack | null) => dryRun(session, tree, wish, back, chosen);
      await (files === null ? show(null) : withFiles(session, openStore, async () => undefined, show));
      return exitCodes.done;
    }
    return await held(store, session, (commit) => {
      const go = (back: FilesBack | null) => rewind({ store, session, tree, wish, chosen }, back, commit);
      return files === null ? go(null) : withFiles(session, openTidied, commit, go);
    });
  });
}

/** What is to be done, and where. */
type Task = { store: Store; session: SessionSummary; tree: SessionTree; wish: Wish; chosen: Options };

async function rewind(
  { store, session, tree, wish, chosen }: Task,
  back: FilesBack | null,
  commit: Commit,
): Promise<number> {
  // What a move says is looked up before files change: there may be no such point.
  const move = wish.conversation ? await planMove(store, session.id, wish.target) : { events: [], parts: [] };
  const outcome = back && wish.files && (await putBack(back, wish.files, chosen));
  if (move.events.length > 0) await commit(...move.events);
  const left = leftBehind(tree, await store.tree(session.id, shownPoints));
  if (chosen.json)
    print(
      JSON.stringify({
        session: session.id,
        ...wish.target,
        takenBack: move.parts,
        left,
        ...(wish.files && { files: outcome ?? nothing }),
      }),
    );
  else tell(session, wish, outcome, left);
  return outcome !== null && outcome.failed.length > 0 ? exitCodes.failure : exitCodes.done;
}

/** @throws TauError `usage` when others changed files since and it was not said what becomes of these */
async function putBack(
  back: FilesBack,
  wish: FileRestore,
  { overwrite, skip }: Options,
): Promise<RestoreOutcome | null> {
  const preview = await back.previewFiles(wish);
  if (preview === null) return null;
  if (preview.conflicts.length > 0 && !overwrite && !skip)
    throw new TauError(
      "usage",
      [
        `nothing was changed, because others changed ${counted(preview.conflicts.length)} since:`,
        ...conflictRows(preview),
      ].join("\n       "),
      "--overwrite takes them too (what stands there is kept in a checkpoint first), --skip leaves them alone",
    );
  return back.restoreFiles(wish, overwrite ? "overwrite" : "skip");
}

const nothing: RestoreOutcome = { files: [], skipped: [], failed: [], notCovered: [] };

function tell(
  session: SessionSummary,
  { target, conversation, files }: Wish,
  outcome: RestoreOutcome | null,
  left: LeftBehind,
): void {
  if (files !== null && outcome === null) print("No file was changed since by a turn of this session.");
  if (outcome !== null) {
    const back = `tau -r ${session.id} and /undo takes that back.`;
    const others = outcome.skipped.map((path) => `  left alone: ${path}`);
    const text = restoredText(outcome, { back, left: others });
    print(`${text.charAt(0).toUpperCase()}${text.slice(1)}`);
  }
  if (!conversation) return;
  const where = "before" in target ? "before that message" : "behind that entry";
  print(`From now on ${movedText(where, files === null ? left : { ...left, changed: [] }, session.cwd)}`);
}

async function dryRun(
  session: SessionSummary,
  tree: SessionTree,
  { target, conversation, files }: Wish,
  back: FilesBack | null,
  { json, diff }: Options,
): Promise<void> {
  const preview = back && files ? await back.previewFiles(files) : null;
  const left = conversation && "before" in target ? leftFrom(tree, target.before) : null;
  const diffs = diff && back && files ? await back.diffFiles(files) : [];
  if (json) {
    const { files: changed, ...rest } = preview ?? { files: [], conflicts: [], notCovered: [] };
    print(
      JSON.stringify({
        session: session.id,
        ...target,
        dryRun: true,
        ...(conversation && { left }),
        ...(files && { files: { files: changed, ...rest, ...(diff && { diffs }) } }),
      }),
    );
    return;
  }
  if (left !== null)
    print(
      `The conversation would go on before that message; left: ${left.prompts} prompts, ${leftText(left, session.cwd)}.`,
    );
  else if (conversation) print("The conversation would go on behind that entry.");
  if (files === null) return;
  if (preview === null || preview.files.length + preview.conflicts.length === 0)
    print("No file would change.");
  else {
    print(`Files: ${sumText(preview.files) || "none"}.`);
    for (const file of preview.files) print(`  ${fileText(file)}`);
    for (const row of conflictRows(preview))
      print(`  ! ${row}: changed by others, refused without --overwrite or --skip`);
  }
  for (const row of preview === null ? [] : notCoveredRows(preview)) print(row);
  for (const one of diffs) print(["", ...displayText(one, reveal)].join("\n"));
}

/** What would no longer be part of the conversation. */
function leftFrom(tree: SessionTree, before: EntryId): LeftBehind {
  const point = tree.points.find(({ id }) => id === before);
  const path = tree.points.filter(({ current }) => current);
  return sumOf(point === undefined || !point.current ? [] : path.slice(path.indexOf(point)));
}

/** All turns since, on whatever branch: files have no branches. */
function filesWish(tree: SessionTree, target: MoveTarget, session: SessionSummary): FileRestore {
  if (!("before" in target))
    throw new TauError(
      "usage",
      "files go back to before a prompt, not behind an entry",
      `--to N; tau sessions tree ${session.id} shows their numbers`,
    );
  const since = tree.points.slice(tree.points.findIndex(({ id }) => id === target.before));
  return { kind: "rewind", turns: since.flatMap(({ turn }) => turn ?? []) };
}

/** Adds to the session's record. */
type Commit = (...events: readonly DurableEvent[]) => Promise<void>;

/**
 * Holds the session meanwhile: nothing is put back under the hands of a process that works in it.
 * @throws TauError `failure` when one does (named by pid)
 */
async function held<Result>(
  store: Store,
  session: SessionSummary,
  work: (commit: Commit) => Promise<Result>,
): Promise<Result> {
  const stamps: Stamps = { ids: idSource(Date.now, randomBytes), now: Date.now };
  const writer = await store.open(session.id);
  try {
    return await work(async (...events) => {
      const now = await store.get(session.id);
      const leaf = { seq: now?.lastSeq ?? 0, leaf: now?.leaf ?? null };
      await writer.append(follow(stamps, leaf, events));
    });
  } finally {
    await writer.close();
  }
}

/** @throws TauError `usage` when there are no checkpoints to go back to */
async function withFiles<Result>(
  session: SessionSummary,
  open: (place: StorePlace) => Promise<ProjectCheckpoints>,
  commitAside: Commit,
  work: (back: FilesBack) => Promise<Result>,
): Promise<Result> {
  const paths = ownPaths();
  if (!existsSync(session.cwd))
    throw new TauError("usage", `${session.cwd} is gone, so no file of it can be put back`, "--conversation");
  const root = projectRoot(session.cwd);
  const { settings } = await loadSettings(paths, root, process.env, {});
  const checkpoints = settings.checkpoints ?? {};
  if (checkpoints.enabled === false) throw offError();
  const opened = await open({ paths, root, home: homeFolder(), now: Date.now, settings: checkpoints });
  try {
    return await work(filesBack({ id: session.id, turn: null, commitAside }, async () => opened));
  } finally {
    await opened.close();
  }
}

function targetOf(session: SessionSummary, tree: SessionTree, to: string | undefined): MoveTarget {
  if (to === undefined) {
    const last = tree.points.findLast(({ current }) => current);
    if (!last)
      throw new TauError(
        "usage",
        "nothing was said in this session that could be taken back",
        "tau sessions list --all",
      );
    return { before: last.id };
  }
  if (/^\d{1,6}$/.test(to)) return { before: numbered(session, tree, Number(to)).id };
  const entry = to as EntryId;
  return tree.points.some(({ id }) => id === entry) ? { before: entry } : { after: entry };
}
