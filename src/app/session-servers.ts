/** What a session sees of the project's MCP servers. */
import type { DurableEvent } from "../core/event.ts";
import type { SessionId } from "../core/ids.ts";
import type { OfferedTool } from "../core/tool.ts";
import { outputsOf } from "../tools/process/outputs.ts";
import { mcpServers } from "./mcp.ts";
import type { Parts } from "./parts.ts";

/** A session's servers; of none, when there are none. */
export type SessionServers = {
  /** What they offer now. */
  tools(): OfferedTool[];
  /** Waits, before a turn, for servers whose tools are not known: within the bound of the settings. */
  settle(signal: AbortSignal): Promise<void>;
  /** What a person should know and was not told yet. */
  news(): string[];
  /** The same for the record; `changed`: the tools are others than in the last turn. */
  notes(changed: boolean): DurableEvent[];
};

/** Opens them: nothing is started. */
export async function sessionServers(parts: Parts, id: SessionId): Promise<SessionServers> {
  const mcp = await mcpServers(parts);
  if (mcp === null)
    return { tools: () => [], settle: () => Promise.resolve(), news: () => [], notes: () => [] };
  const folder = outputsOf(parts.outputs, id);
  const told = new Set<string>();
  let begun = false;
  const news = (): string[] => {
    const fresh = [...mcp.problems, ...mcp.servers.warnings()].filter((text) => !told.has(text));
    for (const text of fresh) told.add(text);
    return fresh;
  };
  return {
    tools: () => mcp.tools(folder),
    settle: (signal) => mcp.settle(signal),
    news,
    notes(changed) {
      const texts = news();
      // The first turn begins the cache in any case.
      if (changed && begun)
        texts.push(
          "The tools of MCP servers changed: the model is told of them anew, and the prompt cache begins anew.",
        );
      begun = true;
      return texts.map((text) => ({ type: "note", level: "warning", code: "mcp", text }));
    },
  };
}
