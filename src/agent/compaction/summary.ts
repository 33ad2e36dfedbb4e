/** The text of a compaction: what the model is asked for, and what is put together without it. */
import type { Message, Part } from "../../core/message.ts";
import { textOf, toolCallsOf } from "../../core/message.ts";
import { summaryText } from "../../sessions/fold-text.ts";

/** The most a summary call may answer, in tokens; less in a small window. */
const mostSummaryTokens = 4096;
/** Characters of the user's words that are always kept verbatim; of a longer text its head and tail. */
const pinnedCharacters = 40_000;
/** Characters kept of one pasted message. */
const pinnedPerMessage = 8_000;
/** Calls listed by the mechanical fallback, and characters of one. */
const listedCalls = 60;
const listedCallCharacters = 160;
/** Characters kept of the last thing the agent said, and of the summary before. */
const lastSaidCharacters = 4_000;
const earlierCharacters = 16_000;

/** Output cap of the summary call for a window, in tokens. */
export function summaryTokens(window: number): number {
  return Math.min(mostSummaryTokens, Math.max(256, Math.floor(window / 8)));
}

/** Characters a part of a summary may take in a window: about a tenth of it, at four characters a token. */
function charactersFor(window: number, most: number): number {
  return Math.min(most, Math.floor(window * 0.4));
}

/** Asks for the summary, as the last message of the conversation that is to be summarised. */
export const summaryRequest = `The context window is nearly full. Write the summary that will replace the conversation so far; you will go on from it and from the most recent messages. Do not call tools. Use exactly these sections, with short bullet points, exact names, paths, commands, numbers and error texts:

## Goal
## Constraints (in the user's own words, verbatim)
## Done
## In progress
## Decisions (and why)
## Files read and changed (path: what matters in it)
## Next

If the conversation opens with an earlier summary, carry over everything in it that still holds.`;

const pinnedHeading = "## The user's messages, verbatim";

/** What is kept of a conversation whatever a model writes about it. */
export type PinnedFacts = {
  /** What a person said, in order. */
  said: readonly (readonly Part[])[];
  read: readonly string[];
  changed: readonly string[];
};

/**
 * The summary as it goes into the history: the model's text (or the mechanical one) and, whatever it says, the words
 * of the user verbatim and the files touched, so that no instruction depends on a model's memory.
 */
export function composeSummary(body: string, { said, read, changed }: PinnedFacts, window: number): string {
  const lists = [
    ...(changed.length > 0 ? [`Files changed: ${changed.join(", ")}`] : []),
    ...(read.length > 0 ? [`Files read: ${read.join(", ")}`] : []),
  ];
  const pinned = pinnedWords(said.map(wordsOf), charactersFor(window, pinnedCharacters));
  return [
    body.trim(),
    ...(pinned ? [`${pinnedHeading}\n\n${pinned}`] : []),
    ...(lists.length > 0 ? [lists.join("\n")] : []),
  ].join("\n\n");
}

function wordsOf(parts: readonly Part[]): string {
  return parts.map((part) => (part.type === "text" ? part.text : `[${part.type}]`)).join("");
}

/** Newest first within the budget, then put back in order: what was said last binds most. */
function pinnedWords(words: readonly string[], characters: number): string {
  let left = characters;
  const kept: string[] = [];
  for (const text of words.toReversed()) {
    const short = shorten(text, Math.min(pinnedPerMessage, left));
    if (short === null) {
      kept.push("[earlier messages left out; they are in the session's ledger]");
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

function shorten(text: string, limit: number): string | null {
  if (text.length <= limit) return text;
  if (limit < 400) return null;
  const half = Math.floor(limit / 2) - 40;
  return `${text.slice(0, half)}\n[${text.length - 2 * half} characters left out]\n${text.slice(-half)}`;
}

/**
 * What can be said of a conversation without a model: an earlier summary's own words, the calls made since and the
 * last thing the agent said.
 */
export function mechanicalBody(messages: readonly Message[], window: number): string {
  const calls = messages.flatMap((message) => toolCallsOf(message.parts));
  const failed = new Set(
    messages.flatMap((message) =>
      message.parts.flatMap((part) => (part.type === "tool_result" && part.isError ? [part.callId] : [])),
    ),
  );
  const most = Math.min(listedCalls, Math.floor(charactersFor(window, 40_000) / listedCallCharacters));
  const listed = calls.slice(-Math.max(1, most)).map((call) => {
    const input = JSON.stringify(call.input);
    const short = input.length > listedCallCharacters ? `${input.slice(0, listedCallCharacters)}...` : input;
    return `- ${call.name} ${short}${failed.has(call.id) ? " (failed)" : ""}`;
  });
  const last = messages
    .toReversed()
    .flatMap((message) => (message.role === "assistant" ? message.parts : []))
    .find((part) => part.type === "text" && part.text.trim() !== "");
  const earlier = earlierBody(messages[0], charactersFor(window, earlierCharacters));
  return [
    "This summary was put together without a model, because the summary call failed. It lists facts only.",
    ...(earlier === "" ? [] : [`## From the summary before\n${earlier}`]),
    ...(listed.length > 0
      ? [
          `## Calls made${calls.length > listed.length ? ` (the last ${listed.length} of ${calls.length})` : ""}\n${listed.join("\n")}`,
        ]
      : []),
    ...(last?.type === "text"
      ? [`## Last said\n${last.text.slice(0, charactersFor(window, lastSaidCharacters))}`]
      : []),
  ].join("\n\n");
}

/** What a model wrote into the summary that opens the conversation, if one does. */
function earlierBody(first: Message | undefined, characters: number): string {
  const text = first?.role === "user" ? textOf(first.parts) : "";
  const opening = summaryText("");
  if (!text.startsWith(opening)) return "";
  const pinned = text.indexOf(pinnedHeading);
  return text
    .slice(opening.length, pinned < 0 ? undefined : pinned)
    .trim()
    .slice(0, characters);
}
