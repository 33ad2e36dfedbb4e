/** What the composer's editing keys do. */
import { messageWithHint } from "../core/errors.ts";
import { keepWhole } from "./compose/tokens.ts";
import type { EditorOutcome } from "./external-editor.ts";
import type { ActionOf } from "./input/actions.ts";
import { cut, type Edited, edited, stepped, yanked } from "./input/editor/editing.ts";
import type { Run } from "./input/editor/history.ts";
import { down, up } from "./input/editor/rows.ts";
import * as editing from "./input/editor.ts";
import type { ScreenState } from "./screen-state.ts";
import type { ScreenStore } from "./store.ts";

/** What they act on. */
export type EditingPlace = {
  store: ScreenStore;
  /** Columns a row of the composer's text has now. */
  textColumns(): number;
};

/** What an editor of the person's own is opened with. */
export type ExternalEditing = {
  store: ScreenStore;
  /** Tells what went wrong. */
  warn(text: string): void;
  edit(text: string): Promise<EditorOutcome>;
};

/** The actions that are taken here. */
export type EditingAction = Extract<
  ActionOf<"composer">,
  | "newline"
  | "left"
  | "right"
  | "word-left"
  | "word-right"
  | "line-start"
  | "line-end"
  | "text-start"
  | "text-end"
  | "backspace"
  | "delete"
  | "delete-word"
  | "delete-word-back"
  | "delete-word-forward"
  | "delete-line"
  | "delete-to-end"
  | "yank"
  | "yank-older"
  | "undo"
  | "redo"
>;

/** The editing keys of a composer. */
export type EditingKeys = { readonly [action in EditingAction]: () => void } & {
  /** Any edit of a kind. */
  edit(run: Run, change: (editor: editing.Editor) => editing.Editor): void;
  up(): void;
  down(): void;
};

/** Makes them. */
export function editingKeys({ store, textColumns }: EditingPlace): EditingKeys {
  const change = (next: (state: Edited) => Edited): void =>
    store.change((state) => ({ ...state, ...next(state), hint: null }));
  /** A token is one piece to every key: cut whole, undone whole. */
  const whole =
    (by: (editor: editing.Editor) => editing.Editor) =>
    (editor: editing.Editor): editing.Editor =>
      keepWhole(editor, by(editor), store.state.tokens);
  const edit: EditingKeys["edit"] = (run, by) => change((state) => edited(state, run, whole(by)));
  const move = (by: (editor: editing.Editor) => editing.Editor) => () => edit("other", by);
  const cutting = (by: (editor: editing.Editor) => editing.Editor) => () =>
    change((state) => cut(state, whole(by)));
  return {
    edit,
    up: move((editor) => up(editor, textColumns())),
    down: move((editor) => down(editor, textColumns())),
    newline: () => edit("typing", (editor) => editing.insert(editor, "\n")),
    left: move(editing.left),
    right: move(editing.right),
    "word-left": move(editing.wordLeft),
    "word-right": move(editing.wordRight),
    "line-start": move(editing.lineStart),
    "line-end": move(editing.lineEnd),
    "text-start": move(editing.textStart),
    "text-end": move(editing.textEnd),
    backspace: () => edit("deleting", editing.backspace),
    delete: () => edit("deleting", editing.deleteForward),
    "delete-word": cutting(editing.deleteWord),
    "delete-word-back": cutting(editing.deleteWordBack),
    "delete-word-forward": cutting(editing.deleteWordForward),
    "delete-line": cutting(editing.deleteToLineStart),
    "delete-to-end": cutting(editing.deleteToLineEnd),
    yank: () => change((state) => yanked(state, "last")),
    "yank-older": () => change((state) => yanked(state, "older")),
    undo: () => change((state) => stepped(state, "undo")),
    redo: () => change((state) => stepped(state, "redo")),
  };
}

/** An empty composer; what was in it can be had back by undo. */
export const cleared = (state: ScreenState): ScreenState => ({
  ...state,
  ...edited(state, "other", () => editing.emptyEditor),
});

/** Opens what is typed in an editor; what comes back is one step to undo. */
export async function openInEditor({ store, warn, edit }: ExternalEditing): Promise<void> {
  try {
    const outcome = await edit(store.state.editor.text);
    if ("failure" in outcome) warn(outcome.failure);
    else
      store.change((state) => ({
        ...state,
        ...edited(state, "other", () => ({ text: outcome.text, caret: outcome.text.length })),
        hint: null,
      }));
  } catch (error) {
    warn(`the editor could not be opened: ${messageWithHint(error)}`);
  }
}
