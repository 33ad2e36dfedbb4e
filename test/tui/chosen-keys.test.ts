import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { LoadedSettings } from "../../src/config/load.ts";
import { chordNamed, needsProtocol } from "../../src/tui/input/chord-names.ts";
import { chosenKeys } from "../../src/tui/input/chosen-keys.ts";
import { keyConflicts, keyRows, keysDocument } from "../../src/tui/input/key-list.ts";
import { keymapOf } from "../../src/tui/input/keymap.ts";

type Keys = NonNullable<LoadedSettings["settings"]["keys"]>;
const loaded = (keys: Keys): LoadedSettings => ({
  settings: { keys },
  layers: [{ origin: { layer: "user" }, settings: { keys }, placeOf: () => "config.json:2:3" }],
});

describe("a chord's name", () => {
  it.each([
    ["ctrl+k", "ctrl+k"],
    ["Shift-Ctrl-Enter", "ctrl+shift+enter"],
    ["option+Esc", "alt+escape"],
    ["alt+<", "alt+<"],
    ["ctrl++", "ctrl++"],
    ["PgUp", "pageup"],
  ])("%s is %s", (written, chord) => {
    expect(chordNamed(written)).toEqual({ chord });
  });

  it("that is none is told with what may have been meant", () => {
    expect(chordNamed("ctrl+entr")).toMatchObject({ wrong: expect.stringContaining("did you mean enter") });
    expect(chordNamed("super+k")).toMatchObject({ wrong: expect.stringContaining("no modifier super") });
  });

  it.each(["ctrl+enter", "shift+enter", "ctrl+tab", "ctrl+i", "ctrl+1", "ctrl+shift+z", "shift+space"])(
    "%s comes only from terminals with a protocol",
    (chord) => expect(needsProtocol(chord)).toBe(true),
  );
  it.each(["ctrl+k", "alt+enter", "shift+tab", "ctrl+_", "ctrl+left", "alt+b", "f5", "ctrl+space"])(
    "%s comes from every terminal",
    (chord) => expect(needsProtocol(chord)).toBe(false),
  );
});

describe("chosen keys", () => {
  it("are the keys of their action, and are taken from whatever had them", () => {
    const keymap = keymapOf(
      chosenKeys(loaded({ composer: { send: ["ctrl+enter"], newline: ["Return"], undo: ["ctrl+z"] } })),
    );
    expect(keymap.composer.get("enter")).toBe("newline");
    expect(keymap.composer.get("ctrl+enter")).toBe("send");
    expect(keymap.composer.get("ctrl+j")).toBeUndefined();
    expect(keymap.composer.get("ctrl+z")).toBe("undo");
    expect(keymap.everywhere.get("ctrl+z")).toBeUndefined();
    expect(keymap.list.get("enter")).toBe("choose");
  });

  it("that are none are all told, with places and near names", () => {
    const wrong = (): unknown =>
      chosenKeys(loaded({ composr: {}, composer: { snd: ["enter"], send: ["hyper+x"], undo: ["u"] } }));
    expect(wrong).toThrow(/config\.json:2:3: keys\.composr: .*did you mean composer/);
    expect(wrong).toThrow(/keys\.composer\.snd: there is no such action; did you mean .*send/);
    expect(wrong).toThrow(/keys\.composer\.send: .*no modifier hyper/);
    expect(wrong).toThrow(/keys\.composer\.undo: "u" is typed text/);
  });

  it("that stand in each other's way are told", () => {
    expect(keyConflicts({})).toEqual([]);
    expect(keyConflicts({ composer: { send: ["ctrl+enter"], newline: ["enter"] } })).toEqual([
      expect.stringMatching(/ctrl\+enter for send comes only from terminals with the kitty/),
    ]);
    expect(keyConflicts({ composer: { undo: ["alt+u"], redo: ["alt+u"], yank: ["ctrl+d"] } })).toEqual([
      "composer: alt+u is chosen for undo and for redo",
      "composer: no key is left for end-of-input",
      "composer: no key is left for undo",
    ]);
    expect(keyConflicts({ composer: { yank: [] } })).toEqual([]);
  });
});

describe("the list of keys", () => {
  it("marks what was changed, and reaches every action without settings", () => {
    expect(keyRows({}).filter(({ keys, changed }) => keys.length === 0 || changed)).toEqual([]);
    expect(keyRows({ composer: { undo: ["ctrl+z"] } }).filter(({ changed }) => changed)).toMatchObject([
      { place: "everywhere", action: "suspend", keys: [] },
      { place: "composer", action: "undo", keys: ["ctrl+z"] },
    ]);
  });

  it("is the documentation's", () => {
    expect(readFileSync("docs/keys.md", "utf8")).toBe(keysDocument());
  });
});
