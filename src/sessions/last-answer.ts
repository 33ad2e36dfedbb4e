/** The last words of a session. */
import type { Entry } from "../core/event.ts";
import { textOf } from "../core/message.ts";

/** The last answer in words, whole; null before there is one. @param pages as `Store.pathFromEnd` gives them */
export async function lastAnswer(pages: AsyncIterable<readonly Entry[]>): Promise<string | null> {
  for await (const page of pages) {
    for (const entry of page.toReversed()) {
      const words = entry.type === "assistant.message" ? textOf(entry.parts).trim() : "";
      if (words !== "") return words;
    }
  }
  return null;
}
