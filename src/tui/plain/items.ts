/** Finished pieces of a conversation as lines of text, each with the word for who says it. */
import type { Item } from "../state/items.ts";
import { clean, oneRow, reveal } from "../view/clean.ts";
import { displayText } from "./displays.ts";
import { PieceSpeaker } from "./pieces.ts";
import { inWords } from "./words.ts";

/** Lines of a result that are printed whole; of a longer one so many of each end. */
const wholeLines = 16;
const endLines = 6;
/** Folded results that can still be asked for. */
const keptResults = 50;

/** Says items in their order, once, and keeps what was folded. */
export class ItemSpeaker {
  readonly #pieces = new PieceSpeaker();
  readonly #folded = new Map<number, readonly string[]>();
  #results = 0;

  /** The lines of an item. */
  lines(item: Item): string[] {
    const before = item.type === "answer" ? [] : this.#pieces.close();
    return [...before, ...this.#item(item)];
  }

  /** What ends an answer that ended in code. */
  close(): string[] {
    return this.#pieces.close();
  }

  /** A folded result whole; the last one for null, undefined when there is none of that number. */
  folded(number: number | null): readonly string[] | undefined {
    return this.#folded.get(number ?? [...this.#folded.keys()].at(-1) ?? 0);
  }

  #item(item: Item): string[] {
    switch (item.type) {
      case "user": {
        const note = item.note === null ? "" : ` (${item.note})`;
        return [
          ...behind(`you${note}: `, clean(item.text)),
          ...item.attached.map((label) => `attached: ${oneRow(clean(label))}`),
        ];
      }
      case "answer": {
        const rows = item.pieces.flatMap((piece) => this.#pieces.lines(piece));
        if (item.continued) return rows.map(clean);
        const start = rows.findIndex((row) => row !== "");
        return rows.slice(Math.max(0, start)).map((row, index) => clean(index === 0 ? `tau: ${row}` : row));
      }
      case "thought":
        return [];
      case "tool":
        return this.#tool(item);
      case "preview":
        return [
          `question: ${oneRow(reveal(item.summary))}`,
          ...item.display.flatMap((one) => displayText(one, reveal)),
        ];
      case "notice":
        return behind(item.level === "info" ? "note: " : "warning: ", inWords(clean(item.text)));
    }
  }

  #tool({ summary, status, display, durationMs, allowedBy }: Extract<Item, { type: "tool" }>): string[] {
    const ok = status === "ok";
    const facts = [
      ok ? "ok" : status,
      ...display.flatMap((one) =>
        one.type === "terminal" && one.exitCode ? [`exit code ${one.exitCode}`] : [],
      ),
      ...(allowedBy === null ? [] : [`allowed by ${allowedBy}`]),
      ...(durationMs >= 1000 ? [`${(durationMs / 1000).toFixed(1)} seconds`] : []),
    ].join(", ");
    const [first = "", ...more] = clean(summary).trim().split("\n");
    // What worked is told by its summary; the text is for the case that it did not.
    const shown = display.filter(({ type }) => !(ok && (type === "text" || type === "todo")));
    const below = shown.flatMap((one) => displayText(one, clean).map((row) => `  ${row}`));
    return [`tool: ${first}${more.length > 0 ? " ..." : ""} (${facts})`, ...this.#fold(below)];
  }

  #fold(rows: readonly string[]): readonly string[] {
    if (rows.length <= wholeLines) return rows;
    this.#results += 1;
    this.#folded.set(this.#results, rows);
    this.#folded.delete(this.#results - keptResults);
    const left = rows.length - 2 * endLines;
    return [
      ...rows.slice(0, endLines),
      `  (${left} lines left out; /more ${this.#results} prints all)`,
      ...rows.slice(-endLines),
    ];
  }
}

function behind(who: string, text: string): string[] {
  const [first = "", ...more] = text.trimEnd().split("\n");
  return [`${who}${first}`, ...more];
}
