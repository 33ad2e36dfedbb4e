/** Commands as findings name them: ready to be pasted into a shell. */
import { existsSync } from "node:fs";
import { join } from "node:path";

/** A word for a POSIX shell. */
export const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/**
 * What puts Tau's own files back.
 * @param root where it is installed
 */
export function reinstall(root: string): string {
  if (existsSync(join(root, "src", "cli"))) return `cd ${quoted(root)} && npm ci && npm run build`;
  return /\/Cellar\/|\/linuxbrew\//.test(root)
    ? "brew reinstall tau"
    : "npm install --global ./tau-agent-VERSION.tgz (as it was installed)";
}
