/** Cases of the settings that the terminal UI shows. */
import { expect } from "vitest";
import type { FlagCase, Ran } from "../../cli/flags/case.ts";
import type { MachineOptions } from "../../support/command-line.ts";
import type { Seat } from "../../support/front-end.ts";
import type { SettingCase } from "./case.ts";

const leaves = [[/what shall/, "/exit\r"]] as const;

/** The UI in a terminal with these settings. */
const screen = (
  settings: NonNullable<MachineOptions["settings"]>,
  proof: (ran: Ran) => void,
  typed: readonly (readonly [RegExp, string])[] = leaves,
  machine: Omit<MachineOptions, "settings"> = {},
): FlagCase => ({
  machine: { ...machine, settings, env: { TERM: "xterm-256color" } },
  words: [],
  how: { terminal: typed },
  proof,
});

const status = { type: "command", command: "echo STONES" } as const;
const shown = ({ stdout }: Ran): void => expect(stdout).toContain("STONES");

/** By the setting's dotted name. */
export const screenSettings = {
  notify: screen(
    { notify: "osc9" },
    ({ stdout }) => expect(stdout).toContain("\x1b]9;Tau asks"),
    // The terminal has not the focus, and a question is asked.
    [
      [/what shall/, "\x1b[Olay it\r"],
      [/stone\.txt/, "\x03"],
      [/ctrl\+c again/, "\x03"],
    ],
    { script: [{ calls: [{ id: "w", name: "write", input: { path: "stone.txt", content: "a stone" } }] }] },
  ),
  "statusLine.type": screen({ statusLine: status }, shown, [[/STONES/, "/exit\r"]]),
  "statusLine.command": screen({ statusLine: status }, shown, [[/STONES/, "/exit\r"]]),
  "statusLine.padding": screen(
    { statusLine: { ...status, padding: 3 } },
    ({ stdout }) => expect(stdout).toMatch(/[\r\n] {3}STONES/),
    [[/STONES/, "/exit\r"]],
  ),
  "statusLine.refreshInterval": screen(
    {
      statusLine: {
        type: "command",
        command: "echo x >> runs; case $(wc -l < runs) in [0-5]) echo wait;; *) echo STONES;; esac",
        refreshInterval: 0.1,
      },
    },
    shown,
    [[/STONES/, "/exit\r"]],
  ),
  footer: screen({ footer: ["mode"] }, ({ stdout }) => {
    expect(stdout).toContain("ask");
    expect(stdout).not.toContain("claude-sonnet");
  }),
  theme: screen({ theme: "stone" }, ({ stdout }) => expect(stdout).toContain("38;2;18;52;86"), leaves, {
    files: {
      "home/.tau/themes/stone.json": '{"background": "dark", "tones": {"accent": {"text": "#123456"}}}',
    },
  }),
  screen: screen({ screen: "full" }, ({ stdout }) => expect(stdout).toContain("\x1b[?1049h")),
  motion: screen({ motion: "reduced" }, ({ stdout }) => expect(stdout).not.toMatch(/working \d/), [
    [/what shall/, "hello\r"],
    [/done/, "/exit\r"],
  ]),
  editor: {
    house: { settings: { editor: "vim" } },
    proof: (at: Seat) => expect(at.store.state.vim?.mode).toBe("insert"),
  },
  "keys.*.*": {
    house: { settings: { keys: { composer: { todo: ["f9"] } } } },
    proof(at: Seat) {
      at.key("f9");
      expect(at.store.state.todoOpen).toBe(true);
    },
  },
} satisfies { readonly [key: string]: SettingCase };
