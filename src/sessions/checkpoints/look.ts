/**
 * Looking at a project: what has changed since it was last seen. Unchanged files cost one lstat(2), unchanged folders
 * are not read; what is new or changed is read once and kept. Nothing is written to the project, and the index that is
 * looked with stays as it is: the caller takes over what was seen when it has been committed.
 */
import { lstatSync, readdirSync, type Stats } from "node:fs";
import { systemCode } from "../../core/errors.ts";
import type { Clock } from "../../core/ids.ts";
import { type BytePath, type FileState, forSystem, isAscii, placeOf } from "./file-state.ts";
import { type Folder, type FolderIndex, KnownFolder, unseenFolder } from "./folder-index.ts";
import { isNeverEntered } from "./ignore.ts";
import { IgnoreRules } from "./ignore-rules.ts";
import { Pace } from "./pace.ts";
import { inFolder, type Sight, Sighting, type Spot } from "./sighting.ts";
import {
  isFile,
  isFolder,
  isLink,
  isRacy,
  isStamped,
  isUntouched,
  linkState,
  markOf,
  permissions,
  special,
  stampOf,
  statAt,
  statOf,
} from "./stat.ts";
import { isRestoreName } from "./temporary.ts";
import { TooManyFiles } from "./too-many-files.ts";

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

/** Looks at the whole project. @throws TooManyFiles */
export async function lookAtAll(place: LookPlace, index: FolderIndex, signal: AbortSignal): Promise<Sight> {
  const look = new Look(place, index, new Pace(signal));
  await look.all();
  return look.sight;
}

/** A look at the whole project that can be had in pieces, each of them a sight of its own. */
export type PieceByPiece = {
  /** Goes on for some ms; null when there is nothing left. @throws TooManyFiles */
  more(index: FolderIndex, ms: number): Promise<Sight | null>;
};

