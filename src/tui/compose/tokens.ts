/** Tokens in what is typed: a long paste or a picture stands in it as a label that is one piece. Pure functions. */
import type { Attached, Said } from "../../core/attachment.ts";
import type { ImagePart, Part, TextPart } from "../../core/message.ts";
import type { Editor } from "../input/editor.ts";

/** What a label stands for. */
export type Token = { label: string } & (
  | { kind: "paste"; text: string }
  /** A picture and its facts, as they are sent. */
  | { kind: "image"; parts: readonly (TextPart | ImagePart)[] }
);

/** Tokens by label. One that was deleted stays for a while: undo may bring its label back. */
export type Tokens = ReadonlyMap<string, Token>;

/** No tokens. */
export const noTokens: Tokens = new Map();

/** A paste above one of these becomes a token. */
const shortPaste = { lines: 5, characters: 500 } as const;
/** Tokens kept; older ones are forgotten. */
const keptTokens = 100;

const labelPattern = /\[(?:Pasted text|Image) #\d+: [^\]\n]*\]/g;

/** Whether a paste is too long to stand in the composer as it is. */
export function isLong(text: string): boolean {
  return text.length > shortPaste.characters || lineCount(text) > shortPaste.lines;
}

const lineCount = (text: string): number => {
  let lines = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < text.length - 1; at = text.indexOf("\n", at + 1))
    lines += 1;
  return lines;
};

/** A token for a paste, numbered behind those there are. */
export function pasteToken(text: string, tokens: Tokens): Token {
  const lines = lineCount(text);
  const size = lines > 1 ? `${lines} lines` : `${text.length} characters`;
  return { kind: "paste", label: `[Pasted text #${nextNumber(tokens)}: ${size}]`, text };
}

/** A token for a picture. @param about its name and size */
export function imageToken(about: string, parts: readonly (TextPart | ImagePart)[], tokens: Tokens): Token {
  const shown = about.replace(/[\]\n[]/g, " ").slice(0, 80);
  return { kind: "image", label: `[Image #${nextNumber(tokens)}: ${shown}]`, parts };
}

