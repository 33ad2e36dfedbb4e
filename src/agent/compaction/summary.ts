/** The text of a compaction: what the model is asked for, and what is put together without it. */
import type { Message, Part } from "../../core/message.ts";
import { textOf, toolCallsOf } from "../../core/message.ts";
import { headOf, tailOf } from "../../core/text.ts";
import { summaryText } from "../../sessions/fold-text.ts";

/** The most a summary call may answer, in tokens; less in a small window. */
const mostSummaryTokens = 4096;
/**
 * Characters of the user's words that are kept verbatim: at most so many, and so many a token of the window's room
 * (about 15% of it). Longer texts lose their middle before any short one loses a word.
 */
const pinnedCharacters = 120_000;
const pinnedPerToken = 0.6;
/** A message is not cut to fewer characters; the oldest ones are left out before that. */
const leastPinned = 400;
/** Characters a token of a summary may take; a model that does not heed its cap must not fill the window. */
const charactersPerToken = 8;
/** Calls listed by the mechanical fallback, and characters of one. */
const listedCalls = 60;
const listedCallCharacters = 160;
/** Characters kept of the last thing the agent said, and of the summary before. */
const lastSaidCharacters = 4_000;
const earlierCharacters = 16_000;
/** Characters of each list of files. */
const listCharacters = 12_000;

/** Output cap of the summary call, in tokens; `room` is what the window has for a conversation. */
export function summaryTokens(room: number): number {
  return Math.min(mostSummaryTokens, Math.max(256, Math.floor(room / 8)));
}

/** Characters a part of a summary may take: about a tenth of the room, at four characters a token. */
function charactersFor(room: number, most: number): number {
  return Math.min(most, Math.floor(room * 0.4));
}

/**
 * Asks for the summary, as the last message of the conversation that is to be summarised.
 * @param focus what a person wants kept above all; null for nothing in particular
 */
export function summaryRequest(focus: string | null): string {
  return focus === null ? request : `${request}\n\nThe user asks that the summary keep above all: ${focus}`;
}

const request = `Room is needed in the context window. Write the summary that will replace the conversation so far; you will go on from it and from the most recent messages. Do not call tools. Use exactly these sections, with short bullet points, exact names, paths, commands, numbers and error texts:

## Goal
## Constraints (in the user's own words, verbatim)
## Done
## In progress
## Decisions (and why)
## Files read and changed (path: what matters in it)
## Next

If the conversation opens with an earlier summary, carry over everything in it that still holds.`;

const pinnedHeading = "## The user's messages, verbatim";

const recallNote =
  "What this summary leaves out is not lost: the recall tool finds and reads earlier messages and tool results.";

/** What is kept of a conversation whatever a model writes about it. */
export type PinnedFacts = {
  /** What a person said, in order. */
  said: readonly (readonly Part[])[];
  read: readonly string[];
  changed: readonly string[];
  /** The model can look up what the summary leaves out. */
  recallable: boolean;
};

/**
 * The summary as it goes into the history: the model's text (or the mechanical one) and, whatever it says, the words
 * of the user verbatim and the files touched, so that no instruction depends on a model's memory.
 */
export function composeSummary(
  body: string,
  { said, read, changed, recallable }: PinnedFacts,
  room: number,
): string {
  const lists = [
    ...(changed.length > 0 ? [`Files changed: ${changed.join(", ")}`] : []),
    ...(read.length > 0 ? [`Files read: ${read.join(", ")}`] : []),
  ].map((list) => shorten(list, Math.max(leastPinned, charactersFor(room, listCharacters))));
  const pinned = pinnedWords(
    said.map(wordsOf),
    Math.min(pinnedCharacters, Math.floor(room * pinnedPerToken)),
  );
  return [
    shorten(body.trim(), summaryTokens(room) * charactersPerToken),
    ...(recallable ? [recallNote] : []),
    ...(pinned ? [`${pinnedHeading}\n\n${pinned}`] : []),
    ...(lists.length > 0 ? [lists.join("\n")] : []),
  ].join("\n\n");
}

