/**
 * The live part of the screen as lines. It is always lower than the terminal: what scrolls out of its top can never be
 * drawn again.
 */
import type { DialogRoom, DialogView } from "../dialog/dialog.ts";
import { selection } from "../input/vim/vim.ts";
import type { LinkStyle } from "../markdown/styled.ts";
import { questionLines } from "../questions/question-lines.ts";
import type { Cell, Size } from "../screen/frame-writer.ts";
import { type PendingInput, refused, type ScreenState } from "../screen-state.ts";
import { vimStatus } from "../vim-keys.ts";
import { clean, oneRow } from "./clean.ts";
import { composerLines } from "./composer-lines.ts";
import { type FooterFacts, footerLine } from "./footer-line.ts";
import { cut, cutLine, type Line, plain, widthOfLine } from "./line.ts";
import { liveLines } from "./live-lines.ts";
import { stillLines } from "./still-lines.ts";
import { suggestionLines } from "./suggestion-lines.ts";
import { todoLines } from "./todo-lines.ts";

/** What is live, from its first line on, and where in it the next key shows. */
export type LiveRegion = { lines: Line[]; caret: Cell | null };

/** What the footer tells that does not change. */
export type FixedFacts = Pick<FooterFacts, "cwd" | "items"> & {
  /** Whether what is not finished may move. */
  motion: "full" | "reduced";
};

/** Queued messages drawn at most. */
const shownPending = 3;
/** Suggestions drawn at most. */
const shownSuggestions = 6;
/** From so many rows on there is room for a blank line. */
const roomy = 14;

/** The last column stays free: a character in it leaves terminals in different minds about where the cursor is. */
export const usableColumns = ({ columns }: Size): number => Math.max(4, columns - 1);

/** Lines a composer of any length leaves to a question, and that the footer and a blank line do. */
export const questionRoom = ({ rows }: Size): number => rows - 1 - composerRoom(rows - 1) - 2;

const composerRoom = (room: number): number => Math.max(1, Math.floor(room / 3));

/** At most `rows - 1` lines (one, in a terminal of one row), each at most {@link usableColumns} wide. */
export function frame(
  state: ScreenState,
  facts: FixedFacts & { links: LinkStyle },
  size: Size,
  now: number,
): LiveRegion {
  const columns = usableColumns(size);
  let room = Math.max(1, size.rows - 1);
  /** Takes lines out of what is left of the room. */
  const taken = (lines: readonly Line[]): Line[] => {
    const fit = lines.slice(0, room);
    room -= fit.length;
    return [...fit];
  };
  const { conversation } = state;
  const typed = typing(state, { columns, rows: room, now });
  const composer = taken(typed.lines);
  const footer = taken(footerLines(state, facts, columns));
  const suggested =
    state.suggestions !== null && state.dialog === null
      ? taken(suggestionLines(state.suggestions, columns, Math.min(shownSuggestions, Math.floor(room / 2))))
      : [];
  const gap = size.rows >= roomy ? taken([[]]) : [];
  const asked =
    conversation.questions.length > 0 && room >= 2
      ? taken(questionLines(conversation.questions, state.asks, columns, room))
      : [];
  const pending = room > shownPending ? taken(pendingLines(state.pending, columns)) : [];
  const todo = room > 2 ? taken(todoOf(state, columns, Math.floor(room / 2))) : [];
  const above = room > 3 ? taken([[]]) : [];
  const running =
    state.shell === null ? conversation : { ...conversation, tools: [state.shell, ...conversation.tools] };
  const live = taken(
    facts.motion === "reduced"
      ? stillLines(running, state.workingSince, columns, room)
      : liveLines(running, state.workingSince, columns, room, now, facts.links),
  );
  const upper = [...(live.length > 0 ? [...above, ...live] : []), ...todo, ...asked, ...pending, ...gap];
  // A terminal that is made narrower may take the first row of the region with it.
  const spacer = upper[0]?.length !== 0 && room > 0 ? taken([[]]) : [];
  const lines = [...spacer, ...upper, ...composer, ...suggested, ...footer];
  const first = lines.length - footer.length - suggested.length - composer.length;
  const { caret } = typed;
  return {
    lines: lines.map((line) => cutLine(line, columns)),
    caret: caret && { row: first + caret.row, column: Math.min(caret.column, columns) },
  };
}

/** A word about the last key, what the person's own command made, or the facts. */
function footerLines(state: ScreenState, facts: FixedFacts, columns: number): readonly Line[] {
  const { hint, statusLine, conversation, model, effort, mode, branch, budgetLeft } = state;
  if (hint !== null) return [plain(hint, { tone: "warning" })];
  const status = vimStatus(state);
  const mark: Line = status === "" ? [] : [{ text: `${status} `, bold: true }];
  if (statusLine !== null && statusLine.length > 0)
    return statusLine.map((line, index) => (index === 0 ? [...mark, ...line] : line));
  const room = Math.max(0, columns - widthOfLine(mark));
  return [
    [...mark, ...footerLine(conversation, { ...facts, model, effort, mode, branch, budgetLeft }, room)],
  ];
}

/** The composer, or the dialog that stands in its place. */
function typing({ dialog, ...state }: ScreenState, room: DialogRoom): DialogView {
  if (dialog === null)
    return composerLines(
      state.editor,
      composerHint(state),
      room.columns,
      composerRoom(room.rows),
      state.vim && selection(state.vim, state.editor),
    );
  return dialog.view({
    ...room,
    rows: Math.max(1, Math.min(room.rows - 1, Math.floor((room.rows * 2) / 3))),
  });
}

/** The list stands while the agent works on it, and where it was asked for. */
function todoOf(
  { conversation, workingSince, todoOpen }: ScreenState,
  columns: number,
  room: number,
): Line[] {
  const open = conversation.todo.some(({ status }) => status !== "done");
  if (!todoOpen && (workingSince === null || !open)) return [];
  return todoLines(conversation.todo, todoOpen, columns, room);
}

function composerHint(state: Omit<ScreenState, "dialog">): string {
  const { workingSince, pending } = state;
  if (refused(state)) return "why not? enter sends it, esc goes back";
  if (workingSince !== null) return "enter steers, tab queues, esc stops";
  return pending.length > 0 ? "enter sends what waits, up edits it" : "what shall we do? ctrl+j: new line";
}

/** What waits, each in a row with the word for when it is said: the word stays whole where the row is short. */
function pendingLines(pending: readonly PendingInput[], columns: number): Line[] {
  const more = pending.length - shownPending;
  return [
    ...pending.slice(0, shownPending).map(({ text, delivery, held }) => {
      const when = held ? " (waits for you)" : delivery === "steer" ? " (next step)" : " (next turn)";
      const room = Math.max(1, columns - when.length);
      return [{ text: cut(`↳ ${oneRow(clean(text))}`, room) + when, dim: true as const }];
    }),
    ...(more > 0 ? [plain(`  and ${more} more`, { dim: true })] : []),
  ];
}
