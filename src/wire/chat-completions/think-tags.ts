/** Thoughts that a server left in the text between `<think>` tags. */

const OPEN = "<think>";
const CLOSE = "</think>";

/** A run of one kind. */
export type Run = { kind: "text" | "reasoning"; text: string };

/**
 * Splits streamed text that begins with `<think>` into reasoning and text. Only a tag at the very beginning counts:
 * an answer that talks about the tag later is left alone. Tags cut by a delta's end are held back until decided.
 */
export class ThinkTagSplitter {
  #state: "start" | "inside" | "gap" | "plain" = "start";
  #held = "";

  /** The runs `delta` settles. */
  push(delta: string): Run[] {
    if (this.#state === "plain") return [{ kind: "text", text: delta }];
    const runs: Run[] = [];
    this.#held += delta;
    if (this.#state === "start") this.#begin();
    if (this.#state === "inside") this.#think(runs);
    if (this.#state === "gap") {
      this.#held = this.#held.trimStart();
      if (this.#held !== "") this.#state = "plain";
    }
    if (this.#state === "plain" && this.#held !== "") {
      runs.push({ kind: "text", text: this.#held });
      this.#held = "";
    }
    return runs;
  }

  /** What was held back when the text ended. */
  end(): Run[] {
    const text = this.#held;
    const kind = this.#state === "inside" ? "reasoning" : "text";
    this.#held = "";
    return text === "" || this.#state === "gap" ? [] : [{ kind, text }];
  }

  #begin(): void {
    const text = this.#held.trimStart();
    if (text.startsWith(OPEN)) {
      this.#state = "inside";
      this.#held = text.slice(OPEN.length).trimStart();
    } else if (!OPEN.startsWith(text)) {
      this.#state = "plain";
    }
  }

  #think(runs: Run[]): void {
    const close = this.#held.indexOf(CLOSE);
    const end = close === -1 ? this.#held.length - heldTail(this.#held) : close;
    if (end > 0) runs.push({ kind: "reasoning", text: this.#held.slice(0, end) });
    this.#held = this.#held.slice(close === -1 ? end : close + CLOSE.length);
    if (close !== -1) this.#state = "gap";
  }
}

/** How many of the last characters may be the beginning of the closing tag. */
function heldTail(text: string): number {
  for (let size = Math.min(CLOSE.length - 1, text.length); size > 0; size -= 1) {
    if (CLOSE.startsWith(text.slice(-size))) return size;
  }
  return 0;
}
