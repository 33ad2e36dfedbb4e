/** Reading a settings file. */
import { readFileSync } from "node:fs";
import { messageOf, systemCode, TauError } from "../core/errors.ts";

/**
 * The text of a file; null when there is none.
 * @throws TauError `config` when it is there and cannot be read
 */
export function readText(path: string): string | null {
  try {
    // Some editors begin a file with a byte order mark.
    return readFileSync(path, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    if (systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR") return null;
    throw new TauError(
      "config",
      `cannot read ${path}: ${messageOf(error)}`,
      "fix its permissions or remove it",
    );
  }
}
