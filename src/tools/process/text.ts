/** Terminal output as plain text. */

/**
 * CSI, OSC and string sequences, and two-character escapes (ECMA-48; xterm ctlseqs). An unterminated string sequence
 * is bounded, so that a stray ESC ] does not swallow what follows it.
 */
const escapes =
  /\u001b\[[0-?]*[ -/]*[@-~]|\u001b[\]PX^_][^\u0007\u001b]{0,4096}(?:\u0007|\u001b\\)|\u001b[ -/]*[0-~]|\u009b[0-?]*[ -/]*[@-~]/g;

/** Control characters that mean nothing in text; tab, newline and carriage return stay. */
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/** Removes escape sequences and control characters. Carriage returns stay. */
export function withoutEscapes(text: string): string {
  return text.replace(escapes, "").replace(controls, "");
}

/** What a line shows after carriage returns went back over it: progress bars leave their last state. */
function lastDrawn(line: string): string {
  const drawn = line.split("\r").filter((part) => part !== "");
  return drawn.at(-1) ?? "";
}

/** Terminal output as a model should read it: no escapes, and of a line redrawn many times only its last state. */
export function plainText(output: string): string {
  const text = withoutEscapes(output);
  if (!text.includes("\r")) return text;
  return text.split("\n").map(lastDrawn).join("\n");
}

/** The beginning of an escape sequence at the end of a chunk, whose rest is still to come. */
const unfinished = /\u001b(?:\[[0-?]*[ -/]*|[\]PX^_][^\u0007\u001b]{0,256}\u001b?|[ -/]*)$/;

/** Cleans a stream of chunks whose escape sequences may be cut anywhere. */
export function escapeFilter(): (chunk: string) => string {
  let held = "";
  return (chunk) => {
    const text = held + chunk;
    held = unfinished.exec(text)?.[0] ?? "";
    return withoutEscapes(text.slice(0, text.length - held.length));
  };
}
