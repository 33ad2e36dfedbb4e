/** What MCP servers have to suggest: resources behind an `@`, prompts behind a slash. */
import type { McpServers } from "../../app/mcp.ts";
import type { NamedResource } from "../../extensions/mcp/views.ts";
import { oneRow } from "../view/clean.ts";
import type { NamedThing } from "./file-index.ts";
import { resourceMention } from "./mentions.ts";
import type { SuggestedCommand, Suggestion } from "./suggestions.ts";

/** Resources by what is written behind the `@`, and as they are searched. */
type Listed = { byPath: ReadonlyMap<string, NamedResource>; things: readonly NamedThing[] };

/** Keeps the list of resources as long as the servers have no others: a key costs the search alone. */
export function resourceList(mcp: McpServers | null): () => Listed {
  let of: readonly NamedResource[] = [];
  let listed: Listed = { byPath: new Map(), things: [] };
  return () => {
    const resources = mcp?.servers.resources ?? of;
    if (resources === of) return listed;
    of = resources;
    const byPath = new Map(resources.map((one) => [`${one.key}:${one.uri}`, one]));
    listed = { byPath, things: [...byPath].map(([path, { name }]) => ({ path, name })) };
    return listed;
  };
}

/** A resource as a row. */
export function suggestedResource({ key, uri, name, description, mimeType }: NamedResource): Suggestion {
  const about = description === "" ? (mimeType ?? "") : description;
  return {
    text: oneRow(`${key}:${uri}`),
    insert: `${resourceMention(key, uri)} `,
    detail: oneRow(about === "" || about === name ? name : `${name}: ${about}`),
    complete: false,
  };
}

/** The prompts of servers as commands. */
export function serverCommands(mcp: McpServers | null): SuggestedCommand[] {
  return (mcp?.servers.prompts ?? []).map(({ command, usage, server, prompt }) => ({
    name: command,
    aliases: [],
    argument: usage,
    help: oneRow(`${prompt.description}${prompt.description === "" ? "" : " "}(MCP server ${server})`),
    details: [
      ...prompt.arguments.map((one) => `${one.name}: ${one.description || "no description"}.`),
      "Arguments are given in their order, or as name=value.",
    ].join(" "),
    page: "mcp.md#prompts",
  }));
}
