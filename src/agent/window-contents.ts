/** What fills the window, by source and piece by piece: what a person looks at before taking something out of it. */
import type { ConversationPiece } from "../core/event.ts";
import type { EntryId } from "../core/ids.ts";
import type { Part, ToolCallPart } from "../core/message.ts";
import { type NanoUsd, nanoUsd, zeroUsage } from "../core/usage.ts";
import { priceUsage } from "../meter/price.ts";
import type { PlacedPart } from "../sessions/provenance.ts";
import { type Planning, promptNow } from "./compaction/summary-plan.ts";
import type { AgentRun } from "./run.ts";
import type { Window } from "./window.ts";

/** Something that fills the window. Tokens are estimates. */
export type WindowSource = { name: string; parts: number; tokens: number };

/** A piece that can be taken out, or was. */
export type WindowPiece = {
  piece: ConversationPiece;
  /** `read src/a.ts`, `@src/a.ts`, the first words of a message. */
  name: string;
  kind: "result" | "attachment" | "message";
  /** What it takes now. */
  tokens: number;
  /** What taking it out frees. */
  freed: number;
  /** What stands behind it: the cache has to be written anew from there on. */
  rewritten: number;
  /** What that costs more than reading it from the cache; null when the model has no price. */
  cost: NanoUsd | null;
  /** What a request costs less without it, read from the cache; null as {@link cost}. */
  saved: NanoUsd | null;
  /** As the model sees it. */
  text: string;
  /** The compaction by which it was taken out; null where it stands as it was said. */
  evictedBy: EntryId | null;
};

/** What fills the window. */
export type WindowContents = {
  /** Of the next request's prompt, as best known, and the most it may have. */
  tokens: number;
  window: number;
  /** What every request begins with: system prompt, each context file, each tool. */
  system: number;
  files: WindowSource[];
  tools: WindowSource[];
  /** The conversation by who said it; most tokens first. */
  conversation: WindowSource[];
  /** Biggest first. */
  pieces: WindowPiece[];
};

/** What the contents are taken of: no run, since nothing runs. */
export type Looked = Planning & Pick<AgentRun, "now">;

/** Tokens below which a piece is not worth taking out. */
const smallPiece = 100;
/** Tokens of the words that stand in place of one. */
const stubTokens = 45;

/** Looks at the next request. O(what is in the window). */
export function windowContents(run: Looked): WindowContents {
  const { session, lineup, toolbox } = run;
  const { window } = lineup;
  const placed = session.state.placed();
  const sizeOf = ({ role, part }: PlacedPart): number => scaled(window, { role, parts: [part] });
  const sized = placed.map((one) => ({ ...one, tokens: sizeOf(one) }));
  const { system, files } = window.fixed;
  return {
    tokens: promptNow(run),
    window: window.size,
    system,
    files: contextFiles(run, files),
    tools: toolbox.specs
      .map((spec) => ({ name: spec.name, parts: 1, tokens: window.tokensOfTool(spec) }))
      .sort(byTokens),
    conversation: sums(sized),
    pieces: piecesOf(run, sized),
  };
}

type Sized = PlacedPart & { tokens: number };

const byTokens = (a: { tokens: number }, b: { tokens: number }): number => b.tokens - a.tokens;

const scaled = (window: Window, message: Parameters<Window["tokensOf"]>[0]): number =>
  window.promptOf([message]) - window.promptOf([]);

/** Files share what their section takes by their size. */
function contextFiles({ session }: Looked, tokens: number): WindowSource[] {
  const files = session.state.state().segment?.files ?? [];
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return files.map((file) => ({
    name: file.path,
    parts: 1,
    tokens: Math.round((tokens * file.bytes) / Math.max(1, bytes)),
  }));
}

function sums(parts: readonly Sized[]): WindowSource[] {
  const found = new Map<string, WindowSource>();
  for (const one of parts) {
    const name = sourceOf(one);
    const sum = found.get(name) ?? { name, parts: 0, tokens: 0 };
    found.set(name, { name, parts: sum.parts + 1, tokens: sum.tokens + one.tokens });
  }
  return [...found.values()].sort(byTokens);
}

function sourceOf({ role, part, origin, attached, call, evictedBy }: PlacedPart): string {
  if (evictedBy !== null) return "words for what was taken out";
  if (part.type === "tool_result") return `results of ${call?.name ?? "a tool"}`;
  if (part.type === "tool_call") return "calls";
  if (part.type === "reasoning") return "thoughts";
  if (role === "assistant") return "answers";
  if (origin === null) return "summary of what was before";
  if (attached !== null) return "what you attached";
  return origin === "prompt" || origin === "steer" ? "your messages" : "reminders";
}

function piecesOf(run: Looked, parts: readonly Sized[]): WindowPiece[] {
  const behind = tokensBehind(parts);
  return parts
    .flatMap((one, index): WindowPiece[] => {
      const { piece, tokens, part, evictedBy } = one;
      if (piece === null || (evictedBy === null && tokens < smallPiece)) return [];
      const freed = evictedBy === null ? Math.max(0, tokens - stubTokens) : 0;
      const rewritten = (behind[index] ?? 0) + Math.min(tokens, stubTokens);
      return [
        {
          piece,
          name: nameOf(one),
          kind: part.type === "tool_result" ? "result" : one.attached !== null ? "attachment" : "message",
          tokens,
          freed,
          rewritten,
          ...moneyOf(run, { freed, rewritten }),
          text: textIn(part),
          evictedBy,
        },
      ];
    })
    .sort(byTokens);
}

/** For each part the tokens of all that come after it. */
function tokensBehind(parts: readonly Sized[]): number[] {
  let sum = 0;
  return parts
    .toReversed()
    .map(({ tokens }) => {
      const behind = sum;
      sum += tokens;
      return behind;
    })
    .toReversed();
}

function moneyOf(
  run: Looked,
  { freed, rewritten }: { freed: number; rewritten: number },
): Pick<WindowPiece, "cost" | "saved"> {
  const { price } = run.lineup.targets[0].info;
  const at = run.now();
  const written = priceUsage({ ...zeroUsage, cacheWrite5m: rewritten }, price, { at });
  const read = priceUsage({ ...zeroUsage, cacheRead: rewritten }, price, { at });
  const cost = written === null || read === null ? null : nanoUsd(Math.max(0, written - read));
  return { cost, saved: priceUsage({ ...zeroUsage, cacheRead: freed }, price, { at }) };
}

/** Characters of a name. */
const nameCharacters = 100;

function nameOf({ part, attached, call }: PlacedPart): string {
  const name = attached?.label ?? (call ? briefly(call) : textIn(part));
  const row = name.replace(/\s+/g, " ").trim();
  return row.length > nameCharacters ? `${row.slice(0, nameCharacters)}…` : row || part.type;
}

/** A call in words, without knowing its tool: its name and the first text it was given. */
function briefly({ name, input }: ToolCallPart): string {
  const values = typeof input === "object" && input !== null ? Object.values(input) : [];
  const text = values.find((value) => typeof value === "string");
  return text === undefined ? name : `${name} ${text}`;
}

function textIn(part: Part): string {
  if (part.type === "text") return part.text;
  if (part.type !== "tool_result") return `[${part.type}]`;
  return part.content.map((piece) => (piece.type === "text" ? piece.text : `[${piece.type}]`)).join("\n");
}
