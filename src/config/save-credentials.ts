/** Writing `credentials.json`: mode 0600, atomically, and what else stands there stays. */
import type { Clock } from "../core/ids.ts";
import { credentialsPath, parseCredentials } from "./credentials.ts";
import type { TauPaths } from "./paths.ts";
import { rewriteFile } from "./rewrite-file.ts";

/**
 * Keeps a key, in place of the one there was.
 * @returns the file
 * @throws TauError `config` when the file is wrong, open to others, or cannot be written; then it is left as it was
 */
export async function saveKey(paths: TauPaths, provider: string, key: string, now: Clock): Promise<string> {
  const path = credentialsPath(paths);
  await rewriteFile(path, now, async (text) => {
    const kept = text === null ? {} : await parseCredentials(text, path);
    return `${JSON.stringify({ ...kept, [provider]: key }, null, 2)}\n`;
  });
  return path;
}

/**
 * Takes a key out.
 * @returns whether there was one
 * @throws TauError as {@link saveKey}
 */
export async function removeKey(paths: TauPaths, provider: string, now: Clock): Promise<boolean> {
  const path = credentialsPath(paths);
  let found = false;
  await rewriteFile(path, now, async (text) => {
    const { [provider]: old, ...kept } = text === null ? {} : await parseCredentials(text, path);
    found = old !== undefined;
    return found ? `${JSON.stringify(kept, null, 2)}\n` : null;
  });
  return found;
}
