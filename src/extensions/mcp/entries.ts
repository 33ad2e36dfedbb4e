/** Which MCP servers there are: those of the user's settings and those of the project's `.mcp.json`. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { McpServerSettings } from "../../config/mcp-servers.ts";
import { readText } from "../../config/read-text.ts";
import { messageOf } from "../../core/errors.ts";

/** The file of a project's servers, in its root folder. */
export const projectFile = ".mcp.json";

/** A server as it is written somewhere. */
export type ServerEntry = {
  name: string;
  /** What stands in a project comes from whoever made it: such a server starts only when a person allowed it. */
  owner: "user" | "project";
  /** Where it stands, for people: a path, or `settings`. */
  place: string;
  written: McpServerSettings;
  /** Of all that is written of it; another one is another server. */
  fingerprint: string;
};

/** The servers, and what could not be read, in words. */
export type ServerEntries = { entries: ServerEntry[]; problems: string[] };

/** Where they are looked for. */
export type EntryPlaces = {
  /** `mcpServers` of the settings in force. */
  settings: { readonly [name: string]: McpServerSettings };
  /** The project's root folder. */
  root: string;
};

/** Reads all entries. Of two with one name the user's own counts: a project cannot put itself in its place. */
export async function readEntries({ settings, root }: EntryPlaces): Promise<ServerEntries> {
  const own = Object.entries(settings).map(([name, written]) => entryOf(name, "user", "settings", written));
  const path = join(root, projectFile);
  const { servers, problems } = await readProjectFile(path);
  const names = new Set(own.map(({ name }) => name));
  return {
    entries: [
      ...own,
      ...servers.flatMap(([name, written]) =>
        names.has(name) ? [] : [entryOf(name, "project", path, written)],
      ),
    ],
    problems,
  };
}

function entryOf(
  name: string,
  owner: ServerEntry["owner"],
  place: string,
  written: McpServerSettings,
): ServerEntry {
  return { name, owner, place, written, fingerprint: fingerprintOf(written) };
}

async function readProjectFile(
  path: string,
): Promise<{ servers: [string, McpServerSettings][]; problems: string[] }> {
  let text: string | null;
  try {
    text = readText(path);
  } catch (error) {
    return { servers: [], problems: [messageOf(error)] };
  }
  if (text === null) return { servers: [], problems: [] };
  const { parseSharedServers } = await import("./parse-servers.ts");
  return parseSharedServers(text, path);
}

/** The sha256 of an entry; the order of its keys does not matter. */
export function fingerprintOf(written: McpServerSettings): string {
  return `sha256:${createHash("sha256")
    .update(JSON.stringify(sorted(written)))
    .digest("hex")}`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
