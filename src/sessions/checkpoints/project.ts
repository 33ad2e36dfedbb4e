/**
 * The checkpoints of one project: looking before and after what changes files, and putting files back. All work of one
 * process goes through one queue; processes are kept apart by the store's transactions.
 */
import { realpathSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { Database } from "better-sqlite3";
import {
  type CallChanges,
  type ChangingCall,
  type CheckpointTaken,
  type FileChange,
  namedChanges,
} from "../../core/checkpoint.ts";
import { systemCode } from "../../core/errors.ts";
import type { Clock } from "../../core/ids.ts";
import type { ProcessInfo } from "../process.ts";
import { Contents } from "./contents.ts";
import { openCheckpointFile } from "./database.ts";
import { type BytePath, type FileState, placeOf, readable, toBytes } from "./file-state.ts";
import { type LookPlace, lookAtAll, lookAtPaths, lookInPieces, type PieceByPiece } from "./look.ts";
import { type Marker, markerOf, markRestore, unmarkRestore } from "./marker.ts";
import { Pace } from "./pace.ts";
import { planRestore, type RecordedChange, type RestorePlan, type RestoreStep } from "./plan.ts";
import { type Failure, isOpen, putBack, sweepTemporary } from "./put-back.ts";
import { type NewAction, Outdated, Records } from "./records.ts";
import { type UndoState, undoState } from "./steps.ts";
import { maxEntries } from "./too-many-files.ts";

/** What the checkpoints of a project need. */
export type ProjectOptions = {
  /** The store's file. */
  file: string;
  /** The project's root folder. */
  root: string;
  /** Absolute folders that are not looked into. */
  closed: readonly string[];
  /** Ignore files beside those in the project, weakest first. */
  ignoreFiles: readonly string[];
  maxFileBytes: number;
  /** Bytes of content the store may hold. */
  maxBytes: number;
  now: Clock;
  processInfo: ProcessInfo;
};

/** Times a look is repeated because others record meanwhile. */
const mostLooks = 20;
/** Longest stretch of reading ahead that others wait for, in ms. */
const pieceMs = 100;
const never = new AbortController().signal;

/** What a restore did. */
export type Restored = {
  action: number;
  files: FileChange[];
  failures: Failure[];
};

/** A restore that was cut off and is finished now; `session` is the one it was made for. */
export type Recovered = Restored & { session: string };

/** The open checkpoints of a project. */
export class ProjectCheckpoints {
  readonly #sql: Database;
  readonly #records: Records;
  readonly #contents: Contents;
  readonly #place: LookPlace;
  readonly #file: string;
  readonly #now: Clock;
  readonly #process: ProcessInfo;
  readonly #running = new Map<string, { action: number; paths: readonly BytePath[] | null }>();
  /** Fires when everything is looked at: then nothing is to be read ahead any more. */
  readonly #looked = new AbortController();
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(sql: Database, options: ProjectOptions) {
    const { root, closed, ignoreFiles, maxFileBytes, maxBytes, now, processInfo } = options;
    this.#sql = sql;
    this.#file = options.file;
    this.#now = now;
    this.#process = processInfo;
    this.#records = new Records(sql, now, processInfo);
    this.#contents = new Contents(sql, now, maxBytes - storedBytes(sql));
    this.#place = {
      root: toBytes(realpathSync(root)),
      closed: closed.map((folder) => toBytes(realOr(folder))),
      ignoreFiles,
      maxFileBytes,
      maxEntries,
      content: this.#contents,
      now,
    };
  }

  /** Opens or creates the store. @throws TauError `failure` */
  static async open(options: ProjectOptions): Promise<ProjectCheckpoints> {
    return new ProjectCheckpoints(await openCheckpointFile(options.file), options);
  }

  /**
   * Reads ahead what the first look at everything would have to read, in pieces that let others go first. It ends when
   * such a look comes, or another process records something.
   */
  async lookAhead(signal: AbortSignal): Promise<void> {
    const ended = AbortSignal.any([signal, this.#looked.signal]);
    const look = lookInPieces(this.#place, ended);
    for (let more = true; more && !ended.aborted; ) more = await this.#inTurn(() => this.#piece(look, ended));
  }

  async #piece(look: PieceByPiece, ended: AbortSignal): Promise<boolean> {
    const begun = performance.now();
    this.#records.refresh();
    try {
      const sight = await this.#flushed(look.more(this.#records.index, pieceMs));
      if (sight !== null) this.#records.commit(sight, begun);
      return sight !== null;
    } catch (error) {
      if (ended.aborted || error instanceof Outdated) return false;
      throw error;
    }
  }

  /** What was read is in the store before anything names it. */
  async #flushed<Seen>(looking: Promise<Seen>): Promise<Seen> {
    try {
      return await looking;
    } finally {
      this.#contents.flush();
    }
  }

  /** Captures the state before a call, and notes that the call runs. @throws TooManyFiles */
  before(session: string, call: ChangingCall, signal: AbortSignal): Promise<CheckpointTaken> {
    return this.#inTurn(async () => {
      const paths = call.paths === null ? null : this.#keysOf(call.paths);
      if (paths === null) this.#looked.abort();
      const { turnId: turn, callId } = call;
      const action = { kind: "call", session, turn, call: callId, paths, undoes: null } as const;
      return this.#look(paths, signal, (checkpoint) => {
        this.#records.closeDead(checkpoint);
        this.#running.set(callId, { action: this.#records.openAction(action, checkpoint), paths });
      });
    });
  }

  /** Looks at what a call did; null for one that {@link before} was not asked about. */
  after(callId: string): Promise<CallChanges | null> {
    return this.#inTurn(async () => {
      const running = this.#running.get(callId);
      if (running === undefined) return null;
      this.#running.delete(callId);
      const { action, paths } = running;
      const taken = await this.#look(paths, never, (checkpoint) =>
        this.#records.closeAction(action, checkpoint),
      );
      const changes = this.#records.changesOf(action);
      return {
        ...taken,
        callId,
        files: changes.slice(0, namedChanges).map((change) => this.#told(change)),
        count: changes.length,
        notCovered: changes.filter(({ before }) => before?.type === "out").length,
      };
    });
  }

  /** What can be undone and redone in a session. */
  undoState(session: string): Promise<UndoState> {
    return this.#inTurn(async () => undoState(this.#records.actionsOf(session)));
  }

  /** The actions of a session from the first of some turns on. */
  actionsSince(session: string, turns: readonly string[]): Promise<number[]> {
    return this.#inTurn(async () => this.#records.actionsSince(session, turns));
  }

  /** What taking back some actions would do, by what stands in the project now. */
  plan(actions: readonly number[]): Promise<RestorePlan> {
    return this.#inTurn(async () => {
      const changes = this.#records.changesOfPaths(actions);
      await this.#look([...new Set(changes.map(({ path }) => path))], never);
      return planRestore(changes, new Set(actions), (path) => this.#stateAt(path));
    });
  }

  /**
   * Puts paths back. What stands there is in the store by then, so that this too can be taken back. A kill in the middle
   * leaves each file whole, and {@link recover} does the rest.
   */
  restore(steps: readonly RestoreStep[], wish: Omit<NewAction, "paths" | "call">): Promise<Restored> {
    return this.#inTurn(async () => {
      const paths = steps.map(({ path }) => path);
      let action = 0;
      this.#sql.pragma("synchronous = FULL");
      try {
        await this.#look(paths, never, (checkpoint) => {
          action = this.#records.openAction({ ...wish, call: null, paths }, checkpoint);
          this.#records.journal(action, steps);
          this.#mark(wish.session, steps.length);
        });
      } catch (error) {
        unmarkRestore(this.#file);
        throw error;
      } finally {
        this.#sql.pragma("synchronous = NORMAL");
      }
      return await this.#carryOut(action, steps);
    });
  }

  /** Finishes restores that a kill cut off; what was changed by others since is left as it is. */
  recover(): Promise<Recovered[]> {
    return this.#inTurn(async () => {
      const finished: Recovered[] = [];
      const cutOff = this.#records.unfinished();
      for (const { action, session, steps } of cutOff) {
        sweepTemporary(this.#putBackPlace(action), steps);
        await this.#look(
          steps.map(({ path }) => path),
          never,
        );
        this.#records.takeOver(action, steps);
        const open = steps.filter((step) => isOpen(step, this.#stateAt(step.path)));
        finished.push({ session, ...(await this.#carryOut(action, open)) });
      }
      // A word without a journal: the kill came before the first file was touched.
      if (cutOff.length === 0 && this.#isLeft(markerOf(this.#file))) unmarkRestore(this.#file);
      return finished;
    });
  }

  async #carryOut(action: number, steps: readonly RestoreStep[]): Promise<Restored> {
    const failures = await putBack(this.#putBackPlace(action), steps, new Pace(never));
    await this.#look(
      steps.map(({ path }) => path),
      never,
      (checkpoint) => {
        this.#records.closeAction(action, checkpoint);
        this.#records.endJournal(action);
      },
    );
    unmarkRestore(this.#file);
    const files = this.#records.changesOf(action).map((change) => this.#told(change));
    const told = failures.map(({ path, problem }) => ({ path: this.#shown(path), problem }));
    return { action, files, failures: told };
  }

  #mark(session: string, paths: number): void {
    const { pid, startedAt: started } = this.#process;
    const root = readable(this.#place.root);
    markRestore(this.#file, { root, session, paths, at: this.#now(), pid, started });
  }

  #isLeft(marker: Marker | null): boolean {
    return marker !== null && !this.#process.isAlive(marker.pid, marker.started);
  }

  #putBackPlace(restore: number) {
    return { root: this.#place.root, restore, content: (blob: number) => this.#contents.bytes(blob) };
  }

  /** Forgets checkpoints from before a time (Unix ms). */
  sweep(before: number): Promise<void> {
    return this.#inTurn(async () => {
      this.#records.refresh();
      this.#records.sweep(before);
    });
  }

  /** When that was done last, Unix ms; 0 for never. */
  get sweptAt(): number {
    return this.#records.sweptAt;
  }

  /** The bytes of a file's state. */
  content(state: FileState): Buffer | null {
    return state?.type === "file" ? this.#contents.bytes(state.blob) : null;
  }

  /** Closes the store when what is under way has ended. */
  close(): Promise<void> {
    return this.#inTurn(async () => {
      this.#sql.close();
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turned = this.#queue.then(work);
    this.#queue = turned.catch(() => undefined);
    return turned;
  }

  /** Looks at paths, or at everything, and records what has changed; `then` is committed with it. */
  async #look(
    paths: readonly BytePath[] | null,
    signal: AbortSignal,
    then?: (checkpoint: number) => void,
  ): Promise<CheckpointTaken> {
    const begun = performance.now();
    for (let look = 1; ; look += 1) {
      this.#records.refresh();
      const { index } = this.#records;
      const looking =
        paths === null
          ? lookAtAll(this.#place, index, signal)
          : lookAtPaths(this.#place, index, paths, signal);
      const sight = await this.#flushed(looking);
      try {
        return this.#records.commit(sight, begun, then);
      } catch (error) {
        if (!(error instanceof Outdated) || look === mostLooks) throw error;
      }
    }
  }

  #stateAt(path: BytePath): FileState {
    const slash = path.lastIndexOf("/");
    const folder = slash < 0 ? "" : path.slice(0, slash) || "/";
    return this.#records.index.get(folder)?.items.get(path.slice(slash + 1))?.state ?? null;
  }

  #told({ path, before, after }: RecordedChange): FileChange {
    const change = before === null ? "created" : after === null ? "deleted" : "modified";
    return { path: this.#shown(path), change };
  }

  #shown(path: BytePath): string {
    return readable(placeOf(this.#place.root, path));
  }

  /** Absolute paths as the store names them, with the folders on the way that are not there yet; git's own are left out. */
  #keysOf(paths: readonly string[]): BytePath[] {
    const { root } = this.#place;
    const keys = paths.flatMap((path) => {
      const real = toBytes(realOr(path));
      if (!real.startsWith(`${root}/`)) return real;
      const names = real.slice(root.length + 1).split("/");
      return names.map((_, index) => names.slice(0, index + 1).join("/"));
    });
    return [...new Set(keys)].filter((path) => !path.split("/").includes(".git"));
  }
}

/** The path with the links of its folders resolved, as far as they exist; a link at its end stays one. */
function realOr(path: string): string {
  const folder = dirname(path);
  if (folder === path) return path;
  try {
    return `${realpathSync(folder).replace(/\/$/, "")}/${basename(path)}`;
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return `${realOr(folder).replace(/\/$/, "")}/${basename(path)}`;
  }
}

function storedBytes(sql: Database): number {
  const row = sql.prepare<[], { bytes: number | null }>("SELECT sum(length(data)) AS bytes FROM blobs").get();
  return row?.bytes ?? 0;
}