const nextNumber = (tokens: Tokens): number =>
  1 + Math.max(0, ...[...tokens.keys()].map((label) => Number(/#(\d+)/.exec(label)?.[1] ?? 0)));

/** The tokens with one more. */
export function withToken(tokens: Tokens, token: Token): Tokens {
  return new Map([...tokens, [token.label, token] as const].slice(-keptTokens));
}

/** Where a token stands in a text. */
export type TokenSpan = { from: number; to: number; token: Token };

/** Every token in a text, in order. */
export function tokensIn(text: string, tokens: Tokens): TokenSpan[] {
  if (tokens.size === 0) return [];
  return [...text.matchAll(labelPattern)].flatMap((match) => {
    const token = tokens.get(match[0]);
    return token === undefined ? [] : [{ from: match.index, to: match.index + match[0].length, token }];
  });
}

/**
 * An edit with tokens as single pieces: one that lost a part is gone whole, and the caret stands before or behind one,
 * never inside.
 */
export function keepWhole(before: Editor, after: Editor, tokens: Tokens): Editor {
  if (tokens.size === 0 || after === before) return after;
  const stood = tokensIn(before.text, tokens);
  if (stood.length === 0) return after;
  const stand = tokensIn(after.text, tokens);
  if (after.text !== before.text && stand.length < stood.length) {
    const start = commonStart(before.text, after.text);
    const end = commonEnd(before.text, after.text, start);
    const cut = { from: start, to: before.text.length - end };
    const lost = stood.filter(({ from, to }) => from < cut.to && to > cut.from);
    const from = Math.min(cut.from, ...lost.map((span) => span.from));
    const to = Math.max(cut.to, ...lost.map((span) => span.to));
    const inserted = after.text.slice(start, after.text.length - end);
    return {
      ...after,
      text: before.text.slice(0, from) + inserted + before.text.slice(to),
      caret: from + inserted.length,
    };
  }
  const inside = stand.find(({ from, to }) => from < after.caret && after.caret < to);
  if (inside === undefined) return after;
  return { ...after, caret: after.caret > before.caret ? inside.to : inside.from };
}

function commonStart(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let at = 0;
  while (at < most && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  return at;
}

function commonEnd(a: string, b: string, start: number): number {
  const most = Math.min(a.length, b.length) - start;
  let count = 0;
  while (count < most && a.charCodeAt(a.length - 1 - count) === b.charCodeAt(b.length - 1 - count))
    count += 1;
  return count;
}

/** Characters that may stand in the composer unfolded: each key copies them. */
export const mostUnfolded = 200_000;

/**
 * A text that is too long with the lines before the caret's own folded into a token, as far as none stands in them; null
 * where it is short enough, or where that would not make it shorter.
 */
export function tooLong(editor: Editor, tokens: Tokens): { editor: Editor; token: Token } | null {
  const { text, caret } = editor;
  if (text.length <= mostUnfolded) return null;
  const spans = tokensIn(text, tokens);
  const stretches = [...spans.map(({ to }) => to), 0]
    .map((from) => ({ from, to: spans.find((span) => span.from >= from)?.from ?? text.length }))
    .toSorted((a, b) => b.to - b.from - (a.to - a.from));
  const [longest = { from: 0, to: 0 }] = stretches;
  // The line that is being typed stays to be typed on, unless it is all there is.
  const line = text.lastIndexOf("\n", caret - 1) + 1;
  const to = longest.from < line && line < longest.to ? line : longest.to;
  if (to - longest.from < mostUnfolded / 2) return null;
  const token = pasteToken(text.slice(longest.from, to), tokens);
  const moved =
    caret >= to ? caret - (to - longest.from) + token.label.length : Math.min(caret, longest.from);
  return {
    token,
    editor: {
      text: text.slice(0, longest.from) + token.label + text.slice(to),
      caret: caret > longest.from && caret < to ? longest.from + token.label.length : moved,
    },
  };
}

/** The token at the caret (before, behind or around it) as the text it stands for; null where there is none to expand. */
export function expanded(editor: Editor, tokens: Tokens): Editor | null {
  const found = tokensIn(editor.text, tokens).find(
    ({ from, to }) => from <= editor.caret && editor.caret <= to,
  );
  if (found?.token.kind !== "paste") return null;
  const { text } = found.token;
  return {
    ...editor,
    text: editor.text.slice(0, found.from) + text + editor.text.slice(found.to),
    caret: found.from + text.length,
  };
}

/** What is typed as a message: pastes in place of their labels, pictures behind the text. */
export function saidOf(text: string, tokens: Tokens): Said {
  const parts: Part[] = [];
  const attached: Attached[] = [];
  const behind: { label: string; part: Part }[] = [];
  let at = 0;
  const words = (piece: string): void => {
    const last = parts.at(-1);
    if (piece === "") return;
    if (last?.type === "text" && !attached.some(({ part }) => part === parts.length - 1)) last.text += piece;
    else parts.push({ type: "text", text: piece });
  };
  for (const { from, to, token } of tokensIn(text, tokens)) {
    if (token.kind === "image") {
      words(text.slice(at, to));
      behind.push(...token.parts.map((part) => ({ label: token.label, part })));
    } else {
      words(text.slice(at, from));
      attached.push({ kind: "paste", label: token.label, part: parts.length });
      parts.push({ type: "text", text: token.text });
    }
    at = to;
  }
  words(text.slice(at));
  for (const { label, part } of behind) {
    attached.push({ kind: "image", label, part: parts.length });
    parts.push(part);
  }
  return { parts, attached };
}

/**
 * A message as it was typed, with tokens for what cannot be typed. Files and sessions stand in the text by their names
 * and are read anew when it is sent.
 */
export function typedAgain({ parts, attached }: Said, tokens: Tokens): { text: string; tokens: Tokens } {
  const kinds = new Map(attached.map((one) => [one.part, one]));
  const pictures = new Map<string, (TextPart | ImagePart)[]>();
  let known = tokens;
  let text = "";
  parts.forEach((part, index) => {
    const mark = kinds.get(index);
    if (mark === undefined) text += part.type === "text" ? part.text : "";
    else if (mark.kind === "prompt") text += mark.label;
    else if (mark.kind === "paste" && part.type === "text") {
      const token = fresh({ kind: "paste", label: mark.label, text: part.text }, known);
      known = withToken(known, token);
      text += token.label;
    } else if (mark.kind === "image" && (part.type === "text" || part.type === "image"))
      pictures.set(mark.label, [...(pictures.get(mark.label) ?? []), part]);
  });
  for (const [label, picture] of pictures) {
    // A picture named by its path is read anew, as a file is.
    if (!label.startsWith("[")) continue;
    const token = fresh({ kind: "image", label, parts: picture }, known);
    known = withToken(known, token);
    text = text.replace(label, () => token.label);
  }
  return { text, tokens: known };
}

/** The token under a label that is its own. */
function fresh(token: Token, tokens: Tokens): Token {
  const other = tokens.get(token.label);
  if (other === undefined || JSON.stringify(other) === JSON.stringify(token)) return token;
  return { ...token, label: token.label.replace(/#\d+/, `#${nextNumber(tokens)}`) };
}
