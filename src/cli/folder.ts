/** The folder a command works in. */
import { resolve } from "node:path";
import { messageOf, TauError } from "../core/errors.ts";

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
