/** What was last seen of each folder: states, and the stat data by which unchanged files are known without reading them. */
import type { Stats } from "node:fs";
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
export type FolderIndex = Map<BytePath, KnownFolder>;

/** What the look at an unchanged item needs to know of it. */
export type ItemKind = "file" | "link" | "folder" | "out";

const kinds: readonly ItemKind[] = ["file", "link", "folder", "out"];

/** Numbers kept of an item: size, mtime, ctime, ino, mode, and {@link kinds} with {@link racyBit}. */
const columns = 6;
const racyBit = 4;

/** States as the store has them: what the columns do not say. */
type StateRow = number | string | [why: LeftOut, mark: string] | null;
type HeadRow = [
  stamp: [size: number, mtime: number, ctime: number, ino: number] | null,
  racy: boolean,
  whole: boolean,
  absent: string[],
  states: StateRow[],
];

/**
 * A folder of the index. 50,000 items of it are compared before each command, so what that needs stands in columns;
 * items are made of it where something has changed.
 */
export class KnownFolder implements Folder {
  readonly stamp: Stamp | null;
  readonly racy: boolean;
  readonly whole: boolean;
  readonly absent: Set<string>;
  readonly names: readonly string[];
  readonly #numbers: Float64Array;
  readonly #states: readonly StateRow[];
  #items: Map<string, Item> | null = null;

  /** Reads it back from {@link KnownFolder.text}. SQLite's own checks find a damaged file: no schema is held against it. */
  constructor(text: string) {
    const [head = "", numbers = ""] = text.split("\n", 2);
    const [stamp, racy, whole, absent, states] = JSON.parse(head) as HeadRow;
    const names = text.slice(head.length + numbers.length + 2);
    this.stamp = stamp && { size: stamp[0], mtime: stamp[1], ctime: stamp[2], ino: stamp[3] };
    this.racy = racy;
    this.whole = whole;
    this.absent = new Set(absent);
    this.names = names === "" ? [] : names.split("/");
    // A copy of its own: a pooled buffer begins at any byte.
    this.#numbers = new Float64Array(new Uint8Array(Buffer.from(numbers, "base64")).buffer);
    this.#states = states;
  }

  /** A folder as text for the store: names come last, for they may hold line breaks, but no slashes. */
  static text({ stamp, racy, whole, items, absent }: Folder): string {
    const numbers = new Float64Array(items.size * columns);
    const states: StateRow[] = [];
    let at = 0;
    for (const { state, stamp: own, racy: isRacy } of items.values()) {
      const kind = kinds.indexOf(state.type) + (isRacy ? racyBit : 0);
      const mode = "mode" in state ? state.mode : 0;
      numbers.set([own.size, own.mtime, own.ctime, own.ino, mode, kind], at);
      states.push(rowOf(state));
      at += columns;
    }
    const own = stamp && ([stamp.size, stamp.mtime, stamp.ctime, stamp.ino] as const);
    const head = JSON.stringify([own, racy, whole, [...absent], states]);
    return `${head}\n${Buffer.from(numbers.buffer).toString("base64")}\n${[...items.keys()].join("/")}`;
  }

  /** What stands in it, by name. */
  get items(): Map<string, Item> {
    this.#items ??= new Map(this.names.map((name, index) => [name, this.#item(index)]));
    return this.#items;
  }

  /** What an item was, by its place among the names. */
  kind(index: number): ItemKind {
    return kinds[(this.#numbers[index * columns + 5] ?? 0) & 3] ?? "file";
  }

  /** Whether a file or link is as it was, by what lstat(2) says of it now; of a racy one that is never certain. */
  isSame(index: number, at: Stats): boolean {
    const first = index * columns;
    const numbers = this.#numbers;
    return (
      numbers[first + 1] === at.mtimeMs &&
      numbers[first + 2] === at.ctimeMs &&
      numbers[first] === at.size &&
      numbers[first + 3] === at.ino &&
      ((numbers[first + 5] ?? 0) & racyBit) === 0
    );
  }

  /** Whether the permissions of a folder in it are as they were. */
  hasMode(index: number, mode: number): boolean {
    return this.#numbers[index * columns + 4] === mode;
  }

  /** Whether it is the same thing, whatever it holds now. */
  hasInode(index: number, ino: number): boolean {
    return this.#numbers[index * columns + 3] === ino;
  }

  /** The blobs its files hold. */
  *blobs(): Generator<number> {
    for (const [index, state] of this.#states.entries())
      if (typeof state === "number" && this.kind(index) === "file") yield state;
  }

  #item(index: number): Item {
    const first = index * columns;
    const number = (column: number): number => this.#numbers[first + column] ?? 0;
    const stamp = { size: number(0), mtime: number(1), ctime: number(2), ino: number(3) };
    const state = stateOf(this.kind(index), this.#states[index] ?? null, number(4), stamp.size);
    return { state, stamp, racy: (number(5) & racyBit) !== 0 };
  }
}

function rowOf(state: NonNullable<FileState>): StateRow {
  switch (state.type) {
    case "file":
      return state.blob;
    case "link":
      return state.target;
    case "folder":
      return null;
    case "out":
      return [state.why, state.mark];
  }
}

function stateOf(kind: ItemKind, row: StateRow, mode: number, size: number): NonNullable<FileState> {
  if (kind === "link") return { type: "link", target: String(row) };
  if (kind === "folder") return { type: "folder", mode };
  if (Array.isArray(row)) return { type: "out", why: row[0], mark: row[1] };
  return { type: "file", mode, size, blob: Number(row) };
}
