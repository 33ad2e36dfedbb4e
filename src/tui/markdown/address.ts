/** Addresses that may be made clickable, and the terminals that can. */

/** Characters of an address at most: longer ones are cut off by some terminals (VTE: 2083). */
const longest = 2000;

/** The address in the form a terminal may be given; null when opening it could do more than show something. */
export function harmless(address: string): string | null {
  if (address.length > longest || !/^(?:https?:\/\/|mailto:|file:\/\/)[^\s]/i.test(address)) return null;
  // Only printable ASCII is allowed in OSC 8; everything else is percent-encoded.
  return address.replace(/[^\u0021-\u007e]+/gu, (run) =>
    encodeURIComponent(run.replace(/\p{Surrogate}/gu, "\ufffd")),
  );
}

/**
 * Whether a terminal is known to take hyperlinks (OSC 8). Most others ignore them, but then a link's address would be
 * nowhere to be seen; Apple's Terminal and old ones of VTE even print them.
 */
export function knowsHyperlinks(env: { readonly [name: string]: string | undefined }): boolean {
  const { TERM = "", TERM_PROGRAM = "", VTE_VERSION, WT_SESSION, KITTY_WINDOW_ID, KONSOLE_VERSION } = env;
  // What stands between Tau and the terminal passes them on only in newer versions, and does not say which it is.
  if (TERM === "dumb" || env.TMUX !== undefined || /^(?:screen|tmux)/.test(TERM)) return false;
  if (
    ["iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "rio", "Tabby", "WarpTerminal"].includes(
      TERM_PROGRAM,
    )
  )
    return true;
  if (WT_SESSION !== undefined || KITTY_WINDOW_ID !== undefined || KONSOLE_VERSION !== undefined) return true;
  if (/^(?:xterm-kitty|xterm-ghostty|alacritty|foot|contour)/.test(TERM)) return true;
  return Number(VTE_VERSION ?? 0) >= 5200;
}
