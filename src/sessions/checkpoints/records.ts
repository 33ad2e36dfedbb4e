/** What the store of checkpoints holds beside contents: the index, the changes, and who made them. */
import type { Database } from "better-sqlite3";
import type { CheckpointTaken } from "../../core/checkpoint.ts";
import type { Clock } from "../../core/ids.ts";
import type { ProcessInfo } from "../process.ts";
import { inTransaction } from "./database.ts";
import { type BytePath, blobOf, type FileState } from "./file-state.ts";
import { type FolderIndex, KnownFolder } from "./folder-index.ts";
import type { RecordedChange, RestoreStep } from "./plan.ts";
import type { Sight } from "./sighting.ts";
import type { ActionKind, ActionRow } from "./steps.ts";

/** Something that changes files, as it begins. */
export type NewAction = {
  kind: ActionKind;
  session: string;
  turn: string | null;
  call: string | null;
  /** All it may change; null for any path. */
  paths: readonly BytePath[] | null;
  /** Of an undo or redo: the step. */
  undoes: number | null;
};

type OpenAction = { id: number; session: string; paths: string | null; pid: number; started: string };
type ChangeRow = Omit<RecordedChange, "before" | "after" | "sure"> & {
  before: string;
  after: string;
  sure: number;
};

/** A content may be stored this long before the record that names it, by another process, in ms. */
const unnamedMs = 3_600_000;

/** Another process recorded something since: what was seen has to be looked at anew. */
export class Outdated extends Error {}

/** The records of one project. */
export class Records {
  readonly #sql: Database;
  readonly #now: Clock;
  readonly #process: ProcessInfo;
  readonly index: FolderIndex = new Map();
  #generation = 0;

  constructor(sql: Database, now: Clock, process: ProcessInfo) {
    this.#sql = sql;
    this.#now = now;
    this.#process = process;
  }

  /** Brings the index up to what was recorded last, by this process or another. */
  refresh(): void {
    const rows = this.#sql
      .prepare<[number], { path: string; body: string | null }>(
        "SELECT path, body FROM folders WHERE gen > ?",
      )
      .all(this.#generation);
    this.#generation = this.#readGeneration();
    for (const { path, body } of rows) {
      if (body === null) this.index.delete(path);
      else this.index.set(path, new KnownFolder(body));
    }
  }

  #readGeneration(): number {
    const row = this.#sql
      .prepare<[], { value: string }>("SELECT value FROM meta WHERE name = 'generation'")
      .get();
    return Number(row?.value ?? 0);
  }

  /**
   * Records what was seen, and who did it; `then` is committed with it, and gets the checkpoint's number.
   * @throws Outdated when another process recorded something since the index was refreshed
   */
  commit(sight: Sight, begun: number, then: (checkpoint: number) => void = () => undefined): CheckpointTaken {
    const { changes, folders, bytes } = sight;
    return inTransaction(this.#sql, () => {
      if (this.#readGeneration() !== this.#generation) throw new Outdated();
      const durationMs = Math.round(performance.now() - begun);
      const n = changes.length > 0 ? this.#insertCheckpoint(sight, durationMs) : this.#last();
      this.#insertChanges(n, sight);
      if (folders.size > 0) this.#writeFolders(sight);
      then(n);
      return { checkpoint: n, changes: changes.length, bytes, durationMs };
    });
  }

  #insertCheckpoint({ changes, bytes }: Sight, ms: number): number {
    const { lastInsertRowid } = this.#sql
      .prepare<[number, number, number, number]>(
        "INSERT INTO checkpoints (at, changes, bytes, ms) VALUES (?, ?, ?, ?)",
      )
      .run(this.#now(), changes.length, bytes, ms);
    return Number(lastInsertRowid);
  }

