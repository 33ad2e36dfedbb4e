/** The mode a session opens in. */
import type { Mode } from "../core/permission.ts";

/** Who has a say in the mode. */
export type ModeWishes = {
  /** `--mode`. */
  flag: Mode | undefined;
  /** That of the session's last step; null for a new session. */
  session: Mode | null;
  /** What the settings files say. */
  settings: Mode | undefined;
};

/**
 * The flag wins; a session that is gone on with keeps its mode, and a new one takes that of the settings. But a session
 * in `full` falls back to what the settings say by now, with a warning: everything being allowed must not outlive the
 * wish for it unseen.
 */
export function openingMode({ flag, session, settings }: ModeWishes): { mode: Mode; warning: string | null } {
  if (flag !== undefined) return { mode: flag, warning: null };
  if (session === null) return { mode: settings ?? "ask", warning: null };
  if (session !== "full" || settings === undefined || settings === "full")
    return { mode: session, warning: null };
  return {
    mode: settings,
    warning: `The session was in mode full, but the settings say ${settings}: it goes on in ${settings} (--mode full for full).`,
  };
}
