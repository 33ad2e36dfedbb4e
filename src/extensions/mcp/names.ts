/** The names of servers' tools as models call them: `mcp__server__tool`, in what every dialect allows. */
import { createHash } from "node:crypto";

/** What all dialects take: letters, digits, `_` and `-`, this many. Sources: docs/codecs.md; Gemini begins with a letter. */
const maxChars = 64;
/** Enough of the server's name to tell servers apart, and room for the tool's. */
const maxServerChars = 24;

const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 8);

/** Two underscores stand between the parts of a name, so that none may be in one. */
const plain = (text: string): string => text.replace(/[^A-Za-z0-9_-]+/g, "_").replace(/_{2,}/g, "_");

/** The names of servers in rules and tools, by their own names: none twice. */
export function serverKeys(names: readonly string[]): Map<string, string> {
  const keys = new Map<string, string>();
  const taken = new Set<string>();
  for (const name of names) {
    const wanted = plain(name).replace(/^_+|_+$/g, "");
    const fits = wanted !== "" && wanted.length <= maxServerChars && !taken.has(wanted);
    const key = fits ? wanted : `${wanted.slice(0, maxServerChars - 9)}-${hashOf(name)}`;
    taken.add(key);
    keys.set(name, key);
  }
  return keys;
}

/** The names of one server's tools as they are offered, by the server's own names: none twice, none too long. */
export function toolNames(serverKey: string, tools: readonly string[]): Map<string, string> {
  const prefix = `mcp__${serverKey}__`;
  const room = maxChars - prefix.length;
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const tool of tools) {
    const wanted = plain(tool).replace(/^_+|_+$/g, "");
    const fits = wanted !== "" && wanted.length <= room && !taken.has(wanted);
    const name = fits ? wanted : `${wanted.slice(0, room - 9)}-${hashOf(tool)}`;
    taken.add(name);
    names.set(tool, prefix + name);
  }
  return names;
}

/**
 * The names of one server's prompts as commands, by the server's own names: none twice, none too long, and in lower
 * case, as commands are typed.
 */
export function promptNames(serverKey: string, prompts: readonly string[]): Map<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const [prompt, name] of toolNames(serverKey, prompts)) {
    const lower = name.toLowerCase();
    const command = taken.has(lower) ? `${lower.slice(0, maxChars - 9)}-${hashOf(prompt)}` : lower;
    taken.add(command);
    names.set(prompt, command);
  }
  return names;
}
