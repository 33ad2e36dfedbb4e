/** Finished pieces of the conversation, as lines. */
import type { Display } from "../../core/tool.ts";
import type { Item } from "../state.ts";
import { clean } from "./clean.ts";
import { block, cutLine, type Line, plain, type Style, wrap } from "./line.ts";

/** Lines of a tool's display that are drawn; the rest is counted. */
const shownLines = 12;

const blank: Line = [];

/** One finished item, the blank line above it included. */
export function itemLines(item: Item, columns: number): Line[] {
  switch (item.type) {
    case "user": {
      const note = item.note ? ` (${item.note})` : "";
      const mark = { text: "› ", tone: "accent" } as const;
      return [blank, ...block(mark, clean(item.text) + note, columns, { bold: true })];
    }
    case "answer": {
      const rows = wrap(clean(item.text), columns).map((row) => plain(row));
      return item.continued ? rows : [blank, ...rows];
    }
    case "thought":
      return [plain(thoughtText(item.characters), { dim: true })];
    case "tool":
      return toolLines(item, columns);
    case "notice": {
      const style: Style = item.level === "warning" ? { tone: "warning" } : { dim: true };
      return block({ text: "! ", ...style }, clean(item.text), columns, style);
    }
  }
}

/** Reasoning, folded. */
export const thoughtText = (characters: number): string => `∴ thought (${characters} characters)`;

/** A card: what was done, whether it worked, and what came of it. */
function toolLines(item: Extract<Item, { type: "tool" }>, columns: number): Line[] {
  const ok = item.status === "ok";
  const facts = [
    ...(ok ? [] : [item.status]),
    ...item.display.flatMap(factsOf),
    ...(item.durationMs >= 1000 ? [`${(item.durationMs / 1000).toFixed(1)} s`] : []),
  ];
  const [first = "", ...more] = clean(item.summary).trim().split("\n");
  const head: Line = [
    ok ? { text: "✓ ", tone: "good" } : { text: "✗ ", tone: "bad" },
    { text: more.length > 0 ? `${first} …` : first },
    ...(facts.length > 0 ? [{ text: ` · ${facts.join(" · ")}`, dim: true as const }] : []),
  ];
  // A long command must not hide how it ended: the head is wrapped, not cut.
  const rows = widthOfLine(head) > columns ? wrappedHead(head, columns) : [head];
  return [...rows, ...item.display.flatMap((display) => displayLines(display, ok, columns))];
}

const widthOfLine = (line: Line): number => line.reduce((sum, span) => sum + span.text.length, 0);

function wrappedHead([mark = { text: "" }, ...rest]: Line, columns: number): Line[] {
  return block(mark, rest.map(({ text }) => text).join(""), columns);
}

function factsOf(display: Display): string[] {
  if (display.type === "diff") return [`+${display.added} -${display.removed}`];
  return display.type === "terminal" && display.exitCode ? [`exit ${display.exitCode}`] : [];
}

/** What a tool shows, indented below its head and bounded. */
export function displayLines(display: Display, ok: boolean, columns: number): Line[] {
  const lines = linesOf(display, ok);
  // The end of a command's output says how it went; of everything else the beginning says what it is.
  const shown = display.type === "terminal" ? lines.slice(-shownLines) : lines.slice(0, shownLines);
  const hidden = lines.length - shown.length;
  const more: Line[] = hidden > 0 ? [plain(`  … ${hidden} more lines`, { dim: true })] : [];
  const drawn = shown.map((line) => cutLine([{ text: "  " }, ...line], columns));
  return display.type === "terminal" ? [...more, ...drawn] : [...drawn, ...more];
}

function linesOf(display: Display, ok: boolean): Line[] {
  switch (display.type) {
    case "text":
      // What worked is told by its summary; the text is for the case that it did not.
      return ok ? [] : texts(display.text).map((line) => plain(line, { dim: true }));
    case "diff":
      return texts(display.patch)
        .filter((line) => !/^(---|\+\+\+|===|Index|\\)/.test(line))
        .map((line) => plain(line, diffStyle(line)));
    case "terminal":
      return texts(display.output)
        .filter((line) => line.trim() !== "")
        .map((line) => plain(line, { dim: true }));
    case "table":
      return tableLines([display.columns, ...display.rows]);
    case "todo":
      return display.items.map(({ status, text }) =>
        plain(`${{ pending: "☐", in_progress: "▶", done: "☑" }[status]} ${oneLine(text)}`, {
          ...(status === "done" && { dim: true }),
        }),
      );
  }
}

const texts = (text: string): string[] =>
  clean(text)
    .trimEnd()
    .split("\n")
    .filter((_, i, all) => all.length > 1 || all[i] !== "");

const oneLine = (text: string): string => clean(text).replaceAll("\n", " ");

function diffStyle(line: string): Style {
  if (line.startsWith("+")) return { tone: "good" };
  return line.startsWith("-") ? { tone: "bad" } : { dim: true };
}

function tableLines(rows: readonly (readonly string[])[]): Line[] {
  const cells = rows.map((row) => row.map(oneLine));
  const widths = cells.reduce<number[]>(
    (widest, row) => row.map((cell, column) => Math.max(widest[column] ?? 0, cell.length)),
    [],
  );
  return cells.map((row, index) =>
    plain(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
      {
        ...(index === 0 ? { bold: true as const } : { dim: true as const }),
      },
    ),
  );
}
