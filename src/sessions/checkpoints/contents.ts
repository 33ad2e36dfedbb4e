/** Contents of files in the store: each once, under its hash. */
import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from "node:fs";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Database } from "better-sqlite3";
import { systemCode } from "../../core/errors.ts";
import type { Clock } from "../../core/ids.ts";
import { type BytePath, forSystem } from "./file-state.ts";
import type { ContentKeeper } from "./look.ts";

/** Smaller contents hardly shrink. */
const leastPacked = 200;
/** Bytes of new content that are written in one transaction. */
const batchBytes = 4 * 1024 * 1024;
/** Times a file that is being written to is read before what was read counts. */
const mostReads = 3;

/** Keeps contents; new ones are held back until {@link Contents.flush}. */
export class Contents implements ContentKeeper {
  readonly #sql: Database;
  readonly #now: Clock;
  readonly #find;
  readonly #insert;
  readonly #get;
  /** Bytes that may still be stored. */
  #room: number;
  #open = 0;

  /** @param room bytes that may be stored */
  constructor(sql: Database, now: Clock, room: number) {
    this.#sql = sql;
    this.#now = now;
    this.#room = room;
    this.#find = sql.prepare<[Buffer], { id: number }>("SELECT id FROM blobs WHERE hash = ?");
    this.#insert = sql.prepare<[Buffer, number, number, number, Buffer]>(
      "INSERT INTO blobs (hash, at, size, packed, data) VALUES (?, ?, ?, ?, ?)",
    );
    this.#get = sql.prepare<[number], { packed: number; data: Buffer }>(
      "SELECT packed, data FROM blobs WHERE id = ?",
    );
  }

  set room(bytes: number) {
    this.#room = bytes;
  }

  keep(place: BytePath): ReturnType<ContentKeeper["keep"]> {
    const read = readWhole(place);
    if (typeof read === "string") return read;
    const blob = this.add(read.bytes);
    return blob === null ? "full" : { blob, bytes: read.bytes.length, at: read.at };
  }

  /** Keeps bytes; null where there is no room left. */
  add(bytes: Buffer): number | null {
    const hash = createHash("sha256").update(bytes).digest();
    const known = this.#find.get(hash);
    if (known) return known.id;
    const deflated = bytes.length < leastPacked ? bytes : deflateRawSync(bytes, { level: 1 });
    const packed = deflated.length < bytes.length;
    const data = packed ? deflated : bytes;
    if (data.length > this.#room) return null;
    if (!this.#sql.inTransaction) this.#sql.exec("BEGIN IMMEDIATE");
    const { lastInsertRowid } = this.#insert.run(hash, this.#now(), bytes.length, packed ? 1 : 0, data);
    this.#room -= data.length;
    this.#open += data.length;
    if (this.#open > batchBytes) this.flush();
    return Number(lastInsertRowid);
  }

  /** Commits what was kept since the last time. */
  flush(): void {
    this.#open = 0;
    if (this.#sql.inTransaction) this.#sql.exec("COMMIT");
  }

  /** The bytes of a blob. @throws when it is not there, which is a damaged store */
  bytes(blob: number): Buffer {
    const row = this.#get.get(blob);
    if (!row) throw new Error(`checkpoint content ${blob} is missing`);
    return row.packed === 1 ? inflateRawSync(row.data) : row.data;
  }
}

/** Reads a file to its end, with its stat data as they were all the while. */
export function readWhole(place: BytePath): { bytes: Buffer; at: Stats } | "unreadable" | "gone" {
  let handle: number;
  try {
    // Not through a link, and not waiting at a pipe, that took the file's place since it was looked at.
    handle = openSync(forSystem(place), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    return code === "ENOENT" || code === "ENOTDIR" ? "gone" : "unreadable";
  }
  try {
    for (let read = 1; ; read += 1) {
      const before = fstatSync(handle);
      if (!before.isFile()) return "gone";
      const bytes = readAll(handle, before.size);
      const at = fstatSync(handle);
      if ((at.mtimeMs === before.mtimeMs && at.size === bytes.length) || read === mostReads)
        return { bytes, at };
    }
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return "unreadable";
  } finally {
    closeSync(handle);
  }
}

function readAll(handle: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  let length = 0;
  while (length < size) {
    const count = readSync(handle, bytes, length, size - length, length);
    if (count === 0) break;
    length += count;
  }
  return length === size ? bytes : bytes.subarray(0, length);
}
