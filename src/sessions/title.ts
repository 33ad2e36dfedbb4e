/** Titles without a model call. */

/** Columns a title takes at most in a list. */
export const titleColumns = 60;

/**
 * A title for what a person asked: the first sentence of the first line that says something, without markup or
 * control characters, cut at a word to `titleColumns` columns. Null when there are no words.
 */
export function titleOf(text: string): string | null {
  const lines = text
    .slice(0, 2000)
    // Escape sequences of a pasted terminal (ECMA-48 CSI), then every other control character.
    .replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, "")
    .replace(isAscii(text) ? /[\0-\x1f\x7f]/g : /[\p{Cc}\p{Cf}]/gu, (char) =>
      char === "\n" || char === "\u200d" ? char : " ",
    )
    .split("\n")
    .map(plain);
  // ASCII is asked first, here and below: compiling the Unicode classes takes 1 ms of the first prompt.
  const line = lines.find((candidate) => /[a-z0-9]/i.test(candidate) || /[\p{L}\p{N}]/u.test(candidate));
  if (line === undefined) return null;
  const sentence = /^.*?(?:[.!?](?=\s|$)|[。！？])/u.exec(line)?.[0] ?? line;
  const title = sentence.replace(/[.,:;。]+$/u, "").trim();
  // "Hi. Could you ..." greets first; such a stub says less than the line.
  return clip(columns(title) < 8 ? line : title);
}

function plain(line: string): string {
  return line
    .replace(/^\s*(?:```\S*|[#>]+|[-*+]\s|\d+[.)]\s)\s*/u, "")
    .replace(/[`*]/gu, "")
    .replace(/\s+/gu, " ")
    .trim();
}

function clip(title: string): string {
  if (columns(title) <= titleColumns) return title;
  let width = 1;
  let cut = "";
  for (const char of title) {
    width += columns(char);
    if (width > titleColumns) break;
    cut += char;
  }
  const space = cut.lastIndexOf(" ");
  return `${(space > titleColumns / 2 ? cut.slice(0, space) : cut).trimEnd()}…`;
}

/** Terminal columns: two for East Asian wide characters and pictographs, none for combining marks (UAX 11, roughly). */
function columns(text: string): number {
  if (isAscii(text)) return text.length;
  let width = 0;
  for (const char of text) {
    if (/\p{M}|\u200d/u.test(char)) continue;
    width +=
      /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\u3000-\u303f\uff00-\uff60]|\p{Emoji_Presentation}/u.test(
        char,
      )
        ? 2
        : 1;
  }
  return width;
}

function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}
