/** What is still moving: the end of the streaming answer, running tools, a wait. */
import { PieceDrawer } from "../markdown/draw.ts";
import { end, isOpen, type Scan } from "../markdown/scanner.ts";
import type { LinkStyle } from "../markdown/styled.ts";
import type { RunningTool } from "../state/calls.ts";
import type { ConversationState } from "../state.ts";
import { clean, oneRow } from "./clean.ts";
import { cutLine, type Line, plain, type Span } from "./line.ts";

/** Running tools drawn at most. */
const shownTools = 6;
/** Lines of a running tool's output. */
const shownOutput = 3;

/** At most `room` lines: the newest of what streams, and below it what runs. */
export function liveLines(
  state: ConversationState,
  workingSince: number | null,
  columns: number,
  room: number,
  now: number,
  links: LinkStyle,
): Line[] {
  const below = [
    ...toolLines(state.tools, columns, room, now),
    ...allowedLines(state.allowed),
    ...statusLines(state, workingSince, now),
  ];
  const kept = below.slice(-room).map((line) => cutLine(line, columns));
  return [...streamingLines(state.answer.scan, columns, room - kept.length, links), ...kept];
}

/** What is not final yet, drawn as if it ended here; code has no colours before its line is whole. */
function streamingLines(scan: Scan, columns: number, room: number, links: LinkStyle): Line[] {
  if (room <= 0 || !isOpen(scan)) return [];
  const drawer = new PieceDrawer({ links, highlighter: () => null });
  return end(scan)
    .flatMap((piece) => drawer.lines(piece, columns))
    .slice(-room)
    .map((line) => line.map(unlinked));
}

/** Ink takes a row apart and does not know hyperlinks; they come when the row is final. */
const unlinked = ({ href: _, ...span }: Span): Span => span;

function toolLines(tools: readonly RunningTool[], columns: number, room: number, now: number): Line[] {
  const each = tools.length * (1 + shownOutput) <= room ? shownOutput : 0;
  const count = Math.min(tools.length, shownTools, Math.max(1, room - 2));
  const more = tools.length - count;
  return [
    ...tools.slice(0, count).flatMap((tool) => runningLines(tool, each, columns, now)),
    ...(more > 0 ? [plain(`… ${more} more running`, { dim: true })] : []),
  ];
}

function runningLines(tool: RunningTool, output: number, columns: number, now: number): Line[] {
  const ends = tool.remainingMs === null ? "" : ` (ends in ${seconds(tool.remainingMs)})`;
  const time = ` ${seconds(now - tool.startedAt)}${ends}`;
  const summary = oneRow(clean(tool.summary));
  const rows = output === 0 ? [] : clean(tool.tail).trimEnd().split("\n").filter(Boolean).slice(-output);
  return [
    [
      { text: "● ", tone: "warning" },
      ...cutLine(plain(summary), columns - 2 - time.length),
      { text: time, dim: true },
    ],
    ...rows.map((row) => plain(`  ${row}`, { dim: true })),
  ];
}

/** What was allowed and has not begun. */
function allowedLines(allowed: ConversationState["allowed"]): Line[] {
  const [first] = allowed;
  if (!first) return [];
  const more = allowed.length > 1 ? ` and ${allowed.length - 1} more` : "";
  return [
    plain(`○ ${oneRow(clean(first.summary))}${more} · allowed, waits for the calls before`, { dim: true }),
  ];
}

/** What the turn waits for, when nothing else shows that it lives. */
function statusLines(state: ConversationState, workingSince: number | null, now: number): Line[] {
  const { waiting, writing, answer, tools, questions } = state;
  if (waiting)
    return [plain(`! ${oneRow(clean(waiting.text))} ${seconds(waiting.until - now)}`, { tone: "warning" })];
  if (writing)
    return [
      plain(`● writing a call of ${oneRow(clean(writing.name))} (${writing.characters} characters)`, {
        dim: true,
      }),
    ];
  if (answer.thinking > 0) return [plain(`∴ thinking (${answer.thinking} characters)`, { dim: true })];
  if (workingSince === null || tools.length > 0 || questions.length > 0) return [];
  return [plain(`● working ${seconds(now - workingSince)}`, { dim: true })];
}

const seconds = (ms: number): string => `${Math.max(0, Math.ceil(ms / 1000))} s`;
