/** What full-text search sees of an entry, and how a person's query becomes one FTS5 cannot reject. */
import type { DurableEvent } from "../core/event.ts";
import { textOf } from "../core/message.ts";

/** The words of an entry: what people and the model said, what tools were asked to do, titles. Null for the rest. */
export function wordsOf(event: DurableEvent): string | null {
  const words = rawWords(event)?.trim();
  return words === undefined || words === "" ? null : apart(words);
}

function rawWords(event: DurableEvent): string | undefined {
  switch (event.type) {
    case "user.message":
      return event.origin === "reminder" || event.origin === "evidence" ? undefined : textOf(event.parts);
    case "assistant.message":
      return textOf(event.parts);
    case "tool.started":
      return `${event.name} ${event.summary}`;
    case "session.titled":
      return event.title;
    case "session.started":
      return event.title ?? undefined;
    default:
      return undefined;
  }
}

/**
 * An FTS5 query that finds entries with all the words, the last as a prefix: each is quoted, so no character of it is
 * an operator (https://www.sqlite.org/fts5.html#full_text_query_syntax). Null when nothing is left to search for.
 */
export function matchQuery(text: string): string | null {
  // SQLite ends a query at its first NUL, in the middle of a quoted word if it stands there.
  const terms = text.split(/[\s\0]+/u).filter((term) => /[\p{L}\p{N}\p{Co}]/u.test(term));
  if (terms.length === 0) return null;
  return `${terms.map((term) => `"${apart(term).replaceAll('"', '""')}"`).join(" ")}*`;
}

/** A snippet of indexed words as they were written, on one line. */
export function readable(snippet: string): string {
  return snippet.replaceAll(mark, "").replace(/\s+/gu, " ").trim();
}

/** Zero width space: FTS5's unicode61 splits words at it. */
const mark = "\u200b";

/** Chinese and Japanese are written without spaces; unsplit, a whole clause would be one word nobody searches for. */
function apart(text: string): string {
  // Most text is ASCII, and the classes below take longer to compile than to look.
  if (!/[^\0-\x7f]/.test(text)) return text;
  return text.replace(/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/gu, `$&${mark}`);
}
