/** The approval prompt: what will run, why it asks, and the answers. */
import type { Question } from "../state.ts";
import { oneRow, reveal } from "./clean.ts";
import { detailLines } from "./item-lines.ts";
import { cutLine, type Line, plain, type Span, wrap } from "./line.ts";

/**
 * The oldest open question in at most `room` lines (at least 2); `more` others wait behind it.
 * @param answerable whether it takes keys yet
 */
export function questionLines(
  question: Question,
  more: number,
  answerable: boolean,
  columns: number,
  room: number,
): Line[] {
  const { decision } = question;
  const inner = Math.max(1, columns - 2);
  const waiting = more > 0 ? `, ${more} more waiting` : "";
  const title = plain(`Allow ${oneRow(reveal(question.name))}?${waiting}`, { bold: true });
  const reason = `${decision.reason} (${decision.rule}, ${decision.source})`;
  const why = wrap(reveal(reason), inner).map((row) => plain(row, { dim: true }));
  const answers = answerLines(question, answerable, inner);
  const body = question.display.flatMap((display) => detailLines(display, inner));
  // Where there is little room, what is asked goes before why, and how to answer before both.
  const forBody = Math.max(1, room - 1 - answers.length - why.length);
  const shown = body.length > forBody ? shortened(body, forBody) : body;
  const forWhy = Math.max(0, room - 1 - answers.length - shown.length);
  return [title, ...shown, ...why.slice(0, forWhy), ...answers]
    .slice(-room)
    .map((line) => [{ text: "┃ ", tone: "warning" }, ...cutLine(line, inner)]);
}

function shortened(body: readonly Line[], room: number): Line[] {
  if (room <= 1) return body.slice(0, 1);
  return [
    ...body.slice(0, room - 1),
    plain(`… ${body.length - room + 1} more lines, see above`, { dim: true }),
  ];
}

function answerLines({ suggestedRule }: Question, answerable: boolean, columns: number): Line[] {
  if (!answerable) return [plain("…", { dim: true })];
  const key = (name: string, tone: "good" | "bad", text: string): Span[] => [
    { text: name, tone, bold: true },
    { text: ` ${text}  ` },
  ];
  const yesNo: Line = [...key("y", "good", "yes"), ...key("n", "bad", "no")];
  if (!suggestedRule) return [yesNo];
  const always = key("a", "good", `always in this session: ${oneRow(reveal(suggestedRule))}`);
  return [yesNo, cutLine(always, columns)];
}
