/** Plan mode and the agent's list, in a real terminal and without one. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { keys, startPty } from "./support/pty.ts";
import { call, model, scene } from "./support/scene.ts";
import { runTau } from "./support/tau.ts";
import { ready, tui } from "./support/tui.ts";

const plan = "I looked.\n\n# Plan\n1. write made.txt\n2. prove it";
const write = call("write", { path: "made.txt", content: "made\n" }, "w1");
const down = "\u001b[B";

describe("plan mode", () => {
  it("shows a plan, changes nothing, takes it back edited, and carries out what was accepted", async () => {
    const { tau, fake, world, say } = await tui(
      [{ calls: [write] }, { text: plan }, { calls: [{ ...write, id: "w2" }] }, { text: "Made it." }],
      ["--mode", "plan"],
    );
    say("make it");
    const screen = await tau.waitFor("The plan is ready");
    expect(screen).toMatch(/✗ .*made\.txt.* denied/);
    expect(screen).toContain("2. prove it");
    expect(existsSync(join(world.project, "made.txt"))).toBe(false);
    // What comes within a moment is no answer.
    await tau.waitFor("enter takes");
    tau.write(`${down}${down}${keys.enter}`);
    await tau.waitFor("editing the plan");
    tau.write("!");
    await tau.waitFor("prove it!");
    tau.write(keys.enter);
    await tau.waitFor("Accept the plan as edited");
    tau.write(`${down}${keys.enter}`);
    await tau.waitFor("Made it.");
    expect(readFileSync(join(world.project, "made.txt"), "utf8")).toBe("made\n");
    expect(tau.screen()).toMatch(/· edit ·/);
    expect(JSON.stringify(fake.requests.at(-1)?.body)).toContain("2. prove it!");
    tau.write(`/plan${keys.enter}`);
    await tau.waitFor("plan, accepted");
  });

  it("offers the plan again after the process died, and is left without a trace on disk", async () => {
    const first = await tui([{ text: plan }], ["--mode", "plan"]);
    first.say("make it");
    await first.tau.waitFor("The plan is ready");
    process.kill(first.tau.pid, "SIGKILL");
    await first.tau.ended;
    const again = startPty(first.world, ["--model", model, "-c"]);
    await again.waitFor("The plan is ready");
    await again.waitFor("enter takes");
    again.write(`leave${keys.enter}`);
    await again.waitFor(ready);
    expect(again.screen()).toMatch(/· ask ·/);
  });

  it("prints the plan without a terminal, and ends as done", async () => {
    const { world } = await scene([{ calls: [write] }, { text: plan }]);
    const { code, stdout } = await runTau(world, ["exec", "--model", model, "make it", "--mode", "plan"]);
    expect([code, stdout.trim()]).toEqual([0, plan]);
    expect(existsSync(join(world.project, "made.txt"))).toBe(false);
  });
});

describe("the agent's list", () => {
  it("stands while the agent works, folds where there is little room, and is told by /todo", async () => {
    const items = Array.from({ length: 9 }, (_, n) => ({
      text: `item ${n}`,
      status: n === 0 ? "done" : n === 1 ? "in_progress" : "pending",
    }));
    const { tau, world, say } = await tui(
      [
        {
          calls: [
            call("todo", { items: items.slice(0, 3) }, "t1"),
            call("bash", { command: "sh wait.sh" }, "b1"),
          ],
        },
        { text: "Done." },
      ],
      ["--allow", "Bash(sh wait.sh)"],
    );
    world.file("wait.sh", "until [ -e go ]; do sleep 0.02; done");
    say("go");
    expect(await tau.waitFor("▶ item 1")).toMatch(/☑ item 0\n▶ item 1\n☐ item 2/);
    tau.resize(80, 7);
    await tau.waitFor("▶ item 1 · 1 of 3 done");
    world.file("go", "");
    await tau.waitFor("Done.");
    await tau.waitFor(ready);
    expect(tau.screen()).not.toContain("▶ item 1");
    tau.resize(80, 24);
    tau.write("\u0014");
    await tau.waitFor("▶ item 1");
    tau.write("\u0014");
    tau.write(`/todo${keys.enter}`);
    await tau.waitFor("1 of 3 done");
  });
});
