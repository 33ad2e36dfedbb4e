/** The MCP servers that other agents have in their own settings: named, never used. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { systemCode } from "../../core/errors.ts";

/** An agent and the names of its servers. */
export type OtherServers = { agent: string; names: string[] };

const named = z.record(z.string(), z.unknown());

/** In which file of the home, and under which key, each agent keeps them. */
const places = [
  { agent: "Claude Code", path: ".claude.json", key: "mcpServers" },
  { agent: "Gemini CLI", path: ".gemini/settings.json", key: "mcpServers" },
  { agent: "Cursor", path: ".cursor/mcp.json", key: "mcpServers" },
  { agent: "opencode", path: ".config/opencode/opencode.json", key: "mcp" },
] as const;

/** What is there. A file that cannot be read is its owner's business. */
export function otherServers(home: string): OtherServers[] {
  const found = places.map(({ agent, path, key }) => {
    const file = named.safeParse(json(join(home, path))).data ?? {};
    return { agent, names: Object.keys(named.safeParse(file[key]).data ?? {}) };
  });
  // Codex writes TOML, of which only the heads of its tables matter here.
  const codex = [
    ...(text(join(home, ".codex", "config.toml")) ?? "").matchAll(/^\[mcp_servers\.([\w-]+)\]/gm),
  ];
  return [...found, { agent: "Codex", names: codex.map(([, name = ""]) => name) }].filter(
    ({ names }) => names.length > 0,
  );
}

function json(path: string): unknown {
  try {
    return JSON.parse(text(path) ?? "null");
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function text(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (systemCode(error) !== undefined) return null;
    throw error;
  }
}
