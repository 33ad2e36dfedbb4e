/** recall: finds and reads what compaction took out of the window; it is all still in the ledger. */
import * as z from "zod";
import type { DroppedHistory, PastEntry } from "../core/history.ts";
import { headOf } from "../core/text.ts";
import { defineTool, type Tool, type ToolResult } from "../core/tool.ts";
import { plural } from "./truncate.ts";

/** Most characters of what one call reads. */
export const MAX_RECALL_CHARS = 12_000;
/** Most hits of one search. */
export const MAX_HITS = 20;
/** Characters shown around a hit. */
export const HIT_CHARS = 240;
/** Most turns of an outline. */
export const MAX_TURNS = 40;

/** Makes the recall tool over a session's past. */
export function makeRecallTool(history: DroppedHistory): Tool {
  return defineTool({
    name: "recall",
    description: `Look up what was dropped from this conversation to free context: earlier messages, tool calls and full results. With words: the newest ${MAX_HITS} entries that hold all of them. With from: the entries from that number on, up to ${MAX_RECALL_CHARS} characters. With neither: an outline.`,
    input: z.object({
      words: z.string().optional(),
      from: z.int().nonnegative().optional().describe("first entry number"),
      to: z.int().nonnegative().optional().describe("last entry number"),
      offset: z.int().nonnegative().optional().describe("characters of the first entry to skip"),
    }),
    access: "read",
    intent: ({ words, from, to }) => ({
      summary:
        words !== undefined
          ? `recall "${headOf(words.replace(/\s+/g, " "), 80)}"`
          : from !== undefined
            ? `recall entries from ${from}${to === undefined ? "" : ` to ${to}`}`
            : "recall an outline",
      paths: [],
    }),
    async run({ words, from, to, offset }, { signal }) {
      const past = within(history, { from: from ?? 0, to: to ?? Number.POSITIVE_INFINITY }, signal);
      if (words !== undefined && words.trim() !== "") return search(past, words);
      return from === undefined ? outline(past) : read(past, offset ?? 0);
    },
  });
}

async function* within(
  history: DroppedHistory,
  { from, to }: { from: number; to: number },
  signal: AbortSignal,
): AsyncGenerator<PastEntry> {
  for await (const entry of history.entries()) {
    signal.throwIfAborted();
    if (entry.seq > to) return;
    if (entry.seq >= from) yield entry;
  }
}

const headingOf = ({ turn, seq, who }: PastEntry): string => `[turn ${turn}, entry ${seq}, ${who}]`;

function result(output: string, short: string, note?: string): ToolResult {
  return { output, display: [{ type: "text", text: short }], ...(note !== undefined && { note }) };
}

const nothing = (): ToolResult =>
  result(
    "Nothing like that was dropped from this conversation; what you see is all there is.",
    "nothing found",
  );

async function search(past: AsyncIterable<PastEntry>, words: string): Promise<ToolResult> {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const hits: string[] = [];
  let found = 0;
  for await (const entry of past) {
    const text = entry.text.toLowerCase();
    if (!wanted.every((word) => text.includes(word))) continue;
    found += 1;
    hits.push(`${headingOf(entry)} ${around(entry.text, text.indexOf(wanted[0] ?? ""))}`);
    if (hits.length > MAX_HITS) hits.shift();
  }
  if (found === 0) return nothing();
  const note =
    found > hits.length ? `the newest ${hits.length} of ${found}; use more words, or to` : undefined;
  return result(hits.join("\n"), plural(found, "hit"), note);
}

/** The text around a place, on one line. */
function around(text: string, at: number): string {
  const start = Math.max(0, at - HIT_CHARS / 3);
  const piece = headOf(text.slice(start), HIT_CHARS).replace(/\s+/g, " ").trim();
  return `${start > 0 ? "…" : ""}${piece}${start + HIT_CHARS < text.length ? "…" : ""}`;
}

async function read(past: AsyncIterable<PastEntry>, offset: number): Promise<ToolResult> {
  const pieces: string[] = [];
  let left = MAX_RECALL_CHARS;
  let entries = 0;
  for await (const entry of past) {
    const skipped = entries === 0 ? offset : 0;
    const rest = entry.text.slice(skipped);
    // Not begun when only a crumb of it would fit: it is the next call's first.
    if (entries > 0 && rest.length > left && left < MAX_RECALL_CHARS / 4) {
      return result(pieces.join("\n\n"), plural(entries, "entry", "entries"), `goes on at from ${entry.seq}`);
    }
    const text = headOf(rest, left);
    pieces.push(`${headingOf(entry)}\n${text}`);
    entries += 1;
    left -= text.length;
    if (text.length < rest.length) {
      const note = `entry ${entry.seq} goes on: from ${entry.seq}, offset ${skipped + text.length}`;
      return result(pieces.join("\n\n"), plural(entries, "entry", "entries"), note);
    }
  }
  return entries === 0 ? nothing() : result(pieces.join("\n\n"), plural(entries, "entry", "entries"));
}

/** One line a turn: what was asked, and which entries it has. */
async function outline(past: AsyncIterable<PastEntry>): Promise<ToolResult> {
  const turns: { turn: number; first: number; last: number; asked: string }[] = [];
  for await (const { turn, seq, who, text } of past) {
    const open = turns.at(-1);
    if (open?.turn === turn) open.last = seq;
    else turns.push({ turn, first: seq, last: seq, asked: who === "user" ? around(text, 0) : "" });
  }
  if (turns.length === 0) return nothing();
  const shown = turns.slice(-MAX_TURNS);
  const lines = shown.map(
    ({ turn, first, last, asked }) => `turn ${turn}, entries ${first}-${last}: ${asked}`,
  );
  const note =
    turns.length > shown.length ? `the newest ${shown.length} of ${turns.length} turns` : undefined;
  return result(lines.join("\n"), plural(turns.length, "turn"), note);
}
