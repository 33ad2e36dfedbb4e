/** A session's tools and the process host their commands run in. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Toolbox } from "../agent/toolbox.ts";
import type { Tool } from "../core/tool.ts";
import { childEnvironment } from "../policy/secrets.ts";
import { droppedHistory } from "../sessions/dropped.ts";
import { ProcessHost } from "../tools/process/client.ts";
import { outputsOf } from "../tools/process/outputs.ts";
import { type Reaped, reapOrphans } from "../tools/process/registry.ts";
import { makeRecallTool, recallName } from "../tools/recall.ts";
import { makeToolset } from "../tools/toolset.ts";
import type { History } from "./history.ts";
import type { Parts } from "./parts.ts";

/** Where a session works. */
export type Workshop = {
  host: ProcessHost;
  toolbox: Toolbox;
  /** Offered from the first compaction on; null when it is disabled. */
  recall: Tool | null;
  /** Path of the shell. */
  shell: string;
  /** What commands find in their environment. */
  environment: Record<string, string>;
  /** What an earlier Tau left behind when it and its helper were killed at once. */
  reaped: Promise<Reaped>;
};

/** Nothing is spawned before a command is run. */
export function openWorkshop(parts: Parts, { session, seen, compacted }: History): Workshop {
  const { options, paths, ledger, egress, ids } = parts;
  const { env, now } = options;
  const { settings } = parts.settings;
  const stateDir = join(paths.state, "processes");
  const host = new ProcessHost({
    helperPath: options.helperPath,
    nodePath: options.nodePath,
    hostId: ids.session(),
    stateDir,
    spillDir: outputsOf(parts.outputs, session.id),
    env,
    now,
  });
  const reaped = reapOrphans(stateDir);
  const shell = existsSync("/bin/bash") ? "/bin/bash" : "/bin/sh";
  const environment = childEnvironment(env, settings.environment ?? [], parts.secrets);
  const disabled = settings.disabledTools ?? [];
  const tools = makeToolset({
    host,
    shell,
    environment,
    now,
    lockPath: join(paths.state, "edit.lock"),
    disabled,
    contacted: egress.contacted,
    httpHosts: settings.webFetch?.httpHosts ?? [],
    proxied: parts.transport.proxied,
    seen,
  });
  const recall = disabled.includes(recallName)
    ? null
    : makeRecallTool(droppedHistory(ledger.store, session.id, () => session.state, new Set([recallName])));
  // A list that grew when the session was first compacted stays as it is when it is resumed.
  const toolbox = new Toolbox(recall && compacted ? [...tools, recall] : tools);
  return { host, toolbox, recall, shell, environment, reaped };
}
