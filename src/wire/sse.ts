/**
 * Server-sent events from bytes, after the WHATWG HTML standard, section 9.2.6 "Interpreting an event stream".
 * One deliberate difference: an event whose closing blank line never came is still given by `end`, because
 * several model servers close the connection right after their last data line.
 */

/** One event of a stream. */
export type SseEvent = {
  /** The `event:` field; undefined when the stream did not name the event. */
  event: string | undefined;
  /** The `data:` lines joined by LF. */
  data: string;
  /** The last `id:` seen so far, if any. */
  id?: string;
};

/** The most one event may hold, in UTF-16 units; above it the peer is not speaking this protocol. */
export const maxSseEventLength = 16 * 1024 * 1024;

const LF = 10;
const SPACE = 32;
const COLON = 58;
const BOM = "\ufeff";

/**
 * Turns the bytes of one event stream into events. Any split of the same bytes gives the same events. Work is
 * linear in the bytes: a line that arrives in many pieces is searched once and joined once.
 */
export class SseDecoder {
  /** The tail of a UTF-8 character whose rest is in the next chunk. */
  #held: Uint8Array = new Uint8Array(0);
  /** The line begun by earlier chunks. Only appended to (a rope) until its end is found. */
  #pending = "";
  #atStart = true;
  /** The last character was a CR that ended a line; an LF right after it belongs to it. */
  #afterCr = false;
  #data: string | undefined;
  #event: string | undefined;
  #id: string | undefined;
  #failure: string | undefined;

  /**
   * Why the stream is no longer read: an event above `maxSseEventLength`. Once set, `push` and `end` give
   * nothing more; a codec turns it into its `error` event.
   */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** The events that `chunk` completes. The chunk is not kept. */
  push(chunk: Uint8Array): SseEvent[] {
    const events: SseEvent[] = [];
    if (this.#failure === undefined) this.#read(this.#decode(chunk), events);
    return events;
  }

  /** The body is complete: the event still open, if it has data. A cut-off event shows by its data not being JSON. */
  end(): SseEvent[] {
    const events: SseEvent[] = [];
    if (this.#failure !== undefined) return events;
    this.#read(Buffer.from(this.#held).toString("utf8"), events);
    this.#held = new Uint8Array(0);
    if (this.#pending !== "") this.#line(this.#pending, 0, this.#pending.length, events);
    this.#pending = "";
    this.#dispatch(events);
    return events;
  }

  /** Decodes all whole characters; a lead byte always restarts UTF-8, so holding from it on never changes the text. */
  #decode(chunk: Uint8Array): string {
    let bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (this.#held.length > 0) bytes = Buffer.concat([this.#held, bytes]);
    const whole = wholeCharacters(bytes);
    this.#held = whole < bytes.length ? Uint8Array.prototype.slice.call(bytes, whole) : new Uint8Array(0);
    return bytes.toString("utf8", 0, whole);
  }

  #read(text: string, events: SseEvent[]): void {
    if (text === "") return;
    let start = 0;
    if (this.#atStart) {
      this.#atStart = false;
      if (text.startsWith(BOM)) start = 1;
    }
    if (this.#afterCr && start < text.length) {
      this.#afterCr = false;
      if (text.charCodeAt(start) === LF) start += 1;
    }
    let lf = text.indexOf("\n", start);
    let cr = text.indexOf("\r", start);
    while (lf !== -1 || cr !== -1) {
      const end = lf === -1 || (cr !== -1 && cr < lf) ? cr : lf;
      if (this.#pending === "") {
        this.#line(text, start, end, events);
      } else {
        const line = this.#pending + text.slice(start, end);
        this.#pending = "";
        this.#line(line, 0, line.length, events);
      }
      if (this.#failure !== undefined) return;
      start = end + 1;
      if (end === cr) {
        if (start === text.length) this.#afterCr = true;
        else if (text.charCodeAt(start) === LF) start += 1;
        cr = text.indexOf("\r", start);
      }
      if (lf !== -1 && lf < start) lf = text.indexOf("\n", start);
    }
    if (start < text.length) {
      this.#pending += text.slice(start);
      this.#bound(this.#pending.length);
    }
  }

  /** One line, without its end: `text` from `start` to `end`. */
  #line(text: string, start: number, end: number, events: SseEvent[]): void {
    this.#bound(end - start);
    if (this.#failure !== undefined) return;
    if (start === end) {
      this.#dispatch(events);
      return;
    }
    // Nearly every line of a model stream is a data line, so it is taken apart without being copied first.
    if (text.startsWith("data", start) && (end === start + 4 || text.charCodeAt(start + 4) === COLON)) {
      this.#addData(text.slice(valueStart(text, start + 4, end), end));
      return;
    }
    const line = text.slice(start, end);
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(valueStart(line, colon, line.length));
    if (field === "event") this.#event = value;
    else if (field === "id" && !value.includes("\0")) this.#id = value;
  }

  #addData(value: string): void {
    this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
    this.#bound(this.#data.length);
  }

  #dispatch(events: SseEvent[]): void {
    if (this.#data !== undefined) {
      const event = this.#event === "" ? undefined : this.#event;
      const data = this.#data;
      events.push(this.#id === undefined ? { event, data } : { event, data, id: this.#id });
    }
    this.#data = undefined;
    this.#event = undefined;
  }

  #bound(length: number): void {
    if (length <= maxSseEventLength) return;
    this.#failure = `an event of the stream is longer than ${maxSseEventLength} characters`;
    this.#pending = "";
    this.#data = undefined;
    this.#held = new Uint8Array(0);
  }
}

/** Where the value after a field's colon begins: one space after the colon is not part of it. */
function valueStart(text: string, colon: number, end: number): number {
  const start = Math.min(colon + 1, end);
  return start < end && text.charCodeAt(start) === SPACE ? start + 1 : start;
}

/** How many bytes from the front end in a whole UTF-8 character. */
function wholeCharacters(bytes: Uint8Array): number {
  const length = bytes.length;
  for (let back = 1; back <= 3 && back <= length; back += 1) {
    const byte = bytes[length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const size = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return size > back ? length - back : length;
  }
  return length;
}

/**
 * One event as text, ready to be written. `data` is split at its line ends, as the standard asks; JSON has none.
 */
export function formatSse(data: string, event?: string): string {
  const name = event === undefined ? "" : `event: ${event}\n`;
  if (!data.includes("\n") && !data.includes("\r")) return `${name}data: ${data}\n\n`;
  const lines = data.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
  return `${name}${lines.join("")}\n`;
}
