/** What a look has seen so far: changes, and the folders as they are now. The index it began with stays as it is. */
import type { Stats } from "node:fs";
import { type BytePath, type FileState, sameState } from "./file-state.ts";
import { type Folder, type FolderIndex, type Item, unseenFolder } from "./folder-index.ts";
import { markOf, stampOf } from "./stat.ts";

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

/** A name in a folder, and what was known of it. */
export type Spot = { folder: BytePath; name: string; path: BytePath; known: Item | undefined };

/** The path of a name in a folder. */
export const inFolder = (folder: BytePath, name: string): BytePath =>
  folder === "" ? name : `${folder === "/" ? "" : folder}/${name}`;

/** Sees. */
export class Sighting {
  readonly sight: Sight = { changes: [], folders: new Map(), bytes: 0 };
  readonly #index: FolderIndex;

  constructor(index: FolderIndex) {
    this.#index = index;
  }

  /** A folder as it is known by now. */
  folder(path: BytePath): Folder | undefined {
    const draft = this.sight.folders.get(path);
    return draft === null ? undefined : (draft ?? this.#index.get(path));
  }

  /** A name in a folder, with what is known of it by now. */
  spot(folder: BytePath, name: string): Spot {
    return { folder, name, path: inFolder(folder, name), known: this.folder(folder)?.items.get(name) };
  }

  /** The folder to be changed, in place of the one in the index. */
  draft(path: BytePath): Folder {
    const draft = this.sight.folders.get(path);
    if (draft) return draft;
    const known = draft === null ? undefined : this.#index.get(path);
    const fresh = known
      ? {
          stamp: known.stamp,
          racy: known.racy,
          whole: known.whole,
          items: new Map(known.items),
          absent: new Set(known.absent),
        }
      : unseenFolder(false);
    this.sight.folders.set(path, fresh);
    return fresh;
  }

  /** Whether a name that is seen now was not there before, as opposed to not having been looked for. */
  isNew({ folder, name, known }: Spot): boolean {
    const inside = this.folder(folder);
    return known === undefined && (inside?.whole === true || inside?.absent.has(name) === true);
  }

  /** Something stands there. */
  put(spot: Spot, state: NonNullable<FileState>, at: Stats, racy = false): void {
    const { folder, name, path, known } = spot;
    const isNew = this.isNew(spot);
    if (known?.state.type === "folder" && state.type !== "folder") this.#goneInside(path);
    // What was not captured and is now, as ignore files have changed, is no change of the project.
    const onlySeen = known?.state.type === "out" && known.state.mark === markOf(at);
    if (isNew || (known && !onlySeen && !sameState(known.state, state)))
      this.sight.changes.push({ path, before: known?.state ?? null, after: state });
    const draft = this.draft(folder);
    draft.absent.delete(name);
    draft.items.set(name, { state, stamp: stampOf(at), racy });
  }

  /** Nothing stands there any more. */
  gone(folder: BytePath, name: string): void {
    const path = inFolder(folder, name);
    const draft = this.draft(folder);
    const known = draft.items.get(name);
    draft.items.delete(name);
    if (!draft.whole) draft.absent.add(name);
    if (known) this.sight.changes.push({ path, before: known.state, after: null });
    this.#goneInside(path);
  }

  #goneInside(path: BytePath): void {
    const inside = this.folder(path);
    if (!inside) return;
    for (const name of [...inside.items.keys()]) this.gone(path, name);
    this.sight.folders.set(path, null);
  }
}
