/** What other agents left in the folder and the home: listed with what Tau does about it. Nothing is taken unasked. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { systemCode } from "../../core/errors.ts";

/** A file or folder of another agent. */
export type OtherAgent = { place: string; what: string };
/** A key in another agent's file. The value is read again when a person has said yes. */
export type ForeignKey = { provider: string; path: string; agent: string };

const read = "its instructions are read in every session here";
const notRead = "not read";

const inFolder: readonly [name: string, what: string][] = [
  ["AGENTS.md", read],
  ["CLAUDE.md", read],
  ["GEMINI.md", read],
  [".mcp.json", "its MCP servers start once you allow each: tau mcp list"],
  [".claude", notRead],
  [".codex", notRead],
  [".gemini", notRead],
  [".opencode", notRead],
  [".cursor/rules", notRead],
];
const inHome: readonly [name: string, what: string][] = [
  [".claude", notRead],
  [".codex", notRead],
  [".gemini", notRead],
  [".config/opencode", notRead],
];

/** What is there, by name only. */
export function otherAgents(root: string, home: string): OtherAgent[] {
  const found = (base: string, prefix: string, list: typeof inFolder): OtherAgent[] =>
    list.flatMap(([name, what]) =>
      existsSync(join(base, name)) ? [{ place: `${prefix}${name}`, what }] : [],
    );
  return [...found(root, "", inFolder), ...(root === home ? [] : found(home, "~/", inHome))];
}

const codexSchema = z.object({ OPENAI_API_KEY: z.string().min(1) });
const opencodeSchema = z.record(z.string(), z.unknown());
const opencodeKey = z.object({ type: z.literal("api"), key: z.string().min(1) });

/** Keys that other agents keep, for providers Tau knows. */
export function foreignKeys(home: string, known: readonly string[]): ForeignKey[] {
  const codex = join(home, ".codex", "auth.json");
  const opencode = join(home, ".local/share/opencode/auth.json");
  const listed = opencodeSchema.safeParse(json(opencode)).data ?? {};
  return [
    ...(codexSchema.safeParse(json(codex)).success
      ? [{ provider: "openai", path: codex, agent: "Codex" }]
      : []),
    ...Object.entries(listed).flatMap(([provider, entry]) =>
      known.includes(provider) && opencodeKey.safeParse(entry).success
        ? [{ provider, path: opencode, agent: "opencode" }]
        : [],
    ),
  ];
}

/** The key itself; null when it is gone meanwhile. */
export function valueOfForeignKey({ provider, path, agent }: ForeignKey): string | null {
  const file = json(path);
  if (agent === "Codex") return codexSchema.safeParse(file).data?.OPENAI_API_KEY.trim() ?? null;
  const entry = opencodeSchema.safeParse(file).data?.[provider];
  return opencodeKey.safeParse(entry).data?.key.trim() ?? null;
}

/** Undefined for what cannot be read or is no JSON: another program's file is its own business. */
function json(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (error instanceof SyntaxError || systemCode(error) !== undefined) return undefined;
    throw error;
  }
}
