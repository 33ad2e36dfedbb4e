/** What was last seen of each folder: states, and the stat data by which unchanged files are known without reading them. */
import type { LeftOut } from "../../core/checkpoint.ts";
import type { BytePath, FileState } from "./file-state.ts";

/** The parts of lstat(2) by which a change shows. Times in ms with fractions; node's floats keep a quarter of a µs. */
export type Stamp = { size: number; mtime: number; ctime: number; ino: number };

/** Something in a folder. */
export type Item = {
  state: NonNullable<FileState>;
  stamp: Stamp;
  /**
   * It was changed so shortly before it was read that a change right after may have the same stamp: it is read again,
   * as git does with its index ("racy git").
   */
  racy: boolean;
};

/** A folder and what stands in it. */
export type Folder = {
  /** Null when its names were never read since it was last known to change. */
  stamp: Stamp | null;
  racy: boolean;
  /** Whether all its names were known once: a name that appears afterwards is new, and not merely seen for the first time. */
  whole: boolean;
  items: Map<string, Item>;
  /** Of a folder that is not `whole`: names that were looked for and not there. */
  absent: Set<string>;
};

/** A folder nothing is known of. */
export const unseenFolder = (whole: boolean): Folder => ({
  stamp: null,
  racy: false,
  whole,
  items: new Map(),
  absent: new Set(),
});

/** All folders that were seen, by path; that of the root is empty. */
export type FolderIndex = Map<BytePath, Folder>;

type Stamp4 = [size: number, mtime: number, ctime: number, ino: number];
type ItemRow =
  | [name: string, type: "f", stamp: Stamp4, racy: boolean, mode: number, blob: number]
  | [name: string, type: "l", stamp: Stamp4, racy: boolean, target: string]
  | [name: string, type: "d", stamp: Stamp4, racy: boolean, mode: number]
  | [name: string, type: "o", stamp: Stamp4, racy: boolean, why: LeftOut, mark: string];
type FolderRow = [stamp: Stamp4 | null, racy: boolean, whole: boolean, items: ItemRow[], absent: string[]];

/** A folder as text for the store. */
export function encodeFolder({ stamp, racy, whole, items, absent }: Folder): string {
  const rows = [...items].map(([name, item]) => rowOf(name, item));
  const row: FolderRow = [stamp && stampOf(stamp), racy, whole, rows, [...absent]];
  return JSON.stringify(row);
}

function rowOf(name: string, { state, stamp, racy }: Item): ItemRow {
  switch (state.type) {
    case "file":
      return [name, "f", stampOf(stamp), racy, state.mode, state.blob];
    case "link":
      return [name, "l", stampOf(stamp), racy, state.target];
    case "folder":
      return [name, "d", stampOf(stamp), racy, state.mode];
    case "out":
      return [name, "o", stampOf(stamp), racy, state.why, state.mark];
  }
}

const stampOf = ({ size, mtime, ctime, ino }: Stamp): Stamp4 => [size, mtime, ctime, ino];
const unstamp = ([size, mtime, ctime, ino]: Stamp4): Stamp => ({ size, mtime, ctime, ino });

/**
 * Reads it back. The store is Tau's own file and this is 50,000 items in the way of a command: it is not held
 * against a schema. SQLite's own checks find a damaged file.
 */
export function decodeFolder(text: string): Folder {
  const [stamp, racy, whole, rows, absent] = JSON.parse(text) as FolderRow;
  const items = new Map<string, Item>();
  for (const row of rows) {
    const item = { stamp: unstamp(row[2]), racy: row[3] };
    items.set(row[0], { ...item, state: stateOf(row, item.stamp.size) });
  }
  return { stamp: stamp && unstamp(stamp), racy, whole, items, absent: new Set(absent) };
}

function stateOf(row: ItemRow, size: number): NonNullable<FileState> {
  switch (row[1]) {
    case "f":
      return { type: "file", mode: row[4], size, blob: row[5] };
    case "l":
      return { type: "link", target: row[4] };
    case "d":
      return { type: "folder", mode: row[4] };
    case "o":
      return { type: "out", why: row[4], mark: row[5] };
  }
}
