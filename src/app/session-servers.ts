/** What a session sees of the project's MCP servers. Where there are none, none of their code is loaded. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { AgentRun } from "../agent/run.ts";
import type { DurableEvent } from "../core/event.ts";
import type { SessionId } from "../core/ids.ts";
import type { ImagePart, TextPart } from "../core/message.ts";
import type { OfferedTool } from "../core/tool.ts";
import type { ResourceParts, ResourceWish } from "../extensions/mcp/resource.ts";
import type { McpServers } from "./mcp.ts";
import type { Parts } from "./parts.ts";

/** Who reads: what is forbidden to a session's tools is forbidden to what a person brings in, too. */
export type Reader = Pick<AgentRun, "permissions" | "redaction">;

/** A session's servers; of none, when there are none. */
export type SessionServers = {
  /** What they offer now; the same list as long as nothing changes. */
  tools(): readonly OfferedTool[];
  /** Waits, before a turn, for servers whose tools are not known: within the bound of the settings. */
  settle(signal: AbortSignal): Promise<void>;
  /** Waits, before a step, for tools that a server just said have changed: for a moment. */
  catchUp(signal: AbortSignal): Promise<void>;
  /** What a person should know and was not told yet. */
  news(): string[];
  /** The same for the record; `changed`: the tools are others than in the last request. */
  notes(changed: boolean): DurableEvent[];
  /** Reads a resource for a message. @throws TauError when it is forbidden, missing or nothing a model can read */
  attach(reader: Reader, wish: ResourceWish, signal: AbortSignal): Promise<ResourceParts>;
  /** Asks for a prompt. @throws TauError when it is forbidden, its arguments do not fit, or the server fails */
  prompt(
    reader: Reader,
    command: string,
    argument: string,
    signal: AbortSignal,
  ): Promise<(TextPart | ImagePart)[]>;
};

/** The servers of the project the app stands in, made once; null where no entry is. Costs a look for one file. */
export function projectServers(parts: Parts): Promise<McpServers | null> {
  const { root, settings } = parts;
  const { mcpServers = {} } = settings.settings;
  const some = Object.keys(mcpServers).length > 0 || existsSync(join(root, ".mcp.json"));
  parts.mcp ??= some
    ? import("./mcp.ts").then(({ openServers }) => openServers(parts))
    : Promise.resolve(null);
  return parts.mcp;
}

/** Opens them for a session: nothing is started. */
export async function sessionServers(parts: Parts, id: SessionId): Promise<SessionServers> {
  const mcp = await projectServers(parts);
  if (mcp === null) return none;
  return (await import("./servers-in-session.ts")).serversInSession(mcp, parts, id);
}

const nowhere = (): Promise<never> => Promise.reject(new Error("there are no MCP servers here"));
const noTools: readonly OfferedTool[] = [];

const none: SessionServers = {
  tools: () => noTools,
  settle: () => Promise.resolve(),
  catchUp: () => Promise.resolve(),
  news: () => [],
  notes: () => [],
  attach: nowhere,
  prompt: nowhere,
};
