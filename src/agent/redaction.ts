/**
 * Keeps known credential values out of what the model and the ledger get (law "secrets"), and says so once for each
 * place they were found in: a person should know that a key stands where a tool can read it.
 */
import type { DurableEvent } from "../core/event.ts";

/** Where text comes from. */
export type Place =
  | "your message"
  | "the project's instruction files"
  | "the verify output"
  | "a quotation of the prompt"
  | "a tool result";

/** Characters of the last piece kept to find a value that was cut in two. Keys are shorter. */
const longestValue = 512;

/** Takes credential values out of one session's texts. */
export class Redaction {
  readonly #redact: (text: string) => string;
  readonly #told = new Set<Place>();
  #notes: DurableEvent[] = [];

  /** @param redact replaces every known value in a text */
  constructor(redact: (text: string) => string) {
    this.#redact = redact;
  }

  /** The text without known values. */
  text(place: Place, text: string): string {
    const clean = this.#redact(text);
    if (clean !== text) this.#note(place);
    return clean;
  }

  /** Plain data with every string in it cleaned; the bytes of pictures and documents are left alone. */
  data<T>(place: Place, value: T): T {
    return this.#clean(place, value) as T;
  }

  /**
   * A filter for text that comes in pieces. Of a value cut in two the first half has been shown when the second
   * comes; the rest is masked.
   */
  stream(place: Place): (piece: string) => string {
    let tail = "";
    return (piece) => {
      const joined = tail + piece;
      const clean = this.text(place, joined);
      let same = 0;
      while (same < tail.length && tail[same] === clean[same]) same += 1;
      tail = joined.slice(-longestValue);
      return clean.slice(same);
    };
  }

  /** What to tell of since the last time: one note for each place. */
  notes(): DurableEvent[] {
    return this.#notes.splice(0);
  }

  #clean(place: Place, value: unknown): unknown {
    if (typeof value === "string") return this.text(place, value);
    if (Array.isArray(value)) return value.map((item) => this.#clean(place, item));
    if (typeof value !== "object" || value === null) return value;
    const media = "mediaType" in value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        media && key === "data" ? item : this.#clean(place, item),
      ]),
    );
  }

  #note(place: Place): void {
    if (this.#told.has(place)) return;
    this.#told.add(place);
    this.#notes.push({
      type: "note",
      level: "warning",
      code: "redacted",
      text: `A known credential value was taken out of ${place} before it was recorded or sent.`,
      data: { place },
    });
  }
}
