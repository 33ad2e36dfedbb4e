import { describe, expect, it, vi } from "vitest";
import type { Dialog } from "../../../src/tui/dialog/dialog.ts";
import { listDialog } from "../../../src/tui/dialog/list.ts";
import { keymapOf } from "../../../src/tui/input/keymap.ts";

const rows = ["alpha", "beta", "gamma", "delta"].map((text) => ({
  value: text,
  text,
  detail: `the ${text}`,
}));

const textOf = (dialog: Dialog, columns = 60, room = 12) =>
  dialog.view({ columns, rows: room, now: 0 }).lines.map((line) => line.map(({ text }) => text).join(""));

/** A list and a person at it; words are typed, chords are pressed. */
function at(chosen: (value: string) => Dialog | null = () => null, more = {}) {
  let dialog: Dialog | null = listDialog({
    title: "Letters",
    rows,
    empty: "none fits",
    choose: chosen,
    ...more,
  });
  const press = (...keys: string[]) => {
    for (const key of keys)
      dialog =
        dialog?.press(
          key.startsWith(":") ? { type: "key", chord: key.slice(1) } : { type: "text", text: key },
          keymapOf(),
        ) ?? null;
  };
  return {
    press,
    get open() {
      return dialog;
    },
    get lines() {
      return dialog === null ? [] : textOf(dialog);
    },
  };
}

describe("a list", () => {
  it("walks with the arrows, round its ends, and takes the marked row", () => {
    const chosen = vi.fn(() => null);
    const list = at(chosen);
    list.press(":down", ":down", ":down", ":down", ":up");
    expect(list.lines[4]).toBe("▸ delta  the delta");
    list.press(":enter");
    expect(chosen).toHaveBeenCalledExactlyOnceWith("delta");
    expect(list.open).toBeNull();
  });

  it("is narrowed by what is typed, and widened again", () => {
    const list = at();
    list.press("gam");
    expect(list.lines.slice(0, 2)).toEqual(["Letters (1 of 4) › gam", "▸ gamma  the gamma"]);
    list.press("x");
    expect(list.lines[1]).toBe("  none fits");
    list.press(":backspace", ":ctrl+w");
    expect(list.lines).toHaveLength(6);
  });

  it("closes without a choice, opens what a choice opens, and has keys of its own", () => {
    const chosen = vi.fn(() => null);
    const closed = at(chosen);
    closed.press(":escape");
    expect([closed.open, chosen.mock.calls]).toEqual([null, []]);

    const next = listDialog({ title: "Next", rows, empty: "", choose: () => null });
    const opening = at(() => next);
    opening.press(":enter");
    expect(opening.open).toBe(next);

    const press = vi.fn((_value: string, list: Dialog) => list);
    const keyed = at(chosen, { keys: [{ chord: "ctrl+x", help: "deletes", press }] });
    keyed.press(":down", ":ctrl+x");
    expect(press.mock.calls[0]?.[0]).toBe("beta");
    expect(keyed.lines.at(-1)).toContain("ctrl+x deletes");
  });

  it("keeps the marked row in sight and to its room", () => {
    const many = Array.from({ length: 500 }, (_, index) => ({ value: index, text: `row ${index}` }));
    let dialog: Dialog | null = listDialog({ title: "Rows", rows: many, empty: "", choose: () => null });
    for (let n = 0; n < 30; n++)
      dialog = dialog?.press({ type: "key", chord: "pagedown" }, keymapOf()) ?? null;
    if (dialog === null) throw new Error("it closed");
    for (const room of [3, 7, 20]) {
      const lines = textOf(dialog, 40, room);
      expect(lines.length).toBeLessThanOrEqual(room);
      expect(lines).toContain("▸ row 300");
    }
  });

  it("may grow and shrink while it is open: what is marked stays within it", () => {
    const chosen = vi.fn(() => null);
    let now = rows;
    const list = at(chosen, { rows: (query: string) => now.filter(({ text }) => text.includes(query)) });
    list.press(":up");
    expect(list.lines[4]).toBe("▸ delta  the delta");
    now = rows.slice(0, 2);
    expect(list.lines.slice(0, 3)).toEqual(["Letters (2) › ", "  alpha  the alpha", "▸ beta  the beta"]);
    list.press("l");
    expect(list.lines[1]).toBe("▸ alpha  the alpha");
    list.press(":enter");
    expect(chosen).toHaveBeenCalledExactlyOnceWith("alpha");
  });
});
