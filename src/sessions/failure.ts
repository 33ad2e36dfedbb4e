/** What goes wrong with the ledger's file, in words for people. */
import { accessSync, constants } from "node:fs";
import { dirname } from "node:path";
import { messageOf, systemCode, TauError } from "../core/errors.ts";

/**
 * A failure of SQLite or the file system as a `TauError` naming the file and what to do; anything else (a `TauError`,
 * a programmer's error) as it is. Codes: https://www.sqlite.org/rescode.html.
 */
export function ledgerFailure(error: unknown, path: string, at: number): unknown {
  if (error instanceof TauError) return error;
  const code = systemCode(error);
  if (code === undefined) return error;
  const failure = (message: string, hint: string) => new TauError("failure", message, hint, { cause: error });
  switch (true) {
    case is(code, "SQLITE_FULL", "ENOSPC", "EDQUOT", "SQLITE_IOERR_SHMSIZE"):
      return failure(
        `The disk is full: nothing of this step was written to the ledger ${path}.`,
        "Free some space and resume the session; what was recorded before is safe.",
      );
    case is(code, "SQLITE_CORRUPT", "SQLITE_NOTADB"):
      return failure(
        `The ledger ${path} is damaged (${messageOf(error)}). Nothing was deleted or changed.`,
        `Run \`tau doctor\`, or move it aside to start afresh: mv '${path}' '${path}.corrupt-${day(at)}'`,
      );
    // Where even the files beside the ledger cannot be made, SQLite only says that it cannot open it.
    case is(code, "SQLITE_READONLY", "EROFS") || (code === "SQLITE_CANTOPEN" && isOnReadOnlyDisk(path)):
      return failure(
        `The ledger ${path} is read-only: nothing can be recorded.`,
        "Make the file and its directory writable, or set TAU_HOME to a directory that is.",
      );
    case is(
      code,
      "SQLITE_CANTOPEN",
      "SQLITE_PERM",
      "SQLITE_AUTH",
      "EACCES",
      "EPERM",
      "ENOTDIR",
      "EISDIR",
      "ENOENT",
    ):
      return failure(
        `The ledger ${path} cannot be opened (${messageOf(error)}).`,
        "Check the permissions of the file and its directory, or set TAU_HOME to a directory you can write.",
      );
    // Installed without its install script, or for another version of Node than the one that runs.
    case is(code, "MODULE_NOT_FOUND", "ERR_DLOPEN_FAILED"):
      return failure(
        `SQLite's native part cannot be loaded (${messageOf(error).split("\n")[0]}).`,
        "Where Tau is installed, run `npm rebuild better-sqlite3`, or install Tau again with this version of Node.",
      );
    case is(code, "SQLITE_BUSY", "SQLITE_LOCKED"):
      return failure(
        `The ledger ${path} is held by another process and did not come free.`,
        "Try again; if it stays so, look for a stopped or hung tau process.",
      );
    case is(code, "SQLITE_IOERR", "EIO"):
      return failure(
        `Reading or writing the ledger ${path} failed (${code}).`,
        "Check the disk; what was recorded before is kept.",
      );
    default:
      return error;
  }
}

function isOnReadOnlyDisk(path: string): boolean {
  try {
    accessSync(dirname(path), constants.W_OK);
    return false;
  } catch (error) {
    return systemCode(error) === "EROFS";
  }
}

/** Extended codes carry the base code as prefix: `SQLITE_READONLY_DIRECTORY`. */
function is(code: string, ...bases: string[]): boolean {
  return bases.some((base) => code === base || code.startsWith(`${base}_`));
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
