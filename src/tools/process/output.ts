/** A command's output under a bound: its beginning and end in memory, all of it (up to a cap) on disk. */
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { OutputPage } from "./protocol.ts";

/** Bytes of one command's output kept on disk; beyond it, output is only counted. */
export const spillMaxBytes = 64 * 1024 * 1024;

/** Cuts a UTF-8 character that is broken at the edge of a byte range. Bytes that are not UTF-8 at all stay. */
function wholeCharacters(bytes: Buffer, edge: "start" | "end"): Buffer {
  const continues = (at: number) => ((bytes[at] ?? 0) & 0xc0) === 0x80;
  if (edge === "start") {
    let from = 0;
    while (from < 3 && from < bytes.length && continues(from)) from++;
    return bytes.subarray(from);
  }
  let lead = bytes.length - 1;
  while (lead > bytes.length - 4 && lead > 0 && continues(lead)) lead--;
  const byte = bytes[lead] ?? 0;
  const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
  return lead + length > bytes.length && length > 1 ? bytes.subarray(0, lead) : bytes;
}

/** Keeps what a command prints. Memory never exceeds `head + tail` bytes, the file never `spillMaxBytes`. */
export class OutputKeeper {
  #keep: { head: number; tail: number };
  #spillPath: string;
  #head: Buffer;
  #headBytes = 0;
  /** The last bytes after the head, as a ring; `#ringEnd` is where the next byte goes. */
  #ring: Buffer;
  #ringBytes = 0;
  #ringEnd = 0;
  #total = 0;
  #spill: number | null = null;
  #spilled = 0;
  #spillFailed = false;

  constructor(keep: { head: number; tail: number }, spillPath: string) {
    this.#keep = keep;
    this.#spillPath = spillPath;
    this.#head = Buffer.alloc(0);
    this.#ring = Buffer.alloc(0);
  }

  /** Takes more output. */
  push(chunk: Buffer): void {
    if (this.#total === 0) this.#head = Buffer.allocUnsafe(this.#keep.head);
    const wasWhole = this.omittedBytes === 0;
    const forHead = Math.min(this.#keep.head - this.#headBytes, chunk.length);
    if (wasWhole && this.#total + chunk.length > this.#keep.head + this.#keep.tail) this.#beginSpill();
    this.#total += chunk.length;
    if (this.#spill !== null) this.#write(chunk);
    if (forHead > 0) {
      chunk.copy(this.#head, this.#headBytes, 0, forHead);
      this.#headBytes += forHead;
    }
    this.#pushRing(chunk.subarray(forHead));
  }

  #pushRing(chunk: Buffer): void {
    const size = this.#keep.tail;
    if (chunk.length === 0 || size === 0) return;
    if (this.#ring.length === 0) this.#ring = Buffer.allocUnsafe(size);
    const kept = chunk.length > size ? chunk.subarray(chunk.length - size) : chunk;
    const first = Math.min(kept.length, size - this.#ringEnd);
    kept.copy(this.#ring, this.#ringEnd, 0, first);
    kept.copy(this.#ring, 0, first);
    this.#ringEnd = (this.#ringEnd + kept.length) % size;
    this.#ringBytes = Math.min(size, this.#ringBytes + kept.length);
  }

  #tail(): Buffer {
    const start = this.#ringEnd - this.#ringBytes;
    if (start >= 0) return this.#ring.subarray(start, this.#ringEnd);
    return Buffer.concat([
      this.#ring.subarray(start + this.#keep.tail),
      this.#ring.subarray(0, this.#ringEnd),
    ]);
  }

  #beginSpill(): void {
    try {
      mkdirSync(dirname(this.#spillPath), { recursive: true, mode: 0o700 });
      this.#spill = openSync(this.#spillPath, "wx", 0o600);
    } catch {
      this.#spillFailed = true; // said to the caller through `spillPath: null` and `lostBytes`
      return;
    }
    this.#write(this.#head.subarray(0, this.#headBytes));
    this.#write(this.#tail());
  }

  #write(bytes: Buffer): void {
    const room = bytes.subarray(0, spillMaxBytes - this.#spilled);
    for (let done = 0; this.#spill !== null && done < room.length; ) {
      try {
        const written = writeSync(this.#spill, room, done);
        done += written;
        this.#spilled += written;
      } catch {
        this.close(); // a full disk: what is there stays, the rest is counted in `lostBytes`
      }
    }
  }

  /** Bytes that are neither in the head nor in the tail. */
  get omittedBytes(): number {
    return this.#total - this.#headBytes - this.#ringBytes;
  }

  /** Everything there is to say of the output once the command is over. */
  summary(): {
    head: string;
    tail: string;
    totalBytes: number;
    omittedBytes: number;
    spillPath: string | null;
    lostBytes: number;
  } {
    const head = this.#head.subarray(0, this.#headBytes);
    const omittedBytes = this.omittedBytes;
    const whole = omittedBytes === 0;
    return {
      head: (whole ? Buffer.concat([head, this.#tail()]) : wholeCharacters(head, "end")).toString("utf8"),
      tail: whole ? "" : wholeCharacters(this.#tail(), "start").toString("utf8"),
      totalBytes: this.#total,
      omittedBytes,
      spillPath: this.#spilled > 0 ? this.#spillPath : null,
      lostBytes: this.#spilled > 0 || this.#spillFailed ? this.#total - this.#spilled : 0,
    };
  }

  /** The output from byte `since` on, as far as memory still holds it. */
  page(since: number): OutputPage {
    const from = Math.max(0, Math.min(since, this.#total));
    const head = this.#head.subarray(Math.min(from, this.#headBytes), this.#headBytes);
    const ringStart = this.#total - this.#ringBytes;
    const tail = this.#tail().subarray(Math.max(0, from - ringStart));
    const held = this.omittedBytes === 0 ? Buffer.concat([head, tail]) : tail;
    // A character whose last bytes are still to come belongs to the next page.
    const whole = wholeCharacters(held, "end");
    return {
      text: wholeCharacters(whole, "start").toString("utf8"),
      skippedBytes: this.#total - from - held.length,
      next: this.#total - (held.length - whole.length),
      spillPath: this.#spilled > 0 ? this.#spillPath : null,
    };
  }

  /** Closes the file. Idempotent. */
  close(): void {
    if (this.#spill === null) return;
    closeSync(this.#spill);
    this.#spill = null;
  }
}
