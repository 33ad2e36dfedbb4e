/** A list to pick from: typing narrows it, arrows walk, Enter takes. Every picker of the UI is one of these. */
import {
  backspace,
  deleteToLineStart,
  deleteWord,
  deleteWordBack,
  type Editor,
  emptyEditor,
  insert,
  left,
  right,
} from "../input/editor.ts";
import type { Keymap } from "../input/keymap.ts";
import type { Key } from "../input/keys.ts";
import { clean, oneRow } from "../view/clean.ts";
import { cut, cutLine, type Line, plain, type Span, widthOf, widthOfLine } from "../view/line.ts";
import type { AskedRow, Dialog, DialogRoom, DialogView } from "./dialog.ts";
import type { OwnChord } from "./own-keys.ts";
import { search } from "./search.ts";

/** A row of a list. */
export type ListRow<Value> = {
  value: Value;
  text: string;
  /** Dim, behind the text, as far as there is room; searched, too. */
  detail?: string;
  /** Whether it is what holds now. */
  current?: true;
};

/** A key of a list beside those every list has; see own-keys.ts. */
export type ListKey<Value> = {
  chord: OwnChord;
  /** A few words, shown below the list. */
  help: string;
  /** Does it to the marked row; what it returns takes the list's place (null closes it). */
  press(value: Value, list: Dialog): Dialog | null;
};

/** What a list is made of. */
export type ListOptions<Value> = {
  title: string;
  /** A function finds the rows for what is typed itself, at each look: for lists that grow while they are open. */
  rows: readonly ListRow<Value>[] | ((query: string) => readonly ListRow<Value>[]);
  /** Shown where there are no rows. */
  empty: string;
  /** Takes the chosen row; what it returns takes the list's place (null closes it). */
  choose(value: Value): Dialog | null;
  keys?: readonly ListKey<Value>[];
  /** Told of each row that a key marks. */
  marked?(value: Value): void;
  /** Told when it closes without a choice. */
  closed?(): void;
  /** What is shown of the marked row below the list, in at most so many rows. */
  preview?(value: Value, columns: number, rows: number): readonly Line[];
};

/** What a person did to it. */
type ListState = { query: Editor; marked: number };

/** Opens a list with its current row marked. */
export function listDialog<Value>(options: ListOptions<Value>): Dialog {
  const rows = typeof options.rows === "function" ? options.rows("") : options.rows;
  const marked = Math.max(
    0,
    rows.findIndex(({ current }) => current),
  );
  return listAt(options, { query: emptyEditor, marked }, rows);
}

/** The rows that what is typed finds. */
function foundIn<Value>({ rows }: ListOptions<Value>, query: string): readonly ListRow<Value>[] {
  return typeof rows === "function" ? rows(query) : search(query, rows);
}

function listAt<Value>(
  options: ListOptions<Value>,
  opened: ListState,
  known: readonly ListRow<Value>[],
): Dialog {
  let found = known;
  let state = opened;
  const look = (): void => {
    if (typeof options.rows !== "function") return;
    found = options.rows(state.query.text);
    // The marked row may be gone.
    state = { ...state, marked: Math.max(0, Math.min(state.marked, found.length - 1)) };
  };
  const dialog: Dialog = {
    asked: {
      type: "choice",
      title: options.title,
      empty: options.empty,
      fixed: typeof options.rows !== "function",
      rows: (query) => foundIn(options, query).map((row) => askedRow(options, row, dialog)),
      closed: () => options.closed?.(),
    },
    view(room) {
      look();
      return view(options, state, found, room);
    },
    press(key, keymap) {
      look();
      const row = found[state.marked];
      if (key.type === "report") return dialog;
      if (key.type !== "key") return searched(insert(state.query, oneRow(clean(key.text))));
      const own = options.keys?.find(({ chord }) => chord === key.chord);
      if (own) return row ? own.press(row.value, dialog) : dialog;
      return pressed(key, keymap, row);
    },
  };

  const marking = (query: Editor, rows: readonly ListRow<Value>[], marked: number): Dialog => {
    const row = rows[marked];
    if (row) options.marked?.(row.value);
    return listAt(options, { query, marked }, rows);
  };

  const searched = (query: Editor): Dialog => marking(query, foundIn(options, query.text), 0);

  const moved = (by: number): Dialog =>
    marking(state.query, found, Math.max(0, Math.min(found.length - 1, state.marked + by)));

  const pressed = (
    { chord }: Extract<Key, { type: "key" }>,
    keymap: Keymap,
    row: ListRow<Value> | undefined,
  ): Dialog | null => {
    switch (keymap.list.get(chord)) {
      case "up":
        return moved(state.marked === 0 ? found.length : -1);
      case "down":
        return moved(state.marked === found.length - 1 ? -found.length : 1);
      case "page-up":
        return moved(-page);
      case "page-down":
        return moved(page);
      case "choose":
        return row ? options.choose(row.value) : dialog;
      case "close":
        options.closed?.();
        return null;
      case undefined: {
        const edit = edits[keymap.composer.get(chord) ?? ""];
        if (!edit) return dialog;
        const query = edit(state.query);
        return query.text === state.query.text
          ? listAt(options, { ...state, query }, found)
          : searched(query);
      }
    }
  };
  return dialog;
}

