/** A session's tools and the process host their commands run in. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Session } from "../agent/session.ts";
import { Toolbox } from "../agent/toolbox.ts";
import { recallName } from "../core/history.ts";
import type { OfferedTool } from "../core/tool.ts";
import { childEnvironment } from "../policy/secrets.ts";
import { droppedHistory } from "../sessions/dropped.ts";
import { offerRecall, offerTools } from "../tools/offer.ts";
import { ProcessHost } from "../tools/process/client.ts";
import { outputsOf } from "../tools/process/outputs.ts";
import { type Reaped, reapOrphans } from "../tools/process/registry.ts";
import type { ShellReader } from "../tools/shell-reader.ts";
import type { Past } from "./history.ts";
import type { Parts } from "./parts.ts";

/** What a session can do on a path. */
export type Tools = {
  toolbox: Toolbox;
  /** Offered from the first compaction on; null when it is disabled. */
  recall: OfferedTool | null;
};

/** Where a session works. */
export type Workshop = {
  host: ProcessHost;
  /** The tools as a path leaves them: what they remember is what was seen on it, and nothing else. */
  stock(past: Past, guests: readonly OfferedTool[]): Tools;
  /** Reads shell commands before they are judged. */
  reader: ShellReader;
  /** Path of the shell. */
  shell: string;
  /** What commands find in their environment. */
  environment: Record<string, string>;
  /**
   * Makes ready what a call of that tool will need, while its arguments still arrive: the tools' code is loaded, and
   * the helper that runs commands takes some 30 ms to stand.
   */
  warm(toolbox: Toolbox, tool: string): void;
  /** What an earlier Tau left behind when it and its helper were killed at once. */
  reaped: Promise<Reaped>;
};

/** Nothing is spawned before a command is run. */
export function openWorkshop(parts: Parts, session: Session): Workshop {
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
  const stock = ({ seen, compacted }: Past, guests: readonly OfferedTool[]): Tools => {
    const tools = offerTools(
      {
        host,
        shell,
        environment,
        now,
        lockPath: join(paths.state, "edit.lock"),
        contacted: egress.contacted,
        httpHosts: settings.webFetch?.httpHosts ?? [],
        proxied: parts.transport.proxied,
        seen,
      },
      disabled,
    );
    const recall = disabled.includes(recallName)
      ? null
      : offerRecall(droppedHistory(ledger.store, session.id, () => session.state, new Set([recallName])));
    // A list that grew when the session was first compacted stays as it is when it is resumed.
    const toolbox = new Toolbox(tools, guests, parts.reader);
    if (recall && compacted) toolbox.add(recall);
    return { toolbox, recall };
  };
  return {
    host,
    stock,
    reader: parts.reader,
    shell,
    environment,
    warm(toolbox, tool) {
      // What goes wrong here goes wrong again, and is told, when the call itself loads it.
      toolbox
        .get(tool)
        ?.load()
        .catch(() => undefined);
      if (tool !== "bash") return;
      host.warm();
      void parts.reader.ready();
    },
    reaped,
  };
}
