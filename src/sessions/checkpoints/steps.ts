/** What can be undone and redone in a session: its steps, folded from the actions that changed files. */

/** What changed files. */
export type ActionKind = "call" | "rewind" | "undo" | "redo";

/** An action that changed something. */
export type ActionRow = { id: number; kind: ActionKind; turn: string | null; undoes: number | null };

/** What is taken back at once: all that one turn changed, or one going back. */
export type UndoStep = {
  /** Its first action. */
  id: number;
  /** The actions whose changes stand now. */
  actions: number[];
  turn: string | null;
};

/** What may be undone and redone next, the last of each list first in line. */
export type UndoState = { done: UndoStep[]; undone: UndoStep[] };

/** Folds a session's actions, in their order. */
export function undoState(rows: readonly ActionRow[]): UndoState {
  let done: UndoStep[] = [];
  let undone: UndoStep[] = [];
  for (const { id, kind, turn, undoes } of rows) {
    const last = done.at(-1);
    if (kind === "undo" || kind === "redo") {
      const from = kind === "undo" ? done : undone;
      const step = from.find((one) => one.id === undoes);
      // Its step was swept away, too old: it cannot be gone back to.
      if (step === undefined) continue;
      const rest = from.filter((one) => one !== step);
      const moved = { ...step, actions: [id] };
      if (kind === "undo") [done, undone] = [rest, [...undone, moved]];
      else [done, undone] = [[...done, moved], rest];
    } else if (kind === "call" && turn !== null && last?.turn === turn && undone.length === 0) {
      done = [...done.slice(0, -1), { ...last, actions: [...last.actions, id] }];
    } else {
      done = [...done, { id, actions: [id], turn: kind === "call" ? turn : null }];
      undone = [];
    }
  }
  return { done, undone };
}