function askedRow<Value>(
  { choose, keys = [], marked }: ListOptions<Value>,
  { value, text, detail, current }: ListRow<Value>,
  list: Dialog,
): AskedRow {
  return {
    text,
    ...(detail !== undefined && { detail }),
    ...(current && { current }),
    choose: () => choose(value),
    others: keys.map(({ help, press }) => ({ help, press: () => press(value, list) })),
    look: () => marked?.(value),
  };
}

/** Rows of a page: a list does not know how many of it are on the screen when a key comes. */
const page = 10;

/** The composer's keys by which a search is edited. */
const edits: { readonly [action: string]: (editor: Editor) => Editor } = {
  backspace,
  "delete-word": deleteWord,
  "delete-word-back": deleteWordBack,
  "delete-line": deleteToLineStart,
  left,
  right,
};

function view<Value>(
  { title, rows, empty, keys = [], preview }: ListOptions<Value>,
  { query, marked }: ListState,
  found: readonly ListRow<Value>[],
  room: DialogRoom,
): DialogView {
  const { columns } = room;
  const all = typeof rows === "function" ? found.length : rows.length;
  const count = found.length === all ? `${all}` : `${found.length} of ${all}`;
  const head: Span[] = [
    { text: title, bold: true },
    { text: ` (${count}) `, dim: true },
    { text: "› ", tone: "accent" },
  ];
  const caret = { row: 0, column: widthOfLine(head) + widthOf(query.text.slice(0, query.caret)) };
  const help = [...keys.map(({ chord, help: text }) => `${chord} ${text}`), "enter takes", "esc closes"];
  const foot = plain(cut(help.join(" · "), columns), { dim: true });
  const spare = Math.max(1, room.rows - 2);
  const chosen = found[marked];
  const previewRows = preview && spare >= 8 ? Math.floor(spare / 2) : 0;
  const below = chosen && previewRows > 0 ? (preview?.(chosen.value, columns, previewRows - 1) ?? []) : [];
  const shown = spare - (below.length > 0 ? below.length + 1 : 0);
  const first = Math.max(0, Math.min(marked - Math.floor(shown / 2), found.length - shown));
  const lines = found
    .slice(first, first + shown)
    .map((row, index) => rowLine(row, first + index === marked, columns));
  return {
    lines: [
      cutLine([...head, { text: query.text }], columns),
      ...(lines.length > 0 ? lines : [plain(`  ${empty}`, { dim: true })]),
      ...(below.length > 0 ? [plain("─".repeat(columns), { dim: true }), ...below] : []),
      foot,
    ].slice(0, Math.max(1, room.rows)),
    caret: { ...caret, column: Math.min(caret.column, columns) },
  };
}

function rowLine<Value>({ text, detail, current }: ListRow<Value>, isMarked: boolean, columns: number): Line {
  const line: Line = [
    isMarked ? { text: "▸ ", tone: "accent", bold: true } : { text: "  " },
    { text: oneRow(clean(text)), ...(isMarked && { bold: true as const }) },
    ...(current ? [{ text: " ✓", tone: "good" as const }] : []),
    ...(detail ? [{ text: `  ${oneRow(clean(detail))}`, dim: true as const }] : []),
  ];
  return cutLine(line, columns);
}
