/**
 * Keeps known credential values out of what the model and the ledger get (law "secrets"), and says so once for each
 * place they were found in: a person should know that a key stands where a tool can read it.
 */
import type { DurableEvent } from "../core/event.ts";
import type { RedactedStream, Redactor } from "../policy/redactor.ts";

/** Where text comes from. */
export type Place =
  | "your message"
  | "the project's instruction files"
  | "the verify output"
  | "a quotation of the prompt"
  | "a tool result";

/** Takes credential values out of one session's texts. */
export class Redaction {
  readonly #redactor: Redactor;
  readonly #told = new Set<Place>();
  #notes: DurableEvent[] = [];

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /** The text without known values. */
  text(place: Place, text: string): string {
    const clean = this.#redactor.text(text);
    if (clean !== text) this.#note(place);
    return clean;
  }

  /** Plain data with every string in it cleaned; the bytes of pictures and documents are left alone. */
  data<T>(place: Place, value: T): T {
    return this.#clean(place, value) as T;
  }

  /** A filter for text that comes in pieces; a value cut in two by them is not seen either. */
  stream(place: Place): RedactedStream {
    return this.#redactor.stream(() => this.#note(place));
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
