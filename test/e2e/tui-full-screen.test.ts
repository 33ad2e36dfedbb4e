/** The UI on the whole window (`--screen full`), played in the emulator alone and in a real tmux. */
import { describe, expect, it } from "vitest";
import { keys } from "./support/pty.ts";
import { call } from "./support/scene.ts";
import { type StageKind, stage } from "./support/stage.ts";
import { tmuxVersion } from "./support/tmux.ts";
import { linesWith, ready } from "./support/tui.ts";

const pageUp = "\u001b[5~";
const pageDown = "\u001b[6~";
const lines = Array.from({ length: 120 }, (_, n) => `• This is line ${n + 1}.`);
const kinds: readonly StageKind[] = ["terminal", "tmux"];

describe.each(kinds)("the full screen in %s (tmux: skipped where there is none)", (kind) => {
  it.skipIf(kind === "tmux" && tmuxVersion === null)(
    "scrolls by itself, lends and takes back the terminal, and leaves all that was said in the scrollback",
    async () => {
      const { tau, say, backInShell } = await stage(kind, [
        {
          text: lines.join("\n").replaceAll("•", "-"),
          calls: [call("bash", { command: "touch made" })],
          deltaSize: 40,
          deltaMs: 10,
        },
        { text: "All done." },
      ]);
      tau.write(`echo stood-$((40 + 2))-before${keys.enter}`);
      await tau.waitFor("stood-42-before");
      tau.write(`"$NODE" "$TAU" --screen full --model anthropic/claude-haiku-4-5${keys.enter}`);
      await tau.waitFor((screen) => screen.includes(ready) && !screen.includes("stood"));
      say("count");
      await tau.waitFor(/line ([3-9]\d|1\d\d)\./);
      // What comes while a person reads back does not move what they read.
      tau.write(pageUp);
      const read = await tau.waitFor(/↓ more below/);
      await tau.waitFor(/y yes/);
      expect(tau.screen().split("\n").slice(0, 5)).toEqual(read.split("\n").slice(0, 5));
      tau.write("y");
      await tau.waitFor(ready);
      tau.write(pageDown.repeat(20));
      await tau.waitFor(/This is line 120\.[\s\S]*All done\./);
      for (const [columns, rows] of [
        [40, 10],
        [100, 30],
        [80, 24],
      ] as const) {
        tau.resize(columns, rows);
        await tau.waitFor(
          (screen) => /All done\.[\s\S]*what shall/.test(screen) && screen.split("\n").length === rows,
        );
      }
      tau.write("\u000f");
      await tau.waitFor("q closes");
      tau.write("q");
      await tau.waitFor((screen) => screen.includes(ready) && !screen.includes("q closes"));
      tau.write("\u001a");
      await tau.waitFor(/stood-42-before[\s\S]*Stopped/);
      tau.write("fg\r");
      await tau.waitFor((screen) => /All done\./.test(screen) && !screen.includes("stood"));
      say("/exit");
      await tau.waitFor("To go on: tau -r");
      await backInShell();
      expect(linesWith(tau, "This is line")).toEqual(lines);
      expect(linesWith(tau, "All done.")).toHaveLength(1);
      expect(linesWith(tau, "stood-42-before")).toHaveLength(1);
      expect(tau.history().join("\n")).not.toMatch(/what shall we do|more below|y yes/);
    },
  );
});
