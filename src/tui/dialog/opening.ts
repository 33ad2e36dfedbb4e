/** A dialog whose contents are still being read: keys typed behind the key that opened it are for it, not for the composer. */
import type { Key } from "../input/keys.ts";
import type { ScreenStore } from "../store.ts";
import { clean, oneRow } from "../view/clean.ts";
import { cutLine } from "../view/line.ts";
import type { Dialog } from "./dialog.ts";

/** Keys that are kept for it; what is typed beyond them is lost. */
const keptKeys = 1_000;

/**
 * Opens a dialog at once, and its contents when they are there. Resolves when they are shown, or nobody waits for them
 * any more.
 * @param read null where there is nothing to open
 * @throws what `read` throws; then nothing is open
 */
export async function openSoon(
  store: ScreenStore,
  title: string,
  read: () => Promise<Dialog | null>,
): Promise<void> {
  const keys: Key[] = [];
  let keymap: Parameters<Dialog["press"]>[1] | null = null;
  const waiting: Dialog = {
    asked: null,
    view({ columns }) {
      const typed = keys.map((key) => (key.type === "text" || key.type === "paste" ? key.text : "")).join("");
      return {
        lines: [
          cutLine(
            [{ text: title, bold: true }, { text: " … ", dim: true }, { text: oneRow(clean(typed)) }],
            columns,
          ),
        ],
        caret: null,
      };
    },
    press(key, map) {
      keymap = map;
      if (key.type === "key" && map.list.get(key.chord) === "close") return null;
      if (keys.length < keptKeys) keys.push(key);
      return waiting;
    },
  };
  store.change((state) => ({ ...state, dialog: waiting }));
  const put = (dialog: Dialog | null): void =>
    store.change((state) => (state.dialog === waiting ? { ...state, dialog } : state));
  try {
    let dialog = await read();
    if (store.state.dialog !== waiting) return;
    put(dialog);
    // One by one, each to what the one before left: a choice may open another dialog.
    for (const key of keys) {
      dialog = store.state.dialog;
      if (dialog === null || keymap === null) break;
      const pressed = dialog;
      const next = pressed.press(key, keymap);
      store.change((state) => (state.dialog === pressed ? { ...state, dialog: next } : state));
    }
  } catch (error) {
    put(null);
    throw error;
  }
}
