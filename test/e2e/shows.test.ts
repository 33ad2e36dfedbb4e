/**
 * What a person lives through in a terminal, played twice: in the emulator alone, and in a real tmux. Where there is no
 * tmux its half is skipped. Whatever happens, lines are there once, and the shell gets its terminal back.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commandOf, keys, processesWith } from "./support/pty.ts";
import { until } from "./support/run.ts";
import { call, saidTo } from "./support/scene.ts";
import { type Stage, type StageKind, stage } from "./support/stage.ts";
import { tmuxVersion } from "./support/tmux.ts";
import { linesWith, ready } from "./support/tui.ts";

const numbered = (count: number): string[] =>
  Array.from({ length: count }, (_, n) => `This is line ${n + 1}.`);
const ctrlZ = "\u001a";
const ctrlO = "\u000f";

/** Waits until the kernel knows a process by what it was started with, and gives its id. */
const pidOf = (set: Stage): Promise<number> =>
  until("tau", () => processesWith(set.world.home).find((pid) => commandOf(pid).includes("bin/tau.js")));

async function leave({ tau, say, backInShell }: Stage): Promise<void> {
  say("/exit");
  await tau.waitFor("To go on: tau -r");
  await backInShell();
}

const kinds: readonly StageKind[] = ["terminal", "tmux"];

for (const kind of kinds) {
  describe.skipIf(kind === "tmux" && tmuxVersion === null)(
    `in ${kind === "tmux" ? "tmux (skipped where there is none)" : "a terminal"}`,
    () => {
      it("a long answer streams while a person types, is interrupted and steered, and is in the scrollback once", async () => {
        const lines = numbered(150);
        const set = await stage(kind, [
          { text: lines.join("\n"), deltaSize: 40, deltaMs: 15 },
          { text: "The first half", fault: { type: "silence", pings: false } },
          { text: "Turned." },
        ]);
        const { tau, say } = set;
        await set.start();
        say("count");
        await tau.waitFor(/This is line \d+\./);
        for (const letter of "typed meanwhile") tau.write(letter);
        await tau.waitFor("› typed meanwhile");
        await tau.waitFor(/This is line 150\.[\s\S]*› typed meanwhile/);
        tau.write(keys.enter);
        await tau.waitFor("The first half");
        say("other way");
        await tau.waitFor("↳ other way");
        tau.write(keys.escape);
        await tau.waitFor("› other way");
        tau.write(keys.enter);
        await tau.waitFor(/Turned\.[\s\S]*what shall we do/);
        await leave(set);
        expect(linesWith(tau, "This is line")).toEqual(lines);
        expect(linesWith(tau, "The first half")).toHaveLength(1);
        expect(saidTo(set.fake, 2).at(-1)).toContain("other way");
        // Nothing of what was live is left.
        expect(tau.history().join("\n")).not.toMatch(/what shall we do|working|↳|enter steers/);
      });

      it("questions are a list, a plan is one to answer, the past can be read and gone back to", async () => {
        const set = await stage(kind, [
          { calls: [call("bash", { command: "touch a" }, "1"), call("bash", { command: "touch b" }, "2")] },
          { text: "Both made." },
          { text: "# Plan\n1. write it" },
          { text: "All written." },
        ]);
        const { tau, say, world } = set;
        await set.start();
        say("make two");
        await tau.waitFor(/touch a[\s\S]*y yes/);
        await tau.waitFor("Y yes to all 2");
        tau.write("Y");
        await tau.waitFor(/Both made\.[\s\S]*what shall we do/);
        expect(["a", "b"].map((name) => existsSync(join(world.project, name)))).toEqual([true, true]);
        tau.write(ctrlO);
        await tau.waitFor("q closes");
        tau.write("q");
        await tau.waitFor((screen) => screen.includes(ready) && !screen.includes("q closes"));
        tau.write(keys.escape);
        await tau.waitFor("esc again");
        tau.write(keys.escape);
        await tau.waitFor("Go back to before (1)");
        tau.write(keys.escape);
        await tau.waitFor(ready);
        say("/mode plan");
        await tau.waitFor(/ · plan · /);
        say("plan it");
        await tau.waitFor("The plan is ready");
        await tau.waitFor("enter takes");
        tau.write(keys.enter);
        await tau.waitFor(/All written\.[\s\S]*what shall we do/);
        await leave(set);
        for (const once of ["Both made.", "All written."]) expect(linesWith(tau, once)).toHaveLength(1);
        expect(tau.history().join("\n")).not.toMatch(/q closes|Go back to before|enter takes|y yes/);
      });

      it("a storm of sizes while an answer streams loses no line and doubles none", async () => {
        const lines = numbered(120);
        const set = await stage(kind, [{ text: lines.join("\n"), deltaSize: 40, deltaMs: 20 }]);
        const { tau, say } = set;
        await set.start();
        say("count");
        await tau.waitFor(/This is line \d+\./);
        for (const columns of [60, 40, 70, 30, 80, 45, 80]) {
          tau.resize(columns, 24);
          await tau.quiet(15);
        }
        await tau.waitFor(/This is line 120\.[\s\S]*what shall we do/);
        await leave(set);
        expect(linesWith(tau, "This is line")).toEqual(lines);
      });

      it("is suspended and brought back, and left by a signal, with the terminal as it was each time", async () => {
        const set = await stage(kind, []);
        const { tau } = set;
        await set.start();
        tau.write("half a thought");
        await tau.waitFor("› half a thought");
        tau.write(ctrlZ);
        await tau.waitFor("Stopped");
        await set.backInShell();
        tau.write("fg\r");
        await tau.waitFor("› half a thought");
        tau.write(`${keys.ctrlC}${keys.ctrlC}`);
        await set.backInShell();
        for (const signal of ["SIGTERM", "SIGHUP"] as const) {
          await set.start();
          process.kill(await pidOf(set), signal);
          await set.backInShell();
        }
        // Nothing can run then. The shell's own editing sets most of it right; stty sane and reset do the rest.
        await set.start();
        // What the terminal answered to the first questions has been read once this is: else it would be the shell's.
        tau.write("typed");
        await tau.waitFor("› typed");
        process.kill(await pidOf(set), "SIGKILL");
        await tau.waitFor(/Killed[\s\S]*shell>/);
        tau.write("echo still-$((40 + 2))\r");
        await tau.waitFor("still-42");
      });
    },
  );
}
