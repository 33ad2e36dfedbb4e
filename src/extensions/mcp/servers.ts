/** All MCP servers of a project: what they offer, what state they are in, and their end. */
import type { Clock } from "../../core/ids.ts";
import type { ToolSpec } from "../../core/model.ts";
import type { OfferedTool } from "../../core/tool.ts";
import { estimateTokens } from "../../models/estimate.ts";
import type { ServerEntry } from "./entries.ts";
import { freshMs, keepKnown, readKnown } from "./known-tools.ts";
import { serverKeys } from "./names.ts";
import { offeredTool, specsOf } from "./offer.ts";
import { describeEntry } from "./resolve.ts";
import { Server, type ServerStatus, type ServerWorld } from "./server.ts";

/** Longest wait of a first request for servers whose tools are not known, in ms, where the settings do not say. */
export const defaultWaitMs = 10_000;
/** Estimated tokens that the tools of all servers may take of each request, where the settings do not say. */
export const defaultToolTokens = 20_000;

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
  log: string;
};

/** What they are made of. */
export type ServersParts = {
  entries: readonly ServerEntry[];
  /** Fingerprints of the project's servers that were allowed. */
  allowed: { readonly [name: string]: string };
  /** Folder of the lists of tools that are kept. */
  folder: string;
  root: string;
  toolTokens: number;
  now: Clock;
  world: Omit<ServerWorld, "listed">;
};

/** The servers of one project. */
export class Servers {
  readonly #parts: ServersParts;
  readonly #servers = new Map<string, Server>();
  readonly #keys: ReadonlyMap<string, string>;
  /** Servers whose tools are to be asked for before the first request. */
  readonly #unknown = new Set<Server>();

  constructor(parts: ServersParts) {
    this.#parts = parts;
    const { entries, allowed, folder, root, now, world } = parts;
    this.#keys = serverKeys(entries.map(({ name }) => name));
    for (const entry of entries) {
      const known = readKnown(folder, entry, root);
      const server: Server = new Server(
        entry,
        {
          ...world,
          listed: (tools) => {
            this.#unknown.delete(server);
            keepKnown(folder, entry, root, { at: now(), tools: [...tools] });
          },
        },
        statusOf(entry, allowed),
        known?.tools ?? null,
      );
      this.#servers.set(entry.name, server);
      if (known === null || Math.abs(now() - known.at) > freshMs) this.#unknown.add(server);
    }
  }

  /** A server by its name. */
  get(name: string): Server | undefined {
    return this.#servers.get(name);
  }

  /** What is offered now, in the order of the entries, as far as it fits; `folder` keeps what answers do not carry. */
  tools(folder: string): OfferedTool[] {
    return this.#listed().flatMap(({ server, all }) =>
      all.flatMap(({ spec, tool, offered }) => (offered ? [offeredTool(server, spec, tool, folder)] : [])),
    );
  }

  /** All of them, as people see them. */
  views(): ServerView[] {
    const listed = new Map(this.#listed().map(({ server, all }) => [server, all]));
    return [...this.#servers.values()].map((server) => {
      const { entry, status, problem, log } = server;
      const all = listed.get(server) ?? [];
      return {
        name: entry.name,
        key: this.#keys.get(entry.name) ?? entry.name,
        owner: entry.owner,
        place: entry.place,
        status,
        problem,
        description: describeEntry(entry),
        tools:
          server.tools === null
            ? null
            : all.map(({ spec, tokens, offered }) => ({ name: spec.name, tokens, offered })),
        tokens: all.reduce((sum, { tokens, offered }) => sum + (offered ? tokens : 0), 0),
        log,
      };
    });
  }

  /** What a person should know: servers that wait for a yes, that failed, and tools that do not fit. */
  warnings(): string[] {
    return this.views().flatMap(({ name, status, problem, tools, place }) => {
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
            `${left.length} tools of the MCP server ${name} are not offered: all servers' tools may take ${this.#parts.toolTokens} tokens of each request (mcp.toolTokens). Choose which with "tools" in its entry.`,
          ];
    });
  }

  /** Starts what is not known yet and waits until all of it has answered or failed, no longer than `ms`. */
  async settle(ms: number, signal: AbortSignal): Promise<void> {
    const waiting = [...this.#unknown].filter((server) => server.usable && server.status !== "failed");
    if (waiting.length === 0) return;
    const ended = new AbortController();
    // What goes wrong is told by each server's state.
    const all = Promise.allSettled(
      waiting.map((server) => server.ready(AbortSignal.any([signal, ended.signal]))),
    );
    await Promise.race([
      all,
      this.#parts.world.sleep(ms, AbortSignal.any([signal, ended.signal])).catch(() => undefined),
    ]);
    ended.abort(new Error("the wait is over"));
    signal.throwIfAborted();
  }

  /** A person allowed a project's server. */
  async allow(name: string): Promise<void> {
    await this.#servers.get(name)?.restart();
  }

  /** Ends them all. */
  async close(): Promise<void> {
    await Promise.all([...this.#servers.values()].map((server) => server.close()));
  }

  #listed() {
    let room = this.#parts.toolTokens;
    return [...this.#servers.values()].flatMap((server) => {
      if (!server.usable) return [];
      const key = this.#keys.get(server.entry.name) ?? server.entry.name;
      const all = specsOf(server, key).map((each) => {
        const tokens = tokensOf(each.spec);
        const offered = tokens <= room;
        if (offered) room -= tokens;
        return { ...each, tokens, offered };
      });
      return [{ server, all }];
    });
  }
}

/** Estimated tokens of a tool in a request, whatever the model. */
function tokensOf({ name, description, inputSchema }: ToolSpec): number {
  return (
    12 + estimateTokens(name) + estimateTokens(description) + estimateTokens(JSON.stringify(inputSchema))
  );
}

function statusOf(
  { name, owner, fingerprint, written }: ServerEntry,
  allowed: ServersParts["allowed"],
): ServerStatus {
  if (written.disabled === true) return "disabled";
  if (owner === "project" && allowed[name] !== fingerprint) return "not allowed";
  return "idle";
}
