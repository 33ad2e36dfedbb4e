/** An error of Tau's own while the UI is on: a terminal as it was, a whole session, and words instead of a stack trace. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { keys } from "./support/pty.ts";
import { latestSession } from "./support/run.ts";
import { call } from "./support/scene.ts";
import { stage } from "./support/stage.ts";

const breaking = { NODE_OPTIONS: `--require ${resolve(import.meta.dirname, "support/break-drawing.cjs")}` };

it("an error in drawing, and one nobody awaits, end the screen and nothing else", async () => {
  const answer = {
    text: `Now look: ${"☠".repeat(100)}`,
    calls: [call("write", { path: "a", content: "b" })],
  };
  const { tau, world, say, start, backInShell } = await stage("terminal", [answer], { env: breaking });
  await start("--mode", "full");
  say("go on");
  await tau.waitFor(/an error ended the screen: skulls cannot be drawn/);
  await backInShell();
  const id = await latestSession(world);
  const shown = tau.history().join("\n");
  expect(shown).toContain(`the session is whole: tau -r ${id} goes on
`);
  expect(shown).toContain(`or in plain lines: tau --plain -r ${id}
`);
  expect(shown).not.toMatch(/ at .*:\d+/);
  const log = join(world.env.TAU_HOME ?? "", "state/crash.log");
  expect(shown.replaceAll("\n", "")).toContain(log);
  expect(readFileSync(log, "utf8")).toMatch(/Error: skulls cannot be drawn\n +at .*:\d+/);

  tau.write(`clear; "$NODE" "$TAU" --plain -r ${id}${keys.enter}`);
  await tau.waitFor(/you: go on/);
  await tau.waitFor("☠☠");
  tau.write(keys.ctrlD);
  await backInShell();

  await start();
  tau.write("☢".repeat(100));
  await tau.waitFor(/an error ended the screen: a timer failed/);
  await backInShell();
});
