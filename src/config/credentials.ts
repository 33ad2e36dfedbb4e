/** Keys at rest: `credentials.json` beside the settings, mode 0600. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { messageOf, systemCode, TauError } from "../core/errors.ts";
import type { TauPaths } from "./paths.ts";

/** Provider id to key. */
export type Credentials = Readonly<Record<string, string>>;

/**
 * Reads the credentials file; none is an empty set.
 * @throws TauError `config` when others can read it or it is not an object of strings.
 */
export function readCredentials(paths: TauPaths): Credentials {
  const path = join(paths.config, "credentials.json");
  let text: string;
  try {
    if ((statSync(path).mode & 0o077) !== 0) {
      throw new TauError("config", `${path} can be read by others`, `chmod 600 ${path}`);
    }
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR") return {};
    if (error instanceof TauError) throw error;
    throw new TauError(
      "config",
      `cannot read ${path}: ${messageOf(error)}`,
      "fix its permissions or remove it",
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new TauError("config", `${path} is not JSON: ${messageOf(error)}`, "correct or remove it");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TauError(
      "config",
      `${path} must be an object of provider ids and keys`,
      "correct or remove it",
    );
  }
  for (const [provider, key] of Object.entries(value)) {
    if (typeof key !== "string")
      throw new TauError("config", `${path}: ${provider} must be a string`, "correct or remove it");
  }
  return value as Credentials;
}
