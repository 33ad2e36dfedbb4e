/** The agent's list of what is to do, as lines. */
import type { TodoItem } from "../state.ts";
import { clean, oneRow } from "./clean.ts";
import { cut, type Line, plain } from "./line.ts";

/** Rows of the list where nobody asked for all of it. */
const shownItems = 8;

/** An item in a row. */
export const todoLine = ({ status, text }: TodoItem): Line =>
  plain(`${{ pending: "☐", in_progress: "▶", done: "☑" }[status]} ${oneRow(clean(text))}`, {
    ...(status === "done" && { dim: true }),
    ...(status === "in_progress" && { bold: true }),
  });

/** How far it is. */
export const todoCount = (items: readonly TodoItem[]): string =>
  `${items.filter(({ status }) => status === "done").length} of ${items.length} done`;

/** All of the list as text. */
export const todoText = (items: readonly TodoItem[]): string =>
  items.length === 0
    ? "the agent has set no list in this session"
    : [
        todoCount(items),
        ...items.map((item) =>
          todoLine(item)
            .map((span) => span.text)
            .join(""),
        ),
      ].join("\n");

/** The list in at most `room` lines: whole where it fits, else folded to the current item and the count. */
export function todoLines(items: readonly TodoItem[], open: boolean, columns: number, room: number): Line[] {
  if (items.length === 0 || room < 1) return [];
  if (items.length <= (open ? room : Math.min(room, shownItems))) return items.map(todoLine);
  const current = Math.max(
    0,
    items.findIndex(({ status }) => status !== "done"),
  );
  const doing = items.find(({ status }) => status === "in_progress") ?? items[current];
  if (!doing) return [];
  if (!open || room < 3) {
    const count = ` · ${todoCount(items)}`;
    const line = todoLine(doing).map((span) => ({
      ...span,
      text: cut(span.text, Math.max(2, columns - count.length)),
    }));
    return [[...line, { text: count, dim: true }]];
  }
  const first = Math.max(0, Math.min(current - 1, items.length - (room - 1)));
  return [...items.slice(first, first + room - 1).map(todoLine), plain(todoCount(items), { dim: true })];
}
