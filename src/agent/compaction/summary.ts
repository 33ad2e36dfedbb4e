/** The text of a compaction: what the model is asked for, and what is put together without it. */
import type { Message, Part } from "../../core/message.ts";
import { toolCallsOf } from "../../core/message.ts";
import { filesTouched } from "./plan.ts";

/** Output cap of the summary call, in tokens. */
export const summaryTokens = 4096;
/** Characters of the user's words that are always kept verbatim; of a longer text its head and tail. */
const pinnedCharacters = 40_000;
/** Characters kept of one pasted message. */
const pinnedPerMessage = 8_000;
/** Calls listed by the mechanical fallback. */
const listedCalls = 60;

/** Asks for the summary, as the last message of the conversation that is to be summarised. */
export function summaryRequest(focus: string | null): string {
  return `The context window is nearly full. Write the summary that will replace the conversation so far; you will go on from it and from the most recent messages. Do not call tools. Use exactly these sections, with short bullet points, exact names, paths, commands, numbers and error texts:

## Goal
## Constraints (in the user's own words, verbatim)
## Done
## In progress
## Decisions (and why)
## Files read and changed (path: what matters in it)
## Next

If the conversation opens with an earlier summary, carry over everything in it that still holds.${focus ? `\n\nKeep above all: ${focus}` : ""}`;
}

/**
 * The summary as it goes into the history: the model's text (or the mechanical one) and, whatever it says, the words
 * of the user verbatim and the files touched, so that no instruction depends on a model's memory.
 */
export function composeSummary(body: string, words: readonly string[], parts: readonly Part[]): string {
  const { read, changed } = filesTouched(parts);
  const lists = [
    ...(changed.length > 0 ? [`Files changed: ${changed.join(", ")}`] : []),
    ...(read.length > 0 ? [`Files read: ${read.join(", ")}`] : []),
  ];
  const pinned = pinnedWords(words);
  return [
    body.trim(),
    ...(pinned ? [`## The user's messages, verbatim\n\n${pinned}`] : []),
    ...(lists.length > 0 ? [lists.join("\n")] : []),
  ].join("\n\n");
}

/** Newest first within the budget, then put back in order: what was said last binds most. */
function pinnedWords(words: readonly string[]): string {
  let left = pinnedCharacters;
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
    .map((text) => `> ${text.replaceAll("\n", "\n> ")}`)
    .join("\n\n");
}

function shorten(text: string, limit: number): string | null {
  if (text.length <= limit) return text;
  if (limit < 400) return null;
  const half = Math.floor(limit / 2) - 40;
  return `${text.slice(0, half)}\n[${text.length - 2 * half} characters left out]\n${text.slice(-half)}`;
}

/** What can be said of a conversation without a model: the calls made and the last thing the agent said. */
export function mechanicalBody(messages: readonly Message[]): string {
  const calls = messages.flatMap((message) => toolCallsOf(message.parts));
  const failed = new Set(
    messages.flatMap((message) =>
      message.parts.flatMap((part) => (part.type === "tool_result" && part.isError ? [part.callId] : [])),
    ),
  );
  const listed = calls.slice(-listedCalls).map((call) => {
    const input = JSON.stringify(call.input);
    return `- ${call.name} ${input.length > 160 ? `${input.slice(0, 160)}...` : input}${failed.has(call.id) ? " (failed)" : ""}`;
  });
  const last = messages
    .toReversed()
    .flatMap((message) => (message.role === "assistant" ? message.parts : []))
    .find((part) => part.type === "text" && part.text.trim() !== "");
  return [
    "This summary was put together without a model, because the summary call failed. It lists facts only.",
    ...(listed.length > 0
      ? [
          `## Calls made${calls.length > listed.length ? ` (the last ${listed.length} of ${calls.length})` : ""}\n${listed.join("\n")}`,
        ]
      : []),
    ...(last?.type === "text" ? [`## Last said\n${last.text.slice(0, 4000)}`] : []),
  ].join("\n\n");
}
