/** The approval prompt: what will run, why it asks, the rule that would be saved, and the answers. */
import type { PastMatches } from "../../app/contract.ts";
import type { ApprovalDetails, Decision } from "../../core/permission.ts";
import type { Question } from "../state/calls.ts";
import { oneRow, reveal } from "../view/clean.ts";
import { alwaysText, detailLines } from "../view/item-lines.ts";
import { cut, cutLine, type Line, plain, type Span, widthOf, widthOfLine, wrap } from "../view/line.ts";
import { type Asks, foreground, ruleOf, widthsOf } from "./asks.ts";

/** Rows of the list at most; more are walked to. */
const listedQuestions = 6;
/** From so many rows on a list of several has rows of its own; below that the head counts them. */
const roomForList = 10;

/** The open questions in at most `room` lines (at least 2): the list, and all about the one in the foreground. */
export function questionLines(
  questions: readonly Question[],
  asks: Asks,
  columns: number,
  room: number,
): Line[] {
  const question = foreground(questions, asks);
  if (question === null) return [];
  const inner = innerColumns(columns);
  const { list, body, why, answers } = layout(question, questions, asks, inner, room);
  const at = questions.indexOf(question) + 1;
  const which = questions.length > 1 ? ` (${at} of ${questions.length})` : "";
  const title = plain(`Allow ${oneRow(reveal(question.name))}?${which}`, { bold: true });
  return [title, ...list, ...body.lines, ...why, ...answers]
    .slice(-room)
    .map((line) => [{ text: "┃ ", tone: "warning" }, ...cutLine(line, inner)]);
}

/** Whether `room` lines can hold all of what is asked about, beside title, reason and answers. */
export function questionFits(question: Question, columns: number, room: number): boolean {
  const inner = innerColumns(columns);
  const answers = baseAnswers(question.suggestedRule, null, inner).length;
  const around = 1 + reasonLines(question.decision, inner).length + answers;
  return bodyLines(question, inner).length + around <= room;
}

/** The questions that take keys and of which all was shown: those a single key may answer together. */
export function shownWhole(
  questions: readonly Question[],
  asks: Asks,
  columns: number,
  room: number,
): Question[] {
  const front = foreground(questions, asks);
  if (front === null) return [];
  const inner = innerColumns(columns);
  const { list, body } = layout(front, questions, asks, inner, room);
  return questions.filter(
    (question) =>
      (question === front && body.whole && asks.ready.has(question.callId)) ||
      countsAsShown(question, questions, list, asks, inner),
  );
}

/** All about a question, for reading: nothing is cut. */
export function questionDetails(question: Question, rule: string | null, columns: number): Line[] {
  const { commands = [] } = question.details ?? {};
  return [
    plain(oneRow(reveal(question.summary)), { bold: true }),
    [],
    ...bodyLines(question, columns),
    ...(commands.length > 1 ? [[], ...verdictLines(commands, columns)] : []),
    [],
    ...reasonLines(question.decision, columns),
    ...(rule === null ? [] : wrap(alwaysText(rule), columns).map((row) => plain(row))),
  ];
}

type Layout = { list: Line[]; body: { lines: Line[]; whole: boolean }; why: Line[]; answers: Line[] };

function layout(
  question: Question,
  questions: readonly Question[],
  asks: Asks,
  columns: number,
  room: number,
): Layout {
  const list =
    questions.length > 1 && room >= roomForList ? listLines(questions, question, columns, room) : [];
  const body = bodyLines(question, columns);
  const { commands = [] } = question.details ?? {};
  const why = [
    ...reasonLines(question.decision, columns),
    ...(commands.length > 1 ? verdictLines(commands, columns) : []),
  ];
  const left = room - 1 - list.length;
  const wholeRows = questions.filter(
    (one) => one !== question && countsAsShown(one, questions, list, asks, columns),
  );
  const answersFor = (shown: number): Line[] =>
    answerLines(question, questions.length > 1 ? shown : null, asks, columns, left, body.length);
  const answers = answersFor(wholeRows.length);
  // Where there is little room, what is asked goes before why, and how to answer before both.
  const spare = left - answers.length;
  const forWhy = Math.max(spare > 3 ? 1 : 0, Math.min(why.length, spare - body.length));
  const forBody = Math.max(1, spare - forWhy);
  const whole = body.length <= forBody;
  return {
    list,
    body: { lines: whole ? body : shortened(body, forBody), whole },
    why: why.slice(0, forWhy),
    answers: whole ? answersFor(wholeRows.length + 1) : answers,
  };
}

/** Whether all of a question that has not the foreground was shown, and it takes keys. */
function countsAsShown(
  question: Question,
  questions: readonly Question[],
  list: readonly Line[],
  { ready, seen }: Asks,
  columns: number,
): boolean {
  if (!ready.has(question.callId)) return false;
  return seen.has(question.callId) || (list.length >= questions.length && rowTellsAll(question, columns));
}

/** A row for each question, the marked one in sight. */
function listLines(questions: readonly Question[], marked: Question, columns: number, room: number): Line[] {
  const rows = Math.min(questions.length, listedQuestions, Math.max(2, Math.floor(room / 4)));
  const at = questions.indexOf(marked);
  const first = Math.max(0, Math.min(at - Math.floor(rows / 2), questions.length - rows));
  return questions
    .slice(first, first + rows)
    .map(
      (question): Line => [
        question === marked ? { text: "▸ ", tone: "accent", bold: true } : { text: "  " },
        { text: cut(rowText(question), Math.max(1, columns - 2)) },
      ],
    );
}

