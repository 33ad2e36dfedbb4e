/** The stores of all projects: how large they are, and which of them nobody needs any more. */
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { systemCode } from "../../core/errors.ts";
import { markerOf } from "./marker.ts";

/** A project's store as it lies there. */
export type StoreFile = {
  path: string;
  /** With what SQLite keeps beside it. */
  bytes: number;
  /** When something was recorded last, Unix ms. */
  usedAt: number;
};

/** A store that was used so lately may be open; it is not taken away for room, in ms. */
const settledMs = 24 * 3_600_000;

/** The stores in a folder, the one used last first; none where there is no folder. */
export function storesIn(folder: string): StoreFile[] {
  return namesIn(folder)
    .filter((name) => name.endsWith(".db"))
    .map((name) => {
      const path = join(folder, name);
      const parts = [path, `${path}-wal`].map(sizeAndTime);
      return {
        path,
        bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
        usedAt: Math.max(...parts.map(({ at }) => at)),
      };
    })
    .toSorted((a, b) => b.usedAt - a.usedAt);
}

/**
 * Stores that go: those in which nothing is young enough to be kept, and of the others the ones used longest ago, until all
 * have room. One with a restore that was cut off stays.
 */
export function surplus(
  stores: readonly StoreFile[],
  { keepSince, maxBytes, now }: { keepSince: number; maxBytes: number; now: number },
): StoreFile[] {
  let room = maxBytes;
  return stores.filter((store) => {
    if (markerOf(store.path) !== null) return false;
    if (store.usedAt < keepSince) return true;
    room -= store.bytes;
    return room < 0 && store.usedAt < now - settledMs;
  });
}

/** Takes one away, if no process has it open. @returns whether it did */
export async function removeStore({ path }: StoreFile): Promise<boolean> {
  const { default: Sqlite } = await import("better-sqlite3");
  try {
    const sql = new Sqlite(path, { timeout: 0, fileMustExist: true });
    try {
      // Leaving the log mode takes a lock that nobody gets who is not alone.
      if (sql.pragma("journal_mode = DELETE", { simple: true }) !== "delete") return false;
    } finally {
      sql.close();
    }
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code.startsWith("SQLITE_BUSY")) return false;
    // One that cannot be opened at all is of no use to anybody either.
    if (!code.startsWith("SQLITE_")) throw error;
  }
  for (const end of ["", "-wal", "-shm"]) rmSync(`${path}${end}`, { force: true });
  return true;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return []; // none were made yet
  }
}

function sizeAndTime(path: string): { bytes: number; at: number } {
  const at = statSync(path, { throwIfNoEntry: false });
  return { bytes: at?.size ?? 0, at: at?.mtimeMs ?? 0 };
}