  #last(): number {
    const row = this.#sql.prepare<[], { n: number | null }>("SELECT max(n) AS n FROM checkpoints").get();
    return row?.n ?? 0;
  }

  #insertChanges(n: number, { changes }: Sight): void {
    if (changes.length === 0) return;
    const attribute = this.#attribution();
    const insert = this.#sql.prepare(
      `INSERT INTO changes (n, path, before, after, before_blob, after_blob, action, sure)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (n, path) DO UPDATE SET after = excluded.after, after_blob = excluded.after_blob`,
    );
    for (const { path, before, after } of changes) {
      const { action, sure } = attribute(path);
      const texts = [JSON.stringify(before), JSON.stringify(after)];
      insert.run(n, path, ...texts, blobOf(before), blobOf(after), action, sure ? 1 : 0);
    }
  }

  /** Who changed a path: whatever is under way and may have. */
  #attribution(): (path: BytePath) => { action: number | null; sure: boolean } {
    const open = this.#sql
      .prepare<[], OpenAction>(
        "SELECT id, session, paths, pid, started FROM actions WHERE closed IS NULL ORDER BY id",
      )
      .all()
      .map(({ id, session, paths, pid, started }) => ({
        id,
        session,
        paths: paths === null ? null : new Set(JSON.parse(paths) as string[]),
        isAlive: pid === this.#process.pid || this.#process.isAlive(pid, started),
      }));
    return (path) => {
      const naming = open.filter(({ paths }) => paths?.has(path));
      const possible = naming.length > 0 ? naming : open.filter(({ paths }) => paths === null);
      const last = possible.at(-1);
      if (last === undefined) return { action: null, sure: true };
      const alone = possible.every(({ session }) => session === last.session);
      return { action: last.id, sure: alone && last.isAlive };
    };
  }

  #writeFolders({ folders }: Sight): void {
    const next = this.#generation + 1;
    const put = this.#sql.prepare("INSERT OR REPLACE INTO folders (path, gen, body) VALUES (?, ?, ?)");
    const known = [...folders].map(([path, folder]) => {
      const body = folder === null ? null : KnownFolder.text(folder);
      put.run(path, next, body);
      return { path, folder: body === null ? null : new KnownFolder(body) };
    });
    this.#sql.prepare("INSERT OR REPLACE INTO meta (name, value) VALUES ('generation', ?)").run(String(next));
    for (const { path, folder } of known) {
      if (folder === null) this.index.delete(path);
      else this.index.set(path, folder);
    }
    this.#generation = next;
  }

  /** Inside a commit's `then`. */
  openAction({ kind, session, turn, call, paths, undoes }: NewAction, checkpoint: number): number {
    const { pid, startedAt } = this.#process;
    const named = paths === null ? null : JSON.stringify(paths);
    const { lastInsertRowid } = this.#sql
      .prepare(
        `INSERT INTO actions (kind, session, turn, call, at, opened, paths, undoes, pid, started)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(kind, session, turn, call, this.#now(), checkpoint, named, undoes, pid, startedAt);
    return Number(lastInsertRowid);
  }

  closeAction(id: number, checkpoint: number): void {
    this.#sql.prepare("UPDATE actions SET closed = ? WHERE id = ?").run(checkpoint, id);
  }

  /** Actions whose process is gone are over; what they still changed has been recorded as perhaps theirs. */
  closeDead(checkpoint: number): void {
    const open = this.#sql
      .prepare<[], OpenAction>(
        "SELECT id, session, paths, pid, started FROM actions WHERE closed IS NULL AND kind = 'call'",
      )
      .all();
    for (const { id, pid, started } of open)
      if (pid !== this.#process.pid && !this.#process.isAlive(pid, started)) this.closeAction(id, checkpoint);
  }

  /** What an action changed. */
  changesOf(action: number): RecordedChange[] {
    return this.#sql
      .prepare<[number], ChangeRow>("SELECT * FROM changes WHERE action = ? ORDER BY n, path")
      .all(action)
      .map(changeOf);
  }

  /** All changes of the paths that some actions changed, whoever made them. */
  changesOfPaths(actions: readonly number[]): RecordedChange[] {
    return this.#sql
      .prepare<[string], ChangeRow>(
        `SELECT * FROM changes WHERE path IN
           (SELECT path FROM changes WHERE action IN (SELECT value FROM json_each(?))) ORDER BY path, n`,
      )
      .all(JSON.stringify(actions))
      .map(changeOf);
  }

  /** The actions of a session that changed something, in order. */
  actionsOf(session: string): ActionRow[] {
    return this.#sql
      .prepare<[string], ActionRow>(
        `SELECT id, kind, turn, undoes FROM actions WHERE session = ?
           AND EXISTS (SELECT 1 FROM changes WHERE action = actions.id) ORDER BY id`,
      )
      .all(session);
  }

  /**
   * The actions of some turns, and all of the session since the first of them. A fork has turns of the session it was
   * copied from.
   */
  actionsSince(session: string, turns: readonly string[]): number[] {
    return this.#sql
      .prepare<[string, string], { id: number }>(
        `WITH begun AS (SELECT id FROM actions WHERE turn IN (SELECT value FROM json_each(?)))
         SELECT id FROM actions WHERE closed IS NOT NULL
           AND (id IN begun OR (session = ? AND id >= (SELECT min(id) FROM begun)))
         ORDER BY id`,
      )
      .all(JSON.stringify(turns), session)
      .map(({ id }) => id);
  }

  /** Forgets what was recorded before a time, and contents that nothing names any more. */
  sweep(before: number): void {
    const needed = JSON.stringify([...this.index.values()].flatMap((folder) => [...folder.blobs()]));
    inTransaction(this.#sql, () => {
      if (this.#readGeneration() !== this.#generation) return;
      this.#sql.prepare("DELETE FROM checkpoints WHERE at < ?").run(before);
      this.#sql
        .prepare(
          "DELETE FROM actions WHERE at < ? AND closed IS NOT NULL AND id NOT IN (SELECT action FROM changes WHERE action IS NOT NULL)",
        )
        .run(before);
      this.#sql
        .prepare(
          `DELETE FROM blobs WHERE at < ? AND id NOT IN (
             SELECT value FROM json_each(?)
             UNION SELECT before_blob FROM changes WHERE before_blob IS NOT NULL
             UNION SELECT after_blob FROM changes WHERE after_blob IS NOT NULL)`,
        )
        .run(Math.min(before, this.#now() - unnamedMs), needed);
    });
    this.#sql.pragma("incremental_vacuum");
    this.#sql
      .prepare("INSERT OR REPLACE INTO meta (name, value) VALUES ('swept', ?)")
      .run(String(this.#now()));
  }

  /** When it was done last, Unix ms; 0 for never. */
  get sweptAt(): number {
    const row = this.#sql.prepare<[], { value: string }>("SELECT value FROM meta WHERE name = 'swept'").get();
    return Number(row?.value ?? 0);
  }

  /** Inside a commit's `then`: what a restore is about to do. */
  journal(action: number, steps: readonly RestoreStep[]): void {
    this.#sql
      .prepare("INSERT INTO restores (action, body, done) VALUES (?, ?, 0)")
      .run(action, JSON.stringify(steps));
  }

  /**
   * Goes on with a restore of a process that is gone. What stands as its journal wanted it is its work; anything else that
   * was changed meanwhile stays uncertain.
   */
  takeOver(action: number, steps: readonly RestoreStep[]): void {
    const { pid, startedAt } = this.#process;
    inTransaction(this.#sql, () => {
      this.#sql.prepare("UPDATE actions SET pid = ?, started = ? WHERE id = ?").run(pid, startedAt, action);
      const sure = this.#sql.prepare(
        "UPDATE changes SET sure = 1 WHERE action = ? AND path = ? AND after = ?",
      );
      for (const { path, to } of steps) sure.run(action, path, JSON.stringify(to));
    });
  }

  endJournal(action: number): void {
    this.#sql.prepare("DELETE FROM restores WHERE action = ?").run(action);
  }

  /** Restores that were not finished and whose process is gone. */
  unfinished(): { action: number; session: string; steps: RestoreStep[] }[] {
    return this.#sql
      .prepare<[], { action: number; session: string; body: string; pid: number; started: string }>(
        "SELECT r.action, a.session, r.body, a.pid, a.started FROM restores r JOIN actions a ON a.id = r.action",
      )
      .all()
      .filter(({ pid, started }) => pid !== this.#process.pid && !this.#process.isAlive(pid, started))
      .map(({ action, session, body }) => ({ action, session, steps: JSON.parse(body) as RestoreStep[] }));
  }
}

const changeOf = ({ before, after, sure, ...row }: ChangeRow): RecordedChange => ({
  ...row,
  before: JSON.parse(before) as FileState,
  after: JSON.parse(after) as FileState,
  sure: sure === 1,
});
