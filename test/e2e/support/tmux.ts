/** Tau in a real tmux, whose client runs in the pseudo-terminal of {@link startPty}. */
import { execFileSync, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { onTestFinished } from "vitest";
import { type Pty, type PtyOptions, startPty } from "./pty.ts";
import type { World } from "./tau.ts";

/** tmux's version, or null where there is none. */
export const tmuxVersion = ((): string | null => {
  const asked = spawnSync("tmux", ["-V"], { encoding: "utf8" });
  return asked.status === 0 ? asked.stdout.trim() : null;
})();

/**
 * A server of its own, with no settings of anybody's, in a client that shows nothing but the pane. `history` and
 * `cursor` are what tmux itself has in the pane; what the client draws is on the screen.
 */
export function startTmux(world: World, options: PtyOptions & { shell: string }): Pty {
  const socket = `tau-${randomUUID()}`;
  const tmux = (...args: string[]): string =>
    execFileSync("tmux", ["-L", socket, ...args], { encoding: "utf8", env: world.env });
  const settings = ["set -g status off", "set -g history-limit 50000", "set -sg escape-time 0"].join(" ; ");
  const client = startPty(world, [], {
    ...options,
    shell: `exec tmux -u -L ${socket} -f /dev/null start-server ';' ${settings.replaceAll(";", "';'")} ';' new-session "$PANE"`,
    env: { ...options.env, PANE: options.shell, SHELL: "/bin/sh" },
  });
  onTestFinished(() => {
    // Ends this server alone; it may have ended with its last pane.
    spawnSync("tmux", ["-L", socket, "kill-server"], { env: world.env, stdio: "ignore" });
  });
  return {
    ...client,
    history: () =>
      tmux("capture-pane", "-p", "-J", "-S", "-")
        .split("\n")
        .map((line) => line.trimEnd()),
  };
}
