/** /undo and /redo in a real terminal, after a command that destroyed files. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { keys } from "./support/pty.ts";
import { call } from "./support/scene.ts";
import { tui } from "./support/tui.ts";

test("what a command destroyed comes back with /undo, goes again with /redo, and is in the record", async () => {
  const rm = call("bash", { command: "rm -rf src; printf new > made.txt" }, "b1");
  const { tau, world, say } = await tui([{ calls: [rm] }, { text: "All gone." }], ["--mode", "full"]);
  mkdirSync(join(world.project, "src"));
  const kept = join(world.project, "src/kept.txt");
  writeFileSync(kept, "precious\r\n");
  say("clean up");
  await tau.waitFor("All gone.");
  expect(existsSync(kept)).toBe(false);
  tau.write(`/undo${keys.enter}`);
  await tau.waitFor("/redo brings them back");
  expect(readFileSync(kept, "utf8")).toBe("precious\r\n");
  expect(existsSync(join(world.project, "made.txt"))).toBe(false);
  tau.write(`/redo${keys.enter}`);
  await tau.waitFor("/undo takes them back");
  expect(existsSync(kept)).toBe(false);
  expect(readFileSync(join(world.project, "made.txt"), "utf8")).toBe("new");
});
