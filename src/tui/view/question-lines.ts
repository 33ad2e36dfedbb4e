/** The approval prompt: what will run, why it asks, and the answers. */
import type { Decision } from "../../core/event.ts";
import type { Question } from "../state.ts";
import { oneRow, reveal } from "./clean.ts";
import { alwaysText, detailLines } from "./item-lines.ts";
import { cutLine, type Line, plain, type Span, widthOfLine, wrap } from "./line.ts";

/** How far a question is: only shown yet, taking keys, or being answered by a no with a reason. */
export type Stage = "shown" | "answerable" | "refusing";

/**
 * The oldest open question in at most `room` lines (at least 2); `more` others wait behind it.
 */
export function questionLines(
  question: Question,
  more: number,
  stage: Stage,
  columns: number,
  room: number,
): Line[] {
  const { decision } = question;
  const inner = innerColumns(columns);
  const waiting = more > 0 ? `, ${more} more waiting` : "";
  const title = plain(`Allow ${oneRow(reveal(question.name))}?${waiting}`, { bold: true });
  const why = whyLines(decision, inner);
  const answers = answerLines(question, stage, inner, room);
  const body = bodyLines(question, inner);
  // Where there is little room, what is asked goes before why, and how to answer before both.
  const spare = room - 1 - answers.length;
  const forWhy = Math.max(spare > 3 ? 1 : 0, Math.min(why.length, spare - body.length));
  const forBody = Math.max(1, spare - forWhy);
  const shown = body.length > forBody ? shortened(body, forBody) : body;
  return [title, ...shown, ...why.slice(0, forWhy), ...answers]
    .slice(-room)
    .map((line) => [{ text: "┃ ", tone: "warning" }, ...cutLine(line, inner)]);
}

/** Whether `room` lines can hold all of what is asked about, beside title, reason and answers. */
export function questionFits(question: Question, columns: number, room: number): boolean {
  const inner = innerColumns(columns);
  const answers = answerLines(question, "answerable", inner, Number.POSITIVE_INFINITY).length;
  const around = 1 + whyLines(question.decision, inner).length + answers;
  return bodyLines(question, inner).length + around <= room;
}

const innerColumns = (columns: number): number => Math.max(1, columns - 2);

const bodyLines = ({ display }: Question, columns: number): Line[] =>
  display.flatMap((one) => detailLines(one, columns));

const whyLines = ({ reason, rule, source }: Decision, columns: number): Line[] =>
  wrap(reveal(`${reason} (${rule}, ${source})`), columns).map((row) => plain(row, { dim: true }));

function shortened(body: readonly Line[], room: number): Line[] {
  const [first = []] = body;
  if (room <= 1)
    return [[...first.map((span) => ({ ...span, text: span.text.slice(0, -2) })), { text: " …" }]];
  return [
    ...body.slice(0, room - 1),
    plain(`… ${body.length - room + 1} more lines, see above`, { dim: true }),
  ];
}

function answerLines({ suggestedRule }: Question, stage: Stage, columns: number, room: number): Line[] {
  if (stage === "shown") return [plain("…", { dim: true })];
  if (stage === "refusing") return [[...key("n", "bad", "no"), { text: "and why, if you like", dim: true }]];
  const yesNo: Line = [...key("y", "good", "yes"), ...key("n", "bad", "no")];
  if (suggestedRule === null) return [yesNo];
  const inSession = key("a", "good", "always in this session");
  const inProject = key("p", "good", "always in this project");
  const keys = [...inSession, ...inProject];
  const rule = wrap(alwaysText(suggestedRule), columns).map((row) => plain(row));
  const whole =
    widthOfLine(keys) <= columns ? [yesNo, keys, ...rule] : [yesNo, inSession, inProject, ...rule];
  // Where there is no room, all of it stands above the question.
  if (whole.length + 2 <= room) return whole;
  return [yesNo, [...key("a", "good", "session"), ...key("p", "good", "project")]];
}

const key = (name: string, tone: "good" | "bad", text: string): Span[] => [
  { text: name, tone, bold: true },
  { text: ` ${text}  ` },
];