/** A question in a row: its name, and what it is about as far as a row can say it. */
function rowText({ name, summary, display }: Question): string {
  const [first] = display;
  const about =
    display.length === 1 && first?.type === "text"
      ? `${name} ${first.text}`
      : `${summary}${display.map((one) => (one.type === "diff" ? ` +${one.added} -${one.removed}` : "")).join("")}`;
  return oneRow(reveal(about));
}

function rowTellsAll(question: Question, columns: number): boolean {
  const [first] = question.display;
  const isText = question.display.length === 1 && first?.type === "text" && !first.text.includes("\n");
  return isText && widthOf(rowText(question)) <= columns - 2;
}

const innerColumns = (columns: number): number => Math.max(1, columns - 2);

const bodyLines = ({ display }: Question, columns: number): Line[] =>
  display.flatMap((one) => detailLines(one, columns));

const reasonLines = ({ reason, rule, source }: Decision, columns: number): Line[] =>
  wrap(reveal(`${reason} (${rule}, ${source})`), columns).map((row) => plain(row, { dim: true }));

/** Each command of a line with its own verdict. */
function verdictLines(commands: ApprovalDetails["commands"], columns: number): Line[] {
  const marks = {
    allow: { text: "✓ ", tone: "good" },
    ask: { text: "? ", tone: "warning" },
    deny: { text: "✗ ", tone: "bad" },
  } as const;
  return commands.map(({ command, decision }) => {
    const { rule, source } = decision;
    const by = ` ${oneRow(reveal(`${rule}, ${source}`))}`;
    const room = Math.max(4, columns - 2 - widthOf(by));
    return cutLine(
      [marks[decision.effect], { text: cut(oneRow(reveal(command)), room) }, { text: by, dim: true }],
      columns,
    );
  });
}

function shortened(body: readonly Line[], room: number): Line[] {
  const [first = []] = body;
  if (room <= 1)
    return [[...first.map((span) => ({ ...span, text: span.text.slice(0, -2) })), { text: " …" }]];
  return [
    ...body.slice(0, room - 1),
    plain(`… ${body.length - room + 1} more lines, d shows all`, { dim: true }),
  ];
}

function answerLines(
  question: Question,
  shown: number | null,
  asks: Asks,
  columns: number,
  room: number,
  bodyRows: number,
): Line[] {
  if (asks.refusing === question.callId)
    return [[...key("n", "bad", "no"), { text: "and why, if you like", dim: true }]];
  if (!asks.ready.has(question.callId)) return [plain("…", { dim: true })];
  const all = shown === null ? null : allKeys(shown);
  const rule = ruleOf(question, asks);
  const base = baseAnswers(rule, all, columns);
  if (rule === null) return base;
  const widths = widthLines(question, rule, columns);
  const past = pastLines(asks.matches.get(rule), columns);
  const fits = (lines: readonly Line[]): boolean => lines.length + bodyRows + 1 <= room;
  for (const lines of [
    [...base, ...widths, ...past],
    [...base, ...widths],
  ])
    if (fits(lines)) return lines;
  // Where there is no room, all of it stands above the question.
  if (base.length + 2 <= room) return base;
  return [yesNo(null, columns)[0] ?? [], [...key("a", "good", "session"), ...key("p", "good", "project")]];
}

const key = (name: string, tone: "good" | "bad", text: string): Span[] => [
  { text: name, tone, bold: true },
  { text: ` ${text}  ` },
];

/** The keys for all questions at once: a yes is for those a person can have read. */
const allKeys = (shown: number): Line => [
  ...key("Y", "good", `yes to all ${shown} shown whole`),
  ...key("N", "bad", "no to all"),
];

function yesNo(all: Line | null, columns: number): Line[] {
  const both: Line = [...key("y", "good", "yes"), ...key("n", "bad", "no")];
  if (all === null) return [both];
  return widthOfLine([...both, ...all]) <= columns ? [[...both, ...all]] : [both, all];
}

/** The keys, and the rule whole: nobody is to agree to what they cannot see. */
function baseAnswers(rule: string | null, all: Line | null, columns: number): Line[] {
  const first = yesNo(all, columns);
  if (rule === null) return first;
  const inSession = key("a", "good", "always in this session");
  const inProject = key("p", "good", "always in this project");
  const keys = [...inSession, ...inProject];
  const rows = wrap(alwaysText(rule), columns).map((row) => plain(row));
  return widthOfLine(keys) <= columns ? [...first, keys, ...rows] : [...first, inSession, inProject, ...rows];
}

/** How wide the rule is, and how to make it another. */
function widthLines(question: Question, rule: string, columns: number): Line[] {
  const widths = widthsOf(question);
  const at = widths.findIndex((one) => one.rule === rule);
  const width =
    at < 0 ? "your own" : `${oneRow(reveal(widths[at]?.width ?? ""))}, ${at + 1} of ${widths.length}`;
  const more = widths.length > 1 ? " · ← → narrower, wider" : "";
  return [plain(cut(`        ${width}${more} · e edits it`, columns), { dim: true })];
}

/** What the rule would have let run before. */
export function pastLines(past: PastMatches | undefined, columns: number): Line[] {
  if (!past || past.looked === 0) return [];
  return [plain(cut(`        ${pastText(past)}`, columns), { dim: true })];
}

/** The same in words. */
export function pastText({ matched, looked, examples }: PastMatches): string {
  const last = `this project's last ${looked === 1 ? "call" : `${looked} calls`}`;
  if (matched === 0) return `none of ${last} would have run by it`;
  const named = examples.map((text) => oneRow(reveal(text))).join(", ");
  return `${matched} of ${last} would have run by it: ${named}`;
}
