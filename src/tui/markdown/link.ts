/** The parts of inline Markdown that lead somewhere. */

/** A run of text as Markdown means it. */
export type Inline = {
  text: string;
  code?: true;
  bold?: true;
  italic?: true;
  strike?: true;
  /** The address this text leads to. */
  link?: string;
  /** Here a link to this address ends whose text may say something else. */
  ends?: string;
  /** What ends here is an image. */
  image?: true;
};

/** A match of a sticky pattern at one place. */
export function sticky(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** `(address "title")`: the address has balanced brackets one deep, and is of bounded length. */
const target =
  /\(\s{0,9}(?:<([^<>\n]{0,2000})>|((?:[^\s()<>]|\([^\s()]{0,2000}\)){0,2000}))(?:\s{1,9}(?:"[^"]{0,500}"|'[^']{0,500}'))?\s{0,9}\)/y;

/** The rest of a link behind its `]`; null when there is none. */
export function linkEnd(text: string, at: number): { address: string; length: number } | null {
  if (text.charAt(at) !== "(") return null;
  const hit = sticky(target, text, at);
  return hit && { address: hit[1] ?? hit[2] ?? "", length: hit[0].length };
}
