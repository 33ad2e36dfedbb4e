/** Whether a terminal is dark or light. Nothing waits for what it answers: until then, and without, a guess holds. */
import type { Rgb } from "./colour.ts";

/** Asks a terminal for the colour of its background; it answers with an OSC 11 report, or not at all. */
export const askBackground = "\x1b]11;?\x1b\\";

/** What a terminal says of its background unasked: `COLORFGBG` of rxvt and Konsole, `15;0`. Null when it says nothing. */
export function backgroundOf(env: { readonly [name: string]: string | undefined }): "dark" | "light" | null {
  const [, last] = /;(\d+)$/.exec(env.COLORFGBG ?? "") ?? [];
  if (last === undefined) return null;
  // The terminal's own colours: 7 and 9 to 15 are the light ones.
  return Number(last) === 7 || Number(last) > 8 ? "light" : "dark";
}

/**
 * The background a report tells of: `OSC 11 ; rgb:RRRR/GGGG/BBBB`, one to four digits a channel (xterm ctlseqs). Null
 * when it is another report.
 */
export function backgroundIn(sequence: string): "dark" | "light" | null {
  const [, ...digits] =
    /^\u001b\]11;rgba?:([\da-f]{1,4})\/([\da-f]{1,4})\/([\da-f]{1,4})/i.exec(sequence) ?? [];
  if (digits.length !== 3) return null;
  const [red = 0, green = 0, blue = 0] = digits.map(
    (value) => (255 * Number.parseInt(value, 16)) / (16 ** value.length - 1),
  );
  return luminance([red, green, blue]) > 0.5 ? "light" : "dark";
}

/** Perceived brightness, 0 to 1 (ITU-R BT.601). */
export const luminance = ([red, green, blue]: Rgb): number =>
  (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