function wordsOf(parts: readonly Part[]): string {
  return parts.map((part) => (part.type === "text" ? part.text : `[${part.type}]`)).join("");
}

/** All of them within the budget; where that is too small even for their heads and tails, the newest: they bind most. */
function pinnedWords(words: readonly string[], characters: number): string {
  const limit = Math.max(leastPinned, fairLimit(words, characters));
  let left = characters;
  const kept: string[] = [];
  for (const text of words.toReversed()) {
    const short = shorten(text, limit);
    // What was said last is kept whatever the budget: there is at least its head and its tail.
    if (short.length > left && kept.length > 0) {
      kept.push(`[${words.length - kept.length} earlier messages left out]`);
      break;
    }
    left -= short.length;
    kept.push(short);
  }
  return kept
    .toReversed()
    .map((text) => `<message>\n${text}\n</message>`)
    .join("\n");
}

/** The length to which the longest texts are cut so that all together have `characters`. */
function fairLimit(words: readonly string[], characters: number): number {
  let left = characters;
  const lengths = words.map(({ length }) => length).sort((a, b) => a - b);
  for (const [index, length] of lengths.entries()) {
    const share = Math.floor(left / (lengths.length - index));
    if (length > share) return share;
    left -= length;
  }
  return Number.POSITIVE_INFINITY;
}

/** Head and tail of a text of more than `limit` characters. */
function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const half = Math.max(0, Math.floor(limit / 2) - 20);
  return `${headOf(text, half)}\n[${text.length - 2 * half} characters left out]\n${tailOf(text, half)}`;
}

/**
 * What can be said of a conversation without a model: an earlier summary's own words, the calls made since and the
 * last thing the agent said.
 */
export function mechanicalBody(messages: readonly Message[], room: number): string {
  const calls = messages.flatMap((message) => toolCallsOf(message.parts));
  const failed = new Set(
    messages.flatMap((message) =>
      message.parts.flatMap((part) => (part.type === "tool_result" && part.isError ? [part.callId] : [])),
    ),
  );
  const most = Math.min(listedCalls, Math.floor(charactersFor(room, 40_000) / listedCallCharacters));
  const listed = calls.slice(-Math.max(1, most)).map((call) => {
    const input = JSON.stringify(call.input);
    const short = input.length > listedCallCharacters ? `${headOf(input, listedCallCharacters)}...` : input;
    return `- ${call.name} ${short}${failed.has(call.id) ? " (failed)" : ""}`;
  });
  const last = messages
    .toReversed()
    .flatMap((message) => (message.role === "assistant" ? message.parts : []))
    .find((part) => part.type === "text" && part.text.trim() !== "");
  const earlier = earlierBody(messages[0], charactersFor(room, earlierCharacters));
  return [
    "This summary was put together without a model, because the summary call failed. It lists facts only.",
    ...(earlier === "" ? [] : [`## From the summary before\n${earlier}`]),
    ...(listed.length > 0
      ? [
          `## Calls made${calls.length > listed.length ? ` (the last ${listed.length} of ${calls.length})` : ""}\n${listed.join("\n")}`,
        ]
      : []),
    ...(last?.type === "text"
      ? [`## Last said\n${headOf(last.text, charactersFor(room, lastSaidCharacters))}`]
      : []),
  ].join("\n\n");
}

/** What a model wrote into the summary that opens the conversation, if one does. */
function earlierBody(first: Message | undefined, characters: number): string {
  const text = first?.role === "user" ? textOf(first.parts) : "";
  const opening = summaryText("");
  if (!text.startsWith(opening)) return "";
  const ends = [recallNote, pinnedHeading].map((part) => text.indexOf(part)).filter((at) => at >= 0);
  const body = text.slice(opening.length, ends.length > 0 ? Math.min(...ends) : undefined);
  return headOf(body.trim(), characters);
}
