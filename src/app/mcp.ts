/** The MCP servers of the project the app stands in: found when a session opens, started when one needs them. */
import { join } from "node:path";
import { sleep } from "../agent/timing.ts";
import { readAllowedServers, saveAllowedServer } from "../config/approvals.ts";
import { TauError } from "../core/errors.ts";
import type { OfferedTool } from "../core/tool.ts";
import { readEntries, type ServerEntry } from "../extensions/mcp/entries.ts";
import { addressOf } from "../extensions/mcp/resolve.ts";
import { serverSecrets } from "../extensions/mcp/secrets.ts";
import { defaultToolTokens, defaultWaitMs, Servers } from "../extensions/mcp/servers.ts";
import type { ServerView } from "../extensions/mcp/views.ts";
import { childEnvironment } from "../policy/secrets.ts";
import { ProcessHost } from "../tools/process/client.ts";
import type { Parts } from "./parts.ts";

/** The servers and what runs them. */
export type McpServers = {
  readonly servers: Servers;
  /** What could not be read of their entries, in words. */
  readonly problems: readonly string[];
  /** Lets a project's server be started, now and in later sessions, as long as its entry stays. */
  allow(name: string): Promise<void>;
  /** Waits for servers whose tools are not known, within the bound of the settings. */
  settle(signal: AbortSignal): Promise<void>;
  /** What is offered; `folder` keeps what answers do not carry. */
  tools(folder: string): OfferedTool[];
  views(): ServerView[];
  close(): Promise<void>;
};

/** Reads the entries; nothing is started. `session-servers.ts` loads this module where there are some. */
export async function openServers(parts: Parts): Promise<McpServers> {
  const { root, settings, options, paths } = parts;
  const { mcpServers: written = {}, mcp = {} } = settings.settings;
  const { entries, problems } = await readEntries({ settings: written, root });
  parts.redact.learn(entries.flatMap(({ written: entry }) => serverSecrets(options.env, entry)));
  const allowed = await readAllowedServers(paths, root);
  const surroundings = { env: options.env, childEnv: childEnvironment(options.env, [], parts.secrets), root };
  const stdio = lazily(() => hostOf(parts));
  const fetch = lazily(async () => {
    const { makeFetch } = await import("../providers/transport/fetch.ts");
    return makeFetch({
      env: options.env,
      connectMs: connectMs(options.networkTimeoutMs),
      contacted: parts.egress.contacted,
    });
  });
  const servers = new Servers({
    entries,
    allowed,
    folder: join(paths.data, "mcp"),
    root,
    toolTokens: mcp.toolTokens ?? defaultToolTokens,
    now: options.now,
    world: {
      now: options.now,
      sleep,
      link(entry: ServerEntry) {
        const address = addressOf(entry, surroundings);
        if (address.kind === "stdio") {
          const { argv, cwd, env } = address;
          const spec = { argv, cwd, env, timeoutMs: null, keep: stderrKept };
          return { kind: "stdio", talk: (listener) => stdio().talk(spec, listener) };
        }
        return { ...address, fetch: async (url, init) => (await fetch())(url, init) };
      },
      async connect(link, { timeoutMs, signal }, listener) {
        const { connect } = await import("../extensions/mcp/connect.ts");
        return await connect({ link, version: options.version, root, timeoutMs, signal }, listener);
      },
    },
  });
  return {
    servers,
    problems,
    async allow(name) {
      const entry = entries.find((each) => each.name === name);
      if (!entry) throw new TauError("usage", `there is no MCP server ${name}`, "tau mcp list names them");
      if (entry.owner === "project")
        await saveAllowedServer(paths, root, { name, fingerprint: entry.fingerprint }, options.now);
      await servers.allow(name);
    },
    settle: (signal) =>
      servers.settle(mcp.waitSeconds === undefined ? defaultWaitMs : mcp.waitSeconds * 1000, signal),
    tools: (folder) => servers.tools(folder),
    views: () => servers.views(),
    async close() {
      await servers.close();
      await stdio.made()?.close();
    },
  };
}

/** The helper keeps little of a server's stderr: Tau itself keeps the end of it. */
const stderrKept = { head: 1_000, tail: 1_000 };

const connectMs = (asked: number | undefined): number => asked ?? 30_000;

/** A process host of the servers' own: they outlive the session that started them, commands do not. */
function hostOf({ options, paths, ids, outputs }: Parts): ProcessHost {
  return new ProcessHost({
    helperPath: options.helperPath,
    nodePath: options.nodePath,
    hostId: ids.session(),
    stateDir: join(paths.state, "processes"),
    spillDir: join(outputs, "mcp"),
    env: options.env,
    now: options.now,
  });
}

function lazily<Value>(make: () => Value): (() => Value) & { made(): Value | null } {
  let value: Value | null = null;
  return Object.assign(() => (value ??= make()), { made: () => value });
}
