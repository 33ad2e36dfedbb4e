/** Finished pieces of the conversation, as lines. */
import type { Display } from "../../core/tool.ts";
import type { PieceDrawer } from "../markdown/draw.ts";
import type { Item } from "../state/items.ts";
import { clean, oneRow, reveal } from "./clean.ts";
import { diffLines } from "./diff-lines.ts";
import { block, cutLine, type Line, plain, type Style, widthOf, widthOfLine } from "./line.ts";
import { todoCount, todoLine } from "./todo-lines.ts";
import { wrapLine } from "./wrap-line.ts";

/** Lines of a tool's display that are drawn; the rest is counted. */
const shownLines = 12;
/** Lines of a call that is to be allowed; more than anybody reads, but a terminal takes its time to show them. */
const previewLines = 1000;

const blank: Line = [];

/**
 * One finished item, the blank line above it included.
 * @param pieces draws the answers; it knows what was drawn before
 */
export function itemLines(item: Item, columns: number, pieces: PieceDrawer): Line[] {
  switch (item.type) {
    case "user": {
      const note = item.note ? ` (${item.note})` : "";
      const mark = { text: "› ", tone: "accent" } as const;
      return [
        blank,
        ...block(mark, clean(item.text) + note, columns, { bold: true }),
        ...item.attached.map((label) =>
          cutLine(plain(`  + ${oneRow(clean(label))}`, { dim: true }), columns),
        ),
      ];
    }
    case "answer": {
      const rows = item.pieces.flatMap((piece) => pieces.lines(piece, columns));
      return item.continued ? rows : [blank, ...rows];
    }
    case "thought":
      return [plain(thoughtText(item.characters), { dim: true })];
    case "tool":
      return toolLines(item, columns);
    case "preview": {
      const lines = item.display.flatMap((display) => detailLines(display, columns - 2));
      return [
        blank,
        cutLine([{ text: "? ", tone: "warning" }, { text: oneRow(reveal(item.summary)) }], columns),
        ...bounded(lines, previewLines).map((line) => [{ text: "  " }, ...line]),
        ...(item.rule === null ? [] : block({ text: "  " }, alwaysText(item.rule), columns)),
      ];
    }
    case "notice": {
      if (item.level === "info") return [blank, ...block({ text: "· " }, clean(item.text), columns)];
      const style: Style = { tone: "warning" };
      return block({ text: "! ", ...style }, clean(item.text), columns, style);
    }
  }
}

/** The rule an "always" would save, whole: nobody is to agree to what they cannot see. */
export const alwaysText = (rule: string): string => `always: ${oneRow(reveal(rule))}`;

/** Reasoning, folded. */
export const thoughtText = (characters: number): string => `∴ thought (${characters} characters)`;

/** A card: what was done, whether it worked, and what came of it. */
function toolLines(item: Extract<Item, { type: "tool" }>, columns: number): Line[] {
  const ok = item.status === "ok";
  const facts = [
    ...(ok ? [] : [item.status]),
    ...item.display.flatMap(factsOf),
    ...(item.allowedBy === null ? [] : [`allowed by ${item.allowedBy}`]),
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
  const several = item.display.length > 1;
  const below = item.display.flatMap((display) => [
    ...(several && display.type === "diff"
      ? [cutLine(plain(`  ${oneRow(clean(display.path))}`), columns)]
      : []),
    ...displayLines(display, ok, columns),
  ]);
  return [...rows, ...below];
}

function wrappedHead([mark = { text: "" }, ...rest]: Line, columns: number): Line[] {
  return block(mark, rest.map(({ text }) => text).join(""), columns);
}

function factsOf(display: Display): string[] {
  if (display.type === "diff") return [`+${display.added} -${display.removed}`];
  if (display.type === "todo") return [todoCount(display.items)];
  return display.type === "terminal" && display.exitCode ? [`exit ${display.exitCode}`] : [];
}

/** What came of a call, indented below its head and bounded. */
function displayLines(display: Display, ok: boolean, columns: number): Line[] {
  // What worked is told by its summary; the text is for the case that it did not.
  if (display.type === "text" && ok) return [];
  // The list stands in the live region while the agent works on it, and /todo tells it.
  if (display.type === "todo" && ok) return [];
  const lines = linesOf(display, clean);
  // The end of a command's output says how it went; of everything else the beginning says what it is.
  const shown =
    display.type === "terminal"
      ? bounded(lines.toReversed(), shownLines).toReversed()
      : bounded(lines, shownLines);
  return shown.map((line) => cutLine([{ text: "  " }, ...line], columns));
}

/** All of what a call is about to do, nothing hidden: long rows are wrapped, and what is invisible is written out. */
export function detailLines(display: Display, columns: number): Line[] {
  const head =
    display.type === "diff"
      ? [plain(`${reveal(display.path)} +${display.added} -${display.removed}`, { bold: true })]
      : [];
  return [...head, ...linesOf(display, reveal)].flatMap((line) => wrapLine(line, columns));
}

function bounded(lines: readonly Line[], most: number): Line[] {
  if (lines.length <= most) return [...lines];
  return [...lines.slice(0, most), plain(`… ${lines.length - most} more lines`, { dim: true })];
}

function linesOf(display: Display, readable: (text: string) => string): Line[] {
  switch (display.type) {
    case "text":
      return rowsOf(readable(display.text)).map((line) => plain(line));
    case "diff":
      return diffLines(rowsOf(readable(display.patch)));
    case "terminal":
      return rowsOf(readable(display.output))
        .filter((line) => line.trim() !== "")
        .map((line) => plain(line, { dim: true }));
    case "table":
      return tableLines([display.columns, ...display.rows]);
    case "todo":
      return display.items.map(todoLine);
  }
}

const rowsOf = (text: string): string[] => (text.trim() === "" ? [] : text.trimEnd().split("\n"));

const padded = (text: string, width: number): string => text + " ".repeat(Math.max(0, width - widthOf(text)));

function tableLines(rows: readonly (readonly string[])[]): Line[] {
  const cells = rows.map((row) => row.map((cell) => oneRow(clean(cell))));
  const widths = cells.reduce<number[]>(
    (widest, row) => row.map((cell, column) => Math.max(widest[column] ?? 0, widthOf(cell))),
    [],
  );
  return cells.map((row, index) =>
    plain(
      row
        .map((cell, column) => padded(cell, widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
      {
        ...(index === 0 ? { bold: true as const } : { dim: true as const }),
      },
    ),
  );
}
