/** What tools show, as lines of text: words in the place of signs, no frames, no columns to be aligned. */
import type { Display } from "../../core/tool.ts";
import { oneRow } from "../view/clean.ts";
import { diffRows } from "../view/diff-lines.ts";

/** All of it. @param readable makes text harmless: `clean`, or `reveal` where nothing may be hidden */
export function displayText(display: Display, readable: (text: string) => string): string[] {
  switch (display.type) {
    case "text":
      return rowsOf(readable(display.text));
    case "terminal":
      return rowsOf(readable(display.output));
    case "diff":
      return [
        `${oneRow(readable(display.path))}: ${display.added} added, ${display.removed} removed`,
        ...diffText(readable(display.patch)),
      ];
    case "table":
      return display.rows.map((row) =>
        row
          .map(
            (cell, index) => `${oneRow(readable(display.columns[index] ?? ""))}: ${oneRow(readable(cell))}`,
          )
          .join("; "),
      );
    case "todo":
      return display.items.map(
        ({ status, text }) =>
          `${status === "in_progress" ? "doing" : status === "done" ? "done" : "to do"}: ${oneRow(readable(text))}`,
      );
  }
}

const words = { "+": " added", "-": " removed", " ": "" } as const;

/** A patch: each line with its number and what became of it. */
export const diffText = (patch: string): string[] =>
  diffRows(rowsOf(patch)).flatMap(({ rows }, index) => [
    ...(index > 0 ? ["..."] : []),
    ...rows.map(({ sign, number, text }) => `${number}${words[sign]}: ${text}`),
  ]);

const rowsOf = (text: string): string[] => (text.trim() === "" ? [] : text.trimEnd().split("\n"));
