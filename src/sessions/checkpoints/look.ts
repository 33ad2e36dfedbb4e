/**
 * Looking at a project: what has changed since it was last seen. Unchanged files cost one lstat(2), unchanged folders
 * are not read; what is new or changed is read once and kept. Nothing is written to the project, and the index that is
 * looked with stays as it is: the caller takes over what was seen when it has been committed.
 */
import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from "node:fs";
import { systemCode } from "../../core/errors.ts";
import type { Clock } from "../../core/ids.ts";
import { type BytePath, type FileState, forSystem, placeOf, sameState } from "./file-state.ts";
import { type Folder, type FolderIndex, type Item, type Stamp, unseenFolder } from "./folder-index.ts";
import { type IgnoreFile, isIgnored, isNeverEntered, parseIgnore } from "./ignore.ts";
import { Pace } from "./pace.ts";
import { isRestoreName } from "./temporary.ts";
import { TooManyFiles } from "./too-many-files.ts";

/** A path that is not as it was. */
export type Change = { path: BytePath; before: FileState; after: FileState };

/** What a look came to. */
export type Sight = {
  changes: Change[];
  /** Folders that differ from the index, as they are now; null for gone. */
  folders: Map<BytePath, Folder | null>;
  /** Bytes of content that was read and kept. */
  bytes: number;
};

/** Where content is kept. */
export type ContentKeeper = {
  /**
   * Reads a file and keeps what it holds.
   * @returns its blob and its stat data as they were when it was read; else why it was not kept
   */
  keep(place: BytePath): { blob: number; bytes: number; at: Stats } | "unreadable" | "full" | "gone";
};

/** What is looked at, and how. */
export type LookPlace = {
  /** Real path of the project. */
  root: BytePath;
  /** Absolute folders that are not entered: Tau's own. */
  closed: readonly BytePath[];
  /** The user's and the repository's own ignore files, weakest first. */
  ignoreFiles: readonly string[];
  maxFileBytes: number;
  /** Files and folders at most. */
  maxEntries: number;
  content: ContentKeeper;
  now: Clock;
};

/** An ignored file up to this size is captured: what is ignored and small is often precious (`.env`). */
const ignoredFileBytes = 256 * 1024;
/** Ignored files that are captured in one folder; more are somebody's output. */
const ignoredFilesInFolder = 100;

const formatMask = 0o170000;
const folderFormat = 0o040000;
const fileFormat = 0o100000;
const linkFormat = 0o120000;

/** Looks at the whole project. @throws TooManyFiles */
export async function lookAtAll(place: LookPlace, index: FolderIndex, signal: AbortSignal): Promise<Sight> {
  const look = new Look(place, index, new Pace(signal));
  await look.all();
  return look.sight;
}

/** Looks at some paths only, and at the folders on the way to them. */
export async function lookAtPaths(
  place: LookPlace,
  index: FolderIndex,
  paths: readonly BytePath[],
  signal: AbortSignal,
): Promise<Sight> {
  const look = new Look(place, index, new Pace(signal));
  for (const path of paths) look.path(path);
  return look.sight;
}

type Visit = { path: BytePath; at: Stats; again: boolean };

class Look {
  readonly sight: Sight = { changes: [], folders: new Map(), bytes: 0 };
  readonly #place: LookPlace;
  readonly #index: FolderIndex;
  readonly #pace: Pace;
  readonly #rules = new Map<BytePath, readonly IgnoreFile[]>();
  /** Ignored files captured, by folder. */
  readonly #ignoredFiles = new Map<BytePath, number>();
  #visits: Visit[] = [];
  #entries = 0;
  #device = 0;

  constructor(place: LookPlace, index: FolderIndex, pace: Pace) {
    this.#place = place;
    this.#index = index;
    this.#pace = pace;
  }