/** Begins one. What is seen of a piece has to be in the index before the next. */
export function lookInPieces(place: LookPlace, signal: AbortSignal): PieceByPiece {
  let left: Visit[] | null = null;
  let entries = 0;
  return {
    async more(index, ms) {
      const look = new Look(place, index, new Pace(signal), entries);
      const begun = left ?? [look.top()];
      if (begun.length === 0) return null;
      left = await look.some(begun, ms);
      entries = look.entries;
      return look.sight;
    },
  };
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

/** A folder to be looked into. `again`: ignore rules above it have changed. */
type Visit = { path: BytePath; at: Stats; again: boolean };

/** How a name is looked at. `asked`: it was named, so what ignores it does not count. */
type How = { again: boolean; asked: boolean };

class Look {
  readonly #place: LookPlace;
  readonly #seen: Sighting;
  readonly #pace: Pace;
  readonly #rules: IgnoreRules;
  /** Ignored files captured, by folder. */
  readonly #ignoredFiles = new Map<BytePath, number>();
  #visits: Visit[] = [];
  #entries: number;
  #device = 0;

  /** @param entries how many were looked at before it */
  constructor(place: LookPlace, index: FolderIndex, pace: Pace, entries = 0) {
    this.#entries = entries;
    this.#place = place;
    this.#seen = new Sighting(index);
    this.#pace = pace;
    this.#rules = new IgnoreRules(place.root, place.ignoreFiles);
  }

  get entries(): number {
    return this.#entries;
  }

  get sight(): Sight {
    return this.#seen.sight;
  }

  /** Where a look at everything begins. */
  top(): Visit {
    return { path: "", at: lstatSync(forSystem(this.#place.root)), again: false };
  }

  async all(): Promise<void> {
    await this.some([this.top()], Number.POSITIVE_INFINITY);
  }

  /** Looks into folders, and those in them, for some ms. @returns the folders that are left */
  async some(visits: Visit[], ms: number): Promise<Visit[]> {
    const end = performance.now() + ms;
    this.#device = lstatSync(forSystem(this.#place.root)).dev;
    this.#visits = visits;
    for (let visit = this.#visits.pop(); visit; visit = this.#visits.pop()) {
      const known = this.#seen.folder(visit.path);
      const listed = known?.stamp != null && !known.racy && isStamped(known.stamp, visit.at);
      const again = visit.again || this.#ignoreFileChanged(visit.path, known, listed);
      if (listed && !again && known instanceof KnownFolder) await this.#compare(visit.path, known);
      else await this.#visit({ ...visit, again }, known, listed);
      if (performance.now() > end) break;
    }
    return this.#visits;
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
      const state = this.#seen.folder(folder)?.items.get(name)?.state;
      if (last || state?.type !== "folder") this.#look(folder, name, { again: false, asked: last });
      folder = folder === "" ? name : `${folder}/${name}`;
    }
    // Their folders are not read here.
    this.#visits = [];
  }

  /** Looks at what is known of a folder that has the names it had: nearly all of nearly every look. */
  async #compare(path: BytePath, known: KnownFolder): Promise<void> {
    const base = `${placeOf(this.#place.root, path)}/`;
    const plainly = isAscii(base);
    for (const [index, name] of known.names.entries()) {
      const at = plainly && isAscii(name) ? statAt(base + name) : statOf(base + name);
      if (at === null || at === "unknown" || !this.#isAsKnown(path, known, index, at))
        this.#look(path, name, { again: false, asked: false });
      this.#count();
      if (this.#pace.due) await this.#pace.rest();
    }
  }

  #isAsKnown(path: BytePath, known: KnownFolder, index: number, at: Stats): boolean {
    const kind = known.kind(index);
    if (!isFolder(at)) return known.isSame(index, at);
    // A folder that is not entered changes its stamp with all that is done in it.
    if (kind === "out") return known.hasInode(index, at.ino);
    if (kind !== "folder" || !known.hasMode(index, permissions(at))) return false;
    this.#visits.push({ path: inFolder(path, known.names[index] ?? ""), at, again: false });
    return true;
  }

  async #visit({ path, at, again }: Visit, known: Folder | undefined, listed: boolean): Promise<void> {
    const begun = this.#place.now();
    const names = listed ? null : this.#names(path);
    if (names !== null && known) {
      const there = new Set(names);
      for (const name of [...known.items.keys()]) if (!there.has(name)) this.#seen.gone(path, name);
    }
    for (const name of names ?? [...(known?.items.keys() ?? [])]) {
      this.#look(path, name, { again, asked: false });
      this.#count();
      if (this.#pace.due) await this.#pace.rest();
    }
    if (names !== null) {
      const draft = this.#seen.draft(path);
      draft.stamp = stampOf(at);
      draft.racy = isRacy(at, begun);
      draft.whole = true;
      draft.absent.clear();
    }
  }

  #count(): void {
    this.#entries += 1;
    if (this.#entries > this.#place.maxEntries) throw new TooManyFiles();
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

  #ignoreFileChanged(path: BytePath, known: Folder | undefined, listed: boolean): boolean {
    if (known?.stamp == null) return false;
    // In a folder that has the names it had none has come.
    if (listed && known instanceof KnownFolder && !known.names.includes(".gitignore")) return false;
    const item = known.items.get(".gitignore");
    const at = statOf(placeOf(this.#place.root, inFolder(path, ".gitignore")));
    if (at === "unknown") return false;
    if (at === null || item === undefined) return at !== null || item !== undefined;
    return item.racy || !isStamped(item.stamp, at);
  }

  #look(folder: BytePath, name: string, how: How): void {
    const spot = this.#seen.spot(folder, name);
    const { path, known } = spot;
    const place = placeOf(this.#place.root, path);
    const at = statOf(place);
    if (at === "unknown") return;
    if (at === null) {
      if (known) this.#seen.gone(folder, name);
      else if (!this.#seen.folder(folder)?.whole) this.#seen.draft(folder).absent.add(name);
      return;
    }
    if (known?.state.type === "folder" && isFolder(at)) {
      const mode = permissions(at);
      if (known.state.mode !== mode) this.#seen.put(spot, { type: "folder", mode }, at);
      this.#visits.push({ path, at, again: how.again });
      return;
    }
    const isOut = known?.state.type === "out";
    if (known && !known.racy && !(isOut && (how.again || how.asked))) {
      // A folder that is not entered changes its stamp with all that is done in it.
      if (isOut && isFolder(at) && known.stamp.ino === at.ino) return;
      if (isStamped(known.stamp, at)) return;
    }
    if (isFolder(at)) this.#lookAtFolder(spot, at, how);
    else if (isFile(at)) this.#lookAtFile(spot, at, how);
    else this.#seen.put(spot, isLink(at) ? linkState(place) : special(at), at);
  }

  #lookAtFolder(spot: Spot, at: Stats, { again }: How): void {
    const { path, known } = spot;
    const out = this.#folderLeftOut(spot, at);
    if (out !== null) {
      this.#seen.put(spot, out, at);
      return;
    }
    // In the place of a file or link all in it is new, too; of what was not captured nothing is known.
    const isNew = known ? known.state.type !== "out" : this.#seen.isNew(spot);
    this.#seen.put(spot, { type: "folder", mode: permissions(at) }, at);
    if (this.#seen.folder(path) === undefined) this.sight.folders.set(path, unseenFolder(isNew));
    this.#visits.push({ path, at, again });
  }

  #folderLeftOut({ name, path }: Spot, at: Stats): FileState {
    const ignored =
      isNeverEntered(name) ||
      this.#place.closed.includes(placeOf(this.#place.root, path)) ||
      this.#rules.ignores(path, true);
    if (ignored) return { type: "out", why: "ignored", mark: markOf(at) };
    // Another file system is mounted here: /proc, a network share.
    if (this.#device !== 0 && at.dev !== this.#device)
      return { type: "out", why: "special", mark: markOf(at) };
    return null;
  }

  #lookAtFile(spot: Spot, at: Stats, { asked }: How): void {
    const { folder, name, path, known } = spot;
    const leftOut = (why: "ignored" | "large" | "full" | "unreadable"): void =>
      this.#seen.put(spot, { type: "out", why, mark: markOf(at) }, at);
    if (isNeverEntered(name) || (!asked && this.#isIgnoredFile(spot, at))) {
      leftOut("ignored");
      return;
    }
    if (at.size > this.#place.maxFileBytes) {
      leftOut("large");
      return;
    }
    const begun = this.#place.now();
    const kept = this.#place.content.keep(placeOf(this.#place.root, path));
    if (kept === "gone") {
      if (known) this.#seen.gone(folder, name);
      return;
    }
    if (kept === "unreadable" && known?.state.type === "file" && isUntouched(known.stamp, at)) {
      // Only its permissions have changed, to nobody's: what it holds is known.
      this.#seen.put(spot, { ...known.state, mode: permissions(at) }, at);
      return;
    }
    if (typeof kept === "string") {
      leftOut(kept);
      return;
    }
    this.sight.bytes += kept.bytes;
    const state = { type: "file", mode: permissions(kept.at), size: kept.at.size, blob: kept.blob } as const;
    this.#seen.put(spot, state, kept.at, isRacy(kept.at, begun));
  }

  /** What was captured once stays captured, whatever ignore files say later: a change of them loses nothing. */
  #isIgnoredFile({ folder, path, known }: Spot, { size }: Stats): boolean {
    if (known !== undefined && known.state.type !== "out") return false;
    if (!this.#rules.ignores(path, false)) return false;
    const count = (this.#ignoredFiles.get(folder) ?? 0) + 1;
    if (size > ignoredFileBytes || count > ignoredFilesInFolder) return true;
    this.#ignoredFiles.set(folder, count);
    return false;
  }
}
