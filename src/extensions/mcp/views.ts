/** Servers and what they have, as people see them. */
import type { ServerPrompt, ServerResource } from "./connection.ts";
import type { ServerEntry } from "./entries.ts";
import type { ServerStatus } from "./server.ts";

/** A server as people see it. */
export type ServerView = {
  name: string;
  /** In rules: `mcp__key`. */
  key: string;
  owner: ServerEntry["owner"];
  place: string;
  status: ServerStatus;
  problem: string | null;
  /** Exactly what is started or asked. */
  description: string;
  /** By the names they are offered under; null while they are not known. */
  tools: { name: string; tokens: number; offered: boolean }[] | null;
  /** Estimated, of the tools that are offered. */
  tokens: number;
  resources: number;
  /** By the names of their commands. */
  prompts: string[];
  log: string;
};

/** A resource that may be attached. */
export type NamedResource = ServerResource & {
  /** Of its server, as in rules. */
  key: string;
};

/** A prompt that may be said, under the name of its command. */
export type NamedPrompt = {
  /** `mcp__docs__summarise`, lower case. */
  command: string;
  /** Of its server, as in rules. */
  key: string;
  /** What may follow it: `<file> [style]`. */
  usage: string;
  /** The server's own name. */
  server: string;
  prompt: ServerPrompt;
};

/** What may follow a prompt's name, as help shows it. */
export const usageOf = (prompt: ServerPrompt): string =>
  prompt.arguments.map(({ name, required }) => (required ? `<${name}>` : `[${name}]`)).join(" ");

/**
 * What a person should know: servers that wait for a yes, that failed, and tools that do not fit.
 * @param toolTokens what all servers' tools may take
 */
export function warningsOf(views: readonly ServerView[], toolTokens: number): string[] {
  return views.flatMap(({ name, status, problem, tools, place }) => {
    if (status === "not allowed")
      return [
        `The MCP server ${name} of ${place} is not started: you have not allowed it. See it with tau mcp get ${name}, allow it with tau mcp allow ${name}.`,
      ];
    if (status === "failed" || status === "gone")
      return [`The MCP server ${name} is not there: ${problem ?? ""}. tau mcp check ${name} looks closer.`];
    const left = (tools ?? []).filter(({ offered }) => !offered);
    return left.length === 0
      ? []
      : [
          `${left.length} tools of the MCP server ${name} are not offered: all servers' tools may take ${toolTokens} tokens of each request (mcp.toolTokens). Choose which with "tools" in its entry.`,
        ];
  });
}
