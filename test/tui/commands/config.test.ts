/** /config: the list, what is asked for a value, and what holds at once. */
import { describe, expect, it, vi } from "vitest";
import type { ShownSetting } from "../../../src/app/settings-desk.ts";
import { type CommandPlace, commandNamed } from "../../../src/tui/commands.ts";
import { keymapOf } from "../../../src/tui/input/keymap.ts";
import { emptyScreen } from "../../../src/tui/screen-state.ts";
import { ScreenStore } from "../../../src/tui/store.ts";

const settings: ShownSetting[] = [
  { key: "theme", about: "colours", kind: "text", choices: [], value: "auto", from: "built-in" },
  { key: "mode", about: "how freely", kind: "choice", choices: ["plan", "edit"], value: null, from: null },
  { key: "fallback", about: "", kind: "list", choices: [], value: null, from: null },
  { key: "limits.steps", about: "calls", kind: "number", choices: [], value: "9", from: "user /c:3:1" },
];

async function desk() {
  const written: (readonly [string, readonly string[], string])[] = [];
  const told: string[] = [];
  const now: string[] = [];
  const store = new ScreenStore(emptyScreen, () => true);
  const place = {
    store,
    settings: {
      list: async () => settings,
      write: async (key: string, given: readonly string[], owner: string) => {
        if (given[0] === "bad") throw new Error("that is no theme");
        written.push([key, given, owner]);
        return `${key} is written`;
      },
    },
    themes: { choose: (name: string) => void now.push(`theme ${name}`) },
    session: () => ({ setMode: (mode: string) => void now.push(`mode ${mode}`) }),
    open: (dialog: NonNullable<typeof emptyScreen.dialog>) => store.change((state) => ({ ...state, dialog })),
    tell: (text: string) => void told.push(text),
    warn: (text: string) => void told.push(`! ${text}`),
  } as unknown as CommandPlace;
  const command = commandNamed("config");
  if (command === null) throw new Error("there is no such command");
  await command.run(place, "");
  const keymap = keymapOf();
  const press = (key: { type: "key"; chord: string } | { type: "text"; text: string }): void => {
    const { dialog } = store.state;
    const next = dialog?.press(key, keymap) ?? null;
    store.change((state) => (state.dialog === dialog ? { ...state, dialog: next } : state));
  };
  return {
    written,
    told,
    now,
    key: (chord: string) => press({ type: "key", chord }),
    type: (text: string) => press({ type: "text", text }),
    shown: () =>
      store.state.dialog
        ?.view({ columns: 80, rows: 16, now: 0 })
        .lines.map((line) => line.map(({ text }) => text).join("")) ?? [],
  };
}

describe("/config", () => {
  it("shows each setting with its value, what it is for and where it comes from", async () => {
    const at = await desk();
    expect(at.shown().slice(0, 3)).toEqual([
      "Settings (4) › ",
      "▸ theme = auto  colours",
      "  mode = not set  how freely",
    ]);
    expect(at.shown()).toContain("from built-in");
  });

  it("has a choice picked and the rest typed, and says what holds at once and what later", async () => {
    const at = await desk();
    at.type("mode");
    at.key("enter");
    at.key("down");
    at.key("enter");
    await vi.waitFor(() => expect(at.told).toEqual(["mode is written; it holds from now on"]));
    await vi.waitFor(() => expect(at.shown()[0]).toContain("Settings"));
    at.type("steps");
    at.key("enter");
    at.type("0");
    at.key("enter");
    await vi.waitFor(() =>
      expect(at.told.at(-1)).toBe("limits.steps is written; it holds from the next start of Tau on"),
    );
    await vi.waitFor(() => expect(at.shown()[0]).toContain("Settings"));
    at.type("fallback");
    at.key("enter");
    at.type("a/b c/d");
    at.key("enter");
    await vi.waitFor(() =>
      expect(at.written).toEqual([
        ["mode", ["edit"], "own"],
        ["limits.steps", ["90"], "own"],
        ["fallback", ["a/b", "c/d"], "own"],
      ]),
    );
    expect(at.now).toEqual(["mode edit"]);
  });

  it("writes into the project's file by ctrl+e, and takes out by ctrl+x", async () => {
    const at = await desk();
    at.type("mode");
    at.key("ctrl+e");
    at.key("enter");
    await vi.waitFor(() => expect(at.written).toEqual([["mode", ["plan"], "project"]]));
    expect(at.told.at(-1)).toContain("from the next start");
    await vi.waitFor(() => expect(at.shown()[0]).toContain("Settings"));
    at.type("theme");
    at.key("ctrl+x");
    await vi.waitFor(() => expect(at.written.at(-1)).toEqual(["theme", [], "own"]));
    expect(at.now).toEqual(["theme auto"]);
  });

  it("of what is refused tells why", async () => {
    const at = await desk();
    at.key("enter");
    at.key("ctrl+u");
    at.type("bad");
    at.key("enter");
    await vi.waitFor(() => expect(at.told).toEqual(["! that is no theme"]));
    expect(at.now).toEqual([]);
  });
});
