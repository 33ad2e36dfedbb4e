/** The folder a command works in, and the user's own. */
import { homedir, userInfo } from "node:os";
import { isAbsolute, resolve } from "node:path";
import { messageOf, systemCode, TauError } from "../core/errors.ts";

/**
 * `-C` from here, or here.
 * @throws TauError `usage` when the working directory is gone (`rm -r .` in another terminal) and -C does not say where to.
 */
export function workingFolder(cwd?: string): string {
  let here: string;
  try {
    here = process.cwd();
  } catch (error) {
    if (cwd?.startsWith("/")) return resolve(cwd);
    throw new TauError(
      "usage",
      `the working directory is gone (${messageOf(error)})`,
      "cd to one that exists, or choose one with -C and an absolute path where the command takes it",
    );
  }
  return resolve(here, cwd ?? "");
}

/** What Debian calls the home of accounts that have none: whatever needs one fails there and says so. */
const noHome = "/nonexistent";

/**
 * `HOME`, or where that is no absolute path the account's folder. A container that runs as a bare user id has neither,
 * and Node throws.
 */
export function homeFolder(): string {
  for (const find of [homedir, () => userInfo().homedir]) {
    try {
      const folder = find();
      if (isAbsolute(folder)) return folder;
    } catch (error) {
      if (systemCode(error) === undefined) throw error;
    }
  }
  return noHome;
}
