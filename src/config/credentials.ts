/** Keys at rest: `credentials.json` beside the settings, mode 0600. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { messageOf, systemCode, TauError } from "../core/errors.ts";
import type { TauPaths } from "./paths.ts";

/** Provider id to key. */
export type Credentials = Readonly<Record<string, string>>;

/**
 * Reads the credentials file; none is an empty set.
 * @throws TauError `config` when others can read it, or with line and column when it is not an object of strings.
 */
export async function readCredentials(paths: TauPaths): Promise<Credentials> {
  const path = credentialsPath(paths);
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
  return parseCredentials(text, path);
}

/** Where keys are kept. */
export const credentialsPath = (paths: TauPaths): string => join(paths.config, "credentials.json");

/**
 * The keys in the text of the file.
 * @throws TauError `config` with line and column when it is not an object of strings
 */
export async function parseCredentials(text: string, path: string): Promise<Credentials> {
  const value = parsed(text);
  const problem = problemOf(value);
  if (problem === null) return value as Credentials;
  throw new TauError("config", `${path}:${await placeOf(text, problem)}`, "correct or remove it");
}

/** What is wrong with the file: the provider it is about, if one, and words. */
type Problem = { provider?: string; words: string };

function problemOf(value: unknown): Problem | null {
  if (value === undefined) return { words: "this is no JSON" };
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { words: "must be an object of provider ids and keys" };
  const [provider] = Object.entries(value).find(([, key]) => typeof key !== "string") ?? [];
  return provider === undefined ? null : { provider, words: `${provider} must be a string` };
}

/** The problem with its line and column. The parser's own words would repeat the text around it, which may be a key. */
async function placeOf(text: string, { provider, words }: Problem): Promise<string> {
  const [jsonc, { lineAndColumn }] = await Promise.all([
    import("jsonc-parser"),
    import("./settings-file.ts"),
  ]);
  const errors: { error: number; offset: number; length: number }[] = [];
  const root = jsonc.parseTree(text, errors, { disallowComments: true });
  const node = root && provider !== undefined ? jsonc.findNodeAtLocation(root, [provider]) : root;
  const offset = errors[0]?.offset ?? node?.offset ?? 0;
  return `${lineAndColumn(text, offset)}: ${words}`;
}

/** Undefined for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