  async all(): Promise<void> {
    const at = lstatSync(forSystem(this.#place.root));
    this.#device = at.dev;
    this.#visits = [{ path: "", at, again: false }];
    for (let visit = this.#visits.pop(); visit; visit = this.#visits.pop()) await this.#visit(visit);
  }

  path(path: BytePath): void {
    if (path.startsWith("/")) {
      const slash = path.lastIndexOf("/");
      this.#look(path.slice(0, slash) || "/", path.slice(slash + 1), { again: false, asked: true });
      return;
    }
    const names = path.split("/");
    let folder = "";
    for (const [index, name] of names.entries()) {
      const last = index === names.length - 1;
      const state = this.#folder(folder)?.items.get(name)?.state;
      if (last || state?.type !== "folder") this.#look(folder, name, { again: false, asked: last });
      folder = folder === "" ? name : `${folder}/${name}`;
    }
    // Their folders are not read here.
    this.#visits = [];
  }

  #folder(path: BytePath): Folder | undefined {
    const draft = this.sight.folders.get(path);
    return draft === null ? undefined : (draft ?? this.#index.get(path));
  }

  /** The folder to be changed, in place of the one in the index. */
  #draft(path: BytePath): Folder {
    const draft = this.sight.folders.get(path);
    if (draft) return draft;
    const known = draft === null ? undefined : this.#index.get(path);
    const fresh = known
      ? { ...known, items: new Map(known.items), absent: new Set(known.absent) }
      : unseenFolder(false);
    this.sight.folders.set(path, fresh);
    return fresh;
  }

  async #visit({ path, at, again: above }: Visit): Promise<void> {
    const known = this.#folder(path);
    const again = above || this.#ignoreFileChanged(path, known);
    const stamp = stampOf(at);
    const listed = known?.stamp != null && !known.racy && sameStamp(known.stamp, stamp);
    const begun = this.#place.now();
    const names = listed ? null : this.#names(path);
    if (names !== null && known) {
      const there = new Set(names);
      for (const name of [...known.items.keys()]) if (!there.has(name)) this.#gone(path, name);
    }
    for (const name of names ?? [...(known?.items.keys() ?? [])]) {
      this.#look(path, name, { again, asked: false });
      if (++this.#entries > this.#place.maxEntries) throw new TooManyFiles();
      if (this.#pace.due) await this.#pace.rest();
    }
    if (names !== null) {
      const draft = this.#draft(path);
      draft.stamp = stamp;
      draft.racy = isRacy(at, begun);
      draft.whole = true;
      draft.absent.clear();
    }
  }

  /** The names in a folder; null where it cannot be read: then what was known of it stands. */
  #names(path: BytePath): string[] | null {
    try {
      return readdirSync(forSystem(placeOf(this.#place.root, path)), { encoding: "buffer" })
        .map((name) => name.toString("latin1"))
        .filter((name) => !isRestoreName(name));
    } catch (error) {
      if (systemCode(error) === undefined) throw error;
      return null;
    }
  }

  #ignoreFileChanged(path: BytePath, known: Folder | undefined): boolean {
    if (known?.stamp == null) return false;
    const item = known.items.get(".gitignore");
    const at = statOf(placeOf(this.#place.root, path === "" ? ".gitignore" : `${path}/.gitignore`));
    if (at === "unknown") return false;
    if (at === null || item === undefined) return at !== null || item !== undefined;
    return item.racy || !sameStamp(item.stamp, stampOf(at));
  }

  /** @param how `again`: ignore rules have changed. `asked`: the path was named, so what ignores it does not count. */
  #look(folder: BytePath, name: string, how: { again: boolean; asked: boolean }): void {
    const path = folder === "" ? name : `${folder === "/" ? "" : folder}/${name}`;
    const place = placeOf(this.#place.root, path);
    const known = this.#folder(folder)?.items.get(name);
    const at = statOf(place);
    if (at === "unknown") return;
    if (at === null) {
      if (known) this.#gone(folder, name);
      else if (!this.#folder(folder)?.whole) this.#draft(folder).absent.add(name);
      return;
    }
    const format = at.mode & formatMask;
    const mode = at.mode & 0o7777;
    if (known?.state.type === "folder" && format === folderFormat) {
      if (known.state.mode !== mode) this.#put(folder, name, known, { type: "folder", mode }, at);
      this.#visits.push({ path, at, again: how.again });
      return;
    }
    const isOut = known?.state.type === "out";
    if (known && !known.racy && !(isOut && (how.again || how.asked))) {
      // A folder that is not entered changes its stamp with all that is done in it.
      if (isOut && format === folderFormat && known.stamp.ino === at.ino) return;
      if (sameStamp(known.stamp, stampOf(at))) return;
    }
    if (format === folderFormat) {
      this.#lookAtFolder(folder, name, path, known, at, how);
      return;
    }
    if (format === fileFormat) {
      this.#lookAtFile(folder, name, path, known, at, how.asked);
      return;
    }
    this.#put(folder, name, known, format === linkFormat ? linkState(place) : special(at), at);
  }

  #lookAtFolder(
    folder: BytePath,
    name: string,
    path: BytePath,
    known: Item | undefined,
    at: Stats,
    { again }: { again: boolean },
  ): void {
    const out = this.#folderLeftOut(folder, name, path, at);
    if (out !== null) {
      this.#put(folder, name, known, out, at);
      return;
    }
    // In the place of a file or link all in it is new, too; of what was not captured nothing is known.
    const isNew = known ? known.state.type !== "out" : this.#isNew(folder, name, known);
    this.#put(folder, name, known, { type: "folder", mode: at.mode & 0o7777 }, at);
    if (this.#folder(path) === undefined) this.sight.folders.set(path, unseenFolder(isNew));
    this.#visits.push({ path, at, again });
  }

  #folderLeftOut(folder: BytePath, name: string, path: BytePath, at: Stats): FileState {
    const ignored =
      isNeverEntered(name) ||
      this.#place.closed.includes(placeOf(this.#place.root, path)) ||
      isIgnored(this.#rulesOf(folder), path, true);
    if (ignored) return { type: "out", why: "ignored", mark: markOf(at) };
    // Another file system is mounted here: /proc, a network share.
    if (this.#device !== 0 && at.dev !== this.#device)
      return { type: "out", why: "special", mark: markOf(at) };
    return null;
  }

  #lookAtFile(
    folder: BytePath,
    name: string,
    path: BytePath,
    known: Item | undefined,
    at: Stats,
    asked: boolean,
  ): void {
    const leftOut = (why: "ignored" | "large" | "full" | "unreadable"): void =>
      this.#put(folder, name, known, { type: "out", why, mark: markOf(at) }, at);
    // What was captured once stays captured, whatever ignore files say later: a change of them loses nothing.
    const seldom = known === undefined || known.state.type === "out";
    if (isNeverEntered(name)) {
      leftOut("ignored");
      return;
    }
    if (seldom && !asked && isIgnored(this.#rulesOf(folder), path, false)) {
      const count = (this.#ignoredFiles.get(folder) ?? 0) + 1;
      if (at.size > ignoredFileBytes || count > ignoredFilesInFolder) {
        leftOut("ignored");
        return;
      }
      this.#ignoredFiles.set(folder, count);
    }
    if (at.size > this.#place.maxFileBytes) {
      leftOut("large");
      return;
    }
    const begun = this.#place.now();
    const kept = this.#place.content.keep(placeOf(this.#place.root, path));
    if (kept === "gone") {
      if (known) this.#gone(folder, name);
      return;
    }
    if (kept === "unreadable" && known?.state.type === "file" && isUntouched(known.stamp, at)) {
      // Only its permissions have changed, to nobody's: what it holds is known.
      this.#put(folder, name, known, { ...known.state, mode: at.mode & 0o7777 }, at);
      return;
    }
    if (typeof kept === "string") {
      leftOut(kept);
      return;
    }
    this.sight.bytes += kept.bytes;
    const state = { type: "file", mode: kept.at.mode & 0o7777, size: kept.at.size, blob: kept.blob } as const;
    this.#put(folder, name, known, state, kept.at, isRacy(kept.at, begun));
  }

  /** Whether a name that is seen now was not there before, as opposed to not having been looked for. */
  #isNew(folder: BytePath, name: string, known: Item | undefined): boolean {
    const inside = this.#folder(folder);
    return known === undefined && (inside?.whole === true || inside?.absent.has(name) === true);
  }

  #put(
    folder: BytePath,
    name: string,
    known: Item | undefined,
    state: FileState,
    at: Stats,
    racy = false,
  ): void {
    if (state === null) throw new Error("nothing cannot be put");
    const path = folder === "" ? name : `${folder === "/" ? "" : folder}/${name}`;
    const isNew = this.#isNew(folder, name, known);
    if (known?.state.type === "folder" && state.type !== "folder") this.#goneInside(path);
    // What was not captured and is now, as ignore files have changed, is no change of the project.
    const onlySeen = known?.state.type === "out" && known.state.mark === markOf(at);
    if (isNew || (known && !onlySeen && !sameState(known.state, state)))
      this.sight.changes.push({ path, before: known?.state ?? null, after: state });
    const draft = this.#draft(folder);
    draft.absent.delete(name);
    draft.items.set(name, { state, stamp: stampOf(at), racy });
  }

  #gone(folder: BytePath, name: string): void {
    const path = folder === "" ? name : `${folder === "/" ? "" : folder}/${name}`;
    const draft = this.#draft(folder);
    const known = draft.items.get(name);
    draft.items.delete(name);
    if (!draft.whole) draft.absent.add(name);
    if (known) this.sight.changes.push({ path, before: known.state, after: null });
    this.#goneInside(path);
  }

  #goneInside(path: BytePath): void {
    const inside = this.#folder(path);
    if (!inside) return;
    for (const name of [...inside.items.keys()]) this.#gone(path, name);
    this.sight.folders.set(path, null);
  }

  /** The ignore files that speak of what stands in a folder. */
  #rulesOf(folder: BytePath): readonly IgnoreFile[] {
    const known = this.#rules.get(folder);
    if (known) return known;
    const slash = folder.lastIndexOf("/");
    const above =
      folder === ""
        ? this.#place.ignoreFiles.flatMap((path) => ignoreFileAt(path, "") ?? [])
        : this.#rulesOf(slash < 0 ? "" : folder.slice(0, slash));
    const base = folder === "" ? "" : `${folder}/`;
    const own = ignoreFileAt(placeOf(this.#place.root, `${base}.gitignore`), base);
    const rules = own === null ? above : [...above, own];
    this.#rules.set(folder, rules);
    return rules;
  }
}

function ignoreFileAt(place: BytePath, base: string): IgnoreFile | null {
  try {
    return parseIgnore(base, readFileSync(forSystem(place), "latin1"));
  } catch (error) {
    // Nearly no folder has one; one that cannot be read, or is a folder, says nothing.
    if (systemCode(error) === undefined) throw error;
    return null;
  }
}

/** Null where nothing stands; `unknown` where that cannot be told, as in a folder that may not be entered. */
function statOf(place: BytePath): Stats | null | "unknown" {
  try {
    return lstatSync(forSystem(place), { throwIfNoEntry: false }) ?? null;
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    return code === "ENOTDIR" || code === "ENOENT" ? null : "unknown";
  }
}

function linkState(place: BytePath): FileState {
  try {
    const target = readlinkSync(forSystem(place), { encoding: "buffer" });
    return { type: "link", target: target.toString("latin1") };
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return { type: "out", why: "unreadable", mark: "link" };
  }
}

const special = (at: Stats): FileState => ({
  type: "out",
  why: "special",
  mark: markOf(at),
});

/** What tells one thing that is not captured from another. Of folders what happens in them is not told. */
const markOf = ({ mode, ino, size, mtimeMs }: Stats): string =>
  (mode & formatMask) === fileFormat ? `${size} ${mtimeMs}` : `${mode & formatMask} ${ino}`;

const stampOf = ({ size, mtimeMs, ctimeMs, ino }: Stats): Stamp => ({
  size,
  mtime: mtimeMs,
  ctime: ctimeMs,
  ino,
});

const sameStamp = (a: Stamp, b: Stamp): boolean =>
  a.mtime === b.mtime && a.ctime === b.ctime && a.size === b.size && a.ino === b.ino;

const isUntouched = (known: Stamp, at: Stats): boolean =>
  known.mtime === at.mtimeMs && known.size === at.size && known.ino === at.ino;

/** Times are at least as fine as a kernel tick where they have fractions of a ms; on some file systems they are seconds. */
const fineMs = 50;
const coarseMs = 2_500;

/** Whether it was changed so shortly before it was read that a later change might leave its stamp as it is. */
function isRacy({ mtimeMs, ctimeMs }: Stats, readAt: number): boolean {
  const isFine = mtimeMs % 1 !== 0 || ctimeMs % 1 !== 0;
  return Math.max(mtimeMs, ctimeMs) >= readAt - (isFine ? fineMs : coarseMs);
}
