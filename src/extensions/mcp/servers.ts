/** All MCP servers of a project: what they offer, what state they are in, and their end. */
import { TauError } from "../../core/errors.ts";
import type { Clock } from "../../core/ids.ts";
import { nearestNames } from "../../core/likeness.ts";
import type { ToolSpec } from "../../core/model.ts";
import type { OfferedTool } from "../../core/tool.ts";
import { estimateTokens } from "../../models/estimate.ts";
import type { ServerEntry } from "./entries.ts";
import { freshMs, keepKnown, readKnown } from "./known-offers.ts";
import { promptNames, serverKeys } from "./names.ts";
import { offeredTool, specsOf } from "./offer.ts";
import { describeEntry } from "./resolve.ts";
import { Server, type ServerStatus, type ServerWorld } from "./server.ts";
import { type NamedPrompt, type NamedResource, type ServerView, usageOf, warningsOf } from "./views.ts";

/** Longest wait of a first request for servers whose tools are not known, in ms, where the settings do not say. */
export const defaultWaitMs = 10_000;
/** Estimated tokens that the tools of all servers may take of each request, where the settings do not say. */
export const defaultToolTokens = 20_000;

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
  world: Omit<ServerWorld, "known" | "moved">;
};

/** The servers of one project. */
export class Servers {
  readonly #parts: ServersParts;
  readonly #servers = new Map<string, Server>();
  readonly #keys: ReadonlyMap<string, string>;
  /** Servers whose tools are to be asked for before the first request. */
  readonly #unknown = new Set<Server>();
  /** Servers of which not all is known. */
  readonly #partly = new Set<Server>();
  readonly #watchers = new Set<() => void>();
  #resources: readonly NamedResource[] | null = null;
  #prompts: readonly NamedPrompt[] | null = null;
  #version = 0;

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
          known: (known) => {
            this.#unknown.delete(server);
            if (known.whole) this.#partly.delete(server);
            keepKnown(folder, entry, root, { at: now(), ...known });
            this.#changed();
          },
          moved: () => this.#changed(),
        },
        statusOf(entry, allowed),
        known,
      );
      this.#servers.set(entry.name, server);
      if (known === null || Math.abs(now() - known.at) > freshMs) this.#unknown.add(server);
      if (!known?.whole) this.#partly.add(server);
    }
  }

  /** A server by its name. */
  get(name: string): Server | undefined {
    return this.#servers.get(name);
  }

  /** Rises with every change of what is offered or where a server stands. */
  get version(): number {
    return this.#version;
  }

  /** Calls the watcher at every such change; returns what ends that. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  #changed(): void {
    this.#version += 1;
    this.#resources = null;
    this.#prompts = null;
    for (const watcher of this.#watchers) watcher();
  }

  /** The keys of all servers, as mentions and rules have them. */
  get keys(): ReadonlySet<string> {
    return new Set(this.#keys.values());
  }

  /** The server of a key. */
  byKey(key: string): Server | null {
    const name = [...this.#keys].find(([, one]) => one === key)?.[0] ?? "";
    return this.#servers.get(name) ?? null;
  }

  /** All that may be attached, of servers that may be started; made once after each change. */
  get resources(): readonly NamedResource[] {
    this.#resources ??= this.#usable().flatMap(({ server, key }) =>
      (server.offers?.resources ?? []).map((resource) => ({ ...resource, key })),
    );
    return this.#resources;
  }

  /** All prompts, of servers that may be started; made once after each change. */
  get prompts(): readonly NamedPrompt[] {
    this.#prompts ??= this.#usable().flatMap(({ server, key }) => {
      const prompts = server.offers?.prompts ?? [];
      const names = promptNames(
        key,
        prompts.map(({ name }) => name),
      );
      return prompts.flatMap((prompt): NamedPrompt[] => {
        const command = names.get(prompt.name);
        return command === undefined
          ? []
          : [{ command, key, usage: usageOf(prompt), server: server.entry.name, prompt }];
      });
    });
    return this.#prompts;
  }

  /**
   * The prompt of a command; of a server that does not run yet, it is started for it.
   * @throws TauError `usage` when there is none, with the nearest names; or when its server does not start
   */
  async promptNamed(command: string, signal: AbortSignal): Promise<NamedPrompt> {
    const find = () => this.prompts.find((one) => one.command === command);
    if (find() === undefined) {
      const [, key] = command.split("__");
      await this.#usable()
        .find((one) => one.key.toLowerCase() === key)
        ?.server.learn(signal);
    }
    const found = find();
    if (found) return found;
    const near = nearestNames(
      command,
      this.prompts.map((one) => one.command),
    );
    throw new TauError(
      "usage",
      `there is no command /${command}`,
      near.length > 0 ? `did you mean /${near.join(" or /")}?` : "/mcp lists the servers",
    );
  }

  #usable(): { server: Server; key: string }[] {
    return [...this.#servers.values()].flatMap((server) =>
      server.usable ? [{ server, key: this.#keys.get(server.entry.name) ?? server.entry.name }] : [],
    );
  }

  /** Starts those of which not all is known yet, for which nobody waits. What goes wrong is told by each server's state. */
  wake(): void {
    for (const server of this.#partly)
      if (server.usable && server.status === "idle")
        server.ready(new AbortController().signal).catch(() => undefined);
  }

  /** Waits for tools that a server says have changed, no longer than `ms`. */
  async catchUp(ms: number, signal: AbortSignal): Promise<void> {
    const reading = [...this.#servers.values()].flatMap((server) => server.catchingUp("tools") ?? []);
    if (reading.length === 0) return;
    const ended = new AbortController();
    const longest = this.#parts.world.sleep(ms, AbortSignal.any([signal, ended.signal]));
    await Promise.race([Promise.all(reading), longest.catch(() => undefined)]);
    ended.abort(new Error("the wait is over"));
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
          server.offers === null
            ? null
            : all.map(({ spec, tokens, offered }) => ({ name: spec.name, tokens, offered })),
        tokens: all.reduce((sum, { tokens, offered }) => sum + (offered ? tokens : 0), 0),
        resources: server.offers?.resources.length ?? 0,
        prompts: this.prompts.filter((one) => one.server === entry.name).map(({ command }) => command),
        log,
      };
    });
  }

  /** What a person should know of them. */
  warnings(): string[] {
    return warningsOf(this.views(), this.#parts.toolTokens);
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

  /**
   * Starts a server anew, whatever became of it before, but for one that waits for a yes. Resolves when it stands.
   * @throws TauError saying why it does not
   */
  async reconnect(name: string, signal: AbortSignal): Promise<void> {
    const server = this.#servers.get(name);
    if (!server) throw new TauError("usage", `there is no MCP server ${name}`);
    if (server.status !== "not allowed") await server.restart();
    await server.ready(signal);
  }

  /** Closes a server; it is not used again before it is reconnected. */
  async turnOff(name: string): Promise<void> {
    const server = this.#servers.get(name);
    if (server?.status !== "not allowed") await server?.disable();
  }

  /** Ends them all. */
  async close(): Promise<void> {
    this.#watchers.clear();
    await Promise.all([...this.#servers.values()].map((server) => server.disable()));
  }

  #listed() {
    let room = this.#parts.toolTokens;
    return this.#usable().map(({ server, key }) => {
      const all = specsOf(server, key).map((each) => {
        const tokens = tokensOf(each.spec);
        const offered = tokens <= room;
        if (offered) room -= tokens;
        return { ...each, tokens, offered };
      });
      return { server, all };
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
